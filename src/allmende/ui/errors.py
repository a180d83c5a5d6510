"""Pages for what went wrong: what happened, what to do next, where to look, whom to ask; for Django's handlers."""

from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from allmende.core import city
from allmende.core.errors import DomainError, TooMany
from allmende.core.http import Request
from allmende.core.texts import Text


@dataclass(frozen=True)
class Words:
    """What an error page says: in a heading, in a sentence, and what to do now."""

    title: Text
    what: Text
    then: Text
    again: bool = False
    """Whether trying the same address again makes sense."""


WORDS: dict[int, Words] = {
    400: Words(
        _("Diese Anfrage verstehen wir nicht"),
        _("Ihr Browser hat etwas geschickt, das hier nicht passt."),
        _("Gehen Sie zurück und versuchen Sie es noch einmal, oder beginnen Sie auf der Startseite."),
    ),
    401: Words(
        _("Bitte melden Sie sich an"),
        _("Diese Seite ist für Menschen mit Konto."),
        _("Nach der Anmeldung kommen Sie hierher zurück."),
    ),
    403: Words(
        _("Hier kommen Sie nicht weiter"),
        _("Diese Seite ist nicht für alle geöffnet."),
        _("Wenn Sie meinen, dass das ein Irrtum ist, sprechen Sie uns an. Wir prüfen das."),
    ),
    404: Words(
        _("Diese Seite haben wir nicht gefunden"),
        _("Die Adresse ist nicht richtig, oder die Seite ist umgezogen."),
        _("Suchen Sie danach, oder beginnen Sie auf der Startseite."),
    ),
    405: Words(
        _("So lässt sich diese Adresse nicht öffnen"),
        _("Diese Adresse nimmt nur Formulare entgegen."),
        _("Gehen Sie zurück zur Seite mit dem Formular."),
    ),
    409: Words(
        _("Inzwischen hat sich etwas geändert"),
        _("Jemand war schneller, oder das Formular war noch aus einer früheren Fassung."),
        _("Öffnen Sie die Seite neu und sehen Sie nach, wie es jetzt steht."),
        again=True,
    ),
    410: Words(
        _("Diese Seite gibt es nicht mehr"),
        _("Was hier stand, wurde zurückgenommen oder gelöscht."),
        _("Suchen Sie nach dem Thema, vielleicht geht es an anderer Stelle weiter."),
    ),
    413: Words(
        _("Das war zu groß"),
        _("Die Datei oder der Text ist größer, als wir annehmen können."),
        _("Gehen Sie zurück und wählen Sie eine kleinere Datei. Ihr Text steht dort noch."),
    ),
    422: Words(
        _("Bitte prüfen Sie Ihre Angaben"),
        _("Etwas daran passt noch nicht."),
        _("Gehen Sie zurück zum Formular, Ihr Text steht dort noch."),
    ),
    429: Words(
        _("Einen Augenblick bitte"),
        _("Von Ihrem Anschluss kamen in kurzer Zeit sehr viele Anfragen."),
        _("Warten Sie eine Minute und versuchen Sie es dann noch einmal. Nichts ist verloren."),
        again=True,
    ),
    500: Words(
        _("Da ist bei uns etwas schiefgegangen"),
        _("Der Fehler liegt bei uns, nicht bei Ihnen. Er ist aufgeschrieben und wird angesehen."),
        _("Versuchen Sie es in ein paar Minuten noch einmal."),
        again=True,
    ),
    503: Words(
        _("Wir sind gleich wieder da"),
        _("Das Portal wird gerade gewartet oder ist sehr gefragt."),
        _("Versuchen Sie es in ein paar Minuten noch einmal. Am Telefon sind wir jetzt schon da."),
        again=True,
    ),
}


def page(request: HttpRequest, status: int, *, message: Text = "", retry_after: int | None = None) -> HttpResponse:
    """The page for a status, with the domain's own sentence where there is one. For htmx only that sentence."""
    words = WORDS.get(status, WORDS[HTTPStatus.BAD_REQUEST])
    if request.headers.get("HX-Request"):
        response = HttpResponse(
            render_to_string("ui/parts/alert.html", {"kind": "error", "title": message or words.what}), status=status
        )
        response["HX-Retarget"], response["HX-Reswap"] = "#status", "innerHTML"
    else:
        context = {"status": status, "words": words, "message": message, "request_id": getattr(request, "id", "")}
        response = render(request, "ui/error.html", context, status=status)
    response["Cache-Control"] = "no-store"
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page for what the rules of the house refused."""
    wait = None
    if isinstance(error, TooMany) and error.retry_at is not None:
        wait = max(1, int((error.retry_at - cast("Request", request).at).total_seconds()))
    own = error.message if error.message is not type(error).default else ""
    return page(request, error.status, message=own, retry_after=wait)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return page(request, HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    return page(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    return page(request, HTTPStatus.NOT_FOUND)


def _bare(status: int) -> HttpResponse:
    """A page that needs neither database nor session: the city's name and telephone come from its pack."""
    with suppress(Exception):
        pack = city.build(city.pack().settings())
        styles = [reverse("city:theme"), static("ui/build/ui.css")]
        return HttpResponse(
            render_to_string("ui/broken.html", {"words": WORDS[status], "city": pack, "styles": styles}), status=status
        )
    return HttpResponse(render_to_string("ui/broken.html", {"words": WORDS[status]}), status=status)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our mistake. When even this page cannot be drawn (no database), a page that needs nothing."""
    try:
        return page(request, HTTPStatus.INTERNAL_SERVER_ERROR)
    except Exception:  # noqa: BLE001 - whatever it was, the person gets a page
        return _bare(HTTPStatus.INTERNAL_SERVER_ERROR)


def unavailable(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a handler like the others
    """While the database is away or being maintained."""
    response = _bare(HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"], response["Cache-Control"] = "60", "no-store"
    return response


UNSEEN = {"csrfmiddlewaretoken", "_proof", "_challenge"}
SECRET = ("password", "code", "token", "secret")


def typed_in(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a form as they were sent, without passwords, codes and tokens."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in UNSEEN and not any(word in name.lower() for word in SECRET)
    ]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """The form was open for too long, or cookies are off. What was typed can be sent again (practice.md 14).

    Nothing is carried out here: the page holds the same fields and a fresh token, and a person presses the button.
    Passwords and codes are not carried over.
    """
    typed = typed_in(request)
    shown = [value for name, value in typed if not name.startswith("_") and value.strip()]
    context = {"typed": typed, "shown": shown, "path": request.get_full_path(), "files": bool(request.FILES)}
    response = render(request, "ui/csrf.html", context, status=HTTPStatus.FORBIDDEN)
    response["Cache-Control"] = "no-store"
    return response
