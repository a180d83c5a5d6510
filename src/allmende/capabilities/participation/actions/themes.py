"""Condensing a topic store: ideas into themes, themes into one another, and every step of it back again.

The store's row is locked first, so that two moderators order one after the other; the second is told what has changed.
Originals are never touched: an idea keeps its words, its author and its address.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from allmende.capabilities.participation import queries, rules
from allmende.capabilities.participation.actions.rows import locked_store
from allmende.capabilities.participation.events import IdeasOrdered, ThemeSaved
from allmende.capabilities.participation.models import Idea, Theme, ThemePlace, ThemeStep, TopicStore
from allmende.capabilities.participation.workflow import Texts
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.core.refs import Ref
from allmende.engines.trace import interface as trace

Kind = ThemeStep.Kind
TITLE_LIMIT = 160


def _moved_on() -> Conflict:
    return Conflict(_("Inzwischen hat jemand anderes hier geordnet. Bitte laden Sie die Seite neu und sehen Sie nach."))


def _theme(store: TopicStore, theme_id: UUID) -> Theme:
    """A live theme of the store. Raises NotFound, or Conflict for one that is dissolved."""
    theme = Theme.objects.filter(pk=theme_id, store=store).first()
    if theme is None:
        raise NotFound
    if theme.dissolved_at is not None:
        raise _moved_on()
    theme.store = store
    return theme


def _new_theme(store: TopicStore, title: Texts, at: datetime) -> Theme:
    german = " ".join(title.get("de", "").split())
    if not german:
        raise Invalid(fields={"title": _("Bitte geben Sie dem Thema einen Namen.")})
    if len(german) > TITLE_LIMIT:
        raise Invalid(fields={"title": _("Bitte kürzen Sie den Namen auf %(n)s Zeichen.") % {"n": TITLE_LIMIT}})
    last = Theme.objects.filter(store=store).aggregate(last=Max("order"))["last"]
    return Theme.objects.create(
        store=store,
        title={**title, "de": german},
        order=0 if last is None else last + 1,
        is_example=store.is_example,
        created_at=at,
    )


def _idea_ref(idea_id: UUID) -> Ref:
    return Ref("participation", "idea", idea_id)


def _put(actor: Actor, theme: Theme, ideas: Collection[UUID], at: datetime) -> list[UUID]:
    """Puts ideas into a theme; returns those that were not there yet."""
    there = set(ThemePlace.objects.filter(theme=theme, idea_id__in=ideas).values_list("idea_id", flat=True))
    fresh = [idea for idea in ideas if idea not in there]
    ThemePlace.objects.bulk_create(ThemePlace(theme=theme, idea_id=idea, at=at) for idea in fresh)
    reason = _("Die Gruppe hat die Idee dem Thema „%(title)s“ zugeordnet.") % {"title": str(theme)}
    for idea in fresh:
        trace.tie(actor, _idea_ref(idea), theme.ref, reason=reason, happened_at=at, at=at, quiet=True)
    return fresh


def _take_out(actor: Actor, theme: Theme, ideas: Collection[UUID], at: datetime) -> None:
    ThemePlace.objects.filter(theme=theme, idea_id__in=ideas).delete()
    for idea in ideas:
        trace.untie(actor, _idea_ref(idea), theme.ref, reason=_("Die Idee steht nicht mehr in diesem Thema."), at=at)


def _chosen(store: TopicStore, idea_ids: Sequence[UUID], source: Theme | None) -> list[UUID]:
    """The ideas, each once. Raises Conflict when they are no longer where the one who acts has seen them."""
    wanted = list(dict.fromkeys(idea_ids))
    if not wanted:
        raise Invalid(fields={"ideas": _("Bitte wählen Sie mindestens eine Idee aus.")})
    if Idea.objects.public().filter(pk__in=wanted, store=store).count() != len(wanted):
        raise NotFound
    places = ThemePlace.objects.filter(idea_id__in=wanted)
    if source is None:
        if places.filter(theme__dissolved_at=None).exists():
            raise _moved_on()
    elif places.filter(theme=source).count() != len(wanted):
        raise _moved_on()
    return wanted


def _kind(source: Theme | None, target: Theme | None, *, keep: bool, new: bool) -> Kind:
    if target is None:
        return Kind.OUT
    if source is None:
        return Kind.GROUP
    if keep:
        return Kind.ALSO
    return Kind.SPLIT if new else Kind.MOVE


@action
def order_ideas(
    *,
    actor: Actor,
    store_id: UUID,
    idea_ids: Sequence[UUID],
    source_id: UUID | None = None,
    target_id: UUID | None = None,
    new_title: Texts | None = None,
    keep: bool = False,
    at: datetime,
) -> ThemeStep:
    """Puts ideas that stand in `source_id` (None: in no theme) into `target_id`, or into a new theme `new_title`.

    With `keep` they stay in the source too: an idea that speaks of two things stands in two themes. Neither target nor
    title: they are taken out. Raises Conflict when they are not where they were seen, Invalid with fields.
    """
    store = locked_store(store_id)
    rules.require_may_condense(store, actor.viewer, at, queries.function_in(actor.viewer, store.group_id))
    source = _theme(store, source_id) if source_id is not None else None
    wanted = _chosen(store, idea_ids, source)
    target = None
    if new_title is not None:
        target = _new_theme(store, new_title, at)
    elif target_id is not None:
        target = _theme(store, target_id)
    if target is None and source is None:
        raise Invalid(fields={"target": _("Bitte wählen Sie ein Thema.")})
    if target == source:
        raise Invalid(fields={"target": _("Die Ideen stehen schon in diesem Thema.")})
    left = wanted if source is not None and not keep else []
    fresh = _put(actor, target, wanted, at) if target is not None else []
    if source is not None and left:
        _take_out(actor, source, left, at)
    kind = _kind(source, target, keep=keep, new=new_title is not None)
    step = ThemeStep.objects.create(
        store=store, kind=kind, source=source, target=target, ideas=fresh, left=left, actor_key=actor.key, at=at
    )
    audit.record(actor, "participation.order_ideas", store.ref, fields=["themes"])
    for theme in (source, target):
        if theme is not None:
            events.publish(actor, ThemeSaved(ref=theme.ref, store_id=store.pk))
    events.publish(actor, IdeasOrdered(ref=store.ref, step_id=step.pk))
    return step


@action
def merge_themes(*, actor: Actor, store_id: UUID, source_id: UUID, target_id: UUID, at: datetime) -> ThemeStep:
    """All of one theme goes into another. The emptied one stays on record and leads to the other in the Trace."""
    store = locked_store(store_id)
    rules.require_may_condense(store, actor.viewer, at, queries.function_in(actor.viewer, store.group_id))
    source, target = _theme(store, source_id), _theme(store, target_id)
    if source == target:
        raise Invalid(fields={"target": _("Bitte wählen Sie ein anderes Thema.")})
    ideas = list(ThemePlace.objects.filter(theme=source).values_list("idea_id", flat=True))
    there = set(ThemePlace.objects.filter(theme=target, idea_id__in=ideas).values_list("idea_id", flat=True))
    fresh = [idea for idea in ideas if idea not in there]
    ThemePlace.objects.filter(theme=source).delete()
    ThemePlace.objects.bulk_create(ThemePlace(theme=target, idea_id=idea, at=at) for idea in fresh)
    source.dissolved_at, source.merged_into = at, target
    source.save(update_fields=["dissolved_at", "merged_into"])
    reason = _("Die Themen wurden zusammengelegt.")
    trace.tie(actor, source.ref, target.ref, reason=reason, happened_at=at, at=at, quiet=True)
    step = ThemeStep.objects.create(
        store=store, kind=Kind.MERGE, source=source, target=target, ideas=fresh, left=ideas, actor_key=actor.key, at=at
    )
    audit.record(actor, "participation.merge_themes", source.ref, fields=["merged_into"])
    for theme in (source, target):
        events.publish(actor, ThemeSaved(ref=theme.ref, store_id=store.pk))
    events.publish(actor, IdeasOrdered(ref=store.ref, step_id=step.pk))
    return step


def _require_last(step: ThemeStep) -> None:
    """Raises Conflict when what the step made is no longer as it left it."""
    later = Conflict(_("Seitdem wurde weiter geordnet. Bitte nehmen Sie zuerst den späteren Schritt zurück."))
    source, target = step.source, step.target
    if target is not None:
        stand = ThemePlace.objects.filter(theme=target, idea_id__in=step.ideas).count()
        if target.dissolved_at is not None or stand != len(step.ideas):
            raise later
    if source is None:
        return
    merged = step.kind == Kind.MERGE
    gone = source.merged_into_id != step.target_id if merged else source.dissolved_at is not None
    if gone or ThemePlace.objects.filter(theme=source, idea_id__in=step.left).exists():
        raise later


def _turn_back(actor: Actor, step: ThemeStep, at: datetime) -> None:
    """Puts everything where it stood before the step."""
    source, target = step.source, step.target
    if step.kind == Kind.MERGE and source is not None and target is not None:
        ThemePlace.objects.filter(theme=target, idea_id__in=step.ideas).delete()
        source.dissolved_at = source.merged_into = None
        source.save(update_fields=["dissolved_at", "merged_into"])
        ThemePlace.objects.bulk_create(ThemePlace(theme=source, idea_id=idea, at=at) for idea in step.left)
        trace.untie(actor, source.ref, target.ref, reason=_("Das Zusammenlegen wurde zurückgenommen."), at=at)
        return
    if target is not None:
        _take_out(actor, target, step.ideas, at)
    if source is not None:
        _put(actor, source, step.left, at)
    if target is not None and target.created_at == step.at and not target.places.exists():
        target.dissolved_at = at
        target.save(update_fields=["dissolved_at"])


@action
def undo_step(*, actor: Actor, step_id: UUID, at: datetime) -> ThemeStep:
    """Takes a step of the ordering back. Raises Conflict when a later step stands on it: that one goes first."""
    found = ThemeStep.objects.filter(pk=step_id).first()
    if found is None:
        raise NotFound
    store = locked_store(found.store_id)
    rules.require_may_condense(store, actor.viewer, at, queries.function_in(actor.viewer, store.group_id))
    step = ThemeStep.objects.select_for_update(of=("self",)).select_related("source", "target").get(pk=step_id)
    if step.undone_at is not None or step.kind == Kind.UNDO:
        raise Conflict(_("Dieser Schritt ist schon zurückgenommen."))
    _require_last(step)
    _turn_back(actor, step, at)
    step.undone_at = at
    step.save(update_fields=["undone_at"])
    undone = ThemeStep.objects.create(
        store=store, kind=Kind.UNDO, source=step.target, target=step.source, ideas=step.left, left=step.ideas,
        actor_key=actor.key, at=at,
    )  # fmt: skip
    audit.record(actor, "participation.undo_step", store.ref, fields=["themes"])
    for theme in (step.source, step.target):
        if theme is not None:
            events.publish(actor, ThemeSaved(ref=theme.ref, store_id=store.pk))
    events.publish(actor, IdeasOrdered(ref=store.ref, step_id=undone.pk))
    return undone


@action
def save_theme(
    *, actor: Actor, theme_id: UUID, title: Texts, summary: Texts, order: int | None = None, at: datetime
) -> Theme:
    """Names a theme and says in plain language what its ideas have in common. `order` counts from 0."""
    found = Theme.objects.filter(pk=theme_id).first()
    if found is None:
        raise NotFound
    store = locked_store(found.store_id)
    rules.require_may_condense(store, actor.viewer, at, queries.function_in(actor.viewer, store.group_id))
    theme = _theme(store, theme_id)
    if not title.get("de", "").strip():
        raise Invalid(fields={"title": _("Bitte geben Sie dem Thema einen Namen.")})
    theme.title, theme.summary = dict(title), dict(summary)
    theme.save(update_fields=["title", "summary"])
    if order is not None:
        others = list(
            Theme.objects.filter(store=store, dissolved_at=None).exclude(pk=theme.pk).order_by("order", "number")
        )
        others.insert(max(0, min(order, len(others))), theme)
        for place, row in enumerate(others):
            row.order = place
        Theme.objects.bulk_update(others, ["order"])
    audit.record(actor, "participation.save_theme", theme.ref, fields=["title", "summary", "order"])
    events.publish(actor, ThemeSaved(ref=theme.ref, store_id=store.pk))
    return theme
