"""OParl 1.1 for programs: JSON for everybody, without cookies, from any website."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.dateparse import parse_datetime
from pydantic_core import from_json, to_json

from allmende.capabilities.council.models import KINDS, OPARL, ROOT, Body, File, Organization, Thing
from allmende.capabilities.council.queries import oparl as queries
from allmende.capabilities.council.queries.oparl import PAGE, Cursor, Listing, Page, Window
from allmende.capabilities.council.rules import oparl
from allmende.core import city
from allmende.core.http import Request
from allmende.engines.media import interface as media

FILTERS = ("created_since", "created_until", "modified_since", "modified_until")


class Refused(Exception):
    """Ends a request with an OParl error."""

    def __init__(self, status: HTTPStatus, message: str, debug: str = "") -> None:
        self.status, self.message, self.debug = status, message, debug
        super().__init__(message)


def answer(values: Mapping[str, Any] | str, status: int = HTTPStatus.OK) -> HttpResponse:
    """JSON in UTF-8 that any website may read; what is text already is sent as it is."""
    content = values if isinstance(values, str) else to_json(values)
    response = HttpResponse(content, content_type="application/json", status=status)
    response["Access-Control-Allow-Origin"] = "*"
    return response


def for_programs(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Reading only; whatever goes wrong is said as OParl says errors (section 2.11)."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if request.method not in {"GET", "HEAD"}:
                raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "Hier kann nur gelesen werden.", "method")  # noqa: TRY301
            return view(request, *args, **kwargs)
        except Refused as error:
            said = {"type": f"{OPARL}Error", "message": error.message, "debug": error.debug or error.status.phrase}
            response = answer(said, error.status)
            if error.status == HTTPStatus.METHOD_NOT_ALLOWED:
                response["Allow"] = "GET, HEAD"
            return response

    return run


def _licence() -> str:
    """What the city decided, if it is an address at all."""
    found = str(city.setting("council.license", oparl.LICENCE))
    return found if found.startswith("https://") else oparl.LICENCE


def _at(request: HttpRequest) -> datetime:
    """The instant of the request: the middlewares have made it one of ours."""
    return cast("Request", request).at


def _missing() -> Refused:
    return Refused(HTTPStatus.NOT_FOUND, "Dieses Objekt gibt es nicht.")


@for_programs
def system(_request: HttpRequest) -> HttpResponse:
    """Where every client begins."""
    here = city.current()
    first = Body.objects.public().order_by("created").first()
    since = first.created if first else datetime(2026, 1, 1, tzinfo=UTC)
    last = Body.objects.public().order_by("-modified").first()
    contact = {"contactEmail": str(here.contact.get("email", ""))} if here.contact.get("email") else {}
    return answer(
        {
            "id": oparl.address(f"{ROOT}system"),
            "type": f"{OPARL}System",
            "oparlVersion": OPARL,
            "license": _licence(),
            "body": oparl.address(f"{ROOT}bodies"),
            "name": f"{here.portal}: OParl",
            **contact,
            "contactName": here.portal,
            "website": settings.PUBLIC_URL,
            "created": oparl.instant(since),
            "modified": oparl.instant(last.modified if last else since),
        }
    )


@for_programs
def bodies(request: HttpRequest) -> HttpResponse:
    """The list of bodies."""
    return _listed(request, f"{ROOT}bodies", queries.bodies())


@for_programs
def single(request: HttpRequest, kind: str, key: UUID) -> HttpResponse:
    """Any object at its permanent address; what is gone says so with status 200."""
    model = KINDS.get(kind)
    found = queries.single(model, key, _at(request)) if model is not None else None
    if found is None:
        raise _missing()
    return answer({"license": _licence()} | from_json(found) if model is Body else found)


@for_programs
def listed(request: HttpRequest, kind: str, key: UUID, name: str) -> HttpResponse:
    """A list of a body or of an organisation."""
    owner: type[Thing] | None = {"body": Body, "organization": Organization}.get(kind)
    listing = queries.list_of(owner, key, name) if owner is not None else None
    if owner is None or listing is None or not queries.is_public(owner, key):
        raise _missing()
    return _listed(request, f"{ROOT}{kind}/{key}/{name}", listing)


@for_programs
def content(_request: HttpRequest, key: UUID) -> HttpResponse:
    """Leads to what a file holds. What was deleted is gone for good (410)."""
    found = File.objects.known().filter(pk=key).first()
    if found is None:
        raise _missing()
    if found.deleted:
        raise Refused(HTTPStatus.GONE, "Diese Datei ist nicht mehr öffentlich.")
    kept = media.documents_of([found.ref]).get(found.ref, [])
    target = kept[0].file.url if kept else found.access_url
    if not target:
        raise _missing()
    response = HttpResponseRedirect(target)
    response["Access-Control-Allow-Origin"] = "*"
    return response


@for_programs
def missing(_request: HttpRequest, rest: str) -> HttpResponse:  # noqa: ARG001 - every view gets it
    raise _missing()


def _window(request: HttpRequest) -> Window:
    found: dict[str, datetime] = {}
    for name in FILTERS:
        text = request.GET.get(name, "")
        if not text:
            continue
        try:
            value = parse_datetime(text.replace(" ", "+"))  # a plus that nobody has escaped
            if value is None or value.utcoffset() is None:
                raise ValueError(name)  # noqa: TRY301
            found[name] = value.astimezone(UTC)
        except (ValueError, OverflowError):
            raise Refused(
                HTTPStatus.BAD_REQUEST,
                f"„{name}“ braucht Datum, Uhrzeit und Zeitzone, etwa 2026-01-31T12:00:00+01:00.",
                "format: date-time",
            ) from None
        if not 1900 <= found[name].year <= 2999:  # noqa: PLR2004 - no council before, none after
            raise Refused(HTTPStatus.BAD_REQUEST, f"„{name}“ liegt außerhalb aller Zeiten.", "range")
    return Window(**found)


def _cursor(request: HttpRequest) -> Cursor | None:
    text = request.GET.get("after", "")
    if not text:
        return None
    try:
        when, _mark, key = text.partition("_")
        return Cursor(datetime.fromtimestamp(int(when) / 1_000_000, tz=UTC), UUID(key))
    except (ValueError, OverflowError, OSError):
        raise Refused(HTTPStatus.BAD_REQUEST, "Diese Seite gibt es nicht.", "after") from None


def _limit(request: HttpRequest) -> int:
    """How many per page: a wish between 1 and `PAGE`."""
    text = request.GET.get("limit", "")
    wish = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else PAGE  # noqa: PLR2004
    return max(1, min(wish, PAGE))


def _listed(request: HttpRequest, path: str, listing: Listing) -> HttpResponse:
    """A page with `data`, `pagination` and `links`; the filters stay in all links."""
    window, after, limit = _window(request), _cursor(request), _limit(request)
    slim = request.GET.get("omit_internal", "").lower() in {"true", "1"}
    found: Page = queries.page(listing, window, after, limit, at=_at(request), slim=slim)
    kept = {name: request.GET[name].replace(" ", "+") for name in FILTERS if request.GET.get(name)}
    kept |= {"omit_internal": "true"} if slim else {}
    kept |= {"limit": str(limit)} if limit != PAGE else {}

    def link(cursor: Cursor | None) -> str:
        mark = {"after": f"{round(cursor.created.timestamp() * 1_000_000)}_{cursor.id}"} if cursor else {}
        asked = urlencode({**kept, **mark})
        return oparl.address(f"{path}?{asked}" if asked else path)

    links = {"first": link(None), "self": link(after)}
    if found.following is not None:
        links["next"] = link(found.following)
    around = to_json({"pagination": {"elementsPerPage": limit}, "links": links}).decode()
    return answer(f'{{"data":[{",".join(found.data)}],{around[1:]}')
