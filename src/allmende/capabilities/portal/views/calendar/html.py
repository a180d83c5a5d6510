"""Lists, cells and options written by hand: a month of 500 events is measured, a template's loop takes far longer.

The markup is that of ui/parts/dates.html and ui/parts/table.html.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allmende.capabilities.portal.queries.calendar import Item
from allmende.capabilities.portal.views.calendar.pages import WEEKDAYS, WEEKDAYS_SHORT, Select
from allmende.capabilities.portal.workflow.calendar import LANGUAGES, word

FEW, SOME = 3, 5
"""Events shown in one cell of the month, and in the list of one of its days; the rest is behind „weitere“."""


@dataclass(frozen=True)
class Words:
    """What the lists say in one language, looked up once and not for each of 500 events."""

    all_day: str
    at: str
    span: str
    nights: str
    cancelled: str
    reviewed: str
    running: str
    queue: str
    online: str
    also_online: str
    on_day: str
    languages: Mapping[str, str]
    said: dict[tuple[str, object], str] = field(default_factory=dict)
    """Sentences with a day or a number in them, once each: a month says most of them many times."""

    def day(self, day: date) -> str:
        """„3. Mai“."""
        key = ("day", day)
        if key not in self.said:
            self.said[key] = formats.date_format(day, "MONTH_DAY_FORMAT")
        return self.said[key]

    def others(self, count: int) -> str:
        key = ("others", count)
        if key not in self.said:
            self.said[key] = escape(ngettext("%(n)s weiterer", "%(n)s weitere", count) % {"n": count})
        return self.said[key]

    def free(self, count: int) -> str:
        key = ("free", count)
        if key not in self.said:
            self.said[key] = " · " + ngettext("%(n)s Platz frei", "%(n)s Plätze frei", count) % {"n": count}
        return self.said[key]

    @classmethod
    def now(cls, language: str) -> "Words":
        """In the language of the page."""
        return cls(
            all_day=_("ganztägig"),
            at=_("%(hour)s Uhr"),
            span=_("%(from)s bis %(to)s Uhr"),
            nights=_("%(from)s Uhr bis %(last)s, %(to)s Uhr"),
            cancelled=escape(_("abgesagt")),
            reviewed=escape(_("zum Nachlesen")),
            running=escape(_("läuft gerade")),
            queue=escape(_("Warteliste")),
            online=_("online"),
            also_online=_("%(place)s und online"),
            on_day=_("am %(day)s"),
            languages={key: escape(word(texts, language)) for key, texts in LANGUAGES.items() if key != "de"},
        )


def hour(item: Item, zone: ZoneInfo) -> str:
    """„17:00“, or "" for what lasts all day."""
    return "" if item.all_day else _clock(item.starts_at.astimezone(zone))


def _clock(moment: datetime) -> str:
    return f"{moment.hour:02}:{moment.minute:02}"


def _time(item: Item, starts: datetime, zone: ZoneInfo, words: Words) -> str:
    """When on its day, in words: „17:00 bis 19:00 Uhr“."""
    if item.all_day:
        return words.all_day
    if item.ends_at is None:
        return words.at % {"hour": _clock(starts)}
    ends = item.ends_at.astimezone(zone)
    if ends.date() != starts.date():
        return words.nights % {"from": _clock(starts), "last": words.day(ends.date()), "to": _clock(ends)}
    return words.span % {"from": _clock(starts), "to": _clock(ends)}


def _tags(item: Item, at: datetime, words: Words) -> str:
    tags = ""
    if item.state == "cancelled":
        tags = f'<span class="tag tag--bad">{words.cancelled}</span>'
    elif item.ends_at is not None and item.ends_at <= at:
        if item.has_review:
            tags = f'<span class="tag tag--good">{words.reviewed}</span>'
    elif item.starts_at <= at:
        tags = f'<span class="tag tag--hot">{words.running}</span>'
    elif item.registration and item.free == 0:
        tags = f'<span class="tag tag--warn">{words.queue}</span>'
    tags += f'<span class="tag tag--quiet">{escape(item.kind_label)}</span>'
    for key in item.languages:
        if key in words.languages:
            tags += f'<span class="tag tag--quiet">{words.languages[key]}</span>'
    return tags


def rows(
    items: Iterable[Item],
    at: datetime,
    *,
    language: str,
    zone: ZoneInfo,
    days: bool = True,
    words: Words | None = None,
) -> SafeString:
    """Items as `<li>` of `<ul class="dates">`; with `days` each has the tile of its day."""
    said = words or Words.now(language)
    found = []
    for item in items:
        starts = item.starts_at.astimezone(zone)
        if days:
            tile = (
                f'<time class="date" datetime="{starts:%Y-%m-%d}">'
                f"<span>{escape(str(WEEKDAYS_SHORT[starts.weekday()]))}</span>"
                f"<b>{starts.day}</b><span>{escape(formats.date_format(starts, 'N'))}</span></time>"
            )
        else:
            tile = f'<p class="hour">{"–" if item.all_day else _clock(starts)}</p>'
        place = item.place
        if item.online:
            place = said.also_online % {"place": place} if place else said.online
        seats = ""
        if item.registration and item.free and item.state == "published" and item.starts_at > at:
            seats = said.free(item.free)
        when = _time(item, starts, zone, said)
        line = escape(f"{when}, {place}{seats}" if place else f"{when}{seats}")
        title = escape(item.title)
        lang = f' lang="{item.title_language}"' if item.title_language != language else ""
        struck = f"<s>{title}</s>" if item.state == "cancelled" else title
        found.append(
            f'<li>{tile}<div><h3{lang}><a href="{escape(item.url)}">{struck}</a></h3>\n<p>{line}</p>'
            f'<p class="tags">{_tags(item, at, said)}</p></div></li>'
        )
    return mark_safe("\n".join(found))  # noqa: S308 - every word of people and city went through escape()


def by_day(items: Iterable[Item], zone: ZoneInfo, first: date, last: date) -> dict[date, list[Item]]:
    """Items per local day within [first, last]; what lasts several days stands on each."""
    found: dict[date, list[Item]] = {}
    for item in items:
        day = item.starts_at.astimezone(zone).date()
        end = day
        if item.ends_at is not None:
            end = (item.ends_at - timedelta(microseconds=1)).astimezone(zone).date()
        if day == end:
            if first <= day <= last:
                found.setdefault(day, []).append(item)
            continue
        day, end = max(day, first), min(end, last)
        while day <= end:
            found.setdefault(day, []).append(item)
            day += timedelta(days=1)
    return found


def month_table(
    weeks: Sequence[Sequence[date]],
    days: Mapping[date, Sequence[Item]],
    counts: Mapping[date, int],
    *,
    month: int,
    today: date,
    caption: str,
    zone: ZoneInfo,
    day_url: str,
    words: Words,
    language: str,
) -> SafeString:
    """The month as a table: a row is a week, a column a weekday; the number of a full day leads to its week."""
    head = "".join(f'<th scope="col"><abbr title="{escape(str(name))}">{escape(str(short))}</abbr></th>'
                   for name, short in zip(WEEKDAYS, WEEKDAYS_SHORT, strict=True))  # fmt: skip
    body = []
    for week in weeks:
        cells = []
        for day in week:
            items = days.get(day, ())
            classes = " ".join(name for name, on in (("out", day.month != month), ("today", day == today)) if on)
            current = ' aria-current="date"' if day == today else ""
            shown = "".join(_short(item, zone, day, language) for item in items[:FEW])
            more = _more(day, max(len(items), counts.get(day, 0)) - FEW, day_url, words)
            if more:
                more = f"<li>{more}</li>"
            listed = f'<ul role="list">{shown}{more}</ul>' if items else ""
            cells.append(
                f'<td{f" class={classes!r}" if classes else ""}{current}><time datetime="{day:%Y-%m-%d}">'
                f'<span aria-hidden="true">{day.day}</span><span class="sr">{escape(words.day(day))}</span></time>'
                f"{listed}</td>"
            )
        body.append(f"<tr>{''.join(cells)}</tr>")
    return mark_safe(  # noqa: S308 - as above
        f'<table class="month"><caption class="sr">{escape(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table>"
    )


def _more(day: date, count: int, day_url: str, words: Words) -> str:
    """The link to all of a day, where there is more than is shown."""
    if count <= 0:
        return ""
    year, number, _weekday = day.isocalendar()
    text, unseen = words.others(count), escape(words.on_day % {"day": words.day(day)})
    address = escape(day_url % (year, number))
    return f'<a class="others" href="{address}#tag-{day.isoformat()}">{text}<span class="sr"> {unseen}</span></a>'


def month_list(
    month: Sequence[date],
    days: Mapping[date, Sequence[Item]],
    counts: Mapping[date, int],
    at: datetime,
    *,
    language: str,
    zone: ZoneInfo,
    day_url: str,
    words: Words,
) -> SafeString:
    """The month as headings with lists, for phones."""
    found = []
    for day in month:
        items = days.get(day, ())
        if not items:
            continue
        name = escape(f"{WEEKDAYS[day.weekday()]}, {words.day(day)}")
        listed = rows(items[:SOME], at, language=language, zone=zone, days=False, words=words)
        more = _more(day, max(len(items), counts.get(day, 0)) - SOME, day_url, words)
        found.append(
            f'<section aria-labelledby="liste-{day.isoformat()}"><h2 id="liste-{day.isoformat()}">{name}</h2>'
            f'<ul class="dates dates--hours" role="list">{listed}</ul>{f"<p>{more}</p>" if more else ""}</section>'
        )
    return mark_safe("".join(found))  # noqa: S308 - as above


def _short(item: Item, zone: ZoneInfo, day: date, language: str) -> str:
    begins = item.starts_at.astimezone(zone).date() == day
    time = hour(item, zone) if begins else ""
    off = item.state == "cancelled"
    title = escape(item.title)
    if item.title_language != language:
        title = f'<span lang="{item.title_language}">{title}</span>'
    words = f'<s>{title}</s><span class="sr"> ({escape(_("abgesagt"))})</span>' if off else title
    return f'<li><a href="{escape(item.url)}">{f"<b>{time}</b> " if time else ""}{words}</a></li>'


def options(select: Select) -> SafeString:
    """`<option>` elements of a filter."""
    return mark_safe(  # noqa: S308 - as above
        "".join(
            f'<option value="{escape(value)}"{" selected" if chosen else ""}>{escape(str(words))}</option>'
            for value, words, chosen in select.options
        )
    )
