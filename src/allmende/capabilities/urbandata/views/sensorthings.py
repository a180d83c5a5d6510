"""OGC SensorThings 1.1 for programs: addresses, methods, errors. Everybody reads, from any website."""

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import DataError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from allmende.accounts import interface as accounts
from allmende.capabilities.urbandata import rules
from allmende.capabilities.urbandata.queries.sensorthings.kinds import KINDS, Kind, value_of
from allmende.capabilities.urbandata.queries.sensorthings.reading import Reader, Source
from allmende.capabilities.urbandata.rules.odata import BadQuery, Options, parse_options
from allmende.capabilities.urbandata.rules.sensorthings.conformance import CONFORMANCE
from allmende.capabilities.urbandata.views import writing
from allmende.core.errors import DomainError, NotFound
from allmende.core.http import Request

SCOPE = "urbandata:write"
LONGEST = 1000
MOST_STEPS = 8
SECONDS = 8
"""A question that takes longer is ended and told: a filter may look at everything."""
STEP = re.compile(r"(?P<name>[A-Za-z]\w*)(?:\((?P<key>'?\d{1,19}'?)\))?", re.ASCII)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def root() -> str:
    return f"{settings.PUBLIC_URL.rstrip('/')}/sta/v1.1"


def answer(body: Any, status: int = 200) -> HttpResponse:
    response = HttpResponse(json.dumps(body, ensure_ascii=False), content_type="application/json", status=status)
    response["Access-Control-Allow-Origin"] = "*"
    return response


def refusal(status: int, message: str) -> HttpResponse:
    return answer({"code": status, "type": "error", "message": message}, status)


def for_programs(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whatever goes wrong is said in JSON. Who writes brings a token, or a session with its mark against forgery."""

    @csrf_exempt
    @wraps(view)
    def run(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        ours = cast("Request", request)
        try:
            if request.method not in SAFE:
                accounts.ApiAuth(SCOPE)(request)
                rules.require_may_edit(ours.actor)
            return view(ours, **kwargs)
        except BadQuery as error:
            return refusal(400, str(error))
        except DomainError as error:
            response = refusal(400 if error.status == 422 else error.status, str(error.message))  # noqa: PLR2004
            if error.status == 401:  # noqa: PLR2004
                response["WWW-Authenticate"] = "Bearer"
            return response
        except (SuspiciousOperation, BadRequest, UnicodeError, RecursionError):
            return refusal(400, "The request cannot be read.")
        except DataError:
            return refusal(400, "This cannot be computed: a number or a time is out of range.")
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != "57014":
                raise
            return refusal(503, f"The question took longer than {SECONDS} s. Please narrow it, for example by time.")

    return cast("Callable[..., HttpResponse]", run)


@for_programs
def service(request: Request) -> HttpResponse:
    """Where programs begin: the entity sets, and which requirements are met."""
    if request.method not in SAFE:
        return _not_allowed("GET")
    sets = [{"name": name, "url": f"{root()}/{name}"} for name in KINDS]
    return answer({"value": sets, "serverSettings": {"conformance": list(CONFORMANCE)}})


@for_programs
def resource(request: Request, rest: str) -> HttpResponse:
    """Everything below the root: collections, entities, properties, links; and their changes."""
    if request.method == "OPTIONS":
        response = answer({})
        response["Access-Control-Allow-Methods"] = "GET, POST, PATCH, PUT, DELETE"
        response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        return response
    if request.method in SAFE:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{SECONDS}s'")
            return _read(request, rest)
    return writing.write(request, rest, walk, root())


def _not_allowed(allowed: str) -> HttpResponse:
    response = refusal(405, f"This address knows {allowed}.")
    response["Allow"] = allowed
    return response


class Walk:
    """Where a path leads: a collection (`source`), an entity (`kind`, `row`), one of its properties (`name`)."""

    def __init__(self, address: str) -> None:
        self.reader_root = address
        self.address = address
        self.source: Source | None = None
        self.kind: Kind | None = None
        self.row: Any = None
        self.name = ""
        self.tail = ""

    def step(self, word: str) -> None:
        """One step further. Raises NotFound."""
        if self.tail:
            raise NotFound
        if word in {"$ref", "$value"}:
            if (word == "$ref") is not (self.source is not None) or (word == "$value" and not self.name):
                raise NotFound
            self.tail = word
            return
        found = STEP.fullmatch(word)
        if found is None or self.name:
            raise NotFound
        name, key = found["name"], (found["key"] or "").strip("'")
        if self.kind is None or self.row is None:
            if self.source is not None or name not in KINDS:
                raise NotFound
            rows = KINDS[name].model._default_manager.all()
            self.address = f"{self.address}/{name}"
            self.source = Source(KINDS[name], rows, self.address)
        elif not self.follow(name):
            if key or name not in {*self.kind.columns, "id"}:
                raise NotFound
            self.name = name
        if key:
            self.pick(key)

    def follow(self, name: str) -> bool:
        """Along a link of the entity."""
        assert self.kind is not None
        link = self.kind.links.get(name)
        if link is None:
            return False
        target = KINDS[link.kind]
        self.address = f"{self.address}/{name}"
        if not link.many:
            ours, theirs = link.via
            value = getattr(self.row, ours)
            self.kind = target
            self.row = target.model._default_manager.filter(**{theirs: value}).first() if value is not None else None
            if self.row is None:
                raise NotFound
            return True
        series = self.row.number if (self.kind.name, target.name) == ("Datastreams", "Observations") else None
        column = f"{link.back}_id" if target.name == "Observations" else link.back
        value = self.row.number if target.name == "Observations" else self.row
        rows = target.model._default_manager.filter(**{column: value})
        self.source, self.kind, self.row = Source(target, rows, self.address, series), None, None
        return True

    def pick(self, key: str) -> None:
        """One of the collection."""
        if self.source is None or int(key) >= 2**63:
            raise NotFound
        self.kind = self.source.kind
        self.row = self.source.rows.filter(**{self.kind.key: int(key)}).first()
        self.source = None
        self.address = f"{self.address}({int(key)})"
        if self.row is None:
            raise NotFound


def walk(rest: str) -> Walk:
    """Raises NotFound."""
    steps = rest.strip("/").split("/")
    if len(rest) > LONGEST or len(steps) > MOST_STEPS:
        raise NotFound
    found = Walk(root())
    for word in steps:
        found.step(word)
    return found


def _options(request: Request) -> Options:
    query = request.META.get("QUERY_STRING", "")
    if len(query) > 20_000:  # noqa: PLR2004 - longer than any program needs
        raise BadQuery("The query is too long.")
    pairs = parse_qsl(query, keep_blank_values=True, errors="strict")
    if any("\0" in part for pair in pairs for part in pair):
        raise BadQuery("A query holds no null character.")
    return parse_options(pairs)


def _read(request: Request, rest: str) -> HttpResponse:
    found, options = walk(rest), _options(request)
    reader = Reader(root(), request.at)
    if found.source is not None:
        if options.form and found.source.kind.name != "Observations":
            raise BadQuery("Only Observations can be told as dataArray.")
        body = reader.collection(found.source, options)
        if found.tail == "$ref":
            body["value"] = [{"@iot.selfLink": one["@iot.selfLink"]} for one in body["value"]]
        return answer(body)
    assert found.kind is not None
    if not found.name:
        return answer(reader.entities(found.kind, [found.row], options)[0])
    value = (
        getattr(found.row, found.kind.key)
        if found.name == "id"
        else value_of(found.row, found.kind.columns[found.name])
    )
    if value is None:
        return HttpResponse(status=204)
    if found.tail == "$value":
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
    return answer({found.name: value})
