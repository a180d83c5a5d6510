"""Writing, checking and providing official notices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from allmende.capabilities.portal.events.notices import (
    NoticeChecked,
    NoticeDiscarded,
    NoticeProvided,
    NoticeSentBack,
    NoticeWentOffline,
    NoticeWritten,
)
from allmende.capabilities.portal.models.notices import TEXT_LIMIT, TITLE_LIMIT, Notice, NoticeStep
from allmende.capabilities.portal.queries import notices as reads
from allmende.capabilities.portal.rules import notices as rules
from allmende.capabilities.portal.workflow.notices import State
from allmende.core import audit, city, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Invalid, NotAllowed, NotFound

AHEAD = timedelta(days=365)
"""How far ahead a notice can be scheduled."""


@dataclass(frozen=True)
class NoticeData:
    """What an office writes. `summary` per language; `corrects` is the notice that this one puts right."""

    title: str
    text: str
    department: str
    legal_basis: str = ""
    signed_by: str = ""
    paper_place: str = ""
    title_en: str = ""
    summary: Mapping[str, str] = field(default_factory=dict)
    online_until: datetime | None = None
    corrects: UUID | None = None
    is_example: bool = False


def locked(notice_id: UUID) -> Notice:
    """The row, locked, inside an action. Raises NotFound."""
    try:
        return lock(Notice.objects.select_related("corrects").defer("words"), pk=notice_id)
    except Notice.DoesNotExist:
        raise NotFound from None


def note(notice: Notice, verb: str, actor: Actor, at: datetime, reason: str = "") -> None:
    """One line of its history."""
    NoticeStep.objects.create(notice=notice, verb=verb, by_id=actor.person_id, reason=reason.strip()[:300], at=at)


def _check(data: NoticeData) -> None:
    wrong: dict[str, str] = {}
    if not data.title.strip():
        wrong["title"] = _("Bitte geben Sie der Bekanntmachung einen Titel.")
    elif len(data.title) > TITLE_LIMIT:
        wrong["title"] = _("Bitte kürzen Sie den Titel auf %(n)s Zeichen.") % {"n": TITLE_LIMIT}
    if len(data.text) > TEXT_LIMIT:
        wrong["text"] = _("Der Text ist zu lang. Bitte teilen Sie ihn auf.")
    if wrong:
        raise Invalid(fields=wrong)


@action
def write_notice(*, actor: Actor, data: NoticeData, notice_id: UUID | None = None, at: datetime) -> Notice:
    """Writes a draft, or changes one; what was checked has to be checked again. Raises Invalid with fields."""
    here = city.current()
    rules.require_office(data.department, actor.viewer, here)
    _check(data)
    row = Notice(created_at=at)
    if notice_id is not None:
        row = locked(notice_id)
        rules.require_office(row.department, actor.viewer, here)
        rules.require_step("write", row, at)
    corrected = None
    if data.corrects is not None:
        corrected = Notice.objects.defer("words").filter(pk=data.corrects).first()
        if corrected is None or not rules.stands(corrected, at):
            raise Invalid(_("Berichtigen lässt sich nur, was schon bekannt gemacht ist."))
    row.state = State.DRAFT
    row.title, row.title_en = " ".join(data.title.split()), " ".join(data.title_en.split())[:TITLE_LIMIT]
    row.text = data.text.replace("\r\n", "\n").replace("\x00", "").strip()
    row.department = data.department
    row.legal_basis, row.signed_by = data.legal_basis.strip()[:300], data.signed_by.strip()[:160]
    row.paper_place = data.paper_place.strip()[:300]
    row.summary = {language: text.strip() for language, text in data.summary.items() if text.strip()}
    row.online_until = data.online_until
    row.corrects = corrected
    row.is_example = row.is_example or data.is_example
    row.save()
    note(row, "write", actor, at)
    audit.record(actor, "portal.write_notice", row.ref, fields=["title", "text", "legal_basis", "signed_by"])
    events.publish(actor, NoticeWritten(ref=row.ref))
    return row


@action
def check_notice(*, actor: Actor, notice_id: UUID, at: datetime) -> Notice:
    """A second person finds it complete and right. Raises Invalid when something is missing."""
    row = locked(notice_id)
    rules.require_may_check(row, actor.viewer, city.current(), reads.writers(row))
    rules.require_step("check", row, at)
    if rules.missing(row):
        raise Invalid(_("Es fehlt noch etwas. Nötig sind Text, Rechtsgrundlage, Unterzeichnung und Ort auf Papier."))
    row.state = State.CHECKED
    row.save(update_fields=["state"])
    note(row, "check", actor, at)
    audit.record(actor, "portal.check_notice", row.ref, fields=["state"])
    events.publish(actor, NoticeChecked(ref=row.ref))
    return row


@action
def send_back_notice(*, actor: Actor, notice_id: UUID, reason: str, at: datetime) -> Notice:
    """It goes back to be written again, with a reason: after the check, or recalled before its instant."""
    row = locked(notice_id)
    rules.require_office(row.department, actor.viewer, city.current())
    verb = "recall" if row.state == State.PROVIDED else "send_back"
    rules.require_step(verb, row, at)
    if not reason.strip():
        raise Invalid(fields={"reason": _("Bitte nennen Sie den Grund.")})
    row.state = State.DRAFT
    row.provided_at, row.sealed, row.content_hash = None, "", ""
    row.save(update_fields=["state", "provided_at", "sealed", "content_hash"])
    note(row, verb, actor, at, reason)
    audit.record(actor, "portal.send_back_notice", row.ref, fields=["state"], reason=reason)
    events.publish(actor, NoticeSentBack(ref=row.ref))
    return row


@action
def provide_notice(*, actor: Actor, notice_id: UUID, not_before: datetime | None = None, at: datetime) -> Notice:
    """Releases it: it gets its number and stands from `not_before` on, to the minute (None: at once), for ever.

    The day of provision cannot lie in the past, and at most a year ahead.
    """
    here = city.current()
    row = locked(notice_id)
    rules.require_office(row.department, actor.viewer, here)
    rules.require_step("provide", row, at)
    row.provided_at = at if not_before is None else not_before.replace(second=0, microsecond=0)
    if row.provided_at < at - timedelta(minutes=1) or row.provided_at > at + AHEAD:
        raise Invalid(fields={"day": _("Bitte wählen Sie einen Tag von heute an, höchstens ein Jahr voraus.")})
    if row.online_until is not None and row.online_until <= row.provided_at:
        raise Invalid(fields={"day": _("Der Text dürfte dann schon nicht mehr gezeigt werden.")})
    year = row.provided_at.astimezone(here.zone).year
    if row.year != year or row.number is None:
        with connection.cursor() as cursor:  # one after the other, so that numbers have no gaps and no doubles
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('portal_notice_number'))")
        row.year, row.number = year, reads.highest_number(year) + 1
    office = here.department(row.department)
    name = office.name("de") if office else ""
    row.sealed = rules.wording(row, city=here.name, office=name, zone=here.zone, annexes=list(row.annexes.all()))
    row.content_hash = rules.fingerprint(row.sealed)
    row.state = State.PROVIDED
    row.save()
    note(row, "provide", actor, at)
    audit.record(actor, "portal.provide_notice", row.ref, fields=["state", "provided_at", "number", "content_hash"])
    events.publish(actor, NoticeProvided(ref=row.ref))
    return row


@action
def discard_notice(*, actor: Actor, notice_id: UUID, reason: str = "", at: datetime) -> Notice:
    """A draft that will not appear."""
    row = locked(notice_id)
    rules.require_office(row.department, actor.viewer, city.current())
    rules.require_step("discard", row, at)
    row.state = State.DISCARDED
    row.save(update_fields=["state"])
    note(row, "discard", actor, at, reason)
    audit.record(actor, "portal.discard_notice", row.ref, fields=["state"], reason=reason)
    events.publish(actor, NoticeDiscarded(ref=row.ref))
    return row


@action
def note_offline(*, actor: Actor, notice_id: UUID, at: datetime) -> Notice:
    """The time for showing its text is over: search lets go of the words. The platform acts; repeats do no harm."""
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    row = locked(notice_id)
    if not rules.text_is_shown(row, at):
        audit.record(actor, "portal.note_offline", row.ref, reason="online_until")
        events.publish(actor, NoticeWentOffline(ref=row.ref))
    return row
