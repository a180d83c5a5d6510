"""Numbered things: by code, by what somebody typed, of a kind, with their open reports."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from allmende.capabilities.reports.models import Report
from allmende.capabilities.reports.models.assets import Asset, AssetKind
from allmende.capabilities.reports.rules.assets import names_kind, numbers_in, plain
from allmende.core.errors import NotFound

LONGEST = 200
PAGE = 60


def by_code(code: str) -> Asset | None:
    """„laterne:4711“, as it stands in addresses and QR codes."""
    slug, _sign, number = code[:LONGEST].replace("\0", "").partition(":")
    rows = Asset.objects.select_related("kind__category").filter(is_active=True, kind__slug=slug)
    return rows.filter(plain=plain(number)).first() if slug and plain(number) else None


def find(words: str) -> Asset | None:
    """„Laterne 4711“, „Straßenlaterne Nr. 4711“, „L-4711“: the one asset that is meant, None where that is not sure.

    For the place step of the form (the seam to whoever asks for a place). Two queries at most, none without a number.
    """
    numbers = numbers_in(words[:LONGEST].replace("\0", ""))
    if not numbers:
        return None
    rows = list(Asset.objects.select_related("kind__category").filter(is_active=True, plain__in=numbers)[:40])
    named = [row for row in rows if names_kind(words, [*row.kind.names.values(), *row.kind.keywords])]
    for number in numbers:
        mine = [row for row in named if row.plain == number]
        if mine:
            return mine[0] if len(mine) == 1 else None
    prefixed = [row for row in rows if row.plain == numbers[0] and not row.plain.isdigit()]
    return prefixed[0] if len(prefixed) == 1 else None


def of_report(report: Report) -> Asset | None:
    """What a report is about, where it is a numbered thing: also for whoever routes by its owner."""
    return Asset.objects.select_related("kind").filter(reports__report=report).first()


def owners() -> list[str]:
    """Everybody who has a numbered thing: departments by their slugs, others by their names."""
    rows = Asset.objects.filter(is_active=True).exclude(owner="")
    return sorted(rows.values_list("owner", flat=True).distinct())


def by_ids(ids: Sequence[UUID]) -> dict[UUID, Asset]:
    return {row.pk: row for row in Asset.objects.select_related("kind").filter(pk__in=list(ids))}


def all_ids() -> Iterator[UUID]:
    return Asset.objects.order_by("id").values_list("pk", flat=True).iterator()


def of_kind(kind_id: UUID) -> list[UUID]:
    """Also those that rest, since they have to leave the map."""
    return list(Asset.objects.filter(kind=kind_id).order_by("id").values_list("pk", flat=True))


def by_code_or_404(code: str) -> Asset:
    found = by_code(code)
    if found is None:
        raise NotFound
    return found


def public_reports(asset: Asset) -> list[Report]:
    """Open ones first, then what was last."""
    rows = Report.objects.select_related("category").filter(about__asset=asset, is_public=True)
    return sorted(rows.order_by("-received_at")[:50], key=lambda one: one.closed_at is not None)


@dataclass(frozen=True)
class KindRow:
    kind: AssetKind
    count: int


def kinds() -> list[KindRow]:
    rows = AssetKind.objects.select_related("category").annotate(n=Count("assets", filter=Q(assets__is_active=True)))
    return [KindRow(row, row.n) for row in rows]


def kind_by_slug(slug: str) -> AssetKind:
    """Raises NotFound."""
    found = AssetKind.objects.select_related("category").filter(slug=slug).first()
    if found is None:
        raise NotFound
    return found


def listed(kind: AssetKind, *, after: str = "", size: int = PAGE) -> tuple[list[Asset], str]:
    """A page of a kind's assets in the order of their numbers as text, and where the next begins."""
    rows = kind.assets.filter(is_active=True, plain__gt=plain(after)) if after else kind.assets.filter(is_active=True)
    found = list(rows.select_related("kind").order_by("plain")[: size + 1])
    return found[:size], found[size - 1].plain if len(found) > size else ""
