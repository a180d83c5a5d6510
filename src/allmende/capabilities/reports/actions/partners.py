"""Other bodies' systems: which, what goes there, and how each report fares on its way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from allmende.accounts import interface as accounts
from allmende.capabilities.reports import rules
from allmende.capabilities.reports.actions.exchange import Told, hear
from allmende.capabilities.reports.actions.moving import change_state, tell
from allmende.capabilities.reports.actions.rows import locked, note_line
from allmende.capabilities.reports.events import PictureNamed
from allmende.capabilities.reports.models import Category, NamedPicture, Partner, PartnerService, Referral, Report
from allmende.capabilities.reports.rules.georeport.reading import Heard
from allmende.capabilities.reports.rules.partners import READ_EVERY, is_final, wait
from allmende.capabilities.reports.rules.secrets import sealed
from allmende.capabilities.reports.workflow import STEPS, State
from allmende.core import audit, events
from allmende.core.actions import action, lock
from allmende.core.actor import SYSTEM, Actor
from allmende.core.errors import Conflict, Invalid, NotFound

LABEL_LIMIT = 80
MOST_NAMED = 20
"""So many pictures of one report are fetched from elsewhere at most."""


@dataclass(frozen=True)
class PartnerData:
    """What an administrator decides. An empty `key` keeps the one that was there."""

    label: str
    endpoint: str
    jurisdiction: str = ""
    key: str = ""
    shows_words: bool = False
    is_active: bool = True
    services: Sequence[tuple[str, str, bool]] = ()
    """Slug of a category, code there, whether each goes by itself."""


@action
def save_partner(*, actor: Actor, partner_id: UUID | None = None, data: PartnerData, at: datetime) -> Partner:
    """Enters a partner, or changes one. Raises NotFound, Invalid with fields."""
    accounts.require_administrator(actor.viewer)
    found = Partner(created_at=at, next_read_at=at) if partner_id is None else _locked(partner_id)
    name = " ".join(data.label.split())
    if not name or len(name) > LABEL_LIMIT:
        raise Invalid(fields={"label": _("Bitte geben Sie einen kurzen Namen an.")})
    endpoint = _endpoint(data.endpoint)
    if found.endpoint and found.endpoint != endpoint and not data.key:
        found.sealed_key = ""  # a key is meant for one system: it does not follow to another address
    found.label, found.endpoint, found.jurisdiction = name, endpoint, data.jurisdiction.strip()[:100]
    found.shows_words, found.is_active = data.shows_words, data.is_active
    if data.key.strip():
        found.sealed_key = sealed(data.key.strip())
    found.next_read_at, found.failures = at, 0
    found.save()
    _save_services(found, data.services)
    found.referrals.filter(state=Referral.State.WAITING).update(next_at=at)
    audit.record(actor, "reports.save_partner", found.ref, fields=["endpoint", "key", "services"])
    return found


def _endpoint(words: str) -> str:
    """Raises Invalid for what is no address on the web, and for our own."""
    url = words.strip().rstrip("/")
    url = url.removesuffix("/services.xml").removesuffix("/requests.xml").removesuffix("/discovery.xml") + "/"
    try:
        URLValidator(schemes=["http", "https"])(url)
        parts = urlsplit(url)
    except (ValidationError, ValueError):
        raise Invalid(fields={"endpoint": _("Bitte geben Sie eine Adresse an, die mit https:// beginnt.")}) from None
    if parts.username or parts.query or parts.fragment or len(url) > 300:  # noqa: PLR2004 - the column's
        raise Invalid(fields={"endpoint": _("Bitte geben Sie eine Adresse an, die mit https:// beginnt.")})
    if parts[:2] == urlsplit(settings.PUBLIC_URL)[:2]:
        raise Invalid(fields={"endpoint": _("Das ist dieses Portal selbst.")})
    return url


def _save_services(partner: Partner, services: Sequence[tuple[str, str, bool]]) -> None:
    kinds = {one.slug: one for one in Category.objects.filter(slug__in=[slug for slug, _code, _own in services])}
    partner.services.all().delete()
    for slug, code, by_itself in services:
        if slug not in kinds or not code.strip():
            continue
        taken = PartnerService.objects.filter(category=kinds[slug], by_itself=True).exists()
        if by_itself and taken:
            raise Invalid(
                fields={f"auto_{slug}": _("Diese Art geht schon von selbst an eine andere Stelle. Bitte nur an eine.")}
            )
        PartnerService.objects.create(
            partner=partner, category=kinds[slug], code=code.strip()[:100], by_itself=by_itself
        )


def _locked(partner_id: UUID) -> Partner:
    try:
        return lock(Partner.objects.all(), pk=partner_id)
    except Partner.DoesNotExist:
        raise NotFound from None


def _locked_referral(referral_id: UUID) -> Referral:
    try:
        return lock(Referral.objects.select_related("partner"), pk=referral_id)
    except Referral.DoesNotExist:
        raise NotFound from None


@action
def refer(*, actor: Actor, report_id: UUID, partner_id: UUID, at: datetime) -> Referral:
    """A report goes to a partner: it is kept as waiting with the step, sent by a job. Twice is once.

    Raises Conflict before it was checked, Invalid for a kind that the partner does not take.
    """
    report = locked(report_id)
    if actor is not SYSTEM:
        rules.require_may_handle(actor.viewer, report)
    found = report.referrals.filter(partner_id=partner_id).first()
    audit.record(actor, "reports.refer", report.ref, fields=["referrals"])
    if found is not None:
        return found
    way = PartnerService.objects.select_related("partner").filter(partner_id=partner_id, category=report.category_id)
    service = way.filter(partner__is_active=True).first()
    if service is None:
        raise Invalid(fields={"partner": _("Diese Stelle nimmt Meldungen dieser Art nicht.")})
    if report.state == State.RECEIVED or report.state not in STEPS["forward"].sources | {State.FORWARDED}:
        raise Conflict(_("Diese Meldung ist noch nicht geprüft oder schon abgeschlossen."))
    change_state(report, State.FORWARDED, at)
    report.save()
    words = _("Weitergegeben an: %(name)s.") % {"name": service.partner.label}
    line = note_line(report, "forward", words=words, language=actor.language, department=report.department, at=at)
    tell(actor, report, line)
    return Referral.objects.create(report=report, partner=service.partner, code=service.code, begun_at=at, next_at=at)


@action
def begin_try(*, actor: Actor, referral_id: UUID, at: datetime) -> Referral | None:
    """Takes a waiting one for a try: nobody else does until the next is due. None when somebody was quicker."""
    found = _locked_referral(referral_id)
    if found.state != Referral.State.WAITING or found.next_at > at or not found.partner.is_active:
        return None
    found.tries += 1
    found.next_at = at + wait(found.tries)
    found.save(update_fields=["tries", "next_at"])
    audit.record(actor, "reports.begin_try", found.partner.ref, fields=["referrals"])
    return found


@action
def note_sent(*, actor: Actor, referral_id: UUID, number: str, token: str = "", at: datetime) -> Referral:
    """It has arrived: with the partner's number, or with a token for one."""
    found = _locked_referral(referral_id)
    found.problem, found.status, found.token = "", 0, token
    if number:
        found.state, found.remote_id = Referral.State.SENT, number
        found.sent_at = found.sent_at or at
    found.save()
    _answers(found.partner)
    audit.record(actor, "reports.note_sent", found.partner.ref, fields=["referrals"])
    return found


@action
def note_unsent(*, actor: Actor, referral_id: UUID, problem: str, status: int, at: datetime) -> Referral:
    """It has not arrived, or nobody knows: it waits for its next try, or for somebody to look."""
    found = _locked_referral(referral_id)
    found.problem, found.status = problem, status
    if is_final(problem, status):
        found.state = Referral.State.FAILED
    found.save()
    if not is_final(problem, status):
        _silent(found.partner, problem, at)
    audit.record(actor, "reports.note_unsent", found.partner.ref, fields=["referrals"], reason=problem)
    return found


def _answers(partner: Partner) -> None:
    if partner.failures or partner.problem:
        Partner.objects.filter(pk=partner.pk).update(failures=0, failing_since=None, problem="")


def _silent(partner: Partner, problem: str, at: datetime) -> None:
    Partner.objects.filter(pk=partner.pk).update(
        failures=min(partner.failures + 1, 10_000), failing_since=partner.failing_since or at, problem=problem
    )


@action
def try_again(*, actor: Actor, referral_id: UUID, at: datetime) -> Referral:
    """Somebody has looked: it is sent now. Raises NotFound."""
    found = _locked_referral(referral_id)
    rules.require_may_handle(actor.viewer, locked(found.report_id))
    if found.state != Referral.State.SENT:
        found.state, found.next_at = Referral.State.WAITING, at
        found.save(update_fields=["state", "next_at"])
    audit.record(actor, "reports.try_again", found.partner.ref, fields=["referrals"])
    return found


@action
def take_heard(*, actor: Actor, partner_id: UUID, heard: Heard, at: datetime) -> Referral | None:
    """One update of a partner, about a report that it has of ours; None for any other."""
    row = Referral.objects.filter(partner_id=partner_id, remote_id=heard.number).values_list("pk", "report_id").first()
    if row is None:
        return None
    report: Report = locked(row[1])
    found = _locked_referral(row[0])
    partner = found.partner
    told = Told(f"partner:{partner.pk}", heard.update_id, heard.status, heard.words, heard.said_at)
    hear(actor, report, told, moves=True, shows_words=partner.shows_words, name=partner.label, at=at)
    _name_pictures(actor, report, partner, heard)
    found.heard_at = max(found.heard_at or heard.said_at, heard.said_at)
    found.save(update_fields=["heard_at"])
    audit.record(actor, "reports.take_heard", partner.ref, fields=["updates"])
    return found


def _name_pictures(actor: Actor, report: Report, partner: Partner, heard: Heard) -> None:
    """Pictures of an update wait for a job to fetch them, each address once; our own are here already."""
    own, known = settings.PUBLIC_URL.rstrip("/") + "/", set(report.named_pictures.values_list("url", flat=True))
    for url in heard.pictures:
        if url not in known and not url.startswith(own) and len(known) < MOST_NAMED:
            known.add(url)
            named = NamedPicture.objects.create(report=report, url=url, partner=partner)
            events.publish(actor, PictureNamed(ref=report.ref, picture_id=named.pk))


@action
def note_read(*, actor: Actor, partner_id: UUID, until: datetime | None, problem: str = "", at: datetime) -> Partner:
    """How far its updates were read (None: as before), or why they could not be."""
    found = _locked(partner_id)
    if until is not None:
        found.read_until = max(found.read_until or until, until)
    if problem:
        found.failures = min(found.failures + 1, 10_000)
        found.failing_since, found.problem = found.failing_since or at, problem
    else:
        found.failures, found.failing_since, found.problem = 0, None, ""
    found.next_read_at = at + (wait(found.failures) if problem else READ_EVERY)
    found.save()
    audit.record(actor, "reports.note_read", found.ref, fields=["read_until"], reason=problem)
    return found
