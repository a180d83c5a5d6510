"""Django's side of the page cache: says which answers everybody may get."""

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from allmende.core.manifest import registry


@cache
def cached_pages() -> dict[str, frozenset[str]]:
    """URL names of the pages that manifests declare `cached`, with the query keys that belong to their address."""
    return {page.url_name: page.cache_query for room in registry().values() for page in room.pages if page.cached}


def query_keys() -> frozenset[str]:
    """All query keys with which any page may be cached."""
    return frozenset[str]().union(*cached_pages().values())


class PublicPageMiddleware:
    """Marks an answer as public: its page is declared so, its query is known, and nobody in particular asked.

    A page that shows times sets `X-Allmende-Until` to the next instant (ISO 8601 with zone) at which it will look
    different although nothing changes; without it the shell keeps the page for one second.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.private = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        allowed = cached_pages().get(match.view_name) if match is not None else None
        if (
            allowed is not None
            and request.method == "GET"
            and response.status_code == 200  # noqa: PLR2004
            and not response.streaming
            and not response.cookies
            and not self.private & request.COOKIES.keys()
            and request.GET.keys() <= allowed
        ):
            response["X-Allmende-Cache"] = "public"
        return response
