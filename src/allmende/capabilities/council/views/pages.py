"""What the pages share."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from allmende.capabilities.council import workflow
from allmende.capabilities.council.models import Meeting, Thing
from allmende.capabilities.council.workflow import MeetingPhase
from allmende.core.http import Request

type Crumbs = list[tuple[str, str]]
SPOKEN = "de"
"""The language in which a council's names and texts are."""


def ours[R: HttpResponseBase](view: Callable[..., R]) -> Callable[..., R]:
    """Types the request: the middlewares have made it one of ours."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> R:
        return view(cast("Request", request), *args, **kwargs)

    return run


def crumbs(*more: tuple[str, str]) -> Crumbs:
    return [(_("Stadtrat"), reverse("council:council")), *more]


def named(text: str) -> SafeString:
    """A name of the council's own, marked with its language, for places that only take a text."""
    return format_html('<span lang="{}">{}</span>', SPOKEN, text)


def word(texts: Any, language: str) -> str:
    """A text of ours in the language, else in German."""
    return "" if not texts else str(texts.get(language) or texts.get("de", ""))


def spoken(texts: Any, language: str) -> str:
    """In which language `word` answers."""
    return language if texts and texts.get(language) else SPOKEN


def today(at: datetime) -> date:
    return timezone.localtime(at).date()


def until(response: HttpResponse, instants: Iterable[datetime | None], *, at: datetime) -> HttpResponse:
    """Tells the page cache when the page will look different by itself: a meeting begins or ends, or the day does."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    coming = [instant for instant in instants if instant is not None and instant > at]
    response["X-Allmende-Until"] = min([*coming, midnight, at + timedelta(hours=1)]).isoformat()
    return response


def changes(meetings: Iterable[Meeting]) -> list[datetime | None]:
    """When the words about these meetings change."""
    return [moment for one in meetings if one.start is not None for moment in (one.start, one.ends)]


def meeting_tag(meeting: Meeting, at: datetime) -> tuple[str, str]:
    """Where a meeting stands, in two words, and how urgent that is."""
    match meeting.phase(at):
        case MeetingPhase.COMING:
            return _("geplant"), ""
        case MeetingPhase.BEGUN:
            return _("läuft"), "hot"
        case MeetingPhase.OVER:
            return _("beendet"), "quiet"
    return _("fällt aus"), "bad"


def paper_tag(phase: workflow.PaperPhase) -> tuple[str, str]:
    match phase:
        case workflow.PaperPhase.DECIDED:
            return _("entschieden"), "good"
        case workflow.PaperPhase.CONSULTED:
            return _("in Beratung"), ""
    return _("eingereicht"), "quiet"


def origin(thing: Thing) -> str:
    """Where the original stands, if it is a mirrored one."""
    return "" if thing.is_ours else thing.web


def role_words(role: str) -> str:
    """OParl's word for a station, as people say it."""
    known = {
        "Entscheidung": _("entscheidet"),
        "Vorberatung": _("berät vor"),
        "Anhörung": _("wird angehört"),
        "Kenntnisnahme": _("wird informiert"),
    }
    return known.get(role, "")
