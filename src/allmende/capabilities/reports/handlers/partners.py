"""Reports of kinds that another body sees to go there once checked; it hears when something was not done after all."""

from contextlib import suppress
from datetime import UTC

from django.utils import timezone

from allmende.capabilities.reports.actions.partners import refer
from allmende.capabilities.reports.adapters import system_of
from allmende.capabilities.reports.events import ReportMoved
from allmende.capabilities.reports.models import Referral, SentUpdate
from allmende.capabilities.reports.queries import partners, reports
from allmende.capabilities.reports.rules.georeport.records import deed
from allmende.capabilities.reports.rules.partners import is_final
from allmende.core.actor import SYSTEM
from allmende.core.errors import Conflict, Invalid
from allmende.core.events import DomainEvent, Stored
from allmende.core.fetching import Unreachable

REOPENED = frozenset({"object", "reopen"})


def is_check(event: DomainEvent) -> bool:
    return isinstance(event, ReportMoved) and event.verb == "check"


def is_reopened(event: DomainEvent) -> bool:
    return isinstance(event, ReportMoved) and event.verb in REOPENED


def tell_back(event: Stored) -> None:
    """A partner hears that what it has done is not done after all. Who said so, and how, stays here.

    Raises Unreachable when another try may help: the delivery is repeated, and the partner knows the update by its id.
    """
    report = reports.by_id(event.ref.id)
    for one in partners.referrals_of(report) if report is not None else ():
        own = SentUpdate.objects.filter(source=f"partner:{one.partner_id}", line=event.payload["update_id"])
        if one.state != Referral.State.SENT or not one.partner.is_active or own.exists():
            continue
        values = [
            ("service_request_id", one.remote_id),
            ("update_id", event.payload["update_id"]),
            ("status", "REOPEN"),
            ("description", deed(event.payload["verb"], "de")),
            ("updated_datetime", f"{event.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"),
        ]
        try:
            system_of(one.partner).tell(values)
        except Unreachable as error:
            if not is_final(error.problem, error.status):
                raise


def forward(event: Stored) -> None:
    """What has ended since stays here."""
    report = reports.by_id(event.ref.id)
    service = partners.by_itself(report.category_id) if report is not None else None
    if report is not None and service is not None:
        with suppress(Conflict, Invalid):
            refer(actor=SYSTEM, report_id=report.pk, partner_id=service.partner_id, at=timezone.now())
