"""Reading the index: by words, by reference, by time. Everything begins with who looks and when."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.search import CombinedSearchQuery, SearchHeadline, SearchQuery, SearchRank
from django.db import connection, transaction
from django.db.models import (
    Case,
    Count,
    DecimalField,
    F,
    FloatField,
    Func,
    Min,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Greatest, Round
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from allmende.core import feeds, manifest
from allmende.core.actor import Viewer
from allmende.core.errors import Invalid
from allmende.core.refs import Ref
from allmende.engines.search.models import PUBLIC, Entry, EntryQuerySet, in_language

LONGEST_QUERY = 200
PART_OF_A_WORD = 3
"""Letters from which a part of a word is looked for within titles („leuchtung“ finds „Straßenbeleuchtung“)."""
ALIKE = 0.35
"""Least word similarity (pg_trgm, 0 to 1) for a title to count as meant when nothing fits exactly."""
START, STOP = "\x02", "\x03"
"""Mark hits in what PostgreSQL returns; no entry can hold them (`actions._texts`)."""
DIGITS = DecimalField(max_digits=12, decimal_places=6)
CONFIGURATIONS = {"de": "public.city_german", "en": "public.city_english"}


@dataclass(frozen=True)
class KindCount:
    """How many of one kind were found."""

    kind: str
    label: str
    count: int


@dataclass(frozen=True)
class Results:
    """What was found. `similar`: nothing fits exactly, these are spelt alike."""

    entries: list[Entry]
    total: int
    next: str = ""
    """Give it as `after` to go on; empty at the end."""
    kinds: list[KindCount] = field(default_factory=list)
    """Over all kinds, whichever were asked for."""
    similar: bool = False


def entry(ref: Ref, viewer: Viewer, at: datetime) -> Entry | None:
    """One thing as this viewer may see it; None for everything else, whatever the reason."""
    return Entry.objects.visible_to(viewer, at).of(ref).first()


def entries_of(refs: Collection[Ref], viewer: Viewer, at: datetime) -> dict[Ref, Entry]:
    """Those of the things that this viewer may see, in one query."""
    wanted = set(refs)
    if not wanted:
        return {}
    found = Entry.objects.visible_to(viewer, at).filter(object_id__in={ref.id for ref in wanted})
    return {row.ref: row for row in found if row.ref in wanted}


def latest(viewer: Viewer, at: datetime, *, kinds: Collection[str] = (), limit: int = 12) -> list[Entry]:
    """What was last said or done; nothing that is still to come."""
    found = _of_kinds(Entry.objects.visible_to(viewer, at), kinds).filter(happened_at__lte=at)
    return list(found.order_by("-happened_at", "-id")[:limit])


def open_now(viewer: Viewer, at: datetime, *, limit: int = 6) -> list[Entry]:
    """Where people can take part, what closes first first."""
    found = Entry.objects.visible_to(viewer, at).filter(open_until__gt=at)
    return list(found.order_by("open_until", "id")[:limit])


def next_change(at: datetime) -> datetime:
    """When a page made of public entries looks different although nothing is written: an embargo ends, a period
    closes, something is overdue; at the latest after a day. For the header `X-Allmende-Until`.
    """
    found = Entry.objects.filter(removed_at__isnull=True, visibility=PUBLIC).aggregate(
        appears=Min("visible_from", filter=Q(visible_from__gt=at)),
        closes=Min("open_until", filter=Q(open_until__gt=at)),
        overdue=Min("due", filter=Q(due__gt=at)),
        happens=Min("happened_at", filter=Q(happened_at__gt=at)),
    )
    instants: list[datetime] = [instant for instant in found.values() if instant is not None]
    return min([*instants, at + timedelta(days=1)])


def _of_kinds(entries: EntryQuerySet, kinds: Collection[str]) -> EntryQuerySet:
    if not kinds:
        return entries
    known = {kind for _room, kind in manifest.index_kinds()}
    return entries.filter(kind__in=known.intersection(kinds))  # what is no kind of ours may be no text of PostgreSQL's


# By words


def find(
    text: str,
    viewer: Viewer,
    at: datetime,
    *,
    language: str,
    kinds: Collection[str] = (),
    after: str = "",
    limit: int = 20,
) -> Results:
    """Things that fit the words, best first: whole words in any form, the beginning of the last one, parts of titles.

    `-word`, `"two words"` and `or` are understood. When nothing fits, titles that are spelt alike are given. Three
    queries; two when there are none.
    """
    words = clean(text)
    if not words:
        return Results([], 0)
    seen = Entry.objects.visible_to(viewer, at)
    fits, rank = _fitting(words)
    fitting = seen.filter(fits)
    counts = _counts(fitting)
    total = _total(counts, kinds)
    if not counts:
        return _alike(words, seen, kinds, language, limit)
    page: QuerySet[Any] = _of_kinds(fitting, kinds).annotate(rank=rank)
    if after:
        value, id_ = _parse(after)
        page = page.filter(Q(rank__lt=value) | Q(rank=value, id__lt=id_))
    rows: list[Any] = list(_with_headlines(page, words, language).order_by("-rank", "-id")[: limit + 1])
    following = f"{rows[limit - 1].rank:.6f}_{rows[limit - 1].id}" if len(rows) > limit else ""
    return Results(_shown(rows[:limit], language), total, following, counts)


def first_of(text: str, viewer: Viewer, at: datetime) -> list[Entry]:
    """The first twenty things that fit, in the viewer's language: what other engines choose from."""
    return find(text, viewer, at, language=viewer.language).entries


def clean(text: str) -> str:
    """What was typed, on one line, without signs that no text can hold, not endlessly long."""
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff\s]+", " ", text).strip()[:LONGEST_QUERY].strip()


def _fitting(words: str) -> tuple[Q, Round]:
    """The condition and how well it fits (0 to about 2, six digits, so that a cursor can name it)."""
    german, english = _query(words, "de"), _query(words, "en")
    fits = Q(german=german) | Q(english=english)
    ranks: list[Any] = [SearchRank(F("german"), german), SearchRank(F("english"), english)]
    if len(words) >= PART_OF_A_WORD:
        in_title = Q(plain__contains=Func(Value(words), function="search_plain", output_field=TextField()))
        fits |= in_title
        ranks.append(Case(When(in_title, then=Value(0.5)), default=Value(0.0), output_field=FloatField()))
    best = Greatest(*(Cast(rank, FloatField()) for rank in ranks))
    return fits, Round(Cast(best, DIGITS), precision=6)


def _query(words: str, language: str) -> SearchQuery | CombinedSearchQuery:
    config = CONFIGURATIONS[language]
    operators = re.search(r'"|(^|\s)-|\sor\s', words, re.IGNORECASE)
    last = re.search(r"(\w{2,})$", words)
    if operators or last is None:
        return SearchQuery(words, config=config, search_type="websearch")
    beginning = SearchQuery(f"'{last[1]}':*", config=config, search_type="raw")
    before = words[: last.start()].strip()
    return SearchQuery(before, config=config, search_type="websearch") & beginning if before else beginning


def _counts(entries: EntryQuerySet) -> list[KindCount]:
    rows = entries.order_by().values_list("capability", "kind").annotate(n=Count("*"))
    by_kind: dict[str, KindCount] = {}
    for capability, kind, n in rows:
        known = manifest.index_kinds().get((capability, kind))
        label = str(known.label_plural) if known else kind
        before = by_kind.get(kind)
        by_kind[kind] = KindCount(kind, before.label if before else label, n + (before.count if before else 0))
    return sorted(by_kind.values(), key=lambda row: (-row.count, row.label))


def _total(counts: Iterable[KindCount], kinds: Collection[str]) -> int:
    return sum(row.count for row in counts if not kinds or row.kind in kinds)


def _alike(words: str, seen: EntryQuerySet, kinds: Collection[str], language: str, limit: int) -> Results:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(ALIKE)])
        plain = Func(Value(words), function="search_plain", output_field=TextField())
        alike = Func(plain, F("plain"), function="word_similarity", output_field=FloatField())
        found = _of_kinds(seen, kinds).filter(plain__trigram_word_similar=plain).annotate(rank=alike)
        rows = list(found.order_by("-rank", "-id")[:limit])
    return Results(_shown(rows, language), len(rows), similar=True)


def _with_headlines(rows: QuerySet[Any], words: str, language: str) -> QuerySet[Any]:
    """Titles and summaries with hits marked, computed by PostgreSQL for the rows of this page only."""
    config = CONFIGURATIONS.get(language, CONFIGURATIONS["de"])
    query = _query(words, language)
    marks: dict[str, Any] = {"config": config, "start_sel": START, "stop_sel": STOP}
    marked: QuerySet[Any] = rows.annotate(
        marked_title=SearchHeadline(_text("titles", language), query, highlight_all=True, **marks),
        marked_summary=SearchHeadline(_text("summaries", language), query, max_words=38, min_words=20, **marks),
    )
    return marked


def _text(column: str, language: str) -> Coalesce:
    return Coalesce(KeyTextTransform(language, column), KeyTextTransform(settings.LANGUAGE_CODE, column), Value(""))


def _shown(rows: Iterable[Any], language: str) -> list[Entry]:
    """The entries with `headline` and `snippet` as safe HTML: the words of people escaped, only hits in <mark>."""
    shown = []
    for row in rows:
        row.headline = _marked(getattr(row, "marked_title", "") or row.title(language))
        row.snippet = _marked(getattr(row, "marked_summary", "") or in_language(row.summaries, language))
        shown.append(row)
    return shown


def _marked(text: str) -> SafeString:
    first, *parts = text.split(START)
    pieces = (part.partition(STOP) for part in parts)
    return format_html("{}", first) + format_html_join(
        "", "<mark>{}</mark>{}", ((hit, rest) for hit, _s, rest in pieces)
    )


def cursor_of(row: Entry, instant: datetime) -> str:
    """Names a place in a list that is ordered by an instant; `place_of` reads it."""
    return f"{instant.isoformat()}_{row.id}"


def place_of(after: str) -> tuple[datetime, UUID]:
    """Inverse of `cursor_of`; raises Invalid for anything else."""
    try:
        value, id_ = after.split("_")
        return datetime.fromisoformat(value).astimezone(UTC), UUID(id_)
    except (ValueError, OverflowError):
        raise _no_such_place() from None


def _parse(after: str) -> tuple[Decimal, UUID]:
    try:
        value, id_ = after.split("_")
        if not re.fullmatch(r"\d\.\d{6}", value, re.ASCII):
            raise _no_such_place()
        return Decimal(value), UUID(id_)
    except ValueError:
        raise _no_such_place() from None


def _no_such_place() -> Invalid:
    return Invalid(_("Diese Stelle der Liste gibt es nicht."))


# By time


def listed(
    viewer: Viewer, at: datetime, *, kinds: Collection[str] = (), after: str = "", limit: int = 20
) -> tuple[list[Entry], str]:
    """All things, newest first, and where to go on (empty at the end)."""
    found = _of_kinds(Entry.objects.visible_to(viewer, at), kinds)
    if after:
        instant, id_ = place_of(after)
        found = found.filter(Q(happened_at__lt=instant) | Q(happened_at=instant, id__lt=id_))
    rows = list(found.order_by("-happened_at", "-id")[: limit + 1])
    more = len(rows) > limit
    return rows[:limit], cursor_of(rows[limit - 1], rows[limit - 1].happened_at) if more else ""


def fed(at: datetime, *, before: str = "", limit: int = 50) -> tuple[list[Entry], str]:
    """What everybody may see, last changed first, for the Atom feed; no later commit can slip in before these."""
    found = Entry.objects.visible_to(Viewer(), at).filter(fed_at__lt=min(at, feeds.safe_until()))
    if before:
        instant, id_ = place_of(before)
        found = found.filter(Q(fed_at__lt=instant) | Q(fed_at=instant, id__lt=id_))
    rows = list(found.order_by("-fed_at", "-id")[: limit + 1])
    more = len(rows) > limit
    return rows[:limit], cursor_of(rows[limit - 1], _fed_at(rows[limit - 1])) if more else ""


@dataclass(frozen=True)
class Changes:
    """What changed in public, oldest first. Of the `gone` nothing but the reference may be passed on."""

    rows: list[Entry]
    gone: frozenset[UUID]
    """Keys of those entries that are not public any more."""
    next: str = ""
    until: datetime | None = None
    """Ask again with this instant: everything before it has been told."""


def changes(
    at: datetime, *, since: datetime, after: str = "", kinds: Collection[str] = (), limit: int = 100
) -> Changes:
    """Public entries written since an instant, oldest first, and those that ceased to be public.

    What never was public is not mentioned at all. Nothing is missed between two calls (see `core.feeds`).
    """
    until = min(at, feeds.safe_until())
    once_public = Q(published_at__lte=at)
    found = _of_kinds(Entry.objects.filter(once_public, fed_at__gte=since, fed_at__lt=until), kinds)
    if after:
        instant, id_ = place_of(after)
        found = found.filter(Q(fed_at__gt=instant) | Q(fed_at=instant, id__gt=id_))
    rows = list(found.order_by("fed_at", "id")[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    return Changes(
        rows,
        frozenset(row.id for row in rows if not _is_public(row, at)),
        cursor_of(rows[-1], _fed_at(rows[-1])) if more else "",
        None if more else until,
    )


def _is_public(row: Entry, at: datetime) -> bool:
    return row.removed_at is None and row.visibility == PUBLIC and (row.visible_from is None or row.visible_from <= at)


def _fed_at(row: Entry) -> datetime:
    assert row.fed_at is not None, "the table's trigger sets it"
    return row.fed_at


# Addresses


def place_for(kind: str, id_: UUID, at: datetime, *, capability: str = "") -> str | None:
    """Path of a thing's page by its permanent address, None when there is no such thing, "" when it is gone.

    "" is answered only for what everybody could see before; whether the page may be opened is the page's own matter.
    """
    entry_ = Entry.objects.filter(
        kind=kind, object_id=id_, **({"capability": capability} if capability else {})
    ).first()
    if entry_ is not None and entry_.removed_at is not None:
        return "" if entry_.published_at is not None and entry_.published_at <= at else None
    for (room, name), known in manifest.index_kinds().items():
        if name == kind and (not capability or room == capability):
            path = known.url(id_)
            if path is not None:
                return path
    return None
