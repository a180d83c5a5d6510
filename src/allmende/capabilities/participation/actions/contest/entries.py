"""Entries of a contest: taken with what a contest needs, held back until the deadline, published all at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.participation import queries, rules
from allmende.capabilities.participation.actions.contest.jury import settle_conflicts
from allmende.capabilities.participation.actions.rows import ensure_contest, idea_and_store, locked_contest, note_change
from allmende.capabilities.participation.events import EntrantChecked, IdeaPublished
from allmende.capabilities.participation.models import Idea, TopicStore
from allmende.capabilities.participation.models.contest import Contest, Entry
from allmende.capabilities.participation.workflow import State
from allmende.capabilities.participation.workflow import contest as figures
from allmende.capabilities.participation.workflow.contest import Admission, Entrant
from allmende.capabilities.participation.workflow.phases import PhaseKind
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound
from allmende.engines.media import interface as media

MOST_FILES = 4
"""PDF files of one entry: the concept and three more."""


@dataclass(frozen=True)
class EntryData:
    """What an entry has beside its words. `opened_at`: when the form was opened, as the server itself noted it."""

    entrant: str = ""
    document_ids: Sequence[UUID] = ()
    """Files of the entry, at most `MOST_FILES`, in their order."""
    opened_at: datetime | None = None


def grace_of(store: TopicStore, data: EntryData | None) -> timedelta:
    """How long after the deadline this form is still taken: only if it was open when the deadline came."""
    contest = Contest.objects.filter(store=store).first()
    opened = data.opened_at if data is not None else None
    if contest is None or opened is None or store.closes_at is None or opened >= store.closes_at:
        return timedelta()
    return timedelta(minutes=contest.grace_minutes)


def take_entry(idea: Idea, store: TopicStore, data: EntryData | None, *, by_hand: bool, at: datetime) -> None:
    """Makes an idea an entry; belongs into the action that takes ideas. Raises Invalid with fields.

    What came by hand may leave open who it is from: the office finds that out (`check_entrant`).
    """
    contest = ensure_contest(store, at)
    data = data or EntryData()
    entrant = data.entrant
    if not entrant and not by_hand and Entrant.EVERYBODY.value in contest.groups:
        entrant = Entrant.EVERYBODY.value
    offered = {one.value for one in figures.choices(contest.groups)}
    if entrant not in offered and not (by_hand and not entrant):
        raise Invalid(fields={"entrant": _("Bitte wählen Sie, wer den Beitrag einreicht.")})
    Entry.objects.create(contest=contest, idea=idea, entrant=entrant)
    if len(data.document_ids) > MOST_FILES:
        raise Invalid(_("Höchstens %(n)s Dateien je Beitrag.") % {"n": MOST_FILES})
    for document_id in data.document_ids:
        media.attach(document_id, idea.ref, person_id=idea.author_id)


def held_entry(idea: Idea) -> Entry | None:
    """The entry of a contest whose entries are not public yet; None for every other idea."""
    if idea.store.kind != TopicStore.Kind.CONTEST:
        return None
    return Entry.objects.select_related("contest").filter(idea=idea, contest__published_at=None).first()


def unclear(idea: Idea) -> bool:
    """Takes a check back: the entry is looked at anew. Returns whether there was one."""
    if idea.store.kind != TopicStore.Kind.CONTEST:
        return False
    return bool(Entry.objects.filter(idea=idea, cleared_at__isnull=False).update(cleared_at=None))


def next_step(store: TopicStore) -> tuple[dict[str, str], datetime | None]:
    """What comes next for an entry that is public: the jury, until its phase ends."""
    spans = [span for span in store.module.spans() if span.kind == PhaseKind.JUDGE]
    return dict(figures.JURY_STEP), max((span.ends_at for span in spans if span.ends_at), default=None)


@action
def publish_entries(*, actor: Actor, store_id: UUID, at: datetime) -> Contest:
    """All checked entries appear in the same instant. Only the platform itself, when deadline and grace are over.

    What is still being checked then appears as soon as it is released. Repeating it changes nothing.
    """
    if actor.channel not in {Channel.SYSTEM, Channel.SEED}:
        raise NotAllowed
    contest = locked_contest(store_id)
    store = contest.store
    if contest.published_at is not None:
        return contest
    if not rules.may_publish_entries(contest, store, at):
        raise Conflict(_("Die Frist ist noch nicht abgelaufen."))
    contest.published_at = at
    contest.save(update_fields=["published_at"])
    waiting = Idea.objects.select_for_update(of=("self",)).filter(
        entry__contest=contest, entry__cleared_at__isnull=False, state=State.SUBMITTED
    )
    step, due = next_step(store)
    count = 0
    for idea in waiting.order_by("number"):
        idea.state, idea.published_at = State.PUBLISHED, at
        idea.next_step, idea.due_at = step, due
        idea.save()
        media.release(idea.ref)
        note_change(idea, "release", at=at)
        events.publish(actor, IdeaPublished(ref=idea.ref, store_id=store.pk))
        count += 1
    store.count_ideas(count)
    settle_conflicts(contest, at)
    audit.record(actor, "participation.publish_entries", store.ref, fields=["published_at", "state"])
    return contest


@action
def check_entrant(
    *, actor: Actor, idea_id: UUID, admission: str, entrant: str = "", reason: str = "", at: datetime
) -> Entry:  # fmt: skip
    """The office says whether an entrant belongs to those whom the contest is open to.

    Outside the ranking an entry is published like all others, but not scored and not placed; the entrant reads why.
    Raises Conflict once a juror has scored it or places are given.
    """
    idea, store = idea_and_store(idea_id)
    entry = Entry.objects.select_for_update(of=("self",)).select_related("contest").filter(idea=idea).first()
    if entry is None:
        raise NotFound
    rules.require_may_run_contest(actor.viewer, store, queries.function_in(actor.viewer, store.group_id))
    wrong: dict[str, Any] = {}
    if admission not in {Admission.ADMITTED, Admission.OUTSIDE}:
        wrong["admission"] = _("Bitte wählen Sie, ob der Beitrag teilnimmt.")
    if admission == Admission.OUTSIDE and not reason.strip():
        wrong["reason"] = _("Bitte sagen Sie in einem Satz, warum.")
    if entrant and entrant not in {one.value for one in Entrant}:
        wrong["entrant"] = _("Bitte wählen Sie, wer den Beitrag einreicht.")
    if wrong:
        raise Invalid(fields=wrong)
    if entry.contest.placings.exists() or (admission == Admission.OUTSIDE and entry.sheets.exists()):
        raise Conflict(_("Die Jury hat diesen Beitrag schon bewertet. Die Teilnahme lässt sich nicht mehr ändern."))
    entry.admission, entry.entrant = admission, entrant or entry.entrant
    entry.admission_reason = reason.strip() if admission == Admission.OUTSIDE else ""
    entry.checked_at = at
    entry.save()
    audit.record(actor, "participation.check_entrant", idea.ref, fields=["admission", "entrant"])
    events.publish(actor, EntrantChecked(ref=idea.ref, store_id=store.pk, entry_id=entry.pk))
    return entry
