"""Domain errors and a missing database become pages that help; the API answers for itself."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from allmende.core.errors import DomainError
from allmende.ui import errors

log = logging.getLogger(__name__)


class DomainErrorMiddleware:
    """One place for what views let through: a `DomainError` → its page and status; the database away → 503."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if request.path.startswith("/api/"):
            return None
        if isinstance(exception, DomainError):
            return errors.domain_error(request, exception)
        if isinstance(exception, (OperationalError, InterfaceError)):
            log.error("The database did not answer: %s", type(exception).__name__)
            return errors.unavailable(request)
        return None
