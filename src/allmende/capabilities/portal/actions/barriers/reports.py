"""Reporting a barrier, answering, being reminded."""

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.accounts import interface as accounts
from allmende.capabilities.portal.events.barriers import BarrierAnswered, BarrierOverdue, BarrierReported
from allmende.capabilities.portal.models.barriers import BODY_LIMIT, BarrierAnswer, BarrierReport
from allmende.capabilities.portal.queries import barriers as queries
from allmende.capabilities.portal.rules import barriers as rules
from allmende.capabilities.portal.workflow.barriers import ANSWER_DAYS, CLOSED, OUTCOMES, STEPS, Kind, State
from allmende.core import audit, city, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Invalid, NotAllowed, NotFound
from allmende.engines.notify import interface as notify

DEPUTY_AFTER = timedelta(days=7)


def _end_of(day: date) -> datetime:
    """The instant at which a local day is over."""
    return datetime.combine(day + timedelta(days=1), time(), city.current().zone)


def _plain(text: str) -> str:
    return text.replace("\x00", "").strip()


@action
def report_barrier(
    *,
    actor: Actor,
    kind: str,
    body: str,
    page: str = "",
    tools: str = "",
    language: str = "",
    guest: Mapping[str, Any] | None = None,
    proven: bool = True,
    received_at: datetime | None = None,
    is_example: bool = False,
    at: datetime,
) -> BarrierReport:
    """Somebody tells of a barrier. `guest` as in `accounts.interface.guest`; by hand the channel says how it came.

    The office answers within the days that the city has set. Raises Invalid with fields.
    """
    here = city.current()
    rules.require_may_report(actor, here)
    wrong: dict[str, str] = {}
    if kind not in {one.value for one in Kind}:
        wrong["kind"] = _("Bitte wählen Sie, was nicht geht.")
    if not _plain(body):
        wrong["body"] = _("Bitte beschreiben Sie, was nicht geht.")
    elif len(body) > BODY_LIMIT:
        wrong["body"] = _("Bitte kürzen Sie die Beschreibung auf %(n)s Zeichen.") % {"n": BODY_LIMIT}
    if wrong:
        raise Invalid(fields=wrong)
    by_hand = actor.channel in rules.HAND_CHANNELS
    sender = actor
    if guest is not None:
        author_id = accounts.guest(**guest).pk
        key = accounts.key_of(author_id)
        sender = actor.via(actor.channel, on_behalf_of=key) if by_hand else dataclasses.replace(actor, key=key)
    elif actor.person_id is not None and not by_hand:
        author_id = actor.person_id
    else:
        raise Invalid(_("Bitte sagen Sie, wie wir antworten dürfen, oder wählen Sie „keine Nachricht“."))
    received_at = received_at or at
    days = int(city.setting("portal.barrier_days", ANSWER_DAYS))
    row = BarrierReport.objects.create(
        kind=kind,
        page=_plain(page)[:300],
        body=_plain(body),
        tools=_plain(tools)[:200],
        author_id=author_id,
        entered_by_id=actor.person_id if by_hand else None,
        channel=actor.channel.value,
        language=language or actor.language,
        proven=proven,
        department=queries.office_in_charge(),
        next_step=dict(STEPS[State.RECEIVED]),
        due_at=_end_of((received_at + timedelta(days=days)).astimezone(here.zone).date()),
        received_at=received_at,
        is_example=is_example,
        created_at=at,
    )
    row.refresh_from_db(fields=["number"])
    notify.issue_receipt(row.ref, author_id, at)
    audit.record(sender, "portal.report_barrier", row.ref, fields=["kind", "page", "body", "tools"])
    events.publish(actor, BarrierReported(ref=row.ref, channel=actor.channel.value))
    return row


def _locked(report_id: UUID) -> BarrierReport:
    try:
        return lock(BarrierReport.objects.all(), pk=report_id)
    except BarrierReport.DoesNotExist:
        raise NotFound from None


@action
def answer_barrier(
    *,
    actor: Actor,
    report_id: UUID,
    outcome: str,
    text: str,
    due_on: date | None = None,
    language: str = "de",
    at: datetime,
) -> BarrierReport:
    """The office answers: it works on it until a day, it has removed the barrier, or it cannot, with the reason.

    Answering again is always possible: a barrier that is back can be taken up again.
    """
    row = _locked(report_id)
    here = city.current()
    rules.require_may_answer(row.department, actor.viewer, here)
    wrong: dict[str, str] = {}
    if outcome not in {state.value for state in OUTCOMES}:
        wrong["outcome"] = _("Bitte wählen Sie, wie es steht.")
    if not _plain(text):
        wrong["text"] = _("Bitte schreiben Sie der Person eine Antwort.")
    if outcome == State.IN_WORK and due_on is None:
        wrong["due_on"] = _("Bitte sagen Sie, bis wann.")
    elif due_on is not None and due_on <= at.astimezone(here.zone).date():
        wrong["due_on"] = _("Bitte wählen Sie einen Tag in der Zukunft.")
    if wrong:
        raise Invalid(fields=wrong)
    state = State(outcome)
    answer = BarrierAnswer.objects.create(
        report=row, state=state, text=_plain(text)[:BODY_LIMIT], language=language, by_id=actor.person_id, at=at
    )
    row.state = state
    row.next_step = dict(STEPS[state])
    row.closed_at = at if state in CLOSED else None
    row.due_at = None if state in CLOSED or due_on is None else _end_of(due_on)
    row.reminded_at = row.deputy_reminded_at = None
    row.save()
    audit.record(actor, "portal.answer_barrier", row.ref, fields=["state", "answer", "due_at"])
    events.publish(actor, BarrierAnswered(ref=row.ref, answer_id=answer.pk, state=state.value))
    return row


@action
def remind_of_barrier(*, actor: Actor, report_id: UUID, at: datetime) -> BarrierReport:
    """The date has passed: the office is reminded, a week later its deputy. The platform acts."""
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    row = _locked(report_id)
    if row.closed_at is not None or row.due_at is None or at < row.due_at:
        return row
    if row.reminded_at is None:
        row.reminded_at, for_deputy = at, False
    elif row.deputy_reminded_at is None and at >= row.reminded_at + DEPUTY_AFTER:
        row.deputy_reminded_at, for_deputy = at, True
    else:
        return row
    row.save(update_fields=["reminded_at", "deputy_reminded_at"])
    office = city.current().department(row.department)
    addressee = office.deputy if for_deputy and office is not None and office.deputy else row.department
    audit.record(actor, "portal.remind_of_barrier", row.ref, fields=["reminded_at"])
    events.publish(actor, BarrierOverdue(ref=row.ref, department=addressee, for_deputy=for_deputy))
    return row
