"""The API under /api/v1/: one router per capability from its manifest; errors as RFC 9457 problems, in one place."""

import importlib
import logging
from http import HTTPStatus
from typing import Any, cast

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from allmende.core import manifest
from allmende.core.errors import DomainError, Invalid, TooMany
from allmende.project.problems import WORDS, problem

log = logging.getLogger(__name__)

api = NinjaAPI(
    title="Allmende",
    version="1",
    description=(
        "Everything that people do on the pages, for programs. Send an `Idempotency-Key` header with every POST: "
        "repeating the request then returns the first result. Errors are problem details (RFC 9457)."
    ),
    docs_url=None,  # ninja's page loads its viewer from another host; ours is /api/v1/docs
    urls_namespace="api",
)


@api.exception_handler(DomainError)
def domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    more: dict[str, Any] = {}
    if isinstance(error, Invalid) and error.fields:
        more["errors"] = {name: str(text) for name, text in error.fields.items()}
    response = problem(request, status=error.status, code=error.code, detail=str(error.message), **more)
    if isinstance(error, TooMany) and error.retry_at is not None:
        response["Retry-After"] = str(max(1, int((error.retry_at - request.at).total_seconds())))  # type: ignore[attr-defined]
    if error.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(ValidationError)
def validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
    found = {".".join(str(part) for part in row["loc"]): row["msg"] for row in error.errors}
    detail = _("Die Anfrage hat nicht die erwartete Form.")
    return problem(request, status=422, code="invalid", detail=detail, errors=found)


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(request, status=error.status_code, code="error", detail=str(error))


@api.exception_handler(RawPostDataException)
def form_instead_of_json(request: HttpRequest, error: Exception) -> HttpResponse:  # noqa: ARG001 - ninja's signature
    detail = _("Bitte senden Sie den Inhalt als application/json.")
    return problem(request, status=415, code="unsupported-media-type", detail=detail)


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def database_away(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("The database did not answer: %s", type(error).__name__)
    response = problem(request, status=503, code="unavailable", detail=WORDS[503])
    response["Retry-After"] = "60"
    return response


for _room in manifest.registry().values():
    if _room.api:
        api.add_router(f"/{_room.name}/", importlib.import_module(_room.api).router)


def openapi_of(room: str) -> dict[str, Any]:
    """The OpenAPI document of one capability: the whole document less the other rooms' paths."""
    document = cast("dict[str, Any]", api.get_openapi_schema())
    document["paths"] = {key: value for key, value in document["paths"].items() if key.startswith(f"/api/v1/{room}/")}
    return document
