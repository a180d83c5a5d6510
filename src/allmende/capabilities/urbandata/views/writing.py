"""Programs write: POST makes, PATCH and PUT change, DELETE takes away (18-088, section 10)."""

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpResponse, JsonResponse

from allmende.capabilities.urbandata import actions
from allmende.capabilities.urbandata.actions import correcting, entities
from allmende.capabilities.urbandata.forms import bodies
from allmende.capabilities.urbandata.models import Datastream, FeatureOfInterest
from allmende.capabilities.urbandata.queries.sensorthings.kinds import KINDS
from allmende.capabilities.urbandata.queries.sensorthings.reading import Reader
from allmende.capabilities.urbandata.rules.odata import Options
from allmende.core.errors import Invalid, NotFound
from allmende.core.http import Request

MOST_BYTES = 20_000_000
SOURCE = "SensorThings"


def write(request: Request, rest: str, walk: Callable[[str], Any], root: str) -> HttpResponse:
    """A change. Raises what the rules say; what cannot be changed there is 405."""
    if len(request.body) > MOST_BYTES:
        raise Invalid(f"A body has at most {MOST_BYTES // 1_000_000} MB.")
    if request.method == "POST" and rest.strip("/") == "CreateObservations":
        return create_observations(request, root)
    found = walk(rest)
    if request.method == "POST" and found.source is not None and not found.tail:
        return create(request, found.source.kind, rest, walk, root)
    if found.row is None or found.name or found.tail:
        return _answer({"code": 405, "type": "error", "message": "Nothing can be changed at this address."}, 405)
    if request.method in {"PATCH", "PUT"}:
        return change(request, found, root)
    if request.method == "DELETE":
        _remove(request, found)
        return _answer({}, 200)
    return _answer({"code": 405, "type": "error", "message": "POST belongs to a collection."}, 405)


def _answer(body: Any, status: int, location: str = "") -> HttpResponse:
    response = JsonResponse(body, status=status, safe=False, json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    if location:
        response["Location"] = location
    return response


def create(request: Request, kind: Any, rest: str, walk: Callable[[str], Any], root: str) -> HttpResponse:
    """Below an entity (`Things(1)/Datastreams`) it is linked to that one."""
    draft = bodies.read_entity(kind, bodies.read_json(request.body))
    above = rest.strip("/").rpartition("/")[0]
    if above:
        parent = walk(above)
        back = next(link.back for name, link in parent.kind.links.items() if name == rest.strip("/").rpartition("/")[2])
        name = next(key for key, link in kind.links.items() if link.path == back)
        draft.links[name] = [parent.row.number]
    if kind.name == "Observations":
        key = _observe(request, draft)
        row = kind.model._default_manager.filter(id=key).first()
    else:
        row = entities.create_entity(actor=request.actor, draft=draft, at=request.at)
        row = kind.model._default_manager.get(pk=row.pk)
    body = Reader(root, request.at).entity(kind, row, Options())
    return _answer(body, 201, body["@iot.selfLink"])


def _observe(request: Request, draft: bodies.Draft) -> int:
    """One value; a feature of interest that comes with it is made first."""
    series = draft.links.get("Datastream", [None])[0]
    if not isinstance(series, int):
        raise Invalid("Observation: Datastream is missing; name the @iot.id of one that is there.")
    feature = draft.links.get("FeatureOfInterest", [None])[0]
    if isinstance(feature, bodies.Draft):
        made = entities.create_entity(actor=request.actor, draft=feature, at=request.at)
        draft.links["FeatureOfInterest"] = [FeatureOfInterest.objects.values_list("number", flat=True).get(pk=made.pk)]
    elif feature is not None and not FeatureOfInterest.objects.filter(number=feature).exists():
        raise Invalid(f"FeatureOfInterest {feature} is not there.")
    try:
        added = actions.add_observations(
            actor=request.actor.without_key(), readings=[bodies.reading_of(draft, series, request.at)],
            source=SOURCE, with_features=True, at=request.at,
        )  # fmt: skip
    except NotFound:
        raise Invalid(f"Datastream {series} is not there.") from None
    return added.ids[0]


def create_observations(request: Request, root: str) -> HttpResponse:
    """Many at once: for each row its address, or "error"; a bad row does not sink the others."""
    body = bodies.read_json(request.body)
    known = Datastream.objects.filter(number__in=bodies.series_named(body)).values_list("number", flat=True)
    rows = bodies.read_arrays(body, list(known), request.at)
    features = {one.feature for one in rows if one is not None and one.feature is not None}
    there = set(FeatureOfInterest.objects.filter(number__in=features).values_list("number", flat=True))
    late = request.at + actions.AHEAD
    good = [
        one
        for one in rows
        if one is not None and actions.EARLIEST <= one.time <= late and (one.feature is None or one.feature in there)
    ]
    ids: Iterator[int] = iter(())
    if good:
        added = actions.add_observations(
            actor=request.actor, readings=good, source=SOURCE, with_features=True, at=request.at
        )
        ids = iter(added.ids)
    kept = {id(one) for one in good}
    address = f"{root}/Observations"
    return _answer([f"{address}({next(ids)})" if id(one) in kept else "error" for one in rows], 201)


def change(request: Request, found: Any, root: str) -> HttpResponse:
    """PATCH: what is sent; PUT: everything that must be there."""
    kind, whole = found.kind, request.method == "PUT"
    if request.content_type == "application/json-patch+json":
        raise Invalid("JSON Patch is not offered; send the properties that change as application/json.")
    draft = bodies.read_entity(kind, bodies.read_json(request.body), whole=whole)
    if kind.name == "Observations":
        fields = {name: value for name, value in draft.fields.items() if name != "time" or value is not None}
        key = correcting.correct_observation(actor=request.actor, key=found.row.id, changes=fields, at=request.at)
        row = kind.model._default_manager.filter(id=key).first()
    else:
        changed = entities.change_entity(actor=request.actor, draft=draft, row_id=found.row.pk, at=request.at)
        row = kind.model._default_manager.get(pk=changed.pk)
    body = Reader(root, request.at).entity(kind, row, Options())
    return _answer(body, 200, body["@iot.selfLink"])


def _remove(request: Request, found: Any) -> None:
    if found.kind.name == "Observations":
        correcting.remove_observation(actor=request.actor, key=found.row.id, at=request.at)
        return
    assert found.kind.name in KINDS
    entities.remove_entity(actor=request.actor, model=found.kind.model, row_id=found.row.pk, at=request.at)
