"""Lists, cells and options written by hand: a month of 500 events is measured, a template's loop takes far longer.

The markup is that of ui/parts/dates.html and ui/parts/table.html.
"""

from collections.abc import Iterable, Mapping, Sequence
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

FEW = 3
"""Events shown in one cell of the month; the rest is behind „weitere“."""


def hour(item: Item, zone: ZoneInfo) -> str:
    """„17:00“, or "" for what lasts all day."""
    return "" if item.all_day else f"{item.starts_at.astimezone(zone):%H:%M}"


def _time(item: Item, zone: ZoneInfo, language: str) -> str:
    """When on its day, in words: „17:00 bis 19:00 Uhr“."""
    if item.all_day:
        return _("ganztägig")
    starts = item.starts_at.astimezone(zone)
    if item.ends_at is None:
        return _("%(hour)s Uhr") % {"hour": f"{starts:%H:%M}"}
    ends = item.ends_at.astimezone(zone)
    if ends.date() != starts.date():
        last = formats.date_format(ends, "MONTH_DAY_FORMAT")
        return _("%(from)s Uhr bis %(last)s, %(to)s Uhr") % {
            "from": f"{starts:%H:%M}", "last": last, "to": f"{ends:%H:%M}",
        }  # fmt: skip
    del language
    return _("%(from)s bis %(to)s Uhr") % {"from": f"{starts:%H:%M}", "to": f"{ends:%H:%M}"}


def _tags(item: Item, at: datetime, language: str) -> str:
    tags = []
    if item.state == "cancelled":
        tags.append(("bad", _("abgesagt")))
    elif item.ends_at is not None and item.ends_at <= at:
        if item.has_review:
            tags.append(("good", _("zum Nachlesen")))
    elif item.starts_at <= at:
        tags.append(("hot", _("läuft gerade")))
    elif item.registration and item.free == 0:
        tags.append(("warn", _("Warteliste")))
    tags.append(("quiet", item.kind_label))
    tags += [("quiet", word(LANGUAGES[key], language)) for key in item.languages if key != "de" and key in LANGUAGES]
    return "".join(f'<span class="tag tag--{kind}">{escape(text)}</span>' for kind, text in tags)


def rows(items: Iterable[Item], at: datetime, *, language: str, zone: ZoneInfo, days: bool = True) -> SafeString:
    """Items as `<li>` of `<ul class="dates">`; with `days` each has the tile of its day."""
    found = []
    for item in items:
        starts = item.starts_at.astimezone(zone)
        tile = ""
        if days:
            tile = (
                f'<time class="date" datetime="{starts:%Y-%m-%d}">'
                f"<span>{escape(str(WEEKDAYS_SHORT[starts.weekday()]))}</span>"
                f"<b>{starts.day}</b><span>{escape(formats.date_format(starts, 'N'))}</span></time>"
            )
        else:
            tile = f'<p class="hour">{hour(item, zone) or "–"}</p>'
        place = item.place or (_("online") if item.online else "")
        if item.place and item.online:
            place = _("%(place)s und online") % {"place": item.place}
        seats = ""
        if item.registration and item.free and item.state == "published" and item.starts_at > at:
            seats = " · " + ngettext("%(n)s Platz frei", "%(n)s Plätze frei", item.free) % {"n": item.free}
        line = ", ".join(escape(part) for part in (_time(item, zone, language), place) if part) + escape(seats)
        title = escape(item.title)
        lang = f' lang="{escape(item.title_language)}"' if item.title_language != language else ""
        struck = f"<s>{title}</s>" if item.state == "cancelled" else title
        found.append(
            f'<li>{tile}<div><h3{lang}><a href="{escape(item.url)}">{struck}</a></h3>\n<p>{line}</p>'
            f'<p class="tags">{_tags(item, at, language)}</p></div></li>'
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
    *,
    month: int,
    today: date,
    caption: str,
    zone: ZoneInfo,
    day_url: str,
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
            words = formats.date_format(day, "j. F")
            current = ' aria-current="date"' if day == today else ""
            shown = "".join(_short(item, zone, day) for item in items[:FEW])
            more = ""
            if len(items) > FEW:
                year, number, _weekday = day.isocalendar()
                count = len(items) - FEW
                text = ngettext("%(n)s weiterer", "%(n)s weitere", count) % {"n": count}
                more = (
                    f'<li><a class="others" href="{escape(day_url % (year, number))}#tag-{day:%Y-%m-%d}">{escape(text)}'
                    f'<span class="sr"> {escape(_("am %(day)s") % {"day": words})}</span></a></li>'
                )
            listed = f'<ul role="list">{shown}{more}</ul>' if items else ""
            cells.append(
                f'<td{f" class={classes!r}" if classes else ""}{current}><time datetime="{day:%Y-%m-%d}">'
                f'<span aria-hidden="true">{day.day}</span><span class="sr">{escape(words)}</span></time>{listed}</td>'
            )
        body.append(f"<tr>{''.join(cells)}</tr>")
    return mark_safe(  # noqa: S308 - as above
        f'<table class="month"><caption class="sr">{escape(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table>"
    )


def _short(item: Item, zone: ZoneInfo, day: date) -> str:
    begins = item.starts_at.astimezone(zone).date() == day
    time = hour(item, zone) if begins else ""
    off = item.state == "cancelled"
    title = escape(item.title)
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
