"""What the room holds about a person: export, erasure, retention per category (GDPR Art. 15, 17, 20).

`erase` and `expire` run inside the transaction of whoever calls them (`accounts.erase_person`, the nightly retention).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import CASCADE, DurationField, ExpressionWrapper, F, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from allmende.capabilities.reports.actions import recording
from allmende.capabilities.reports.events import ReportChanged
from allmende.capabilities.reports.models import Answered, Draft, Duty, Handover, Join, Report, Subtask, Update
from allmende.capabilities.reports.models.reports import new_token
from allmende.capabilities.reports.queries import asking
from allmende.capabilities.reports.queries import dashboard as queries
from allmende.core import events
from allmende.core.actor import SYSTEM
from allmende.core.manifest import PersonalData
from allmende.engines.media import interface as media

type Rows = Iterable[Mapping[str, Any]]
REPORTERS_WORDS = ("answer", "object")
AT_ONCE = 500
"""So many are anonymised in one night's step; what is left follows the next night."""


def export_reports(person_id: UUID) -> Rows:
    for row in Report.objects.filter(reporter_id=person_id).select_related("category").order_by("received_at"):
        said = row.updates.filter(verb__in=REPORTERS_WORDS).order_by("at")
        yield {
            "number": row.number,
            "category": row.category.slug,
            "words": row.words,
            "place": row.place,
            "detail": row.detail,
            "questions": {one.label: one.text for one in asking.said(row, row.language)},
            "state": row.state,
            "received_at": row.received_at.isoformat(),
            "answers": [line.words for line in said],
        }


def erase_reports(person_id: UUID, keep_texts: bool) -> None:  # noqa: FBT001 - shape that the manifest calls
    """The fault stays known; who reported it does not, nor, unless they wish so, their words."""
    at = timezone.now()
    rows = Report.objects.filter(reporter_id=person_id)
    for row in rows.select_for_update(of=("self",)):
        _anonymise(row, at, keep_words=keep_texts)


def _anonymise(row: Report, at: datetime, *, keep_words: bool) -> None:
    row.reporter = None
    row.token = new_token()  # the link in old mails ends
    Draft.objects.filter(report=row).delete()  # and the device's number tells nobody the new one
    if not keep_words:
        row.words = row.public_words = row.detail = ""
        row.shows_image = False
        row.anonymised_at = at
        Answered.objects.filter(report=row).delete()
        row.updates.filter(verb__in=REPORTERS_WORDS).update(words="")
        media.discard_of(row.ref)
        recording.erase(row)
    row.save()
    events.publish(SYSTEM, ReportChanged(ref=row.ref))


def expire_reports(at: datetime) -> int:
    """First deletes what was emptied long enough ago, then empties what has been kept long enough, by their kinds."""
    return delete_reports(at) + empty_reports(at)


def delete_reports(at: datetime) -> int:
    """Leaves a tombstone of reports that were emptied before: the number stays known as gone, and nothing else."""
    rows = list(queries.to_delete(at).order_by("closed_at").select_for_update(of=("self",))[:AT_ONCE])
    for relation in Report._meta.related_objects:
        if relation.on_delete is CASCADE:
            relation.related_model._default_manager.filter(**{f"{relation.field.name}__in": rows}).delete()
    for row in rows:
        row.place = row.district = row.resume = ""
        row.words = row.public_words = row.detail = ""
        row.longitude = row.latitude = row.due_at = row.confirmed_at = None
        row.reporter = row.entered_by = row.main = None
        row.is_public, row.join_count, row.deleted_at = False, 0, at
        row.token = new_token()
        row.save()
        events.publish(SYSTEM, ReportChanged(ref=row.ref))
    return len(rows)


def empty_reports(at: datetime) -> int:
    """Takes persons, words and pictures out of reports whose category's time is over; figures and place stay."""
    kept = ExpressionWrapper(Value(timedelta(days=1)) * F("category__retention_days"), output_field=DurationField())
    old = Report.objects.filter(closed_at__isnull=False, anonymised_at__isnull=True).alias(ends=F("closed_at") + kept)
    rows = list(old.filter(ends__lt=at).order_by("closed_at").select_for_update(of=("self",))[:AT_ONCE])
    for row in rows:
        Update.objects.filter(report=row).update(note="")
        Subtask.objects.filter(report=row).update(words="", answer="")
        Handover.objects.filter(report=row).update(message="", answer="", email="", images=[], nonce=new_token())
        _anonymise(row, at, keep_words=False)
    return len(rows)


def export_joins(person_id: UUID) -> Rows:
    for row in Join.objects.filter(person_id=person_id).select_related("report"):
        yield {"report": row.report.number, "at": row.at.isoformat()}


def erase_joins(person_id: UUID, keep_texts: bool) -> None:  # noqa: ARG001, FBT001 - shape that the manifest calls
    """The count stays: it tells how many had the fault before their eyes."""
    Join.objects.filter(person_id=person_id).delete()


def export_duties(person_id: UUID) -> Rows:
    for row in Duty.objects.filter(person_id=person_id).select_related("category"):
        yield {"category": row.category.slug}


def erase_duties(person_id: UUID, keep_texts: bool) -> None:  # noqa: ARG001, FBT001 - shape that the manifest calls
    Duty.objects.filter(person_id=person_id).delete()


PERSONAL_DATA = (
    PersonalData(
        "report",
        _("Gemeldete Schäden"),
        _("Damit die Stadt nachfragen und Ihnen sagen kann, was daraus geworden ist."),
        timedelta(days=730),
        export_reports,
        erase_reports,
        expire_reports,
    ),
    PersonalData(
        "join",
        _("Meldungen, denen Sie sich angeschlossen haben"),
        _("Damit wir Sie nur einmal zählen."),
        None,
        export_joins,
        erase_joins,
    ),
    PersonalData(
        "duty",
        _("Arten von Meldungen, die Sie im Amt bearbeiten"),
        _("Damit jede Meldung zu denen kommt, die sich auskennen."),
        None,
        export_duties,
        erase_duties,
    ),
)
