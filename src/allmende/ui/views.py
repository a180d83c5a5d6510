"""Helpers of every room's views, and the house's own pages: preferences, help, other ways to read, the gallery."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse, translate_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from allmende.core.city import build, pack, setting
from allmende.core.errors import NotSignedIn
from allmende.core.http import Request
from allmende.ui import gallery as samples
from allmende.ui import theme
from allmende.ui.context import SESSION_ENDS, SIZES, THEMES, Page, cookie_name
from allmende.ui.forms import Form

COOKIE_AGE = 365 * 24 * 3600
FOREVER = "public, max-age=31536000, immutable"


def render_form(
    request: HttpRequest,
    template: str,
    form: Form | None,
    context: Mapping[str, Any] | None = None,
    *,
    status: int | None = None,
) -> HttpResponse:
    """A page with a form. When the form came back with errors: status 422, and the title begins with „Fehler:“."""
    failed = form is not None and form.is_bound and bool(form.errors)
    code = status or (HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK)
    return render(request, template, {"form": form, "failed": failed, **(context or {})}, status=code)


def announce(response: HttpResponse, text: str) -> HttpResponse:
    """Lets the page's status region say one sentence after a partial update (practice.md 13)."""
    response["HX-Trigger"] = json.dumps({"status": {"text": text}})
    return response


def safe_next(request: HttpRequest, value: str | None, default: str | None = None) -> str:
    """An address of this very site to go back to, else `default`, else the start page in the reader's language.

    No one is led elsewhere (open redirect).
    """
    if (
        value
        and value.startswith("/")
        and not any(sign in value for sign in "\\\r\n\t")
        and url_has_allowed_host_and_scheme(
            value, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
    ):
        return value
    return translate_url("/", get_language() or "de") if default is None else default


def _keep_choice(response: HttpResponse, kind: str, value: str) -> None:
    response.set_cookie(
        cookie_name(kind),
        value,
        max_age=COOKIE_AGE,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )


@require_safe
def display(request: HttpRequest) -> HttpResponse:
    """Theme and text size: with ?theme= or ?size= keeps the choice in a cookie and goes back, else shows the page."""
    chosen = {
        kind: request.GET[kind]
        for kind, allowed in (("theme", THEMES), ("size", SIZES))
        if request.GET.get(kind) in allowed
    }
    back = safe_next(request, request.GET.get("next"), default="")
    if not chosen:
        return render(request, "ui/display.html", {"back": back, "crumbs": [(_("Anzeige"), "")]})
    response = redirect(back or reverse("ui:display"))
    for kind, value in chosen.items():
        _keep_choice(response, kind, value)
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Extends the login from now on; answers with the new end, or goes back where it came from."""
    if not request.user.is_authenticated:
        raise NotSignedIn
    ends = datetime.now(UTC) + timedelta(seconds=request.session.get_expiry_age())
    request.session[SESSION_ENDS] = int(ends.timestamp())
    if "text/html" in request.headers.get("Accept", ""):
        return redirect(safe_next(request, request.POST.get("next")))
    return JsonResponse({"ends": int(ends.timestamp()), "text": _("Sie bleiben angemeldet.")})


@require_safe
def theme_css(request: HttpRequest) -> HttpResponse:
    """The city's colours. Its address carries their version, so a browser asks once."""
    try:
        city = Page(request).city
    except DatabaseError:  # pages that say that the database is away still have the city's colours
        city = build(pack().settings())
    response = HttpResponse(theme.css(city.colours), content_type="text/css; charset=utf-8")
    fresh = request.GET.get("v") == theme.version(city.colours)
    response["Cache-Control"] = FOREVER if fresh else "public, max-age=60"
    return response


@require_safe
def logo(request: HttpRequest) -> HttpResponse:
    """The city pack's logo.svg, else a mark drawn in the city's colours."""
    path = settings.CITY_PACK / "logo.svg"
    if path.is_file():
        body = path.read_bytes()
    else:
        colours = theme.light(Page(request).city.colours)
        body = render(request, "ui/logo.svg", {"colours": colours}).content
    response = HttpResponse(body, content_type="image/svg+xml")
    response["Cache-Control"] = FOREVER if request.GET.get("v") else "public, max-age=3600"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'none'; sandbox"
    return response


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """All ways to reach the city, and how to report a barrier."""
    return render(request, "ui/contact.html", {"crumbs": [(_("Hilfe und Kontakt"), "")]})


@require_safe
def paper(request: HttpRequest) -> HttpResponse:
    """A form to print and fill in by hand; what comes back takes the same path as everything else."""
    return render(
        request, "ui/paper.html", {"crumbs": [(_("Hilfe und Kontakt"), reverse("ui:contact")), (_("Formular"), "")]}
    )


@require_safe
def plain(request: HttpRequest) -> HttpResponse:
    """The portal in Leichte Sprache: a text of its own, with author, reviewing group and date (practice.md 16)."""
    review = setting("city.plain", {})
    text = Page(request).city.text("plain", "de")
    return render(
        request, "ui/plain.html", {"plain_text": text, "plain_review": review, "crumbs": [(_("Leichte Sprache"), "")]}
    )


@require_safe
def sign(request: HttpRequest) -> HttpResponse:
    """The portal for people who sign: the film where there is one, and how to talk with the city in sign language."""
    page = Page(request)
    context = {"sign_text": page.city.text("sign", page.language), "film": setting("city.film", None)}
    return render(request, "ui/sign.html", {**context, "crumbs": [(_("Gebärdensprache"), "")]})


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state, with the words that go with it."""
    return render(request, "ui/gallery.html", samples.context(cast("Request", request)))
