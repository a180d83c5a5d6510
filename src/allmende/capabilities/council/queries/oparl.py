"""Objects for programs: what is public, what is gone, page by page; a fixed number of queries per page."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from pydantic_core import to_json

from allmende.capabilities.council.models import (
    AgendaItem,
    Body,
    Consultation,
    Meeting,
    Membership,
    Organization,
    Paper,
    Thing,
)
from allmende.capabilities.council.queries import said
from allmende.capabilities.council.queries.parts import parts_of, seen_item, things_of
from allmende.capabilities.council.queries.tracking import tasks_of, told
from allmende.capabilities.council.rules import oparl
from allmende.capabilities.council.rules.oparl import Json
from allmende.core import feeds, statements
from allmende.core.actor import Viewer

PAGE = 100
SECOND = timedelta(seconds=1)
LEFT_OPEN = re.compile(f"{said.OPEN}([0-9a-f-]{{36}}){said.OPEN}")


@dataclass(frozen=True)
class Window:
    """The four filters of every list; instants include their own second, since that is how they are told."""

    created_since: datetime | None = None
    created_until: datetime | None = None
    modified_since: datetime | None = None
    modified_until: datetime | None = None

    def conditions(self) -> Iterable[tuple[str, datetime]]:
        """SQL about the row `t`, each with the value of its one parameter."""
        for name in ("created", "modified"):
            since, until = getattr(self, f"{name}_since"), getattr(self, f"{name}_until")
            if since is not None:
                yield f"t.{name} >= %s", since
            if until is not None:
                yield f"t.{name} < %s", until + SECOND


@dataclass(frozen=True)
class Cursor:
    """The last row of the page before."""

    created: datetime
    id: UUID


@dataclass(frozen=True)
class Page:
    data: Sequence[str]
    """JSON, one text an object."""
    following: Cursor | None


@dataclass(frozen=True)
class Listing:
    """All rows of a type, or those that belong to something: a condition in SQL about the row `t` and its parameter."""

    model: type[Thing]
    belongs: str = "true"
    owner: tuple[UUID, ...] = ()


BELONGS: Mapping[type[Thing], str] = {
    AgendaItem: "(SELECT m.body_id FROM council_meeting m WHERE m.id = t.meeting_id)",
    Consultation: "(SELECT p.body_id FROM council_paper p WHERE p.id = t.paper_id)",
    Membership: "(SELECT o.body_id FROM council_organization o WHERE o.id = t.organization_id)",
}
"""To which body a row belongs; all others say it themselves."""
TIED: Mapping[str, tuple[type[Thing], str]] = {
    "meeting": (Meeting, "council_meeting_organizations"),
    "consultation": (Consultation, "council_consultation_organizations"),
}
"""Lists of an organisation: what it is tied with, and the table of pairs."""


def list_of(owner: type[Thing], key: UUID, name: str) -> Listing | None:
    """A list by its name in OParl: of a body, or the meetings and stations of an organisation."""
    if owner is Body and (model := oparl.LISTS.get(name)) is not None:
        return Listing(model, f"{BELONGS.get(model, 't.body_id')} = %s", (key,))
    if owner is Organization and name in TIED:
        model, pairs = TIED[name]
        found = f"SELECT p.{model.kind}_id FROM {pairs} p WHERE p.organization_id = %s"  # noqa: S608
        return Listing(model, f"t.id IN ({found})", (key,))
    return None


def bodies() -> Listing:
    return Listing(Body)


def is_public(model: type[Thing], key: UUID) -> bool:
    """Whether everybody may read it."""
    found = f"SELECT 1 FROM {model._meta.db_table} t WHERE t.id = %s AND {model.condition('t')}"  # noqa: S608
    return bool(statements.rows(found, [key]))


def single(model: type[Thing], key: UUID, at: datetime) -> str | None:
    """An object or its tombstone as JSON; None for what never was public, as for what never was."""
    found = _said(model, [key], at, tombstones=True)
    return found[0] if found else None


def page(listing: Listing, window: Window, after: Cursor | None, limit: int, *, at: datetime, slim: bool) -> Page:
    """One page in the order of creation. Tombstones only where „what changed since“ is asked, and there always.

    `slim`: without the objects that stand inside of others (`omit_internal`).

    What transactions that are still open may have written is left to the next reading, so that none is missed.
    """
    tombstones = window.modified_since is not None
    keys = _keys(listing, window, after, limit + 1, tombstones=tombstones)
    data = _said(listing.model, [key for _created, key in keys[:limit]], at, tombstones=tombstones, slim=slim)
    return Page(data, Cursor(*keys[limit - 1]) if len(keys) > limit else None)


def _keys(
    listing: Listing, window: Window, after: Cursor | None, most: int, *, tombstones: bool
) -> list[tuple[datetime, UUID]]:
    """Which rows a page holds. Planned for its values each time: what few rows changed is found by another index."""
    model = listing.model
    seen = model.condition("t")
    if tombstones:
        seen = f"(({seen}) OR (t.deleted AND {model.condition('t', ('was_public',))}))"
    conditions: list[str] = [seen, listing.belongs, "t.modified < %s"]
    values: list[Any] = [*listing.owner, feeds.safe_until()]
    for condition, value in window.conditions():
        conditions.append(condition)
        values.append(value)
    if after is not None:
        conditions.append("(t.created, t.id) > (%s, %s)")
        values += [after.created, after.id]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.created, t.id FROM {model._meta.db_table} t WHERE {' AND '.join(conditions)}"  # noqa: S608
            f" ORDER BY t.created, t.id LIMIT {most}",
            values,
        )
        found: list[tuple[datetime, UUID]] = cursor.fetchall()
    return found


def _said(model: type[Thing], keys: Sequence[UUID], at: datetime, *, tombstones: bool, slim: bool = False) -> list[str]:
    """The rows of these keys as JSON, in their order: what is hidden by now is left out."""
    if not keys:
        return []
    found: dict[UUID, str] = dict(statements.rows(said.statement(model, slim=slim), [list(keys), tombstones]))
    rows = [found[key] for key in keys if key in found]
    left_open = {UUID(key) for row in rows for key in LEFT_OPEN.findall(row)}
    if not left_open:
        return rows
    more = _decided_one_by_one(left_open, at) if model is Paper else _came_of(left_open)
    return [LEFT_OPEN.sub(lambda found: more.get(UUID(found[1]), ""), row) for row in rows]


def _came_of(items: Iterable[UUID]) -> dict[UUID, str]:
    """Point → what follows from it, as a property in JSON."""
    return {
        key: _properties({"allmende:tracking": [oparl.task(task, told(task)) for task in followed]})
        for key, followed in tasks_of(list(items)).items()
    }


def _decided_one_by_one(papers: Iterable[UUID], at: datetime) -> dict[UUID, str]:
    """Paper → its parts and what of other rooms they are about, as a property in JSON."""
    found = parts_of(list(papers))
    things = things_of([part for parts in found.values() for part in parts], Viewer(), at)
    said_of: dict[UUID, list[Json]] = defaultdict(list)
    for key, parts in found.items():
        for part in parts:
            said_of[key].append(
                oparl.part(part, seen_item(part), f"/r/{part.about}" if part.about_ref in things else "")
            )
    return {key: _properties({"allmende:parts": parts}) for key, parts in said_of.items()}


def _properties(values: Json) -> str:
    """To be put into an object, behind another property."""
    return f",{to_json(values).decode()[1:-1]}" if values else ""
