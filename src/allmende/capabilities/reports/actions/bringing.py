"""Reports of an old system come in: some at a time, none twice, with the times that they had there."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from allmende.capabilities.reports.actions.moving import change_state
from allmende.capabilities.reports.actions.rows import note_line
from allmende.capabilities.reports.adapters.old_reports import OldReport
from allmende.capabilities.reports.events import ReportChanged
from allmende.capabilities.reports.models import WORDS_LIMIT, Brought, Category, Report
from allmende.capabilities.reports.queries import categories
from allmende.capabilities.reports.rules import targets
from allmende.capabilities.reports.workflow import State
from allmende.core import audit, city, events
from allmende.core.actions import action
from allmende.core.actor import Actor, Channel
from allmende.core.errors import NotAllowed
from allmende.engines.places import interface as places

BATCH = 200


@action
def bring_reports(
    *, actor: Actor, source: str, rows: Sequence[OldReport], kinds: Mapping[str, Category], publish: bool, at: datetime
) -> list[Report]:
    """Brings some rows in one transaction; those that are there already are passed over. Returns what was new.

    `kinds`: the old system's word for a kind → ours, with "" for all others. Nobody is told anything: these reports are
    no news. `publish` only where they were public there; pictures and names of people do not come along.
    """
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    there = set(
        Brought.objects.filter(source=source, foreign_id__in=[row.foreign_id for row in rows]).values_list(
            "foreign_id", flat=True
        )
    )
    made = [_bring(source, row, kinds, publish, at) for row in rows if row.foreign_id not in there]
    for report in made:
        audit.record(actor, "reports.bring_reports", report.ref, fields=["words", "category", "place", "state"])
        events.publish(actor, ReportChanged(ref=report.ref))
    return made


def _bring(
    source: str,
    row: OldReport,
    kinds: Mapping[str, Category],
    publish: bool,  # noqa: FBT001 - as the action above was told
    at: datetime,
) -> Report:
    category = kinds.get(row.kind.casefold()) or kinds[""]
    there = places.place_at(*row.point) if row.point is not None else None
    district = there.district if there is not None else ""
    words = row.words[:WORDS_LIMIT]
    here = city.current()
    report = Report(
        category=category,
        words=words,
        public_words=words,
        place=row.place or (there.text[:200] if there is not None else _("Ort steht im Text")),
        district=district,
        longitude=there.longitude if there is not None else None,
        latitude=there.latitude if there is not None else None,
        state=State.CHECKED.value,
        state_at=row.received_at,
        department=categories.office_for(category, district),
        due_at=targets.due(row.received_at, category.target_days, zone=here.zone, state=here.state),
        channel=Channel.SYSTEM.value,
        received_at=row.received_at,
        created_at=at,
    )
    if row.closed_at is not None:
        change_state(report, State.DONE, row.closed_at)
    if publish and category.publishes:
        report.is_public, report.published_at = True, row.received_at
    report.save(force_insert=True)
    Brought.objects.create(report=report, source=source, foreign_id=row.foreign_id)
    note_line(report, "receive", at=row.received_at)
    if row.closed_at is not None:
        line_at = max(row.closed_at, row.received_at + timedelta(seconds=1))
        note_line(report, "finish", words=row.result, department=report.department, at=line_at)
    return report
