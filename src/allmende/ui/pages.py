"""What the pages of every room share: texts per language, names of offices, until when a page stays as it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from allmende.core import city
from allmende.core.errors import Invalid
from allmende.core.http import Request


def ours[R: HttpResponseBase](view: Callable[..., R]) -> Callable[..., R]:
    """Types the request: the middlewares have made it one of ours."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> R:
        return view(cast("Request", request), *args, **kwargs)

    return run


@dataclass(frozen=True)
class Said:
    """A text of the city, and the language in which it really is."""

    text: str
    language: str

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


def said(texts: Mapping[str, Any], language: str) -> Said:
    """The text in the reader's language, else in German, else in whatever it was written."""
    for code in (language, "de", *texts):
        if texts.get(code):
            return Said(str(texts[code]), code)
    return Said("", language)


def word(texts: Mapping[str, Any], language: str) -> str:
    """As `said`, where nobody asks for the language."""
    return said(texts, language).text


def office_name(slug: str, language: str) -> str:
    """The department's name; empty when the city has none of that kind."""
    found = city.current().department(slug) if slug else None
    return found.name(language) if found else ""


def district_name(slug: str) -> str:
    """The district's name; empty when the city has none of that kind."""
    found = city.current().districts.get(slug)
    return found.name if found else ""


def until(response: HttpResponse, *instants: datetime | None, at: datetime) -> HttpResponse:
    """Tells the page cache when the page will look different by itself: an instant on it, or the day's end."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    coming = [instant for instant in instants if instant is not None and instant > at]
    response["X-Allmende-Until"] = min([*coming, midnight, at + timedelta(hours=1)]).isoformat()
    return response


def remap(error: Invalid, names: Mapping[str, str]) -> Invalid:
    """The action's fields under the names that the form has for them."""
    return Invalid(error.message, fields={names.get(name, name): text for name, text in error.fields.items()})
