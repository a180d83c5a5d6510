"""Programs get problem details (RFC 9457) for every refusal, also for those that come from before the API itself."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _

from allmende.core.texts import Text

CONTENT_TYPE = "application/problem+json"
WORDS = {
    400: _("Die Anfrage ist nicht zu verstehen."),
    404: _("Unter dieser Adresse gibt es nichts."),
    405: _("Diese Adresse kennt diese Methode nicht."),
    413: _("Die Anfrage ist größer, als wir annehmen."),
    500: _("Da ist bei uns etwas schiefgegangen. Es ist aufgeschrieben und wird angesehen."),
    503: _("Das Portal wird gerade gewartet. Bitte versuchen Sie es in einer Minute noch einmal."),
}


def problem(request: HttpRequest, *, status: int, code: str, detail: Text, **more: Any) -> HttpResponse:
    """RFC 9457 problem details; `type` is a stable word below this server's own address."""
    body = {
        "type": f"/api/v1/problems#{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(detail),
        "instance": getattr(request, "id", ""),
        **more,
    }
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


class ProblemMiddleware:
    """Below /api/, whatever was refused with a page becomes a problem: no such address or method, our mistake."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        status = response.status_code
        refused = status >= HTTPStatus.BAD_REQUEST and request.path.startswith("/api/")
        if not refused or response.headers.get("Content-Type") == CONTENT_TYPE:
            return response
        detail = WORDS.get(status, HTTPStatus(status).phrase)
        answer = problem(request, status=status, code=HTTPStatus(status).name.lower().replace("_", "-"), detail=detail)
        for name in ("Allow", "Retry-After", "Cache-Control", "WWW-Authenticate"):
            if name in response.headers:
                answer[name] = response[name]
        return answer
