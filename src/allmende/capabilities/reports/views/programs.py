"""What all addresses for programs share: errors as the standard words them, key, language, jurisdiction."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from allmende.capabilities.reports.models import ApiKey
from allmende.capabilities.reports.queries import exchange
from allmende.capabilities.reports.rules.georeport import wire
from allmende.capabilities.reports.rules.georeport.wire import Refused
from allmende.core import city
from allmende.core.errors import DomainError
from allmende.core.http import Request

LANGUAGES = ("de", "en")
BEARER = "Bearer "


def answer(form: str, body: bytes, status: int = 200) -> HttpResponse:
    """Any website may read it."""
    response = HttpResponse(body, content_type=wire.CONTENT_TYPES[form], status=status)
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "Link"
    return response


def for_programs(*methods: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Whatever goes wrong is said as the standard says errors. No session is read, so no CSRF token is asked for."""
    allowed = {"GET", "HEAD"} | set(methods)

    def around(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def run(request: HttpRequest, form: str = "", **kwargs: Any) -> HttpResponse:
            form = form or ("json" if request.path.endswith(".json") else "xml")
            try:
                if request.method not in allowed:
                    raise Refused(405, f"This address knows {', '.join(sorted(allowed))}.")  # noqa: TRY301
                _check(request)
                with translation.override(language_of(request)):
                    return view(request, form, **kwargs)
            except Refused as error:
                status, said = error.status, error.description
            except DomainError as error:
                status, said = 400 if error.status == 422 else error.status, str(error.message)  # noqa: PLR2004
            except (SuspiciousOperation, BadRequest, MultiPartParserError, UnicodeError):
                status, said = 400, "The request cannot be read."
            response = answer(form, wire.error(form, status, said), status)
            if status == 405:  # noqa: PLR2004
                response["Allow"] = ", ".join(sorted(allowed))
            return response

        return cast("Callable[..., HttpResponse]", run)

    return around


def _check(request: HttpRequest) -> None:
    """Raises Refused for parameters that no text holds, and for another jurisdiction."""
    for sent in (request.GET, request.POST):
        for name, values in sent.lists():
            if any("\0" in one for one in (name, *values)):
                raise Refused(400, "Parameters hold text; a null character is none.")
    asked = request.POST.get("jurisdiction_id", "") or request.GET.get("jurisdiction_id", "")
    if asked and asked.lower() not in jurisdictions():
        raise Refused(404, "jurisdiction_id is not known here.")


def jurisdictions() -> tuple[str, ...]:
    """What this city answers to: its host name and its short name."""
    return (urlsplit(settings.PUBLIC_URL).hostname or "", city.current().id)


def language_of(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in LANGUAGES else "de"


def now(request: HttpRequest) -> datetime:
    """The instant of the request: the middlewares have made it one of ours."""
    return cast("Request", request).at


def key_in(request: HttpRequest) -> ApiKey | None:
    """The key that a program has sent, as `api_key` or in the header `Authorization: Bearer …`. Raises Refused."""
    header = request.headers.get("Authorization", "")
    text = request.POST.get("api_key", "") or request.GET.get("api_key", "")
    if not text and header.startswith(BEARER):
        text = header.removeprefix(BEARER).strip()
    if not text:
        return None
    found = exchange.by_secret(text)
    if found is None:
        raise Refused(403, "api_key is not known, or has ended.")
    return found


def own_key(request: HttpRequest) -> UUID | None:
    """Whose own reports are read too, while they are private."""
    found = key_in(request)
    return None if found is None else found.pk
