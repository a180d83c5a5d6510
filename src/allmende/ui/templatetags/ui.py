"""Small words of the template language, known in every template: icons, buttons, dates, texts per language."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from allmende.ui.context import address

register = template.Library()

KINDS = {"primary", "secondary", "danger", "tertiary"}


def _classes(kind: str, *, small: bool) -> str:
    assert kind in KINDS, f"unknown kind of button: {kind}"
    return f"kern-btn kern-btn--{kind}" + (" kern-btn--small" if small else "")


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, *, small: bool = False) -> SafeString:
    """An icon beside a word; it says nothing by itself, so screen readers skip it."""
    return format_html(
        '<i class="kern-icon kern-icon--{}{}" aria-hidden="true"></i>', name, " kern-icon--small" if small else ""
    )


@register.simple_tag
def button_link(
    text: str, url: str, kind: str = "primary", *, small: bool = False, about: str = "", icon: str = ""
) -> SafeString:
    """A link that looks like a button. `about` makes its name unique: „Teilnehmen: Vollversammlung“."""
    return format_html(
        '<a class="{}" href="{}">{}<span class="kern-label">{}{}</span></a>',
        _classes(kind, small=small),
        url,
        globals()["icon"](icon, small=True) if icon else "",
        text,
        format_html('<span class="sr">: {}</span>', about) if about else "",
    )


@register.simple_tag
def button(
    text: str,
    kind: str = "primary",
    *,
    small: bool = False,
    about: str = "",
    name: str = "",
    value: str = "",
    icon: str = "",
    formaction: str = "",
) -> SafeString:
    """A button that sends its form."""
    return format_html(
        '<button type="submit" class="{}"{}{}>{}<span class="kern-label">{}{}</span></button>',
        _classes(kind, small=small),
        format_html(' name="{}" value="{}"', name, value) if name else "",
        format_html(' formaction="{}"', formaction) if formaction else "",
        globals()["icon"](icon, small=True) if icon else "",
        text,
        format_html('<span class="sr">: {}</span>', about) if about else "",
    )


@register.simple_tag
def tag(text: str, kind: str = "") -> SafeString:
    """A state in words. Kinds: "" (calm), hot (urgent), quiet, good, warn, bad; the colour only repeats the word."""
    return format_html('<span class="tag{}">{}</span>', f" tag--{kind}" if kind else "", text)


@register.filter
def words(value: Any) -> str:
    """A text of the city pack in the page's language: picks from {"de": …, "en": …}, else German, else as it is."""
    if isinstance(value, Mapping):
        return str(value.get((get_language() or "de")[:2]) or value.get("de") or next(iter(value.values()), ""))
    return "" if value is None else str(value)


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


@register.filter(is_safe=True)
def on(value: date | datetime | None) -> SafeString:
    """A day as people write it, readable by machines: <time datetime="2021-04-14">14. April 2021</time>."""
    if value is None:
        return mark_safe("")
    day = _local(value)
    return _day(day.year, day.month, day.day, get_language() or "")


@lru_cache(maxsize=4096)
def _day(year: int, month: int, day: int, _language: str) -> SafeString:
    """Lists show the same days over and over."""
    written = formats.date_format(date(year, month, day), "DATE_FORMAT")
    return format_html('<time datetime="{}">{}</time>', f"{year:04}-{month:02}-{day:02}", written)


@register.filter(is_safe=True)
def at_time(value: datetime | None) -> SafeString:
    """Day and hour: <time datetime="2021-04-14T17:00+02:00">14. April 2021, 17:00 Uhr</time>."""
    if value is None:
        return mark_safe("")
    moment = _local(value)
    assert isinstance(moment, datetime)
    text = _("%(day)s, %(hour)s Uhr") % {"day": formats.date_format(moment, "DATE_FORMAT"), "hour": f"{moment:%H:%M}"}
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(timespec="minutes"), text)


@register.filter(is_safe=True)
def until(value: datetime | None) -> SafeString:
    """The last day of a half-open period: what ends on 1 January 00:00 is open „bis 31. Dezember“."""
    if value is None:
        return mark_safe("")
    return on(_local(value) - timedelta(microseconds=1))


@register.simple_tag
def maybe_url(name: str, *args: Any, **kwargs: Any) -> str:
    """An address, or nothing where the room that has it is not installed."""
    if not kwargs:
        return address(name, *args)
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""


_KEPT: dict[tuple[Any, ...], SafeString] = {}
_KEPT_MOST = 512
_kept_for: list[Any] = [None]
"""The city whose settings stand in the parts that are kept."""


@register.simple_tag(takes_context=True)
def kept(context: template.RequestContext, name: str, *values: Any) -> SafeString:
    """Includes a part of the frame that is the same for everyone, made once for each language and `values`.

    Only for parts that depend on nothing but the city's settings, the language and what stands in `values`: the frame
    is the larger half of many pages.
    """
    assert context.template is not None
    part = context.template.engine.get_template(name)
    page = context.get("ui")
    if page is None:
        return part.render(context)
    here = page.city
    if _kept_for[0] is not here:
        _KEPT.clear()
        _kept_for[0] = here
    key = (name, get_language(), get_urlconf(), *values)
    found = _KEPT.get(key)
    if found is None:
        if len(_KEPT) >= _KEPT_MOST:
            _KEPT.clear()
        found = _KEPT[key] = part.render(context)
    return found


@register.simple_tag(takes_context=True)
def query(context: Mapping[str, Any], **changes: Any) -> str:
    """This page's query string with some keys changed; None removes a key. For filters, sorting and "more"."""
    values = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            values.pop(name, None)
        else:
            values[name] = value
    return f"?{values.urlencode()}" if values else "?"


@register.filter
def plain_number(value: int | None) -> str:
    """1284 as 1.284 in German, 1,284 in English."""
    return "" if value is None else formats.number_format(value, decimal_pos=0, use_l10n=True, force_grouping=True)


@register.filter(is_safe=True)
def when(value: date | datetime | str | None) -> str:
    """Whatever tells a time: a datetime with its hour, a date as a day, a text as it is („seit Mai 2022“)."""
    if isinstance(value, datetime):
        return at_time(value)
    return on(value) if isinstance(value, date) else (value or "")


@register.filter
def tel(value: str) -> str:
    """A telephone number for `tel:`: digits and a leading plus."""
    return "".join(sign for sign in str(value) if sign.isdigit() or sign == "+")


@register.filter
def beside(cells: Sequence[Any], columns: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Pairs each cell of a table's row with its column."""
    return list(zip(cells, columns, strict=False))


_RULES = "heading list link emphasis paragraph blockquote newline backticks table escape entity".split()  # noqa: SIM905
_markdown = {breaks: MarkdownIt("zero", {"html": False, "breaks": breaks}).enable(_RULES) for breaks in (False, True)}


@register.filter(is_safe=True)
def prose(text: str | None, lines: str = "") -> SafeString:
    """Markdown of the city's own texts as HTML. HTML in it is shown as text, scripts' addresses are not linked.

    With "lines" each line stays a line, as Leichte Sprache wants it.
    """
    return mark_safe(str(_markdown[bool(lines)].render(text or "")))  # noqa: S308 - HTML is off in the renderer
