"""Who outside of the city's administration sees to what."""

import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from allmende.capabilities.reports.models import Handover, Report
from allmende.capabilities.reports.models.handovers import SALT
from allmende.core.errors import NotFound

REMIND_AFTER = timedelta(days=7)
LONGEST_LINK = 300


def by_link(link: str, at: datetime) -> Handover:
    """The matter of a signed link. Raises NotFound for what is made up, taken back or over."""
    found = None
    try:
        if len(link) <= LONGEST_LINK:
            key, nonce = signing.Signer(salt=SALT).unsign_object(link)
            rows = Handover.objects.select_related("report__category")
            rows = rows.filter(expires_at__gt=at, report__anonymised_at__isnull=True)
            found = rows.filter(pk=UUID(key), nonce=nonce).first()
    except (signing.BadSignature, ValueError, TypeError, zlib.error):
        pass
    if found is None or found.state in {Handover.State.WITHDRAWN, Handover.State.LAPSED}:
        raise NotFound(
            _("Dieser Link gilt nicht mehr. Bitte fragen Sie bei der Stadt nach, wenn die Sache noch offen ist.")
        )
    return found


def of_report(report: Report) -> Sequence[Handover]:
    """All of them, newest first."""
    return list(Handover.objects.filter(report=report).order_by("-sent_at", "-id"))


def open_of(report: Report) -> Handover | None:
    return Handover.objects.filter(report=report, state__in=Handover.OPEN).first()


def to_remind(at: datetime) -> Sequence[UUID]:
    """Still waiting, and last written to a week ago."""
    rows = Handover.objects.filter(state__in=Handover.OPEN, expires_at__gt=at)
    last = Coalesce(F("reminded_at"), F("sent_at"))
    return list(rows.alias(last=last).filter(last__lte=at - REMIND_AFTER).values_list("pk", flat=True))


def lapsed(at: datetime) -> Sequence[UUID]:
    return list(Handover.objects.filter(Q(state__in=Handover.OPEN), expires_at__lte=at).values_list("pk", flat=True))
