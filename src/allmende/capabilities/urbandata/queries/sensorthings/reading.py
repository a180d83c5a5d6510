"""Pages of entities with what is expanded below them; next pages by the values of the last row, not by counting."""

import base64
import binascii
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from django.db.models import Count, F, Model, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from allmende.capabilities.urbandata.models import Observation, Standing
from allmende.capabilities.urbandata.queries.sensorthings.expressions import filtered, sorting
from allmende.capabilities.urbandata.queries.sensorthings.kinds import KINDS, Kind, Link, value_of
from allmende.capabilities.urbandata.rules.odata import BadQuery, Options, Order
from allmende.capabilities.urbandata.rules.odata.options import USUAL_TOP

STEADY = {"name", "phenomenonTime", "time", "id", "@iot.id"}
"""Properties that are never empty: pages sorted by them go on from the last row."""
LONGEST_TOKEN = 1000
MOST_PARENTS = 100
"""So many series can have their observations expanded at once, unless only the newest of each is asked for."""


@dataclass(frozen=True)
class Source:
    """A collection: its rows and its address. `series`: the number of the datastream of which these are the values."""

    kind: Kind
    rows: QuerySet[Any]
    address: str
    series: int | None = None


@dataclass(frozen=True)
class Reader:
    """Makes JSON of entities. `root` is the service's address."""

    root: str
    at: datetime

    def collection(self, source: Source, options: Options) -> dict[str, Any]:
        """A page: `value`, and `@iot.count` and `@iot.nextLink` where they belong. Raises BadQuery."""
        rows, following = self.page(source, options)
        body: dict[str, Any] = {}
        if options.count:
            body["@iot.count"] = self.count(source, options)
        if following:
            body["@iot.nextLink"] = following
        body["value"] = (
            self.arrays(rows, options) if options.form == "dataArray" else self.entities(source.kind, rows, options)
        )
        return body

    def count(self, source: Source, options: Options) -> int:
        """How many there are on all pages together; of values without a filter exactly, from what is kept of them."""
        if source.kind.name == "Observations" and options.filter is None:
            standings = Standing.objects.all()
            if source.series is not None:
                standings = standings.filter(datastream__number=source.series)
            if source.series is not None or source.address == f"{self.root}/Observations":
                return int(standings.aggregate(n=Sum("count"))["n"] or 0)
        return self.narrowed(source, options).count()

    def narrowed(self, source: Source, options: Options) -> QuerySet[Any]:
        if options.filter is None:
            return source.rows
        return filtered(source.rows, source.kind, options.filter, self.at)

    def page(self, source: Source, options: Options) -> tuple[list[Any], str]:
        """Rows and the address of the next page."""
        kind, top = source.kind, USUAL_TOP if options.top is None else options.top
        orders = _orders(source, options)
        steady = all(len(one.steps) == 1 and one.steps[0] in STEADY for one in orders)
        rows = self.narrowed(source, options)
        if options.token:
            rows = rows.filter(_after(kind, orders, options.token))
        rows = rows.order_by(*(_sorted(kind, one, self.at) for one in orders))
        if kind.name == "Datastreams":
            rows = rows.select_related("standing")
        start = 0 if options.token else options.skip
        found = list(rows[start : start + top + 1]) if top else []
        if len(found) <= top:
            return found, ""
        found = found[:top]
        more = {"$skiptoken": _token(kind, orders, found[-1])} if steady else {"$skip": str(options.skip + top)}
        return found, next_address(source.address, options, more)

    def entities(self, kind: Kind, rows: Sequence[Any], options: Options) -> list[dict[str, Any]]:
        """JSON of rows with what is expanded. Each level asks the database a fixed number of times."""
        unknown = options.select - {*kind.columns, *kind.links, "id", "@iot.id", "@iot.selfLink"}
        if unknown:
            raise BadQuery(f"{kind.name} have no property {min(unknown)[:60]!r}.")
        made = [self.entity(kind, row, options) for row in rows]
        for name, inner in options.expand.items():
            link = kind.links.get(name)
            if link is None:
                raise BadQuery(f"{kind.name} have nothing called {name[:60]!r} to expand.")
            if link.many:
                self.add_many(kind, name, link, rows, made, inner)
            else:
                self.add_one(name, link, rows, made, inner)
        return made

    def entity(self, kind: Kind, row: Any, options: Options) -> dict[str, Any]:
        wanted = options.select
        address = self.address(kind, row)
        made: dict[str, Any] = {}
        if not wanted or wanted & {"id", "@iot.id"}:
            made["@iot.id"] = getattr(row, kind.key)
        if not wanted or "@iot.selfLink" in wanted:
            made["@iot.selfLink"] = address
        for name, column in kind.columns.items():
            if wanted and name not in wanted:
                continue
            value = value_of(row, column)
            if value is not None or name in kind.required or name in {"phenomenonTime", "resultTime"}:
                made[name] = value
        for name in kind.links:
            if name not in options.expand and (not wanted or name in wanted):
                made[f"{name}@iot.navigationLink"] = f"{address}/{name}"
        return made

    def address(self, kind: Kind, row: Any) -> str:
        return f"{self.root}/{kind.name}({getattr(row, kind.key)})"

    def add_one(self, name: str, link: Link, rows: Sequence[Any], made: list[dict[str, Any]], options: Options) -> None:
        ours, theirs = link.via
        kind = KINDS[link.kind]
        keys = {key for row in rows if (key := getattr(row, ours)) is not None}
        found = kind.model._default_manager.filter(**{f"{theirs}__in": keys})
        if kind.name == "Datastreams":
            found = found.select_related("standing")
        by_key = {getattr(one, theirs): one for one in found}
        order = list(by_key)
        bodies = dict(zip(order, self.entities(kind, list(by_key.values()), options), strict=True))
        for row, body in zip(rows, made, strict=True):
            body[name] = bodies.get(getattr(row, ours))

    def add_many(
        self, kind: Kind, name: str, link: Link, rows: Sequence[Any], made: list[dict[str, Any]], options: Options
    ) -> None:
        """Below each row its own page, with its own next link and count."""
        inner = KINDS[link.kind]
        pages = self.values_below(kind, rows, options) if inner.name == "Observations" else None
        if pages is None:
            pages = self.pages_below(kind, name, link, rows, options)
        counts = self.counts_below(link, rows, options) if options.count else {}
        flat = [one for found, _next in pages for one in found]
        bodies = iter(self.entities(inner, flat, options))
        for row, body, (found, following) in zip(rows, made, pages, strict=True):
            if options.count:
                body[f"{name}@iot.count"] = counts.get(row.pk, 0)
            body[name] = [next(bodies) for _one in found]
            if following:
                body[f"{name}@iot.nextLink"] = following

    def counts_below(self, link: Link, rows: Sequence[Any], options: Options) -> Mapping[Any, int]:
        inner = KINDS[link.kind]
        below = inner.model._default_manager.filter(**{f"{link.back}__in": [row.pk for row in rows]})
        if inner.name == "Observations" and options.filter is None and link.back == "datastream":
            return dict(Standing.objects.filter(datastream__in=rows).values_list("datastream__pk", "count"))
        narrowed = self.narrowed(Source(inner, below, ""), options)
        key = f"{link.back}__pk"
        return dict(narrowed.order_by().values_list(key).annotate(n=Count(inner.key)).values_list(key, "n"))

    def pages_below(
        self, kind: Kind, name: str, link: Link, rows: Sequence[Any], options: Options
    ) -> list[tuple[list[Any], str]]:
        """The first of each row in one query, numbered by the database."""
        inner, top = KINDS[link.kind], USUAL_TOP if options.top is None else options.top
        below = inner.model._default_manager.filter(**{f"{link.back}__in": [row.pk for row in rows]})
        source = Source(inner, below, "")
        orders = _orders(source, options)
        place = Window(
            RowNumber(), partition_by=[F(f"{link.back}__pk")],
            order_by=[_sorted(inner, one, self.at) for one in orders],
        )  # fmt: skip
        found = self.narrowed(source, options).annotate(parent=F(f"{link.back}__pk"), place=place)
        found = found.filter(place__gt=options.skip, place__lte=options.skip + top + 1).order_by("place")
        if inner.name == "Datastreams":
            found = found.select_related("standing")
        by_parent: dict[Any, list[Any]] = defaultdict(list)
        for one in found if top else ():
            by_parent[one.parent].append(one)
        pages = []
        for row in rows:
            here = by_parent.get(row.pk, [])
            address = f"{self.address(kind, row)}/{name}"
            more = {"$skip": str(options.skip + top)}
            pages.append((here[:top], next_address(address, options, more) if len(here) > top else ""))
        return pages

    def values_below(self, kind: Kind, rows: Sequence[Any], options: Options) -> list[tuple[list[Any], str]]:
        """Values of each series by its index; the newest of each in one query, from what is kept of it."""
        if kind.name == "Datastreams" and _only_newest(options):
            newest = {one.datastream_id: one for one in Observation.objects.raw(NEWEST, [[row.number for row in rows]])}
            told = {row.number: getattr(row, "standing", None) for row in rows}
            return [
                (
                    [newest[row.number]] if row.number in newest else [],
                    self._rest(kind, row, options) if (kept := told[row.number]) is not None and kept.count > 1 else "",
                )
                for row in rows
            ]
        if len(rows) > MOST_PARENTS:
            raise BadQuery(f"Observations of at most {MOST_PARENTS} entities can be expanded at once; set $top.")
        return [self.page(self.values_of(kind, row), options) for row in rows]

    def _rest(self, kind: Kind, row: Any, options: Options) -> str:
        last = Observation(time=row.standing.last, id=row.standing.observation_id)
        source = self.values_of(kind, row)
        token = _token(source.kind, _orders(source, options), last)
        return next_address(source.address, options, {"$skiptoken": token})

    def values_of(self, kind: Kind, row: Any) -> Source:
        column = "datastream" if kind.name == "Datastreams" else "feature"
        rows = Observation.objects.filter(**{f"{column}_id": row.number})
        series = row.number if kind.name == "Datastreams" else None
        return Source(KINDS["Observations"], rows, f"{self.address(kind, row)}/Observations", series)

    def arrays(self, rows: Sequence[Any], options: Options) -> list[dict[str, Any]]:
        """`$resultFormat=dataArray` (18-088, section 12.1): values of each series as rows of a table."""
        kind = KINDS["Observations"]
        names = [name for name in ("id", *kind.columns) if not options.select or name in options.select]
        groups: dict[int, list[list[Any]]] = defaultdict(list)
        for row in rows:
            groups[row.datastream_id].append(
                [row.id if name == "id" else value_of(row, kind.columns[name]) for name in names]
            )
        return [
            {
                "Datastream@iot.navigationLink": f"{self.root}/Datastreams({series})",
                "components": names,
                "dataArray@iot.count": len(found),
                "dataArray": found,
            }
            for series, found in groups.items()
        ]


NEWEST = """
SELECT o.* FROM urbandata_standing s JOIN urbandata_observation o
  ON o.datastream_id = s.datastream_id AND o.time = s.last AND o.id = s.observation_id
WHERE s.datastream_id = ANY(%s)
"""


def _only_newest(options: Options) -> bool:
    return (
        options.top == 1
        and not options.skip
        and options.filter is None
        and list(options.orders) == [Order(("phenomenonTime",), down=True)]
    )


def _orders(source: Source, options: Options) -> list[Order]:
    """As asked for, then by id, so that no two rows are alike. Values of a series come in the order of their time."""
    orders = list(options.orders)
    if not orders and source.series is not None:
        orders = [Order(("phenomenonTime",))]
    if not any(one.steps in {("id",), ("@iot.id",)} for one in orders):
        down = bool(orders) and source.kind.name == "Observations" and orders[-1].down
        orders.append(Order(("id",), down))  # so that the index of a series can be read backwards
    return orders


def _sorted(kind: Kind, order: Order, at: datetime) -> Any:
    found = sorting(kind, order.steps, at)
    return found.desc(nulls_last=None) if order.down else found.asc()


def _column(kind: Kind, order: Order) -> str:
    return kind.key if order.steps[0] in {"id", "@iot.id"} else kind.columns[order.steps[0]].name


def _token(kind: Kind, orders: Sequence[Order], row: Model | Any) -> str:
    values = [getattr(row, _column(kind, one)) for one in orders]
    words = json.dumps([one.isoformat() if isinstance(one, datetime) else one for one in values])
    return base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")


def _after(kind: Kind, orders: Sequence[Order], token: str) -> Q:
    """What comes after the row that the token names. Raises BadQuery."""
    given = _given(kind, orders, token)
    found = Q()
    for place, order in enumerate(orders):
        same = {_column(kind, one): value for one, value in zip(orders[:place], given[:place], strict=True)}
        found |= Q(**same) & Q(**{f"{_column(kind, order)}__{'lt' if order.down else 'gt'}": given[place]})
    bound = f"{_column(kind, orders[0])}__{'lte' if orders[0].down else 'gte'}"
    return Q(**{bound: given[0]}) & found  # so that an index finds where to begin


def _given(kind: Kind, orders: Sequence[Order], token: str) -> list[Any]:
    """The values that a token holds, one for each order. Raises BadQuery."""
    try:
        values = json.loads(base64.urlsafe_b64decode(token[:LONGEST_TOKEN] + "=" * (-len(token) % 4)))
        columns = [_column(kind, one) for one in orders]
        return [_read(column, value) for column, value in zip(columns, values, strict=True)]
    except (ValueError, TypeError, KeyError, binascii.Error, OverflowError, RecursionError):
        raise BadQuery("$skiptoken is the mark of a page that one of our answers has named.") from None


def _read(column: str, value: Any) -> Any:
    if column == "time":
        return datetime.fromisoformat(value)
    if column in {"number", "id"}:
        if not isinstance(value, int) or not -(2**63) <= value < 2**63:
            raise ValueError
        return value
    if not isinstance(value, str) or "\0" in value:
        raise ValueError
    return value


def next_address(address: str, options: Options, more: Mapping[str, str]) -> str:
    """The same question, from another place on."""
    kept = {name: value for name, value in options.given.items() if name not in {"$skip", "$skiptoken"}}
    return f"{address}?{urlencode({**kept, **more}, quote_via=quote, safe='$,()/')}"
