"""What the office in charge does: take up, answer, say what comes next; and being reminded when it does not."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.participation import queries, rules, workflow
from allmende.capabilities.participation.actions.rows import idea_and_store, locked_store, note_change
from allmende.capabilities.participation.events import (
    IdeaAnswered,
    IdeaTakenUp,
    NextStepOverdue,
    NextStepSet,
    StoreOverdue,
)
from allmende.capabilities.participation.models import Idea, OfficialAnswer, TopicStore
from allmende.capabilities.participation.workflow import Outcome, State
from allmende.core import audit, city, events
from allmende.core.actions import action
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Invalid, NotAllowed

DEPUTY_AFTER = timedelta(days=7)
"""How long after the office its deputy is reminded (practice.md 3)."""


def _step(idea: Idea, texts: Mapping[str, str], due_at: datetime | None) -> None:
    """What comes next, until when; whoever was reminded of the former date starts afresh."""
    idea.next_step = {language: text for language, text in texts.items() if text}
    idea.due_at = due_at
    idea.reminded_at = idea.deputy_reminded_at = None


@action
def take_up_idea(*, actor: Actor, idea_id: UUID, reason: str = "", at: datetime) -> Idea:
    """The office begins to examine the idea; from now on its answer is due."""
    idea, store = idea_and_store(idea_id)
    rules.require_may_lead(idea, actor.viewer, queries.function_in(actor.viewer, store.group_id))
    rules.require_step("review", idea)
    idea.state = State.IN_REVIEW
    _step(idea, workflow.STATES[State.IN_REVIEW].next_step, workflow.due(State.IN_REVIEW, at))
    idea.save()
    note_change(idea, "review", reason=reason, department=idea.department, at=at)
    audit.record(actor, "participation.take_up_idea", idea.ref, fields=["state", "next_step", "due_at"])
    events.publish(actor, IdeaTakenUp(ref=idea.ref, store_id=store.pk))
    return idea


def _check_answer(
    outcome: str, text: str, alternative: str, ask_again_on: date | None, due_on: date | None, *, today: date
) -> None:
    """Raises Invalid with every field that an honest answer lacks."""
    wrong: dict[str, str] = {}
    if outcome not in {known.value for known in Outcome}:
        wrong["outcome"] = _("Bitte wählen Sie, was die Stadt antwortet.")
    if not text.strip():
        wrong["text"] = _("Bitte schreiben Sie die Antwort mit ihrem Grund.")
    if outcome == Outcome.NO and not alternative.strip():
        wrong["alternative"] = _("Zu einem Nein gehört, was stattdessen geht.")
    if outcome == Outcome.NO and ask_again_on is None:
        wrong["ask_again_on"] = _("Zu einem Nein gehört ein Tag, ab dem man wieder fragen kann.")
    for name, day in (("ask_again_on", ask_again_on), ("due_on", due_on)):
        if day is not None and day <= today:
            wrong[name] = _("Bitte wählen Sie einen Tag in der Zukunft.")
    if wrong:
        raise Invalid(fields=wrong)


@action
def answer_idea(
    *,
    actor: Actor,
    idea_id: UUID,
    outcome: str,
    text: str,
    alternative: str = "",
    ask_again_on: date | None = None,
    next_step: Mapping[str, str] | None = None,
    due_on: date | None = None,
    language: str = "de",
    at: datetime,
) -> OfficialAnswer:
    """The city's answer. A no needs an alternative and a day on which one may ask again; a yes, a next step.

    Without a next step of its own a yes is reported on within 90 days.
    """
    idea, store = idea_and_store(idea_id)
    rules.require_may_answer(idea, actor.viewer)
    rules.require_step("answer", idea)
    zone = city.current().zone
    _check_answer(outcome, text, alternative, ask_again_on, due_on, today=at.astimezone(zone).date())
    answer = OfficialAnswer.objects.create(
        idea=idea,
        outcome=outcome,
        text=text.strip(),
        alternative=alternative.strip(),
        language=language,
        department=idea.department,
        ask_again_on=ask_again_on,
        by_id=actor.person_id,
        at=at,
    )
    idea.state = State.ANSWERED
    step = next_step or workflow.AFTER_ANSWER[Outcome(outcome)]
    due_at: datetime | None = None
    if due_on is not None:
        due_at = workflow.end_of(due_on, zone)
    elif outcome == Outcome.NO:
        due_at = None  # a day for asking again is no debt of the office
    elif step:
        due_at = at + timedelta(days=workflow.REPORT_DAYS)
    _step(idea, step, due_at)
    idea.save()
    note_change(idea, "answer", department=idea.department, at=at)
    audit.record(actor, "participation.answer_idea", idea.ref, fields=["answer", "state", "next_step", "due_at"])
    events.publish(actor, IdeaAnswered(ref=idea.ref, store_id=store.pk, answer_id=answer.pk, outcome=outcome))
    return answer


@action
def set_next_step(
    *, actor: Actor, idea_id: UUID, texts: Mapping[str, str], due_on: date | None, department: str = "", at: datetime
) -> Idea:
    """Says what happens next, who sees to it, until when. `department` hands the idea over to another office."""
    idea, store = idea_and_store(idea_id)
    rules.require_may_lead(idea, actor.viewer, queries.function_in(actor.viewer, store.group_id))
    here = city.current()
    wrong: dict[str, str] = {}
    if not texts.get("de", "").strip():
        wrong["next_step"] = _("Bitte sagen Sie, was als Nächstes geschieht.")
    if due_on is None:
        wrong["due_on"] = _("Bitte sagen Sie, bis wann.")
    elif due_on < at.astimezone(here.zone).date():
        wrong["due_on"] = _("Bitte wählen Sie einen Tag in der Zukunft.")
    if department and here.department(department) is None:
        wrong["department"] = _("Dieses Amt kennen wir nicht. Bitte wählen Sie eines aus der Liste.")
    if not idea.is_public:
        raise NotAllowed
    if wrong or due_on is None:
        raise Invalid(fields=wrong)
    _step(idea, {language: text.strip() for language, text in texts.items()}, workflow.end_of(due_on, here.zone))
    idea.department = department or idea.department
    idea.save()
    note_change(idea, "next_step", reason=idea.next_step["de"], department=idea.department, at=at)
    audit.record(actor, "participation.set_next_step", idea.ref, fields=["next_step", "due_at", "department"])
    events.publish(actor, NextStepSet(ref=idea.ref, store_id=store.pk))
    return idea


def _turn(row: Idea | TopicStore, due_at: datetime | None, at: datetime) -> str:
    """Who is to be reminded now: "office", "deputy" or nobody; notes it in the row."""
    if due_at is None or at < due_at:
        return ""
    if row.reminded_at is None:
        row.reminded_at = at
        return "office"
    if row.deputy_reminded_at is None and at >= row.reminded_at + DEPUTY_AFTER:
        row.deputy_reminded_at = at
        return "deputy"
    return ""


def _addressee(department: str, turn: str) -> str:
    office = city.current().department(department)
    return office.deputy if turn == "deputy" and office is not None and office.deputy else department


@action
def remind_of_idea(*, actor: Actor, idea_id: UUID, at: datetime) -> Idea:
    """The date of the next step has passed: the office is reminded, a week later its deputy. The platform acts."""
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    idea, store = idea_and_store(idea_id)
    turn = _turn(idea, idea.due_at, at) if idea.is_public else ""
    if turn:
        idea.save(update_fields=["reminded_at", "deputy_reminded_at"])
        department = _addressee(idea.department, turn)
        audit.record(actor, "participation.remind_of_idea", idea.ref, fields=["reminded_at"])
        events.publish(
            actor,
            NextStepOverdue(ref=idea.ref, store_id=store.pk, department=department, for_deputy=turn == "deputy"),
        )
    return idea


@action
def remind_of_store(*, actor: Actor, store_id: UUID, at: datetime) -> TopicStore:
    """A closed store has not been summed up by its date: the group's office is reminded, a week later its deputy."""
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    store = locked_store(store_id)
    turn = _turn(store, store.due_at, at)
    if turn:
        store.save(update_fields=["reminded_at", "deputy_reminded_at"])
        department = _addressee(store.group.department, turn)
        audit.record(actor, "participation.remind_of_store", store.ref, fields=["reminded_at"])
        events.publish(actor, StoreOverdue(ref=store.ref, department=department, for_deputy=turn == "deputy"))
    return store
