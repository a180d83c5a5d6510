"""A `$filter` as conditions of the database, every value bound. What has no type that fits is refused, not guessed."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import (
    BooleanField,
    DateTimeField,
    Exists,
    Expression,
    F,
    FloatField,
    Func,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import (
    Cast,
    Ceil,
    Coalesce,
    Concat,
    Extract,
    Floor,
    Length,
    Lower,
    NullIf,
    Right,
    Round,
    StrIndex,
    Substr,
    Trim,
    TruncDay,
    Upper,
)
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, IsNull, LessThan, LessThanOrEqual

from allmende.capabilities.urbandata.queries.sensorthings.kinds import KINDS, Kind
from allmende.capabilities.urbandata.rules.odata import BadQuery, Binary, Call, Literal, Node, Path, Unary

LOOKUPS = {"eq": Exact, "gt": GreaterThan, "ge": GreaterThanOrEqual, "lt": LessThan, "le": LessThanOrEqual}
MIRRORED = {"eq": "eq", "ne": "ne", "gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
LONGEST_PATH = 8
TRUE = True
PARTS = {"year": "year", "month": "month", "day": "day", "hour": "hour", "minute": "minute", "second": "second"}


class JsonNumber(Func):
    """The number that a JSON value is, else nothing: a text beside it breaks no query."""

    template = "(jsonb_path_query_first(%(expressions)s, 'strict $ ? (@.type() == \"number\")'))::float8"
    output_field = FloatField()


class JsonText(Func):
    """A JSON value as text, without its quotes."""

    template = "(%(expressions)s #>> '{}')"
    output_field = TextField()


class Remainder(Func):
    """Of floats, which PostgreSQL has only for numeric."""

    template = "mod(%(expressions)s)::float8"
    arg_joiner = "::numeric, "
    output_field = FloatField()

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        sql, params = super().as_sql(*args, **kwargs)
        return sql.replace(")::float8", "::numeric)::float8"), params


@dataclass(frozen=True, slots=True)
class Typed:
    """An expression and its type: number, text, bool, time, interval (with `end`), json, result (with `end`), null."""

    expression: Any
    type: str
    end: Any = None


@dataclass
class Translator:
    """Turns trees into conditions on one kind."""

    kind: Kind
    at: datetime
    through_many: bool = False

    def condition(self, node: Node) -> Q:
        """A condition. Raises BadQuery."""
        match node:
            case Binary("and" | "or" as name, left, right):
                one, other = self.condition(left), self.condition(right)
                return one & other if name == "and" else one | other
            case Unary("not", inner):
                return ~self.condition(inner)
            case Binary(name, left, right) if name in MIRRORED:
                return self.compared(name, self.value(left), self.value(right))
            case Call(name, (one, other)) if name in {"substringof", "contains", "startswith", "endswith"}:
                return self.found_in(name, one, other)
            case _:
                return self.holds(self.value(node))

    def holds(self, made: Typed) -> Q:
        """A truth value that stands for itself."""
        if made.type in {"json", "result"}:
            return Q(Exact(self.text(made), Value("true")))
        if made.type == "bool":
            return Q(Exact(made.expression, Value(TRUE)))
        raise BadQuery("The filter is no condition.")

    def found_in(self, name: str, one: Node, other: Node) -> Q:
        if name == "substringof":
            one, other = other, one
        whole, part = self.text(self.value(one)), self.text(self.value(other))
        if name == "endswith":
            return Q(Exact(Right(whole, Length(part)), part))
        place = StrIndex(whole, part)
        return Q(Exact(place, Value(1))) if name == "startswith" else Q(GreaterThan(place, Value(0)))

    def compared(self, name: str, left: Typed, right: Typed) -> Q:
        if left.type == "null" or right.type == "null":
            return self.nothing(name, right if left.type == "null" else left)
        if left.type != "interval" and right.type == "interval":
            left, right, name = right, left, MIRRORED[name]
        if left.type == "interval":
            return self.in_time(name, left, right)
        type_ = self.common(left, right)
        one, other = self.as_type(left, type_), self.as_type(right, type_)
        return ~Q(Exact(one, other)) if name == "ne" else Q(LOOKUPS[name](one, other))

    def nothing(self, name: str, one: Typed) -> Q:
        if name not in {"eq", "ne"}:
            raise BadQuery("null can only be equal or not.")
        if one.type == "null":
            return Q(Exact(Value(1), Value(1 if name == "eq" else 0)))
        empty = Q(IsNull(one.expression, TRUE))
        if one.type == "result":
            empty &= Q(IsNull(one.end, TRUE))
        return empty if name == "eq" else ~empty

    def in_time(self, name: str, span: Typed, other: Typed) -> Q:
        """An instant is compared with both ends of a span: `lt` is over before it, `gt` begins after it."""
        if other.type not in {"time", "interval"}:
            raise BadQuery("A time can only be compared with a time.")
        start, end = span.expression, Coalesce(span.end, span.expression)
        first = other.expression
        last = Coalesce(other.end, first) if other.type == "interval" else first
        made = {
            "lt": lambda: Q(LessThan(start, first)) & Q(LessThan(end, first)),
            "le": lambda: Q(LessThanOrEqual(start, first)) & Q(LessThanOrEqual(end, last)),
            "gt": lambda: Q(GreaterThan(start, last)),
            "ge": lambda: Q(GreaterThanOrEqual(start, first)),
        }
        same = Q(Exact(start, first)) & Q(Exact(end, last))
        return same if name == "eq" else ~same if name == "ne" else made[name]()

    def common(self, left: Typed, right: Typed) -> str:
        types = {left.type, right.type} - {"json", "result"}
        if len(types) > 1:
            raise BadQuery(f"{left.type} and {right.type} cannot be compared.")
        return types.pop() if types else "number" if {"result"} & {left.type, right.type} else "text"

    def as_type(self, one: Typed, type_: str) -> Any:
        if one.type == type_:
            return one.expression
        if type_ == "number":
            return one.expression if one.type == "result" else JsonNumber(one.expression)
        text = self.text(one)
        if type_ == "bool":
            return Exact(text, Value("true"))
        if type_ == "text":
            return text
        raise BadQuery("A time cannot be compared with what has no type.")

    def text(self, one: Typed) -> Any:
        if one.type == "text":
            return one.expression
        if one.type == "json":
            return JsonText(one.expression)
        if one.type == "result":
            return JsonText(one.end)
        raise BadQuery("A text is wanted here.")

    def number(self, node: Node) -> Any:
        return self.as_type(self.value(node), "number") if self.value(node).type in NUMERIC else self._no_number()

    @staticmethod
    def _no_number() -> Any:
        raise BadQuery("A number is wanted here.")

    def value(self, node: Node) -> Typed:
        """A value. Raises BadQuery."""
        match node:
            case Literal(value):
                return literal(value)
            case Path(steps):
                return self.path(steps)
            case Binary(name, left, right) if name in ARITHMETIC:
                return Typed(ARITHMETIC[name](self.number(left), self.number(right)), "number")
            case Call(name, arguments):
                return self.call(name, arguments)
            case _:
                raise BadQuery("A condition stands where a value is wanted.")

    def path(self, steps: tuple[str, ...]) -> Typed:
        if len(steps) > LONGEST_PATH:
            raise BadQuery(f"A path has at most {LONGEST_PATH} steps.")
        kind, prefix = self.kind, ""
        for place, step in enumerate(steps):
            rest = steps[place + 1 :]
            link = kind.links.get(step)
            if link is not None:
                self.through_many = self.through_many or link.many
                kind, prefix = KINDS[link.kind], f"{prefix}{link.path}__"
                continue
            if step in {"id", "@iot.id"} and not rest:
                return Typed(F(f"{prefix}{kind.key}"), "number")
            return self.property(kind, prefix, step, rest)
        raise BadQuery("The path ends at an entity; name one of its properties.")

    @staticmethod
    def property(kind: Kind, prefix: str, step: str, rest: tuple[str, ...]) -> Typed:
        column = kind.columns.get(step)
        if column is None:
            raise BadQuery(f"{kind.name} have no property {step[:60]!r}.")
        if column.type == "json" or (column.type == "result" and rest):
            made: Any = F(f"{prefix}{column.end or column.name}")
            for key in rest:
                made = KeyTransform(key, made)
            return Typed(made, "json")
        if rest:
            raise BadQuery(f"{step} has no parts.")
        end = F(f"{prefix}{column.end}") if column.end else None
        return Typed(F(f"{prefix}{column.name}"), column.type, end)

    def call(self, name: str, arguments: tuple[Node, ...]) -> Typed:
        if name in INSTANTS:
            return Typed(Value(INSTANTS[name] or self.at, DateTimeField()), "time")
        if name in ROUNDED:
            return Typed(ROUNDED[name](self.number(arguments[0]), output_field=FloatField()), "number")
        if name in {*PARTS, "date", "totaloffsetminutes", "fractionalseconds"}:
            return self.of_time(name, self.value(arguments[0]))
        return self.of_text(name, arguments)

    def of_text(self, name: str, arguments: tuple[Node, ...]) -> Typed:
        if name == "substring":
            return self.substring(arguments)
        words = [self.text(self.value(part)) for part in arguments]
        made: Any = None
        if name in TEXTS:
            made = TEXTS[name](words[0])
        elif name == "concat":
            made = Concat(*words, output_field=TextField())
        if made is not None:
            return Typed(made, "text")
        if name == "length":
            return Typed(Length(words[0]), "number")
        if name == "indexof":
            return Typed(StrIndex(*words) - Value(1), "number")
        raise BadQuery(f"{name} is not offered here.")

    def substring(self, arguments: tuple[Node, ...]) -> Typed:
        bounds = [part.value for part in arguments[1:] if isinstance(part, Literal) and isinstance(part.value, int)]
        if len(bounds) < len(arguments) - 1 or any(not 0 <= one < 10**6 for one in bounds):
            raise BadQuery("substring wants whole numbers from 0 on.")
        return Typed(Substr(self.text(self.value(arguments[0])), bounds[0] + 1, *bounds[1:]), "text")

    @staticmethod
    def of_time(name: str, one: Typed) -> Typed:
        if one.type not in {"time", "interval"}:
            raise BadQuery("A time is wanted here.")
        if name == "date":
            return Typed(TruncDay(one.expression, tzinfo=UTC), "time")
        if name == "totaloffsetminutes":
            return Typed(Value(0), "number")
        if name == "fractionalseconds":
            whole = Func(Value("microseconds"), one.expression, function="date_part", output_field=FloatField())
            return Typed(Remainder(whole, Value(1_000_000.0)) / Value(1_000_000.0), "number")
        return Typed(Extract(one.expression, PARTS[name], tzinfo=UTC), "number")


def _float(expression: Any) -> Any:
    return Cast(expression, FloatField())


NUMERIC = frozenset({"number", "json", "result"})
ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "add": lambda one, other: operator.add(_float(one), _float(other)),
    "sub": lambda one, other: operator.sub(_float(one), _float(other)),
    "mul": lambda one, other: operator.mul(_float(one), _float(other)),
    "div": lambda one, other: operator.truediv(_float(one), NullIf(_float(other), Value(0.0))),
    "mod": lambda one, other: Remainder(_float(one), NullIf(_float(other), Value(0.0))),
}
TEXTS: Mapping[str, type[Func]] = {"tolower": Lower, "toupper": Upper, "trim": Trim}
ROUNDED: Mapping[str, type[Func]] = {"round": Round, "floor": Floor, "ceiling": Ceil}
INSTANTS: Mapping[str, datetime | None] = {
    "now": None,
    "mindatetime": datetime(1, 1, 1, tzinfo=UTC),
    "maxdatetime": datetime(9999, 12, 31, tzinfo=UTC),
}


def literal(value: Any) -> Typed:
    if value is None:
        return Typed(Value(None, JSONField()), "null")
    if isinstance(value, bool):
        return Typed(Value(value, BooleanField()), "bool")
    if isinstance(value, int | float):
        return Typed(Value(float(value), FloatField()), "number")
    if isinstance(value, datetime):
        return Typed(Value(value, DateTimeField()), "time")
    if "\0" in value:
        raise BadQuery("A text holds no null character.")
    return Typed(Value(str(value), TextField()), "text")


def filtered(rows: QuerySet[Any], kind: Kind, node: Node, at: datetime) -> QuerySet[Any]:
    """The rows for which it holds; where it looks at many things, one that fits is enough, and no row comes twice."""
    translator = Translator(kind, at)
    condition = translator.condition(node)
    if not translator.through_many:
        return rows.filter(condition)
    if kind.name == "Observations":
        same = {"datastream_id": OuterRef("datastream_id"), "time": OuterRef("time"), "id": OuterRef("id")}
    else:
        same = {"pk": OuterRef("pk")}
    return rows.filter(Exists(kind.model._default_manager.filter(**same).filter(condition)))


def sorting(kind: Kind, steps: tuple[str, ...], at: datetime) -> Expression:
    """What `$orderby` sorts by. Raises BadQuery."""
    translator = Translator(kind, at)
    made = translator.path(steps)
    if translator.through_many:
        raise BadQuery("$orderby cannot look at many things.")
    found: Expression = made.expression
    return found
