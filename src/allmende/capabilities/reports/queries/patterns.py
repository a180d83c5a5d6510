"""Patterns, and the reports that one would be made of."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from allmende.capabilities.reports.models import Category, Pattern, Report
from allmende.core import manifest, panels
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound
from allmende.core.refs import Ref


def by_number(number: int) -> Pattern:
    """Raises NotFound."""
    found = Pattern.objects.select_related("category").filter(number=number).first() if number < 2**63 else None
    if found is None:
        raise NotFound
    return found


def by_ids(ids: Collection[UUID]) -> Mapping[UUID, Pattern]:
    return {row.pk: row for row in Pattern.objects.select_related("category").filter(pk__in=list(ids))}


def all_ids() -> list[UUID]:
    return list(Pattern.objects.order_by("id").values_list("pk", flat=True))


def public_ones(category: Category, district: str, since: datetime, until: datetime) -> QuerySet[Report]:
    """Public reports of a kind that came in then and there, the newest first."""
    rows = Report.objects.filter(category=category, is_public=True, received_at__range=(since, until))
    return (rows.filter(district=district) if district else rows).order_by("-received_at", "-id")


def reports_of(found: Pattern, *, most: int) -> list[Report]:
    rows = public_ones(found.category, found.district, found.since, found.until).select_related("category")
    return list(rows[:most])


def collecting(at: datetime, language: str = "de") -> list[tuple[Ref, str]]:
    """Where a pattern can go: what other rooms collect now and everybody can read, with its title."""
    refs = panels.collecting(at)
    shown = manifest.lookup().resolve(refs, Viewer(), at) if refs else {}
    return [(ref, shown[ref].title(language)) for ref in refs if ref in shown]
