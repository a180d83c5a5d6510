"""What can be reported, and which office a report goes to."""

from collections.abc import Sequence

from allmende.capabilities.reports.models import Category, Route
from allmende.capabilities.reports.queries import learning
from allmende.capabilities.reports.rules.learning import guess
from allmende.capabilities.reports.rules.proposing import Proposal
from allmende.core import city


def active() -> Sequence[Category]:
    """In the order in which the form shows them."""
    return list(Category.objects.filter(is_active=True))


def every() -> Sequence[Category]:
    """Also those that no form shows, with their rows of the routing table."""
    return list(Category.objects.prefetch_related("routes"))


def by_slug(slug: str) -> Category | None:
    return Category.objects.filter(slug=slug, is_active=True).first() if slug and "\0" not in slug else None


def proposals(words: str, categories: Sequence[Category]) -> list[Proposal]:
    """By key words and by what closed reports have taught, the best first; each says which word spoke for it."""
    found = guess(words, [(one.slug, one.keywords) for one in categories], learning.weights_for(words))
    return [Proposal(*one) for one in found]


def office_for(category: Category, district: str) -> str:
    """By the routing table, else the category's own; an office that the city no longer has is passed over."""
    routed = Route.objects.filter(category=category, district=district).values_list("department", flat=True).first()
    return _there(category, routed)


def office_by_table(category: Category, district: str) -> str:
    """The same of a category that `every` has read with its rows."""
    return _there(category, next((row.department for row in category.routes.all() if row.district == district), None))


def _there(category: Category, routed: str | None) -> str:
    departments = city.current().departments
    for slug in (routed, category.department):
        if slug and slug in departments:
            return slug
    return next(iter(departments), category.department)
