"""Plain words, chosen once for a device: a cookie that says nothing else."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from allmende.core.http import Request
from allmende.ui.context import cookie_name
from allmende.ui.pages import ours
from allmende.ui.views import safe_next

COOKIE = "simple"
KEPT = timedelta(days=365)
CHOICES = {"simple": "1", "usual": "0"}
"""What the form's switch sends → what the cookie holds."""


def is_on(request: Request) -> bool:
    return request.COOKIES.get(cookie_name(COOKIE)) == "1"


def choose(request: Request, word: str) -> None:
    """From now on in this request."""
    request.COOKIES[cookie_name(COOKIE)] = CHOICES[word]


def keep(response: HttpResponse, word: str) -> HttpResponse:
    """And on this device."""
    response.set_cookie(
        cookie_name(COOKIE),
        CHOICES[word],
        max_age=int(KEPT.total_seconds()),
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
    return response


def language(request: Request) -> str:
    """For `lang` of what is worded plainly: „simple“ is a registered variant of languages (BCP 47); else nothing."""
    return f"{request.viewer.language}-simple" if is_on(request) else ""


@ours
@require_safe
def switch(request: Request) -> HttpResponse:
    """With `?worte=simple` or `usual` keeps the choice and goes back where the link stood, else to the form."""
    response = redirect(safe_next(request, request.GET.get("next"), default=reverse("reports:new")))
    word = request.GET.get("worte", "")
    response["Cache-Control"] = "private, no-store"
    return keep(response, word) if word in CHOICES else response
