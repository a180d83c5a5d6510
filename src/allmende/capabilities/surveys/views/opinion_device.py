"""A guest's way in, remembered by the browser, so that whoever comes back goes on instead of counting twice.

The cookie holds the token of the guest's own address and nothing else, goes only to the pages on which one takes part,
and ends with the conversation. A device that many share (kiosk) keeps nothing. Whoever takes another device or empties
the browser can begin anew: the page says so.
"""

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import translation

from allmende.capabilities.surveys.models import Conversation
from allmende.capabilities.surveys.rules.opinion import access
from allmende.core.errors import NotFound, NotSignedIn
from allmende.core.http import Request
from allmende.ui.context import cookie_name


def _cookies(found: Conversation) -> dict[str, str]:
    """Name → path of the pages on which one takes part, in each language; the public pages stay free of cookies, and
    so in the page cache.
    """
    paths = {}
    for code, _label in settings.LANGUAGES:
        with translation.override(code):
            name = f"{settings.CITY_ID}_opinion_{found.number}_{code}"
            paths[name] = reverse("surveys:opinion_join", args=[found.number])
    return paths


def is_known(found: Conversation, token: str) -> bool:
    """Whether this is a guest's way into this conversation."""
    try:
        access.guest_identity(found, token)
    except (NotFound, NotSignedIn):
        return False
    return True


def remembered(request: Request, found: Conversation) -> str:
    """The way in that this browser holds; "" where there is none that is ours."""
    if _is_shared(request):
        return ""
    tokens = (request.COOKIES.get(name, "") for name in _cookies(found))
    return next((token for token in tokens if token and is_known(found, token)), "")


def _is_shared(request: Request) -> bool:
    """A device in a public place: each person there begins anew."""
    return request.COOKIES.get(cookie_name("kiosk")) == "1"


def remember(request: Request, response: HttpResponse, found: Conversation, token: str) -> HttpResponse:
    """Keeps the way in until the conversation ends."""
    if _is_shared(request):
        return response
    for name, path in _cookies(found).items():
        response.set_cookie(
            name, token, expires=found.closes_at, path=path, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE, httponly=True,
        )  # fmt: skip
    return response


def forget(response: HttpResponse, found: Conversation) -> HttpResponse:
    """Once its answers belong to an account."""
    for name, path in _cookies(found).items():
        response.delete_cookie(name, path=path, samesite="Lax")
    return response
