"""What a table of the open data is: columns with their meaning, rows in portions."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet

from allmende.capabilities.participation.workflow import PUBLIC_STATES, Texts

PORTION = 500
"""Rows read at a time."""
type Value = str | int | float | bool | None


@dataclass(frozen=True)
class Scope:
    """What is exported: these projects and their stores, as everybody sees them at this time."""

    projects: Collection[UUID]
    stores: Collection[UUID]
    at: datetime
    groups: Collection[UUID] = ()
    """Groups with what they minute and do; none in the export of one project."""


@dataclass(frozen=True)
class Column:
    """A column: its name in every file, its type (Frictionless Table Schema), what it means, where it comes from."""

    name: str
    type: str
    meaning: Texts
    value: Callable[[Any], Any]


@dataclass(frozen=True)
class Table:
    """A table: its name in every file, what it holds, its columns; the first is its key."""

    name: str
    titles: Texts
    meaning: Texts
    columns: tuple[Column, ...]
    query: Callable[[Scope], QuerySet[Any]]
    lines: Callable[[Any], Iterable[Any]] = lambda row: (row,)
    """What a row of the database comes to: itself, or the parts that it holds."""

    def rows(self, scope: Scope) -> Iterator[dict[str, Value]]:
        """Plain values in the order of the columns."""
        for row in _in_portions(self.query(scope)):
            for line in self.lines(row):
                yield {column.name: plain(column.value(line)) for column in self.columns}


def _in_portions(rows: QuerySet[Any]) -> Iterator[Model]:
    """All rows by key, so many at a time."""
    last: UUID | None = None
    while True:
        portion = list((rows.filter(pk__gt=last) if last else rows).order_by("pk")[:PORTION])
        yield from portion
        if len(portion) < PORTION:
            return
        last = portion[-1].pk


def plain(value: Any) -> Value:
    """A value as it stands in a file: instants in ISO 8601 with offset."""
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def own(name: str, kind: str, german: str, english: str, path: str = "") -> Column:
    """A column that is an attribute of the row, reached by `path` (its name unless said)."""

    def value(row: Any) -> Any:
        for part in (path or name).split("."):
            row = row.get(part) if isinstance(row, Mapping) else getattr(row, part, None)
        return row

    return Column(name, kind, {"de": german, "en": english}, value)


def texts(name: str, german: str, english: str, path: str = "") -> tuple[Column, ...]:
    """A text of the city in both languages."""
    found = own(name, "string", german, english, path)

    def of(language: str) -> Callable[[Any], Any]:
        return lambda row: (found.value(row) or {}).get(language, "")

    return (
        Column(f"{name}_de", "string", {"de": f"{german} (deutsch)", "en": f"{english} (German)"}, of("de")),
        Column(f"{name}_en", "string", {"de": f"{german} (englisch)", "en": f"{english} (English)"}, of("en")),
    )


PUBLIC = [state.value for state in PUBLIC_STATES]
STORE = own("store", "integer", "Nummer der Sammlung", "Number of the collection", "store.number")
IDEA = own("idea", "integer", "Nummer des Beitrags", "Number of the contribution", "idea.number")
EDITION = own("edition", "integer", "Fassung; die höchste gilt", "Edition; the highest one counts")
LANGUAGE = own("language", "string", "Sprache der Worte: de, en", "Language of the words: de, en")
EXAMPLE = own("is_example", "boolean", "Beispiel, kein echter Beitrag", "An example, not a real one")
DEPARTMENT = own("department", "string", "Kürzel des zuständigen Amtes", "Short name of the office in charge")


def public(scope: Scope, prefix: str = "") -> dict[str, Any]:
    """Conditions under which a contribution, or what hangs on it, is in the export."""
    return {f"{prefix}store__in": scope.stores, f"{prefix}state__in": PUBLIC, f"{prefix}published_at__lte": scope.at}
