"""What the pages share: crumbs, texts per language, until when a page stays as it is."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allmende.capabilities.surveys import workflow
from allmende.capabilities.surveys.models import Survey
from allmende.capabilities.surveys.workflow import Phase
from allmende.core import city
from allmende.core.http import Request

type Crumbs = list[tuple[str, str]]
SOON = timedelta(days=7)
"""What ends within this time is marked as urgent."""


def ours[R: HttpResponseBase](view: Callable[..., R]) -> Callable[..., R]:
    """Types the request: the middlewares have made it one of ours."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> R:
        return view(cast("Request", request), *args, **kwargs)

    return run


def crumbs(*more: tuple[str, str]) -> Crumbs:
    return [(_("Umfragen"), reverse("surveys:surveys")), *more]


def survey_crumbs(survey: Survey, language: str, *more: tuple[str, str]) -> Crumbs:
    """The list, the survey, what lies below it."""
    here = reverse("surveys:survey", args=[survey.number])
    return crumbs((word(survey.title, language), here if more else ""), *more)


def word(texts: Any, language: str) -> str:
    """A text of the city in the language, else in German."""
    return "" if not texts else str(texts.get(language) or texts.get("de", ""))


def marked(texts: Any, language: str) -> str:
    """As `word`, for a page: what is there in German only is marked, so that it is read aloud as German."""
    text = word(texts, language)
    return text if not text or texts.get(language) else format_html('<span lang="de">{}</span>', text)


def titled(survey: Survey, language: str) -> dict[str, str]:
    """The survey's title for a template, and in which language it is."""
    return {
        "survey_title": word(survey.title, language), "spoken": language if survey.title.get(language) else "de",
    }  # fmt: skip


def office_name(slug: str, language: str) -> str:
    found = city.current().department(slug)
    return found.name(language) if found else ""


def until(response: HttpResponse, *instants: datetime | None, at: datetime) -> HttpResponse:
    """Tells the page cache when the page will look different by itself: an instant on it, or the day's end."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    coming = [instant for instant in instants if instant is not None and instant > at]
    response["X-Allmende-Until"] = min([*coming, midnight, at + timedelta(hours=1)]).isoformat()
    return response


def time_left(end: datetime, at: datetime) -> str:
    """„noch 3 Tage“, counted in the city's calendar days."""
    days = (timezone.localtime(end - timedelta(microseconds=1)).date() - timezone.localtime(at).date()).days
    if days <= 0:
        return _("endet heute")
    return ngettext("noch %d Tag", "noch %d Tage", days) % days


def state_tag(survey: Survey, language: str, at: datetime) -> tuple[str, str]:
    """Where the survey stands, in two words, and how urgent that is."""
    match survey.phase(at):
        case Phase.HIDDEN:
            return workflow.label(survey.state, language), "quiet"
        case Phase.COMING:
            return _("beginnt bald"), "quiet"
        case Phase.RUNNING:
            assert survey.closes_at is not None  # by constraint
            kind = "hot" if survey.closes_at - at <= SOON else "good"
            return _("offen, %(left)s") % {"left": time_left(survey.closes_at, at)}, kind
        case Phase.RESULTS:
            return _("Ergebnisse sind da"), "good"
    return _("wird ausgewertet"), ""
