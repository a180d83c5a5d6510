"""How a reported barrier answers whoever holds its number and code. Nobody finds it: it is hidden from the index."""

from collections.abc import Iterable
from uuid import UUID

from allmende.capabilities.portal.models.barriers import BarrierReport
from allmende.capabilities.portal.queries import barriers as queries
from allmende.capabilities.portal.workflow.barriers import LABELS, State
from allmende.core import city
from allmende.core.manifest import EntryData


def entry(report_id: UUID) -> EntryData | None:
    row = queries.report(report_id)
    if row is None:
        return None
    found = city.current().department(row.department)
    return EntryData(
        ref=row.ref,
        titles={"de": f"Gemeldete Barriere {row}", "en": f"Reported barrier {row}"},
        summaries={},
        url=f"/barriere-melden/{row.number}/",
        state=row.state,
        state_labels=LABELS[State(row.state)],
        happened_at=row.received_at,
        visibility="hidden",
        next_step=row.next_step,
        office=dict(found.names) if found else {},
        due=row.due_at,
    )


def ids() -> Iterable[UUID]:
    return BarrierReport.objects.order_by("id").values_list("pk", flat=True).iterator()


def url(report_id: UUID) -> str | None:
    number = BarrierReport.objects.filter(pk=report_id).values_list("number", flat=True).first()
    return None if number is None else f"/barriere-melden/{number}/"
