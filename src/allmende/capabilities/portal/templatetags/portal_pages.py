"""Words of the editors' templates."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.models import Page

from allmende.capabilities.portal.models.files import Licence
from allmende.capabilities.portal.queries.pages import local, public_path

register = template.Library()


@register.filter
def of(found: Mapping[Any, Any], key: int | str | None) -> Any:
    """The value under a key, e.g. the view of a picture; nothing when it is missing."""
    return found.get(key) if key is not None and found else None


@register.filter
def film_of(found: Mapping[str, Any], key: Any) -> Any:
    """The view of a video by its key in the library; nothing when it is missing."""
    return found.get(str(key)) if key and found else None


@register.filter
def licence(word: str) -> str:
    """A licence in words; the city's own rights and agreements need none beside the credit."""
    return "" if word in {Licence.OWN, Licence.GRANTED} else str(Licence(word).label)


@register.filter
def address(page: Page, language: str) -> str:
    """Path of one of the editors' pages in a language."""
    return local(public_path(page), language)


@register.filter
def clock(chapter: Mapping[str, Any]) -> SafeString:
    """A mark in a video as people and machines read it: <time datetime="PT2M5S">2:05</time>."""
    minutes, seconds = int(chapter["minutes"]), int(chapter["seconds"] or 0)
    return format_html('<time datetime="PT{}M{}S">{}:{}</time>', minutes, seconds, minutes, f"{seconds:02d}")
