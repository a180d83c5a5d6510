"""Sentences of a protocol, with titles in the language in which they were written."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from html import escape

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from allmende.engines.ballots.interface import voting

register = template.Library()


def ending_words(value: datetime) -> str:
    """The end of a vote as people say it: what ends at midnight ends on the day before, at 24:00."""
    moment = timezone.localtime(value)
    if moment.time() == time():
        return _("%(day)s, %(hour)s Uhr") % {
            "day": date_format(moment - timedelta(days=1), "DATE_FORMAT"),
            "hour": "24:00",
        }
    return _("%(day)s, %(hour)s Uhr") % {"day": date_format(moment, "DATE_FORMAT"), "hour": f"{moment:%H:%M}"}


@register.filter(is_safe=True)
def ending(value: datetime | None) -> SafeString:
    """As `ending_words`, for machines, too."""
    if value is None:
        return mark_safe("")
    stamp = timezone.localtime(value).isoformat(timespec="minutes")
    return format_html('<time datetime="{}">{}</time>', stamp, ending_words(value))


@register.simple_tag
def said(sentence: str, options: Iterable[voting.VoteOption]) -> SafeString:
    """A sentence in the page's language; titles in another one carry their `lang` (practice.md 16)."""
    here = (get_language() or "de")[:2]
    text = escape(sentence)
    for option in options:
        if option.language != here:
            title = escape(option.title)
            for before, after in (("„", "“"), ("“", "”")):
                marked = f'{before}<span lang="{escape(option.language)}">{title}</span>{after}'
                text = text.replace(f"{before}{title}{after}", marked)
    return mark_safe(text)  # noqa: S308 - sentence and titles went through escape()
