"""First of all: an id for the request and the one instant that counts as *now* in it."""

import re
from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from allmende.core import logs
from allmende.core.http import Request
from allmende.core.ids import uuid7


class RequestMiddleware:
    """Sets `request.id` (taken over from the shell when it has one) and `request.at`; names the id in the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, http_request: HttpRequest) -> HttpResponse:
        request = cast("Request", http_request)
        given = request.headers.get("X-Request-ID", "")
        request.id = given if re.fullmatch(r"[A-Za-z0-9-]{8,40}", given) else str(uuid7())
        request.at = timezone.now()
        token = logs.request_id.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            logs.request_id.reset(token)
        response["X-Request-ID"] = request.id
        return response
