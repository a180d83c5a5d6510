"""Programs of others: their keys, reports that come over them, what they tell us of a report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from allmende.accounts import interface as accounts
from allmende.capabilities.reports import rules
from allmende.capabilities.reports.actions.moving import change_state, reopen_for, tell
from allmende.capabilities.reports.actions.rows import locked, note_line, words_of
from allmende.capabilities.reports.actions.submitting import ReportData, submit_report
from allmende.capabilities.reports.events import PictureNamed
from allmende.capabilities.reports.models import ApiKey, Inbound, NamedPicture, Partner, Report, SentUpdate, Update
from allmende.capabilities.reports.queries import exchange
from allmende.capabilities.reports.rules.georeport import states
from allmende.capabilities.reports.rules.secrets import hashed, key_text
from allmende.capabilities.reports.workflow import STEPS, State, Who
from allmende.core import audit, city, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.core.refs import Ref
from allmende.engines.media import interface as media

LABEL_LIMIT = 80
MOST_HOSTS = 20


@action
def issue_key(
    *, actor: Actor, label: str, department: str = "", shows_words: bool = False, hosts: Sequence[str] = (),
    at: datetime,
) -> ApiKey:  # fmt: skip
    """A key for a program of somebody else; `rules.secrets.key_text` gives what it sends. Raises Invalid."""
    accounts.require_administrator(actor.viewer)
    name = " ".join(label.split())
    if not name or len(name) > LABEL_LIMIT:
        raise Invalid(fields={"label": _("Bitte geben Sie einen kurzen Namen an.")})
    if department and city.current().department(department) is None:
        raise Invalid(fields={"department": _("Dieses Amt kennen wir nicht. Bitte wählen Sie eines aus der Liste.")})
    made = ApiKey(
        label=name,
        department=department,
        shows_words=shows_words,
        media_hosts=[host for host in (one.strip().lower() for one in hosts) if host][:MOST_HOSTS],
        created_at=at,
    )
    made.key_hash = hashed(key_text(made.pk))
    made.save()
    audit.record(actor, "reports.issue_key", made.ref, fields=["label", "department", "media_hosts"])
    return made


@action
def revoke_key(*, actor: Actor, key_id: UUID, at: datetime) -> ApiKey:
    """Ends it at once. Raises NotFound."""
    accounts.require_administrator(actor.viewer)
    try:
        found = lock(ApiKey.objects.all(), pk=key_id)
    except ApiKey.DoesNotExist:
        raise NotFound from None
    found.revoked_at = found.revoked_at or at
    found.save(update_fields=["revoked_at"])
    audit.record(actor, "reports.revoke_key", found.ref, fields=["revoked_at"])
    return found


def note_use(key: ApiKey, at: datetime) -> None:
    """The day on which a key was last used, written once a day."""
    if key.used_on is None or key.used_on < at.date():
        ApiKey.objects.filter(pk=key.pk).update(used_on=at.date())


@dataclass(frozen=True)
class Sent:
    """What comes beside a report that a program sends."""

    external_id: str = ""
    image_ids: Sequence[UUID] = ()
    picture_urls: Sequence[str] = ()
    answers: Sequence[tuple[str, str]] = ()
    """Attributes that no question of ours has asked, for the office."""


def take_request(
    *, actor: Actor, key: ApiKey, data: ReportData, sent: Sent, contact: Mapping[str, Any] | None, language: str,
    at: datetime,
) -> tuple[Report, bool]:  # fmt: skip
    """A report over a key, and whether it is a new one: the sender's own number makes a repeat the same report.

    Raises Invalid with fields.
    """

    def keep(report: Report) -> None:
        Inbound.objects.create(report=report, key=key, external_id=sent.external_id)
        for image_id in sent.image_ids:
            media.attach(image_id, report.ref, person_id=report.reporter_id)
        for url in sent.picture_urls:
            named = NamedPicture.objects.create(report=report, url=url)
            events.publish(actor, PictureNamed(ref=report.ref, picture_id=named.pk))
        if sent.answers:
            said = "\n".join(f"{code}: {value}" for code, value in sent.answers)
            note_line(report, "note", note=words_of(said[:2000], required=False), at=at)
        audit.record(actor, "reports.take_request", key.ref)

    found = exchange.came_over(key.pk, sent.external_id)
    if found is not None:
        return found, False
    try:
        return submit_report(actor=actor, data=data, contact=contact, language=language, also=keep, at=at), True
    except IntegrityError:
        found = exchange.came_over(key.pk, sent.external_id)  # the same, a moment before
        if found is None:
            raise
        return found, False


@dataclass(frozen=True)
class Told:
    """What another system says of a report. `source` and `update_id` name it among everything that is ever told."""

    source: str
    update_id: str
    status: str
    words: str
    said_at: datetime


@action
def take_update(*, actor: Actor, key_id: UUID, number: int, told: Told, at: datetime) -> SentUpdate:
    """An update over a key: of a report that came over it, or that lies with its office (then it may take steps).

    Told twice it counts once. Raises NotFound, Conflict for an `update_id` that stands for another report.
    """
    key = ApiKey.objects.filter(pk=key_id, revoked_at=None).first()
    row = Report.objects.filter(number=number).values_list("pk", flat=True).first() if number < 2**63 else None
    if key is None or row is None:
        raise NotFound
    report = locked(row)
    own = Inbound.objects.filter(report=report, key=key).exists()
    moves = key.department != "" and key.department == report.department
    if not own and not moves:
        raise NotFound
    audit.record(actor, "reports.take_update", key.ref, fields=["updates"])
    return hear(
        actor, report, told, moves=moves, shows_words=moves and key.shows_words, name=key.label, at=at, objects=own
    )


def hear(
    actor: Actor, report: Report, told: Told, *, moves: bool, shows_words: bool, name: str, at: datetime,
    objects: bool = False,
) -> SentUpdate:  # fmt: skip
    """Keeps what another system says, inside the caller's action, its report locked.

    `moves`: its state leads to the step of `rules.georeport.states.STEPS`, if that can be taken now and nothing newer
    was said. `objects`: it stands for the reporter, who may say in time that it is not done. `shows_words`: its words
    are public as the office's own are; else they wait as a note.
    """
    said = SentUpdate.objects.filter(source=told.source, update_id=told.update_id).first()
    if said is not None:
        if said.report_id != report.pk:
            raise Conflict
        return said
    newest = report.sent_updates.filter(source=told.source, said_at__gt=told.said_at).exists()
    verb = "" if newest or not moves else states.step_for(told.status) or ""
    if objects and not newest and states.normal(told.status) == "REOPEN":
        verb = "object" if rules.may_object(report, at, reopen_for()) else ""
    step = STEPS.get(verb)
    words = words_of(told.words[:2000], required=False)
    if (
        step is None
        or step.who == Who.MERGE
        or step.to_office
        or report.state not in step.sources
        or step.target is None
    ):
        line = note_line(report, "outside", note=_heard(name, told.status, words), at=at)
    else:
        line = _step(actor, report, verb, step.target, words, shows_words=shows_words, name=name, at=at)
    return SentUpdate.objects.create(
        report=report, source=told.source, update_id=told.update_id, said_at=told.said_at, line=line, at=at
    )


def _step(
    actor: Actor, report: Report, verb: str, target: State, words: str, *, shows_words: bool, name: str, at: datetime
) -> Update:
    change_state(report, target, at)
    report.save()
    line = note_line(
        report, verb, words=words if shows_words else "", note=_heard(name, "", "" if shows_words else words),
        department=report.department, at=at,
    )  # fmt: skip
    audit.record(actor, "reports.hear", report.ref, fields=["state"])
    tell(actor, report, line)
    return line


def _heard(name: str, status: str, words: str) -> str:
    """A note for the office."""
    first = f"{name} ({states.normal(status)[:40].lower()})" if status else name
    return f"{first}: {words}" if words else first


@action
def keep_named_picture(
    *, actor: Actor, picture_id: UUID, image_id: UUID | None, problem: str = "", at: datetime
) -> NamedPicture:
    """What became of a picture that a sender has named. Done once, it stays so; the office hears of a partner's.

    It is private until somebody of the office shows it, also where the report's other pictures are public.
    """
    row = lock(NamedPicture.objects.select_related("report"), pk=picture_id)
    if row.done_at is None:
        partner = Partner.objects.filter(pk=row.partner_id).first() if row.partner_id else None
        if image_id is not None:
            media.attach(image_id, row.report.ref, person_id=None if partner else row.report.reporter_id)
        if partner is not None:
            said = _("%(name)s hat ein Bild geschickt. Nur das Amt sieht es, bis jemand es zeigt.")
            broken = _("%(name)s hat ein Bild genannt, das sich nicht holen ließ.")
            note = (said if image_id is not None else broken) % {"name": partner.label}
            note_line(row.report, "outside", note=note, at=at)
        row.done_at, row.problem = at, problem
        row.save()
    audit.record(actor, "reports.keep_named_picture", Ref("reports", "report", row.report_id), fields=["pictures"])
    return row
