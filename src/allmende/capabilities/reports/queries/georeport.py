"""What programs read: requests and their updates, in a fixed number of queries however many they are.

Nothing is missed. A list by date of receipt is read along (received_at, id), which never change: what was public when
the first page was asked and still is stands on exactly one page. A list of what changed is read along (modified, id)
and ends before the oldest transaction that is still open (`core.feeds`): whatever is committed later has a later
`modified` than anything told so far, so that the last instant of one reading is where the next one begins. Updates are
told by the instant from which everybody could read them (`written_at`, or when their report became public).
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import ExpressionWrapper, F, FilteredRelation, FloatField, Q, QuerySet, Value

from allmende.capabilities.reports.models import Category, Report
from allmende.capabilities.reports.queries import asking
from allmende.capabilities.reports.rules.asking import Attribute
from allmende.capabilities.reports.rules.ground import METRES_PER_DEGREE
from allmende.core import feeds
from allmende.core.refs import Ref
from allmende.engines.media import interface as media

MOST = 1000
"""Records in one answer, as the standard proposes."""


class Cursor(NamedTuple):
    """The last row of the page before."""

    at: datetime
    id: UUID


class Row(NamedTuple):
    """What a request is told from."""

    id: UUID
    number: int
    category_id: UUID
    public_words: str
    language: str
    place: str
    detail: str
    district: str
    longitude: float | None
    latitude: float | None
    state: str
    state_at: datetime
    department: str
    due_at: datetime | None
    is_public: bool
    shows_image: bool
    join_count: int
    received_at: datetime
    modified: datetime
    main_number: int | None
    main_public: bool | None
    own_words: str = ""
    """What the reader's own program has sent; empty for what others did."""
    external_id: str | None = None
    """The own number of the program that reads, for what it has sent."""

    @property
    def is_own(self) -> bool:
        return self.external_id is not None

    @property
    def is_readable(self) -> bool:
        return self.is_public or self.is_own


FIELDS = (*Row._fields[:-4], "main__number", "main__is_public")


def _rows(rows: QuerySet[Report], own: UUID | None) -> QuerySet[Report, Any]:
    """As the fields of `Row`."""
    if own is None:
        return rows.values_list(*FIELDS)
    mine = FilteredRelation("inbound", condition=Q(inbound__key=own))
    return rows.annotate(mine=mine).values_list(*FIELDS, "words", "mine__external_id")


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to. Ends are exclusive; empty or None: not narrowed."""

    numbers: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    states: frozenset[str] | None = None
    received_from: datetime | None = None
    received_until: datetime | None = None
    changed_from: datetime | None = None
    changed_until: datetime | None = None
    around: tuple[float, float, float] | None = None
    """Longitude, latitude, metres."""
    districts: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    with_picture: bool = False
    own: UUID | None = None
    """A key whose own reports are read too, while they are private."""
    external_id: str = ""
    """Its own number for one of them."""

    @property
    def by_change(self) -> bool:
        """Whether „what changed since“ is asked: then what is no longer public is told too, as gone."""
        return not self.numbers and (self.changed_from is not None or self.changed_until is not None)


def _narrowed(wanted: Wanted) -> QuerySet[Report]:
    rows: QuerySet[Report] = Report.objects.all()
    readable = Q(is_public=True)
    if wanted.own is not None:
        readable |= Q(inbound__key=wanted.own)
    if wanted.numbers:
        return rows.filter(readable, number__in=wanted.numbers)
    if wanted.external_id:
        return rows.filter(inbound__key=wanted.own, inbound__external_id=wanted.external_id)
    bounds = {
        "received_at__gte": wanted.received_from, "received_at__lt": wanted.received_until,
        "category__slug__in": wanted.codes or None, "district__in": wanted.districts or None,
        "department__in": wanted.departments or None, "state__in": wanted.states,
        "shows_image": wanted.with_picture or None,
    }  # fmt: skip
    seen = readable & Q(**{name: value for name, value in bounds.items() if value is not None})
    if wanted.around is not None:
        rows, inside = _near(rows, *wanted.around)
        seen &= inside
    if wanted.by_change:  # what is gone is told whatever the filters: where it stands now is nobody's business
        seen |= Q(is_public=False, published_at__isnull=False)
        rows = rows.filter(modified__gte=wanted.changed_from) if wanted.changed_from else rows
        rows = rows.filter(modified__lt=wanted.changed_until) if wanted.changed_until else rows
    return rows.filter(seen)


def _near(rows: QuerySet[Report], longitude: float, latitude: float, metres: float) -> tuple[QuerySet[Report], Q]:
    """Within a circle (equirectangular projection), found by the box around it."""
    narrow = max(0.01, math.cos(math.radians(latitude)))
    high = metres / METRES_PER_DEGREE
    wide = high / narrow
    across = (F("longitude") - Value(longitude)) * Value(narrow)
    along = F("latitude") - Value(latitude)
    square = ExpressionWrapper(across * across + along * along, output_field=FloatField())
    return rows.alias(square=square), Q(
        longitude__range=(longitude - wide, longitude + wide),
        latitude__range=(latitude - high, latitude + high),
        square__lte=high**2,
    )


def count(wanted: Wanted) -> int:
    """How many there are, without what is gone."""
    return _narrowed(replace(wanted, own=None)).filter(is_public=True).count()


def page(wanted: Wanted, *, after: Cursor | None = None, limit: int = MOST) -> tuple[list[Row], Cursor | None]:
    """One page, and where the next one begins."""
    rows = _narrowed(wanted)
    if wanted.by_change:
        column, sign, order = "modified", "gt", ("modified", "id")
        rows = rows.filter(modified__lt=feeds.safe_until())
    else:
        column, sign, order = "received_at", "lt", ("-received_at", "-id")
    if after is not None:
        rows = rows.filter(Q(**{f"{column}__{sign}": after.at}) | Q(**{column: after.at, f"pk__{sign}": after.id}))
    found = [Row(*values) for values in _rows(rows.order_by(*order), wanted.own)[: limit + 1]]
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], Cursor(last.modified if wanted.by_change else last.received_at, last.id)


def single(number: int, *, own: UUID | None = None) -> Row | None:
    """A public report, or one that was, or one of the reader's own; None for what never was public."""
    seen = Q(is_public=True) | Q(published_at__isnull=False)
    if own is not None:
        seen |= Q(inbound__key=own)
    found = _rows(Report.objects.filter(seen, number=number), own).first() if number < 2**63 else None
    return None if found is None else Row(*found)


def number_of_token(token: str) -> int | None:
    """The number behind a private link."""
    return Report.objects.filter(token=token).values_list("number", flat=True).first()


def categories() -> Mapping[UUID, Category]:
    return {one.pk: one for one in Category.objects.all()}


def offered() -> Sequence[Category]:
    """What programs may report: what the form offers, but for what is not the city's task."""
    return [one for one in Category.objects.filter(is_active=True) if not one.elsewhere]


def attributes_of(codes: Collection[str], language: str) -> Mapping[str, Sequence[Attribute]]:
    """Code of a kind → what is asked about it; kinds that ask nothing are not among them. Two queries."""
    return asking.attributes(language, codes)


def answers_of(rows: Sequence[Row], language: str) -> Mapping[UUID, Sequence[Mapping[str, Any]]]:
    """Key → what was answered, as far as everybody may read it. Three queries."""
    return asking.public_answers({row.id: row.category_id for row in rows if row.is_public}, language)


def pictures(rows: Sequence[Row]) -> Mapping[UUID, list[str]]:
    """Key → paths of the pictures that somebody has released. One query."""
    refs = {row.id: Ref("reports", "report", row.id) for row in rows if row.shows_image and row.is_public}
    found = media.addresses_of(refs.values()) if refs else {}
    return {key: found.get(ref, []) for key, ref in refs.items()}


LAST_WORDS = """
SELECT DISTINCT ON (report_id) report_id, words FROM reports_update
 WHERE report_id = ANY(%s) AND is_public AND words <> '' ORDER BY report_id, at DESC, id DESC
"""


def last_words(ids: Collection[UUID]) -> Mapping[UUID, str]:
    """What the offices have last said in public about each. One query."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(LAST_WORDS, [list(ids)])
        return dict(cursor.fetchall())


class UpdateRow(NamedTuple):
    """What an update is told from; `told_at` is since when everybody could read it."""

    id: UUID
    number: int
    verb: str
    state: str
    words: str
    language: str
    happened_at: datetime
    told_at: datetime


UPDATES = """
SELECT id, number, verb, state, words, language, at, told_at FROM (
  SELECT u.id, r.number, u.verb, u.state, u.language, u.at,
         CASE WHEN u.is_public OR (i.id IS NOT NULL AND u.verb = ANY(%(asked)s)) THEN u.words ELSE '' END AS words,
         CASE WHEN i.id IS NULL THEN greatest(u.written_at, r.shown_since) ELSE u.written_at END AS told_at
    FROM reports_update u JOIN reports_report r ON r.id = u.report_id
    LEFT JOIN reports_inbound i ON i.report_id = r.id AND i.key_id = %(own)s::uuid
   WHERE (r.is_public AND NOT %(only)s OR i.id IS NOT NULL) AND u.verb <> ALL(%(quiet)s) AND {which}
) AS told
 WHERE told_at >= %(since)s AND told_at < %(until)s AND (told_at, id) > (%(last_at)s, %(last)s)
"""
BY_WINDOW = """
SELECT * FROM ({written} UNION {shown}) AS found ORDER BY told_at, id LIMIT %(limit)s
""".format(
    written=UPDATES.format(which="u.written_at >= %(since)s AND u.written_at < %(until)s"),
    shown=UPDATES.format(which="r.shown_since >= %(since)s AND r.shown_since < %(until)s"),
)
ASKED = ("ask", "refuse")
"""Words of these are for the reporter alone, so for the program that stands for the reporter too."""
QUIET = ("receive", "note", "edit", "outside")
"""Lines that are no news for anybody outside."""
FIRST = UUID(int=0)


def updates(
    since: datetime, until: datetime, *, after: Cursor | None = None, limit: int = MOST, own: UUID | None = None,
    only_own: bool = False,
) -> tuple[list[UpdateRow], Cursor | None]:  # fmt: skip
    """Updates of public reports that became readable within the time, oldest first, and where the next page begins.

    `own`: a key whose own reports are told too, while they are private; `only_own`: nothing but those.
    """
    last = after or Cursor(since, FIRST)
    values: dict[str, Any] = {
        "since": since, "until": min(until, feeds.safe_until()), "last_at": last.at, "last": last.id,
        "limit": limit + 1, "quiet": list(QUIET), "asked": list(ASKED), "own": own, "only": only_own,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(BY_WINDOW, values)
        found = [UpdateRow._make(values) for values in cursor.fetchall()]
    if len(found) <= limit:
        return found, None
    return found[:limit], Cursor(found[limit - 1].told_at, found[limit - 1].id)
