"""Django's side of the page cache: says which answers everybody may get."""

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from allmende.core.manifest import registry
from allmende.project.shell.asked import Record
from allmende.project.shell.content import TablesRead


@cache
def cached_pages() -> dict[str, frozenset[str]]:
    """URL names of the pages that manifests declare `cached`, with the query keys that belong to their address."""
    return {page.url_name: page.cache_query for room in registry().values() for page in room.pages if page.cached}


def query_keys() -> frozenset[str]:
    """All query keys with which any page may be cached."""
    return frozenset[str]().union(*cached_pages().values())


class PublicPageMiddleware:
    """Marks an answer as public: its page is declared so, its query is known, and nobody in particular asked.

    `X-Allmende-Tables` names the tables that the page was made from. A page that shows times sets `X-Allmende-Until` to
    the next instant (ISO 8601 with zone) at which it will look different although nothing changes; without it the shell
    keeps the page for one second. What is not public and says nothing itself, no one keeps: `private, no-cache`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.private = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._marked(request)
        if "X-Allmende-Cache" not in response.headers:
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    def _marked(self, request: HttpRequest) -> HttpResponse:
        if request.method != "GET" or self.private & request.COOKIES.keys():
            return self.get_response(request)
        read = TablesRead()
        record = Record()
        with connection.execute_wrapper(read), connection.execute_wrapper(record):
            response = self.get_response(request)
        match = request.resolver_match
        allowed = cached_pages().get(match.view_name) if match is not None else None
        if (
            allowed is not None
            and response.status_code == 200  # noqa: PLR2004
            and not response.streaming
            and not response.cookies
            and request.GET.keys() <= allowed
        ):
            response["X-Allmende-Cache"] = "public"
            response["X-Allmende-Tables"] = ",".join(sorted(read.tables))
            response.asked = record.asked()  # type: ignore[attr-defined]  # taken by the pool of threads
        return response
