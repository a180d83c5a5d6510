"""Partners, what goes to them and how it fares."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from allmende.capabilities.reports.models import Category, Partner, PartnerService, Referral, Report, SentUpdate
from allmende.capabilities.reports.rules.partners import SEEN_AFTER
from allmende.core.errors import NotFound

AT_ONCE = 200
READ_FOR = timedelta(days=400)
"""So long after it was sent a partner is asked about a report."""


@dataclass(frozen=True)
class Standing:
    """A partner with what waits for it."""

    partner: Partner
    sent: int
    waiting: int
    failed: int
    oldest: datetime | None
    """Since when something waits."""

    def is_disturbed(self, at: datetime) -> bool:
        """Whether it has been silent for so long that somebody should know."""
        since = self.partner.failing_since
        return self.failed > 0 or (since is not None and since + SEEN_AFTER <= at)


def standings() -> Sequence[Standing]:
    """All partners. Two queries."""
    states = Referral.State
    counted: dict[UUID, Any] = {
        row["partner"]: row
        for row in Referral.objects.order_by().values("partner").annotate(
            sent=Count("pk", filter=Q(state=states.SENT)),
            waiting=Count("pk", filter=Q(state=states.WAITING)),
            failed=Count("pk", filter=Q(state=states.FAILED)),
        )
    }  # fmt: skip
    waits = Referral.objects.filter(state=states.WAITING).order_by("-begun_at")
    oldest: dict[UUID, datetime] = dict(waits.values_list("partner_id", "begun_at"))
    none: Any = {}
    return [
        Standing(
            partner=one,
            sent=counted.get(one.pk, none).get("sent", 0),
            waiting=counted.get(one.pk, none).get("waiting", 0),
            failed=counted.get(one.pk, none).get("failed", 0),
            oldest=oldest.get(one.pk),
        )
        for one in Partner.objects.all()
    ]


def partner(partner_id: UUID) -> Partner:
    """Raises NotFound."""
    found = Partner.objects.filter(pk=partner_id).first()
    if found is None:
        raise NotFound
    return found


def services_of(partner_id: UUID) -> Sequence[PartnerService]:
    return list(PartnerService.objects.filter(partner_id=partner_id).select_related("category"))


def by_itself(category_id: UUID) -> PartnerService | None:
    """Where reports of a kind go as soon as they were checked."""
    rows = PartnerService.objects.select_related("partner")
    return rows.filter(category_id=category_id, by_itself=True, partner__is_active=True).first()


def ways_of(report: Report) -> Sequence[PartnerService]:
    """Where this report could go and has not gone."""
    rows = PartnerService.objects.select_related("partner").filter(category=report.category_id, partner__is_active=True)
    return list(rows.exclude(partner__referrals__report=report).order_by("partner__label"))


def is_taken(report: Report) -> bool:
    """Whether another body's system takes reports of its kind."""
    return PartnerService.objects.filter(category=report.category_id, partner__is_active=True).exists()


def referrals_of(report: Report) -> Sequence[Referral]:
    return list(Referral.objects.filter(report=report).select_related("partner").order_by("begun_at"))


def is_troubled(report: Report, at: datetime) -> bool:
    """Whether it was refused, or has been on its way to a partner for so long that somebody should know."""
    waits = Q(state=Referral.State.WAITING, begun_at__lte=at - SEEN_AFTER)
    return Referral.objects.filter(waits | Q(state=Referral.State.FAILED), report=report).exists()


def troubled() -> Sequence[Referral]:
    """What waits or was refused, oldest first."""
    rows = Referral.objects.exclude(state=Referral.State.SENT).select_related("partner", "report__category")
    return list(rows.order_by("begun_at")[:AT_ONCE])


def due(at: datetime) -> Sequence[UUID]:
    """What is to be sent now, oldest first."""
    rows = Referral.objects.filter(state=Referral.State.WAITING, next_at__lte=at, partner__is_active=True)
    return list(rows.order_by("next_at", "id").values_list("pk", flat=True)[:AT_ONCE])


def to_read(at: datetime) -> Sequence[Partner]:
    """Whose updates are asked for now: partners that have something of ours."""
    fresh = Q(referrals__state=Referral.State.SENT, referrals__sent_at__gt=at - READ_FOR)
    return list(Partner.objects.filter(fresh, is_active=True, next_read_at__lte=at).distinct())


def sent_numbers(partner: Partner, at: datetime) -> Sequence[str]:
    """The partner's numbers of what it has of ours."""
    rows = partner.referrals.filter(state=Referral.State.SENT, sent_at__gt=at - READ_FOR)
    return list(rows.order_by("-sent_at").values_list("remote_id", flat=True))


def known_updates(partner: Partner, ids: Sequence[str]) -> frozenset[str]:
    """Which of them have been taken in before."""
    rows = SentUpdate.objects.filter(source=f"partner:{partner.pk}", update_id__in=list(ids))
    return frozenset(rows.values_list("update_id", flat=True))


def first_sent(partner: Partner) -> datetime | None:
    rows = partner.referrals.filter(state=Referral.State.SENT).order_by("sent_at")
    return rows.values_list("sent_at", flat=True).first()


def categories() -> Sequence[Category]:
    """What can be forwarded at all."""
    return list(Category.objects.filter(is_active=True))
