"""Groups of needs with their answers, what waits for one, and what partners offered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from allmende.capabilities.participation.models import (
    Idea,
    Offer,
    OfficialAnswer,
    PartnerOffer,
    Support,
    Theme,
    ThemePlace,
    ThemeStep,
    TopicStore,
)
from allmende.capabilities.participation.workflow import PUBLIC_STATES
from allmende.capabilities.participation.workflow.needs import OfferKind, PartnerState
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound
from allmende.core.refs import Ref
from allmende.engines.search import interface as search

NEEDS_PAGE = 24
FILTERS = ("", "offer", "waiting", "no")
"""All groups, those with an offer, those that wait, those with a no."""
_PUBLIC = [state.value for state in PUBLIC_STATES]
_NEED = TopicStore.Kind.NEED.value


@dataclass(frozen=True, slots=True)
class NeedGroup:
    """A group in the list: how many said it, how many support it, the answer that counts."""

    theme: Theme
    wishes: int
    supports: int
    offer: Offer | None


@dataclass(frozen=True)
class Needs:
    """The page. `open` collects now; `loose` counts public needs that stand in no group yet."""

    open: Sequence[TopicStore]
    groups: Sequence[NeedGroup]
    next: int
    """Number of the group after which the next part begins; 0 at the end."""
    total: int
    loose: int


def _groups(at: datetime) -> QuerySet[Any]:
    public = Q(places__idea__state__in=_PUBLIC, places__idea__published_at__lte=at)
    last = Offer.objects.filter(theme=OuterRef("pk"))
    return (
        Theme.objects.filter(store__kind=_NEED, store__opens_at__lte=at, dissolved_at=None)
        .annotate(
            wishes=Count("places", filter=public),
            supports=Coalesce(Sum("places__idea__support_count", filter=public), 0),
            last_offer=Subquery(last.values("pk")[:1]),
            last_kind=Subquery(last.values("kind")[:1]),
        )
        .filter(wishes__gt=0)
    )


def _with_offers(rows: Sequence[Any]) -> list[NeedGroup]:
    offers = Offer.objects.in_bulk([row.last_offer for row in rows if row.last_offer])
    return [NeedGroup(row, row.wishes, row.supports, offers.get(row.last_offer)) for row in rows]


def _loose(at: datetime) -> QuerySet[Idea]:
    placed = ThemePlace.objects.filter(idea=OuterRef("pk"), theme__dissolved_at=None)
    rows = Idea.objects.public().filter(store__kind=_NEED, published_at__lte=at, state__in=_PUBLIC)
    return rows.filter(~Exists(placed))


def needs(at: datetime, *, only: str = "", after: int = 0) -> Needs:
    """Five queries, whatever the size; the latest group first."""
    rows = _groups(at)
    if only == "offer":
        rows = rows.exclude(last_offer=None).exclude(last_kind=OfferKind.NO.value)
    elif only == "waiting":
        rows = rows.filter(last_offer=None)
    elif only == "no":
        rows = rows.filter(last_kind=OfferKind.NO.value)
    total = rows.count()
    if after:
        rows = rows.filter(number__lt=after)
    found = list(rows.select_related("store__group").order_by("-number")[: NEEDS_PAGE + 1])
    page = found[:NEEDS_PAGE]
    return Needs(
        open=open_needs(at),
        groups=_with_offers(page),
        next=page[-1].number if len(found) > NEEDS_PAGE else 0,
        total=total,
        loose=_loose(at).count(),
    )


def open_needs(at: datetime) -> list[TopicStore]:
    """Where one can say now what one needs, what ends last first. One query."""
    rows = TopicStore.objects.filter(kind=_NEED, opens_at__lte=at, closes_at__gt=at).select_related("group")
    return list(rows.order_by("-closes_at", "number"))


def offers_of(theme_id: UUID) -> list[Offer]:
    """The city's answers to a group, the latest first."""
    return list(Offer.objects.filter(theme_id=theme_id))


def offer(offer_id: UUID) -> Offer | None:
    return Offer.objects.select_related("theme__store__group").filter(pk=offer_id).first()


def offers_for_idea(idea_id: UUID) -> list[Offer]:
    """What was answered to the groups that a need stands in, the latest of each. One query."""
    rows = Offer.objects.filter(theme__places__idea_id=idea_id, theme__dissolved_at=None).select_related("theme")
    return list(rows.order_by("theme_id", "-at", "-id").distinct("theme_id"))


def thing_at(path: str, at: datetime) -> Ref | None:
    """The thing whose page has this path (without language prefix), if everybody may see it. One query."""
    row = search.Entry.objects.visible_to(Viewer(), at).filter(url=path).first()
    return None if row is None else Ref(row.capability, row.kind, row.object_id)


def people_of(theme_id: UUID) -> list[UUID]:
    """Who said it and who supports it, each once, for telling them."""
    ideas = Idea.objects.public().filter(places__theme_id=theme_id)
    authors = ideas.filter(author__isnull=False).values_list("author_id", flat=True)
    supporters = Support.objects.filter(idea__in=ideas).values_list("person_id", flat=True)
    return sorted({*(one for one in authors if one is not None), *supporters})


def people_of_need(idea_id: UUID) -> list[UUID]:
    """As `people_of`, for a single need."""
    author = Idea.objects.filter(pk=idea_id, author__isnull=False).values_list("author_id", flat=True)
    supporters = Support.objects.filter(idea_id=idea_id).values_list("person_id", flat=True)
    return sorted({*(one for one in author if one is not None), *supporters})


def moved_needs(step: ThemeStep) -> list[UUID]:
    """Needs that a step of the ordering has moved: their state follows their groups."""
    return sorted({*step.ideas, *step.left})


def answered_among(idea_ids: Collection[UUID]) -> Mapping[UUID, UUID]:
    """Need → a group it stands in that has an answer. One query."""
    rows = ThemePlace.objects.filter(idea_id__in=list(idea_ids), theme__dissolved_at=None)
    return dict(rows.filter(Exists(Offer.objects.filter(theme=OuterRef("theme")))).values_list("idea_id", "theme_id"))


def answered_alone(idea_ids: Collection[UUID]) -> set[UUID]:
    """Needs that have an answer of their own. One query."""
    rows = OfficialAnswer.objects.filter(idea_id__in=list(idea_ids))
    return set(rows.values_list("idea_id", flat=True))


# For staff


@dataclass(frozen=True)
class NeedsDesk:
    """What waits: groups without an answer (what has waited longest first), needs in no group, partners."""

    groups: Sequence[NeedGroup]
    stores: Sequence[tuple[TopicStore, int]]
    """Each store of needs and how many of its needs stand in no group."""
    partners: Sequence[PartnerOffer]


def needs_desk(at: datetime) -> NeedsDesk:
    """Five queries."""
    waiting = list(
        _groups(at).filter(last_offer=None).select_related("store__group").order_by("created_at", "number")[:200]
    )
    stores = TopicStore.objects.filter(kind=_NEED, opens_at__lte=at).select_related("group").order_by("-closes_at")
    loose = dict(_loose(at).order_by().values_list("store_id").annotate(n=Count("pk")))
    return NeedsDesk(
        groups=_with_offers(waiting),
        stores=[(store, loose.get(store.pk, 0)) for store in stores[:20]],
        partners=list(PartnerOffer.objects.order_by("replied_at", "-at", "-id")[:100]),
    )


def usable_partners() -> list[PartnerOffer]:
    """What partners have offered and was not declined. One query."""
    return list(PartnerOffer.objects.exclude(state=PartnerState.DECLINED.value)[:200])


def partner_offer(number: int) -> PartnerOffer:
    """Raises NotFound."""
    found = PartnerOffer.objects.filter(number=number).first() if 0 < number < 2**63 else None
    if found is None:
        raise NotFound
    return found


def partner_offer_by_id(partner_id: UUID) -> PartnerOffer | None:
    return PartnerOffer.objects.filter(pk=partner_id).first()


def partner_offers_of(viewer: Viewer, organisations: Collection[UUID]) -> list[PartnerOffer]:
    """What the viewer, or an organisation they speak for, has offered. One query."""
    if viewer.person_id is None:
        return []
    rows = PartnerOffer.objects.filter(Q(sender_id=viewer.person_id) | Q(organisation_id__in=list(organisations)))
    return list(rows[:50])
