"""Open311 GeoReport v2 for programs: XML and JSON for everybody, without cookies, from any website."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from allmende.capabilities.reports.queries import georeport as queries
from allmende.capabilities.reports.queries.georeport import MOST, Cursor, Row, Wanted
from allmende.capabilities.reports.rules.georeport import records, states, wire
from allmende.capabilities.reports.rules.georeport.wire import Refused
from allmende.capabilities.reports.views import sending
from allmende.capabilities.reports.views.programs import answer, for_programs, language_of, now, own_key
from allmende.core import city

PERIOD = timedelta(days=90)
"""So long a window by date of receipt may be, and so far back goes what is told without one."""
RADIUS = 50_000.0
MOST_IDS = 1000
type Window = tuple[datetime | None, datetime | None]
"""The end is exclusive."""


def teller(request: HttpRequest, *, extensions: bool = False) -> records.Teller:
    here, language = city.current(), language_of(request)
    return records.Teller(
        language=language,
        zone=here.zone,
        root=settings.PUBLIC_URL.rstrip("/"),
        categories=queries.categories(),
        offices={slug: one.name(language) for slug, one in here.departments.items()},
        extensions=extensions,
    )


@for_programs()
def discovery(_request: HttpRequest, form: str) -> HttpResponse:
    """Where programs begin."""
    here = city.current()
    root = settings.PUBLIC_URL.rstrip("/")
    since = wire.instant(datetime(2026, 11, 23, tzinfo=UTC), here.zone)
    endpoint = {
        "specification": records.SPECIFICATION,
        "url": f"{root}/open311/v2",
        "changeset": since,
        "type": "test" if settings.DEMO else "production",
        "formats": list(records.FORMATS),
    }
    found = {
        "changeset": since,
        "contact": f"{here.portal}, {here.contact.get('email', '')}, {here.contact.get('telephone', '')}",
        "key_service": f"{root}{reverse('interfaces')}",
        "max_requests": MOST,
        "endpoints": [endpoint],
    }
    return answer(form, wire.single(form, "discovery", found))


@for_programs()
def services(request: HttpRequest, form: str) -> HttpResponse:
    """What can be reported."""
    language = language_of(request)
    offered = queries.offered()
    asked = queries.attributes_of([one.slug for one in offered], language)
    found = [records.service(one, language, metadata=one.slug in asked) for one in offered]
    return answer(form, wire.listed(form, "services", "service", found))


@for_programs()
def service(request: HttpRequest, form: str, code: str) -> HttpResponse:
    """What is asked about a kind of report."""
    found = next((one for one in queries.offered() if one.slug == code), None)
    if found is None:
        raise Refused(404, "service_code was not found.")
    told = records.definition(found, queries.attributes_of([code], language_of(request)).get(code, ()))
    return answer(form, wire.single(form, "service_definition", told))


@for_programs("POST")
def requests(request: HttpRequest, form: str) -> HttpResponse:
    """The list, and where a report comes in."""
    if request.method == "POST":
        return sending.take_request(request, form)
    wanted = _wanted(request)
    if wire.read_flag(request.GET.get("just_count", "")):
        counted = queries.count(wanted) if _known(request) else 0
        return answer(form, wire.single(form, "service_requests", {"count": counted}))
    if not _known(request):
        return listed_requests(request, form, [])
    rows, following = queries.page(wanted, after=cursor(request), limit=limit(request))
    return listed_requests(request, form, rows, following, window=(wanted.received_from, wanted.received_until))


def listed_requests(
    request: HttpRequest, form: str, rows: list[Row], following: Cursor | None = None, window: Window = (None, None)
) -> HttpResponse:
    """Rows as requests; the next page in the `Link` header (RFC 8288)."""
    told = teller(request, extensions=wire.read_flag(request.GET.get("extensions", "")))
    pictures = queries.pictures(rows)
    said = queries.last_words([row.id for row in rows if row.is_readable])
    answers = queries.answers_of(rows, told.language) if told.extensions else {}
    found = [told.request(row, pictures.get(row.id, ()), said.get(row.id, ""), answers.get(row.id, ())) for row in rows]
    response = answer(form, wire.listed(form, "service_requests", "request", found))
    return with_next(request, response, following, window)


@for_programs()
def single(request: HttpRequest, form: str, number: int) -> HttpResponse:
    """One request, or several whose numbers stand in `service_request_id`."""
    found = queries.single(number, own=own_key(request))
    if found is None:
        raise Refused(404, "service_request_id was not found.")
    if not found.is_readable:
        raise Refused(410, "This service request is no longer public.")
    return listed_requests(request, form, [found])


@for_programs()
def token(request: HttpRequest, form: str, token: str) -> HttpResponse:  # noqa: ARG001 - every view gets it
    """The number of whoever holds the private link of a report. Ours answer with a number at once, never a token."""
    number = queries.number_of_token(token)
    if number is None:
        raise Refused(404, "token was not found.")
    found = [{"service_request_id": str(number), "token": token}]
    return answer(form, wire.listed(form, "service_requests", "request", found))


@for_programs("POST")
def updates(request: HttpRequest, form: str) -> HttpResponse:
    """Steps of public reports within a time, oldest first, and where updates come in (FixMyStreet's extension)."""
    if request.method == "POST":
        return sending.take_update(request, form)
    zone = city.current().zone
    start, end = (request.GET.get(name, "") for name in ("start_date", "end_date"))
    if bool(start) != bool(end):
        raise Refused(400, "start_date and end_date belong together.")
    until = wire.read_instant("end_date", end, zone, end=True) if end else _next_second(now(request))
    since = wire.read_instant("start_date", start, zone) if start else until - timedelta(days=1)
    if since > until:
        raise Refused(400, "start_date is after end_date.")
    own = own_key(request)
    only = own is not None and wire.read_flag(request.GET.get("own", ""))
    rows, following = queries.updates(since, until, after=cursor(request), limit=limit(request), own=own, only_own=only)
    told = teller(request)
    body = wire.listed(form, "service_requests_updates", "request_update", [told.update(row) for row in rows])
    return with_next(request, answer(form, body), following, (since, until))


@for_programs()
def missing(_request: HttpRequest, form: str, rest: str) -> HttpResponse:  # noqa: ARG001 - every view gets it
    raise Refused(404, "There is nothing here. Begin at /open311/v2/discovery.xml.")


def _next_second(at: datetime) -> datetime:
    return at.replace(microsecond=0) + wire.SECOND


def with_next(
    request: HttpRequest, response: HttpResponse, following: Cursor | None, window: Window = (None, None)
) -> HttpResponse:
    """Names the next page. Its filters are those of this one, also the window that was not asked for but given."""
    if following is not None:
        kept = {name: value for name, value in request.GET.items() if name not in {"after", "api_key"}}
        since, until = window
        if since is not None and until is not None:
            kept |= {
                "start_date": f"{since:%Y-%m-%dT%H:%M:%SZ}",
                "end_date": f"{until - wire.SECOND:%Y-%m-%dT%H:%M:%SZ}",
            }
        mark = f"{round(following.at.timestamp() * 1_000_000)}_{following.id}"
        address = f"{settings.PUBLIC_URL.rstrip('/')}{request.path}?{urlencode({**kept, 'after': mark})}"
        response["Link"] = f'<{address}>; rel="next"'
    return response


def cursor(request: HttpRequest) -> Cursor | None:
    words = request.GET.get("after", "")
    if not words:
        return None
    try:
        when, _mark, key = words.partition("_")
        return Cursor(datetime.fromtimestamp(int(when[:18]) / 1_000_000, tz=UTC), UUID(key))
    except (ValueError, OverflowError, OSError):
        raise Refused(400, "after is the mark of a page that one of our answers has named.") from None


def limit(request: HttpRequest) -> int:
    """How many per page: a wish between 1 and `MOST`."""
    words = request.GET.get("max_requests", "") or request.GET.get("page_size", "")
    return min(MOST, int(wire.read_number("max_requests", words, 1, 1e9))) if words else MOST


def _known(request: HttpRequest) -> bool:
    """Whether anything can be found at all: CitySDK asks for problems, ideas or tips, and faults are problems."""
    kinds = wire.read_list(request.GET.get("keyword", "").lower())
    return not kinds or "problem" in kinds


def _wanted(request: HttpRequest) -> Wanted:
    """The filters. Several ids override all others; without dates the last 90 days. Raises Refused."""
    sent = request.GET
    if "service_request_id" in sent:
        ids = wire.read_list(sent["service_request_id"])
        if len(ids) > MOST_IDS:
            raise Refused(400, f"At most {MOST_IDS} numbers at once.")
        numbers = tuple(int(one) for one in ids if one.isascii() and one.isdigit() and len(one) < 19)  # noqa: PLR2004
        return Wanted(numbers=numbers or (-1,), own=own_key(request))
    changed_from, changed_until = _between(request, "updated_after", "updated_before")
    received_from, received_until = _between(request, "start_date", "end_date")
    if changed_from is None and changed_until is None and not sent.get("external_id"):
        received_from, received_until = _period(received_from, received_until, now(request))
    return Wanted(
        own=own_key(request),
        external_id=sent.get("external_id", ""),
        codes=wire.read_list(sent.get("service_code", "")),
        states=_states(sent),
        received_from=received_from,
        received_until=received_until,
        changed_from=changed_from,
        changed_until=changed_until,
        around=_around(sent),
        districts=wire.read_list(sent.get("area_code", "")),
        departments=_departments(sent.get("agency_responsible", "")),
        with_picture=wire.read_flag(sent.get("with_picture", "")),
    )


def _between(request: HttpRequest, first: str, last: str) -> tuple[datetime | None, datetime | None]:
    zone = city.current().zone
    begin, end = (request.GET.get(name, "") for name in (first, last))
    since = wire.read_instant(first, begin, zone) if begin else None
    until = wire.read_instant(last, end, zone, end=True) if end else None
    if since is not None and until is not None and since > until:
        raise Refused(400, f"{first} is after {last}.")
    return since, until


def _period(since: datetime | None, until: datetime | None, at: datetime) -> tuple[datetime, datetime]:
    """At most 90 days: none is cut off in silence."""
    if since is None:
        until = until or _next_second(at)
        return until - PERIOD, until
    if until is None:
        return since, since + PERIOD
    if until - since > PERIOD + wire.SECOND:
        raise Refused(400, "start_date and end_date may span 90 days at most. Ask for one window after the other.")
    return since, until


def _states(sent: Mapping[str, str]) -> frozenset[str] | None:
    """Of both `status` and `detailed_status`: what fits both."""
    found: frozenset[str] | None = None
    for name, read in (("status", states.states_of), ("detailed_status", states.detailed)):
        words = wire.read_list(sent.get(name, ""))
        if words:
            meant = [read(one) for one in words]
            if not all(meant):
                raise Refused(400, f"{name} holds a word that is not known.")
            every = frozenset[str]().union(*meant)
            found = every if found is None else found & every
    return found


def _around(sent: Mapping[str, str]) -> tuple[float, float, float] | None:
    given = [name for name in ("lat", "long", "radius") if sent.get(name)]
    if not given:
        return None
    if len(given) < 3:  # noqa: PLR2004
        raise Refused(400, "lat, long and radius belong together.")
    return (
        wire.read_number("long", sent["long"], -180, 180),
        wire.read_number("lat", sent["lat"], -90, 90),
        wire.read_number("radius", sent["radius"], 0, RADIUS),
    )


def _departments(words: str) -> tuple[str, ...]:
    """By short name, or as we name them; a name that nobody has finds nothing."""
    if not words:
        return ()
    wanted = words.strip().lower()
    offices = city.current().departments
    named = (slug for slug, one in offices.items() if wanted in {slug, *(name.lower() for name in one.names.values())})
    return tuple(named) or ("-",)
