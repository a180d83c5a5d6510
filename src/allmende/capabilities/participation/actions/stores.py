"""Topic stores: set up, open under a contract, change, close."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.text import slugify
from django.utils.translation import gettext as _

from allmende.capabilities.participation import queries, rules, workflow
from allmende.capabilities.participation.actions.documents import publish
from allmende.capabilities.participation.actions.projects import set_turn
from allmende.capabilities.participation.actions.rows import ensure_contest, locked_group, locked_store, move_phases
from allmende.capabilities.participation.events import StoreClosed, StoreOpened, StoreSaved
from allmende.capabilities.participation.models import CONTRACT_FIELDS, Category, Module, Project, TopicStore
from allmende.capabilities.participation.workflow import StoreState, Texts
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Conflict, Invalid, NotAllowed


@dataclass(frozen=True)
class StoreData:
    """What an editor says of a store. Texts per language. Without `opens_at` it stays in preparation."""

    title: Texts
    description: Texts = field(default_factory=dict)
    contract: Mapping[str, Texts] = field(default_factory=dict)
    """The five fields of `CONTRACT_FIELDS`."""
    kind: str = TopicStore.Kind.STORE.value
    is_formal: bool = False
    guests: str = TopicStore.Guests.OPEN.value
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    categories: Sequence[tuple[str, Texts]] = ()
    """(slug or "", names), in order."""
    next_step: Texts = field(default_factory=dict)
    due_at: datetime | None = None
    is_example: bool = False
    asks_age: bool | None = None
    """Whether its project asks for an age group, which nobody has to state; None leaves it as it is."""


def _check(store: TopicStore, data: StoreData, before: StoreState, at: datetime) -> None:
    """Raises Invalid with the form's field names."""
    wrong: dict[str, str] = {}
    if not data.title.get("de", "").strip():
        wrong["title"] = _("Bitte stellen Sie die Frage in einem Satz.")
    if data.opens_at is not None:
        for name in store.missing_in_contract:
            wrong[name] = _("Vor dem Öffnen muss dieses Feld ausgefüllt sein.")
        if data.closes_at is None:
            wrong["closes_at"] = _("Bitte sagen Sie, bis wann gesammelt wird.")
        elif data.closes_at <= data.opens_at:
            wrong["closes_at"] = _("Das Ende liegt vor dem Anfang.")
    if before in {StoreState.OPEN, StoreState.CLOSED} and data.opens_at is None:
        wrong["opens_at"] = _("Was einmal geöffnet war, bleibt sichtbar. Schließen geht jederzeit.")
    if before == StoreState.CLOSED and data.closes_at is not None and data.closes_at > at and store.close_noted_at:
        wrong["closes_at"] = _("Diese Sammlung ist geschlossen. Bitte legen Sie eine neue an.")
    if wrong:
        raise Invalid(fields=wrong)


@action
def save_store(
    *, actor: Actor, group_id: UUID, data: StoreData, store_id: UUID | None = None, at: datetime
) -> TopicStore:
    """Sets a store up, or changes it. It opens only with all five answers of its contract (practice.md 1)."""
    group = locked_group(group_id)
    rules.require_may_edit_store(actor.viewer, queries.function_in(actor.viewer, group.pk))
    if store_id is None:
        store, before = TopicStore(group=group, created_at=at), StoreState.DRAFT
    else:
        store = locked_store(store_id)
        before = rules.store_state(store, at)
        if store.group_id != group.pk:
            raise Conflict
        if store.kind != data.kind and store.ideas.exists():
            raise Invalid(fields={"kind": _("Die Art lässt sich nicht mehr ändern, weil schon Beiträge da sind.")})
    store.kind, store.is_formal, store.is_example = data.kind, data.is_formal, data.is_example
    store.guests = TopicStore.Guests(data.guests).value
    store.title, store.description = dict(data.title), dict(data.description)
    for name in CONTRACT_FIELDS:
        setattr(store, name, dict(data.contract.get(name, {})))
    _check(store, data, before, at)
    if store.kind == TopicStore.Kind.CONTEST and store.closes_at is not None and data.closes_at is not None:
        move_phases(store, by=data.closes_at - store.closes_at)  # jury and votes keep their distance to the deadline
    store.opens_at, store.closes_at = data.opens_at, data.closes_at
    store.next_step = {language: text for language, text in data.next_step.items() if text.strip()}
    store.due_at = data.due_at or (
        data.closes_at + timedelta(days=workflow.CONDENSE_DAYS) if data.closes_at is not None else None
    )
    store.reminded_at = store.deputy_reminded_at = None
    store.save()
    _in_project(store, is_new=store_id is None, asks_age=data.asks_age, at=at)
    _save_categories(store, data.categories)
    if store.kind == TopicStore.Kind.CONTEST:
        ensure_contest(store, at)
    audit.record(
        actor,
        "participation.save_store",
        store.ref,
        fields=["title", "description", "opens_at", "closes_at", "categories", "guests", *CONTRACT_FIELDS],
    )
    events.publish(actor, StoreSaved(ref=store.ref))
    return store


def _save_categories(store: TopicStore, wanted: Sequence[tuple[str, Texts]]) -> None:
    """Categories in the order given. One that is left out goes; ideas under it stay, without a category."""
    kept: list[str] = []
    for order, (slug, names) in enumerate(wanted):
        key = slugify(slug or names.get("de", ""))[:60] or f"rubrik-{order + 1}"
        while key in kept:
            key = f"{key[:56]}-{order}"
        kept.append(key)
        Category.objects.update_or_create(store=store, slug=key, defaults={"names": dict(names), "order": order})
    store.categories.exclude(slug__in=kept).delete()


def _in_project(store: TopicStore, *, is_new: bool, asks_age: bool | None, at: datetime) -> None:
    """Each store lies in a project. One that is set up alone gets a project of its own, which says what it says."""
    project = Project(group=store.group, created_at=at) if is_new else store.module.project
    if asks_age is not None and asks_age != project.asks_age:
        project.asks_age = asks_age
        if not project.is_store_only:
            project.save(update_fields=["asks_age"])
    if project.is_store_only:
        project.title, project.summary, project.contract = store.title, store.description, store.contract
        project.is_formal, project.is_example = store.is_formal, store.is_example
        if store.opens_at is not None and project.announced_at is None:
            project.announced_at = at
        project.save()
    if is_new:
        Module.objects.create(project=project, kind=store.module_kind.value, title=store.title, store=store)
    else:
        Module.objects.filter(store=store).update(kind=store.module_kind.value)
    set_turn(project, at)


@action
def close_store(*, actor: Actor, store_id: UUID, reason: str = "", at: datetime) -> TopicStore:
    """Ends the collection before its date."""
    store = locked_store(store_id)
    rules.require_may_edit_store(actor.viewer, queries.function_in(actor.viewer, store.group_id))
    if rules.store_state(store, at) != StoreState.OPEN:
        raise Conflict(_("Diese Sammlung ist nicht offen."))
    if store.kind == TopicStore.Kind.CONTEST and store.closes_at is not None:
        move_phases(store, by=at - store.closes_at)
    store.closes_at = store.close_noted_at = at
    store.due_at = at + timedelta(days=workflow.CONDENSE_DAYS)
    store.save()
    set_turn(store.module.project, at)
    audit.record(actor, "participation.close_store", store.ref, fields=["closes_at", "documents"], reason=reason)
    events.publish(actor, StoreClosed(ref=store.ref))
    if store.kind != TopicStore.Kind.CONTEST:
        publish(actor, store, at)
    return store


@action
def note_period(*, actor: Actor, store_id: UUID, at: datetime) -> TopicStore:
    """Makes known, once each, that a store's period has begun or ended. Only the platform itself, when time passes."""
    if actor.channel not in {Channel.SYSTEM, Channel.SEED}:
        raise NotAllowed
    store = locked_store(store_id)
    state = rules.store_state(store, at)
    if state in {StoreState.OPEN, StoreState.CLOSED} and store.open_noted_at is None:
        store.open_noted_at = at
        store.save(update_fields=["open_noted_at"])
        audit.record(actor, "participation.note_period", store.ref, fields=["open_noted_at"])
        events.publish(actor, StoreOpened(ref=store.ref))
    if state == StoreState.CLOSED and store.close_noted_at is None:
        store.close_noted_at = at
        store.save(update_fields=["close_noted_at"])
        audit.record(actor, "participation.note_period", store.ref, fields=["close_noted_at", "documents"])
        events.publish(actor, StoreClosed(ref=store.ref))
        if store.kind != TopicStore.Kind.CONTEST:
            publish(actor, store, at)
    return store
