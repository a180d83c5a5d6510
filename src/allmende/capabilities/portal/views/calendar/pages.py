"""What the calendar's pages share: typed requests, crumbs, filters, until when a page stays as it is."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import dates, formats, timezone
from django.utils.translation import gettext as _

from allmende.capabilities.portal.models import CalendarEvent
from allmende.capabilities.portal.queries import calendar as queries
from allmende.capabilities.portal.workflow.calendar import KINDS, LANGUAGES, word
from allmende.core import city
from allmende.core.http import Request
from allmende.core.texts import Text

type View = Callable[..., HttpResponse]
KEYS = ("kind", "district", "group", "language", "text")
CACHE_KEYS = frozenset({*KEYS, "after"})
LONGEST_TEXT = 80
MONTHS: tuple[Text, ...] = tuple(dates.MONTHS[number] for number in range(1, 13))
WEEKDAYS: tuple[Text, ...] = tuple(dates.WEEKDAYS[number] for number in range(7))
WEEKDAYS_SHORT: tuple[Text, ...] = tuple(dates.WEEKDAYS_ABBR[number] for number in range(7))
"""Django's own words, which it has in every language."""


def ours(view: View) -> Callable[..., HttpResponse]:
    """Types the request: the middlewares have made it one of ours."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(cast("Request", request), *args, **kwargs)

    return run


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Kalender"), reverse("portal:calendar")), *more]


def until(response: HttpResponse, *instants: datetime | None, at: datetime) -> HttpResponse:
    """Tells the page cache when the page will look different by itself: an instant on it, or the day's end."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    coming = [instant for instant in instants if instant is not None and instant > at]
    response["X-Allmende-Until"] = min([*coming, midnight, at + timedelta(hours=1)]).isoformat()
    return response


@dataclass(frozen=True, slots=True)
class Select:
    """One filter: its options as (value, words, chosen)."""

    name: str
    label: Text
    options: Sequence[tuple[str, Text, bool]]


def filters_of(
    given: Mapping[str, str], groups: Iterable[tuple[str, str]], language: str
) -> tuple[queries.Filters, list[Select]]:
    """What the address asks for, and the filters to show. A value that is not offered counts as not chosen."""
    here = city.current()
    every: tuple[str, Text] = ("", _("alle"))
    districts = sorted((district.name, slug) for slug, district in here.districts.items())
    offered: dict[str, tuple[Text, list[tuple[str, Text]]]] = {
        "kind": (
            _("Was?"),
            [
                every,
                ("meeting", _("Gruppentreffen")),
                *((kind.value, word(texts, language)) for kind, texts in KINDS.items()),
            ],
        ),
        "district": (_("Stadtteil"), [every, *((slug, name) for name, slug in districts)]),
        "group": (here.word("group", language), [every, *groups]),
        "language": (_("Sprache"), [every, *((key, word(texts, language)) for key, texts in LANGUAGES.items())]),
    }
    selects, values = [], {}
    for name, (label, pairs) in offered.items():
        asked = given.get(name, "")
        values[name] = asked if any(asked == key for key, _words in pairs) else ""
        if len(pairs) > 1:
            selects.append(Select(name, label, [(key, text, key == values[name]) for key, text in pairs]))
    text = " ".join(given.get("text", "").replace("\0", "")[:LONGEST_TEXT].split())
    found = queries.Filters(
        kind=values["kind"],
        district=values["district"],
        group=UUID(values["group"]) if values["group"] else None,
        language=values["language"],
        text=text,
    )
    return found, selects


def query_of(filters: queries.Filters) -> str:
    """The filters as a query string, "" for none: for feeds and for the other views of the same choice."""
    from django.utils.http import urlencode

    values = {name: getattr(filters, name) for name in KEYS if getattr(filters, name)}
    return f"?{urlencode(values)}" if values else ""


def when(event: CalendarEvent) -> str:
    """„Dienstag, 13. April 2021, 17:00 bis 19:00 Uhr“, also over several days."""
    starts, ends = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
    if event.all_day:
        last = timezone.localtime(event.ends_at - timedelta(microseconds=1))
        if last.date() == starts.date():
            return day_words(starts)
        return _("%(first)s bis %(last)s") % {"first": day_words(starts), "last": day_words(last)}
    if starts.date() == ends.date():
        values = {"day": day_words(starts), "from": f"{starts:%H:%M}", "to": f"{ends:%H:%M}"}
        return _("%(day)s, %(from)s bis %(to)s Uhr") % values
    return _("%(first)s, %(from)s Uhr, bis %(last)s, %(to)s Uhr") % {
        "first": day_words(starts), "from": f"{starts:%H:%M}", "last": day_words(ends), "to": f"{ends:%H:%M}",
    }  # fmt: skip


def day_words(day: datetime) -> str:
    """„Dienstag, 13. April 2021“."""
    return f"{WEEKDAYS[day.weekday()]}, {formats.date_format(day, 'DATE_FORMAT')}"


def office_name(slug: str, language: str) -> str:
    found = city.current().department(slug)
    return found.name(language) if found else ""
