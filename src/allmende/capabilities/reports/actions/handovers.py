"""Handing a report to somebody outside of the administration, and what they answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils.translation import gettext as _

from allmende.accounts import interface as accounts
from allmende.capabilities.reports import rules
from allmende.capabilities.reports.actions.moving import change_state, tell
from allmende.capabilities.reports.actions.rows import locked, note_line, require_up_to_date, words_of
from allmende.capabilities.reports.events import HandoverAnswered, HandoverLapsed
from allmende.capabilities.reports.models import Handover, Report, Update
from allmende.capabilities.reports.queries import handovers
from allmende.capabilities.reports.workflow import STEPS, Who
from allmende.core import audit, city, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.engines.media import interface as media

LONGEST = 180
MESSAGE_LIMIT = 4000
ANSWERS = {
    Handover.State.IN_WORK: "ext_work",
    Handover.State.DONE: "ext_done",
    Handover.State.NOT_OURS: "ext_not_ours",
}
"""What a party can say → the step that the report takes."""


@dataclass(frozen=True)
class HandoverData:
    """To whom, what they read, which pictures they see, for how many days their link works."""

    party: str
    email: str
    message: str
    with_images: bool = False
    days: int = 30


@action
def hand_over(*, actor: Actor, report_id: UUID, data: HandoverData, seen: str = "", at: datetime) -> Handover:
    """Sends a report to somebody outside, with a link by which they answer. The reporter stays unnamed.

    Raises Conflict while somebody else outside has it, Invalid with fields.
    """
    report = locked(report_id)
    rules.require_may_handle(actor.viewer, report)
    require_up_to_date(actor, report, seen)
    step = rules.step_of(report, "hand_over", Who.OUTSIDE)
    if handovers.open_of(report) is not None:
        raise Conflict(_("Die Meldung liegt schon bei einer Stelle außerhalb. Nehmen Sie sie dort zuerst zurück."))
    party, email = " ".join(data.party.replace("\0", "").split()), data.email.strip()
    if not party or len(party) > 120:  # noqa: PLR2004 - as the column
        raise Invalid(fields={"party": _("Bitte nennen Sie die Stelle mit höchstens 120 Zeichen.")})
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(fields={"email": _("Bitte prüfen Sie die E-Mail-Adresse.")}) from None
    if not 1 <= data.days <= LONGEST:
        raise Invalid(fields={"days": _("Bitte wählen Sie zwischen 1 und %(n)s Tagen.") % {"n": LONGEST}})
    images = media.images_of([report.ref]).get(report.ref, []) if data.with_images else []
    made = Handover.objects.create(
        report=report,
        party=party,
        email=email,
        message=words_of(data.message, required=True, field="message", limit=MESSAGE_LIMIT),
        images=[str(image.id) for image in images],
        department=report.department,
        sent_at=at,
        expires_at=at + timedelta(days=data.days),
    )
    assert step.target is not None, "the table says where it leads"
    change_state(report, step.target, at)
    report.save()
    line = note_line(report, "hand_over", words=party, language="de", department=report.department, at=at)
    audit.record(actor, "reports.hand_over", report.ref, fields=["state", "handover"])
    _write(made, again=False)
    tell(actor, report, line)
    return made


@action
def take_back(*, actor: Actor, handover_id: UUID, at: datetime) -> Handover:
    """The link ends, the report is the office's again. Raises Conflict when it has been answered for good."""
    report, found = _both(handover_id)
    rules.require_may_handle(actor.viewer, report)
    if not found.is_open:
        raise Conflict(_("Die Stelle hat schon geantwortet, oder der Link ist abgelaufen."))
    found.state = Handover.State.WITHDRAWN
    found.save(update_fields=["state"])
    line = _moves(report, "take_back", at, department=report.department)
    audit.record(actor, "reports.take_back", report.ref, fields=["handover"])
    if line is not None:
        tell(actor, report, line)
    return found


@action
def answer_handover(
    *, actor: Actor, link: str, state: str, words: str, image_ids: Sequence[UUID] = (), at: datetime
) -> Handover:
    """Whoever holds the link says how it stands. Words and pictures go to the office; it decides what everybody reads.

    Done means that the office looks and ends it. Saying again that one works on it is fine; what settles the matter is
    said once. Raises NotFound for a link that does not work (any more), Conflict once it is settled, Invalid.
    """
    report, found = _both(handovers.by_link(link, at).pk)
    if state not in ANSWERS:
        raise Invalid(fields={"state": _("Bitte wählen Sie, wie es steht.")})
    if not found.is_open:
        raise Conflict(_("Sie haben diese Sache schon abgeschlossen. Danke."))
    said = words_of(words, required=state == Handover.State.NOT_OURS)
    found.state, found.answer, found.answered_at = state, said, at
    found.save(update_fields=["state", "answer", "answered_at"])
    for image_id in image_ids:
        media.attach(image_id, report.ref)
    line = _moves(report, ANSWERS[Handover.State(state)], at, note=f"{found.party}: {said}" if said else found.party)
    audit.record(actor, "reports.answer_handover", report.ref, fields=["handover", "state"])
    events.publish(actor, HandoverAnswered(ref=report.ref, handover=found.pk))
    if line is not None:
        tell(actor, report, line)
    return found


@action
def remind_party(*, actor: Actor, handover_id: UUID, at: datetime) -> bool:
    """Writes again to whoever has not settled it; once a week. False when there is nothing to remind of (any more)."""
    report, found = _both(handover_id)
    if found.pk not in handovers.to_remind(at):
        return False
    found.reminded_at = at
    found.save(update_fields=["reminded_at"])
    note_line(report, "note", note=_("%(party)s wurde erinnert.") % {"party": found.party}, at=at)
    audit.record(actor, "reports.remind_party", report.ref, fields=["handover"])
    _write(found, again=True)
    return True


@action
def lapse_handover(*, actor: Actor, handover_id: UUID, at: datetime) -> bool:
    """The link is over without an answer that settles it: the office is told, and has it back."""
    report, found = _both(handover_id)
    if not found.is_open or found.expires_at > at:
        return False
    found.state = Handover.State.LAPSED
    found.save(update_fields=["state"])
    line = _moves(report, "take_back", at, department=report.department)
    audit.record(actor, "reports.lapse_handover", report.ref, fields=["handover"])
    events.publish(actor, HandoverLapsed(ref=report.ref, handover=found.pk))
    if line is not None:
        tell(actor, report, line)
    return True


def _both(handover_id: UUID) -> tuple[Report, Handover]:
    """The report first, as everywhere: whoever locks in one order does not wait for ever."""
    report_id = Handover.objects.filter(pk=handover_id).values_list("report_id", flat=True).first()
    if report_id is None:
        raise NotFound
    return locked(report_id), lock(Handover.objects.all(), pk=handover_id)


def _moves(report: Report, verb: str, at: datetime, *, note: str = "", department: str = "") -> Update | None:
    """The step that follows, if the report is still where it leads from; else only the offices' note, and None."""
    step = STEPS[verb]
    if report.state not in step.sources:
        if note:
            note_line(report, "note", note=note, at=at)
        return None
    assert step.target is not None, "the table says where it leads"
    change_state(report, step.target, at)
    report.save()
    return note_line(report, verb, note=note, department=department, at=at)


def _write(found: Handover, *, again: bool) -> None:
    """The mail with the link: kind, place, the office's words; never who reported it."""
    report = found.report
    office = city.current().department(found.department)
    values = {
        "again": again,
        "party": found.party,
        "number": report.number,
        "title": report.title("de"),
        "category": report.category.name("de"),
        "place": ", ".join(part for part in (report.place, report.detail) if part),
        "message": found.message,
        "until": found.expires_at,
        "office": office.name("de") if office else "",
        "link": f"{settings.PUBLIC_URL}{reverse('reports:outside')}?schein={found.link}",
    }
    accounts.post_mail("reports/mail/handover", found.email, values)
