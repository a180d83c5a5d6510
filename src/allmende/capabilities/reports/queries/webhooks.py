"""Targets of messages, what waits for them, and what a message says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from allmende.capabilities.reports.models import Report, Update, WebhookCall, WebhookTarget
from allmende.capabilities.reports.queries import georeport
from allmende.capabilities.reports.rules.georeport.records import Teller
from allmende.core.errors import NotFound

LOG = 50
AT_ONCE = 200


def targets() -> Sequence[WebhookTarget]:
    """All of them, with how many messages wait for each (`waiting`)."""
    waiting = Count("calls", filter=Q(calls__state=WebhookCall.State.WAITING))
    return list(WebhookTarget.objects.annotate(waiting=waiting))


def target(target_id: UUID) -> WebhookTarget:
    """Raises NotFound."""
    found = WebhookTarget.objects.filter(pk=target_id).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Logged:
    """A message with the number of its report, as far as there is one."""

    call: WebhookCall
    number: int | None


def log(target_id: UUID) -> Sequence[Logged]:
    """The last messages, newest first."""
    calls = list(WebhookCall.objects.filter(target_id=target_id).order_by("-id")[:LOG])
    numbers = dict(Report.objects.filter(pk__in={one.report_id for one in calls}).values_list("pk", "number"))
    return [Logged(one, numbers.get(one.report_id)) for one in calls]


def due(at: datetime) -> Sequence[WebhookTarget]:
    """Targets that something waits for and that may be tried now."""
    rows = WebhookTarget.objects.filter(is_active=True, next_at__lte=at, calls__state=WebhookCall.State.WAITING)
    return list(rows.distinct())


def waiting(target_id: UUID) -> Sequence[WebhookCall]:
    """In the order in which it happened."""
    rows = WebhookCall.objects.filter(target_id=target_id, state=WebhookCall.State.WAITING)
    return list(rows.order_by("id")[:AT_ONCE])


def message(call: WebhookCall, teller: Teller) -> dict[str, Any] | None:
    """What everybody may read of the report now; that it is gone, when it was public before; None when it never was."""
    number = Report.objects.filter(pk=call.report_id).values_list("number", flat=True).first()
    row = georeport.single(number) if number is not None else None
    if row is None:
        return None
    pictures = georeport.pictures([row]).get(row.id, ())
    said = georeport.last_words([row.id]).get(row.id, "") if row.is_public else ""
    found: dict[str, Any] = {
        "id": str(call.event_id),
        "type": call.name if row.is_public else "reports.report_gone",
        "at": teller.at(call.at),
        "report": teller.request(row, pictures, said),
    }
    line = (
        Update.objects.filter(pk=call.update_id, is_public=True).first() if row.is_public and call.update_id else None
    )
    if line is not None:
        found["update"] = {"update_id": str(line.pk), "verb": line.verb, "state": line.state, "description": line.words}
    return found
