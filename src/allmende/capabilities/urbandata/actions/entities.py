"""Entities of SensorThings are made, changed and taken away; with what comes inside of them, in one transaction."""

from datetime import datetime
from typing import Any

from django.db.models import Model

from allmende.capabilities.urbandata import rules
from allmende.capabilities.urbandata.actions.correcting import forget_feature, forget_series
from allmende.capabilities.urbandata.actions.observing import Reading, check_times, features_of, keep_batch
from allmende.capabilities.urbandata.events import SeriesSaved
from allmende.capabilities.urbandata.forms.bodies import Draft, reading_of
from allmende.capabilities.urbandata.models import Datastream, FeatureOfInterest, HistoricalLocation, Location, Thing
from allmende.capabilities.urbandata.queries.sensorthings.kinds import KINDS, Link
from allmende.core import audit, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Invalid, NotFound
from allmende.core.refs import Ref

COUNTS = "OM_CountObservation"


def ref_of(row: Model) -> Ref:
    if isinstance(row, Datastream):
        return row.ref
    return Ref("urbandata", row._meta.model_name or "", row.pk)


@action
def create_entity(*, actor: Actor, draft: Draft, at: datetime) -> Model:
    """Makes an entity and all that comes inside of it. Raises Invalid for a link that leads nowhere."""
    rules.require_may_edit(actor)
    made: Model = _make(actor, draft, at)
    audit.record(actor, "urbandata.create_entity", ref_of(made), fields=draft.fields)
    return made


@action
def change_entity(*, actor: Actor, draft: Draft, row_id: Any, at: datetime) -> Model:
    """Changes what the draft holds and leaves the rest. Raises NotFound, Invalid."""
    rules.require_may_edit(actor)
    row: Model = _locked(draft.kind.model, row_id)
    for name, value in draft.fields.items():
        setattr(row, name, value)
    for name, link in draft.kind.links.items():
        if not link.many and name in draft.links:
            setattr(row, link.path, _existing_or_new(actor, draft, name, at))
    row.save()
    if isinstance(row, Thing) and "Locations" in draft.links:
        _move(row, [_one(actor, "Locations", given, at) for given in draft.links["Locations"]], at)
    audit.record(actor, "urbandata.change_entity", ref_of(row), fields=draft.fields)
    if isinstance(row, Datastream):
        events.publish(actor, SeriesSaved(ref=row.ref))
    return row


@action
def remove_entity(*, actor: Actor, model: type[Model], row_id: Any, at: datetime) -> None:  # noqa: ARG001
    """Takes an entity away with what cannot be without it (18-088, table 25). Raises NotFound."""
    rules.require_may_edit(actor)
    row = _locked(model, row_id)
    ref = ref_of(row)
    if isinstance(row, Datastream):
        gone = [row]
    elif isinstance(row, (FeatureOfInterest, Location, HistoricalLocation)):
        gone = []
    else:
        gone = list(row.datastreams.select_for_update().order_by("number"))
    if isinstance(row, FeatureOfInterest):
        forget_feature(row.number)
    if isinstance(row, Location):
        row.historical_locations.filter(locations=row).delete()
    for one in gone:
        forget_series(one.number)
        events.publish(actor, SeriesSaved(ref=one.ref))
        one.delete()
    if not isinstance(row, Datastream):
        row.delete()
    audit.record(actor, "urbandata.remove_entity", ref)


def _locked(model: type[Model], row_id: Any) -> Any:
    try:
        return lock(model._default_manager.all(), pk=row_id)
    except model.DoesNotExist:  # type: ignore[attr-defined]
        raise NotFound from None


def _make(actor: Actor, draft: Draft, at: datetime) -> Any:
    kind = draft.kind
    if kind.name == "Observations":
        raise Invalid("Observations are made with their Datastream.")
    row = kind.model(**draft.fields)
    if hasattr(row, "created_at"):
        row.created_at = at
    for name, link in kind.links.items():
        if not link.many:
            if name not in draft.links and link.required:
                raise Invalid(f"{kind.single}: {name} is missing.")
            if name in draft.links:
                setattr(row, link.path, _existing_or_new(actor, draft, name, at))
    if isinstance(row, Datastream):
        row.is_amount = row.observation_type.endswith(COUNTS)
    row.save()
    row.refresh_from_db(fields=["number"])
    _fill(actor, row, draft, at)
    if isinstance(row, Datastream):
        events.publish(actor, SeriesSaved(ref=row.ref))
    return row


def _fill(actor: Actor, row: Any, draft: Draft, at: datetime) -> None:
    """Links to many, and what comes inside."""
    for name, link in draft.kind.links.items():
        given = draft.links.get(name, [])
        if not given or not link.many:
            continue
        if name == "Observations":
            _observe(actor, row, given, at)
        elif name == "Locations":
            places = [_one(actor, name, one, at) for one in given]
            _move(row, places, at) if isinstance(row, Thing) else row.locations.set(places)
        elif name == "Things":
            for one in given:
                _move(_one(actor, name, one, at), [row], at)
        else:
            _below(actor, row, name, link, given, at)


def _below(actor: Actor, row: Any, name: str, link: Link, given: "list[int | Draft]", at: datetime) -> None:
    """What belongs to this entity alone: a thing's series and the history of its places."""
    back = next(key for key, value in KINDS[link.kind].links.items() if value.path == link.back)
    for one in given:
        if isinstance(one, int) or KINDS[link.kind].links[back].many:
            raise Invalid(f"{name} that are there already belong to something else.")
        one.links[back] = [row.number]
        _make(actor, one, at)


def _existing_or_new(actor: Actor, draft: Draft, name: str, at: datetime) -> Any:
    return _one(actor, draft.kind.links[name].kind, draft.links[name][0], at)


def _one(actor: Actor, kind: str, given: "int | Draft", at: datetime) -> Any:
    if isinstance(given, Draft):
        return _make(actor, given, at)
    found = KINDS[kind].model._default_manager.filter(**{KINDS[kind].key: given}).first()
    if found is None:
        raise Invalid(f"{KINDS[kind].single} {given} is not there.")
    return found


def _move(thing: Thing, places: list[Location], at: datetime) -> None:
    """Where it is from now on; and a line in the history of its places (18-088, section 8.2.3)."""
    thing.locations.set(places)
    thing.historical_locations.create(time=at).locations.set(places)


def _observe(actor: Actor, row: Any, given: "list[int | Draft]", at: datetime) -> None:
    if not isinstance(row, Datastream):
        raise Invalid("Observations come with their Datastream.")
    readings: list[Reading] = [reading_of(one, row.number, at) for one in given if isinstance(one, Draft)]
    if len(readings) < len(given):
        raise Invalid("Observations that are there already belong to another Datastream.")
    check_times(readings, at)
    keep_batch(actor, readings, at=at, source="SensorThings", features=features_of([row.number], at))
