"""Official notices as people read them: what stands, by year and by words; and what the offices have in hand."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, Min, Q, QuerySet

from allmende.capabilities.portal.models.notices import Notice, NoticeAnnex, NoticeStep
from allmende.capabilities.portal.rules import notices as rules
from allmende.core import city
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound
from allmende.engines.media.interface import DocumentView, documents_of

PART = 20
FAR = 9999


@dataclass(frozen=True)
class NoticePage:
    """One notice with what stands around it."""

    notice: Notice
    corrections: list[Notice]
    """Later notices that put this one right, as far as the viewer may know of them."""
    steps: list[NoticeStep]
    """Only for those who work on it."""
    works_on_it: bool
    annexes: "list[Annex]" = field(default_factory=list)


@dataclass(frozen=True)
class Annex:
    """A PDF of a notice, as a page offers it; without `view` when `media` has it no more or is still looking at it."""

    row: NoticeAnnex
    view: DocumentView | None


@dataclass(frozen=True)
class NoticePart:
    """A part of the list; give `next` as `after` to go on."""

    notices: list[Notice]
    total: int
    next: str


def standing(at: datetime) -> QuerySet[Notice]:
    """Every notice that stands at `at`."""
    return Notice.objects.filter(state="provided", provided_at__lte=at).defer("words")


def years(at: datetime) -> list[tuple[int, int]]:
    """(year, how many), the latest first."""
    rows = standing(at).values_list("year").annotate(n=Count("pk")).order_by("-year")
    return [(int(year), n) for year, n in rows if year is not None]


def listed(at: datetime, *, year: int | None = None, words: str = "", after: str = "", limit: int = PART) -> NoticePart:
    """The newest first. `words` as in any search box: all of them, `-word`, `"two words"`. Two queries."""
    rows = standing(at)
    if year is not None:
        rows = rows.filter(year=year)
    if words:
        fits = Q(words=SearchQuery(words, config="german", search_type="websearch")) | Q(title__icontains=words)
        rows = rows.filter(fits & (Q(online_until=None) | Q(online_until__gt=at)))
    total = rows.count()
    place = _place(after)
    if place is not None:
        instant, id_ = place
        rows = rows.filter(Q(provided_at__lt=instant) | Q(provided_at=instant, pk__lt=id_))
    found = list(rows.select_related("corrects").order_by("-provided_at", "-pk")[: limit + 1])
    following = ""
    if len(found) > limit:
        found = found[:limit]
        last = found[-1]
        assert last.provided_at is not None
        following = f"{last.provided_at.astimezone(UTC).isoformat()}_{last.pk}"
    return NoticePart(found, total, following)


def _place(after: str) -> tuple[datetime, UUID] | None:
    """Where a part ended; None for anything made up."""
    instant, _line, id_ = after.partition("_")
    try:
        found = datetime.fromisoformat(instant.replace(" ", "+")), UUID(id_)
    except ValueError:
        return None
    return found if found[0].tzinfo == UTC and 1 < found[0].year < FAR else None


def by_number(year: int, number: int, viewer: Viewer, at: datetime) -> NoticePage:
    """Raises NotFound, also for what does not stand yet and the viewer does not work on."""
    if not (0 < year < FAR and 0 < number < 2**31):
        raise NotFound
    row = Notice.objects.select_related("corrects").defer("words").filter(year=year, number=number).first()
    return _page(row, viewer, at)


def by_id(notice_id: UUID, viewer: Viewer, at: datetime) -> NoticePage:
    """For those who work on it; raises NotFound."""
    return _page(Notice.objects.select_related("corrects").defer("words").filter(pk=notice_id).first(), viewer, at)


def _page(row: Notice | None, viewer: Viewer, at: datetime) -> NoticePage:
    if row is None:
        raise NotFound
    here = city.current()
    rules.require_may_see(row, viewer, at, here)
    works = row.department in rules.offices(viewer, here)
    later = list(standing(at).filter(corrects=row).order_by("provided_at"))
    annexes = annexes_of([row])[row.pk] if works or rules.text_is_shown(row, at) else []
    return NoticePage(row, later, list(row.steps.all()) if works else [], works, annexes)


def annexes_of(notices: Iterable[Notice]) -> dict[UUID, list[Annex]]:
    """The annexes of notices by the notice's key, in their order; one query, and two more when there are any."""
    found: dict[UUID, list[Annex]] = {notice.pk: [] for notice in notices}
    rows = list(NoticeAnnex.objects.filter(notice__in=list(found)))
    views = documents_of([row.ref for row in rows])
    for row in rows:
        found[row.notice_id].append(Annex(row, views[row.ref][0] if row.ref in views else None))
    return found


def may_see_annex(annex_id: UUID, viewer: Viewer, at: datetime) -> bool:
    """The gate of its file: as long as the notice stands and its text may be shown; before that those who write it."""
    row = (
        NoticeAnnex.objects.select_related("notice").defer("notice__words", "notice__text").filter(pk=annex_id).first()
    )
    if row is None:
        return False
    if row.notice.department in rules.offices(viewer, city.current()):
        return True
    return rules.stands(row.notice, at) and rules.text_is_shown(row.notice, at)


def in_hand(viewer: Viewer, at: datetime) -> list[Notice]:
    """What the viewer's offices are working on: what is nearest to its day first; then what stands since 30 days."""
    mine = Notice.objects.filter(department__in=rules.offices(viewer, city.current())).exclude(state="discarded")
    recent = Q(provided_at=None) | Q(provided_at__gt=at - timedelta(days=30)) | ~Q(state="provided")
    return list(mine.filter(recent).select_related("corrects").defer("words", "sealed").order_by("-created_at")[:200])


def writers(notice: Notice) -> set[UUID | None]:
    """Who wrote on the present text: nobody of them checks it."""
    return set(notice.steps.filter(verb="write").values_list("by_id", flat=True))


def next_change(at: datetime) -> datetime:
    """When lists of notices look different by themselves: one begins to stand, or may no longer be shown."""
    found = Notice.objects.filter(state="provided").aggregate(
        appears=Min("provided_at", filter=Q(provided_at__gt=at)),
        goes=Min("online_until", filter=Q(online_until__gt=at)),
    )
    instants: list[datetime] = [instant for instant in found.values() if instant is not None]
    return min([*instants, at + timedelta(days=1)])


def highest_number(year: int) -> int:
    """The last number that was given in a year; 0 for none."""
    found = Notice.objects.filter(year=year).order_by("-number").values_list("number", flat=True).first()
    return found or 0


def gone_offline(at: datetime) -> list[UUID]:
    """Notices whose text may not be shown any more since yesterday or the day before."""
    rows = Notice.objects.filter(state="provided", online_until__lte=at, online_until__gt=at - timedelta(days=2))
    return list(rows.values_list("pk", flat=True))


def notice(notice_id: UUID) -> Notice | None:
    """The row, whoever asks: for the public index and for feeds, which filter themselves."""
    return Notice.objects.select_related("corrects").defer("words").filter(pk=notice_id).first()
