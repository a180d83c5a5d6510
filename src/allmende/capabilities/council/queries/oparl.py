"""Objects for programs: what is public, what is gone, page by page; a fixed number of queries per page."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import ManyToManyField, Prefetch, Q, QuerySet

from allmende.capabilities.council.models import (
    AgendaItem,
    Body,
    Consultation,
    File,
    LegislativeTerm,
    Location,
    Meeting,
    Membership,
    Organization,
    Paper,
    Person,
    Thing,
)
from allmende.capabilities.council.models.base import among
from allmende.capabilities.council.queries.parts import parts_of, seen_item, things_of
from allmende.capabilities.council.queries.tracking import tasks_of, told
from allmende.capabilities.council.queries.votes import all_votes_of
from allmende.capabilities.council.rules import oparl
from allmende.capabilities.council.rules.oparl import Json
from allmende.core import feeds
from allmende.core.actor import Viewer

PAGE = 100
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Window:
    """The four filters of every list; instants include their own second, since that is how they are told."""

    created_since: datetime | None = None
    created_until: datetime | None = None
    modified_since: datetime | None = None
    modified_until: datetime | None = None

    def condition(self) -> Q:
        found = Q()
        for name in ("created", "modified"):
            since, until = getattr(self, f"{name}_since"), getattr(self, f"{name}_until")
            if since is not None:
                found &= Q(**{f"{name}__gte": since})
            if until is not None:
                found &= Q(**{f"{name}__lt": until + SECOND})
        return found


@dataclass(frozen=True)
class Cursor:
    """The last row of the page before."""

    created: datetime
    id: UUID


@dataclass(frozen=True)
class Page:
    data: Sequence[Json]
    following: Cursor | None


def _seen(name: str, model: type[Thing], to: str, *, order: Sequence[str] = ("created", "id"), more: Any = None) -> Any:
    rows = model.objects.public().order_by(*order)
    if more is not None:
        rows = more(rows)
    return Prefetch(name, rows, to_attr=to)


def _files() -> Any:
    return _seen("files", File, "seen_files")


def _complete(rows: QuerySet[Any], *, slim: bool = False) -> QuerySet[Any]:  # noqa: PLR0911 - one line per type
    """With everything that `rules.oparl` reads of a row; `slim`: but for objects that stand inside of it."""
    model = rows.model
    if model is Body:
        return rows.select_related("location").prefetch_related(_seen("terms", LegislativeTerm, "seen_terms"))
    if model is Organization:
        members = _seen("memberships", Membership, "seen_memberships")
        return rows.select_related("body", "location", "sub_organization_of").prefetch_related(members)
    if model is Person:
        seats = _seen(
            "memberships",
            Membership,
            "seen_memberships",
            more=lambda found: found.select_related("organization", "on_behalf_of"),
        )
        return rows.select_related("body").prefetch_related(seats)
    if model is Membership:
        return rows.select_related("person", "organization", "on_behalf_of")
    if model is LegislativeTerm:
        return rows.select_related("body")
    if model is Consultation:
        return rows.select_related("paper")
    if model is Paper:
        rows = rows.select_related("body")
        way = _seen("consultations", Consultation, "seen_consultations")
        return rows if slim else rows.prefetch_related(_files(), way, _seen("locations", Location, "seen_places"))
    if model is Meeting:
        rows = rows.select_related("location")
        items = _seen("items", AgendaItem, "seen_items", order=("place", "id"))
        return rows if slim else rows.prefetch_related(_files(), items)
    return rows


INSIDE = ("seen_files", "seen_items", "seen_consultations", "seen_places")
"""What `_complete` leaves out of rows that are to be slim."""


def _link(rows: Iterable[Thing]) -> None:
    """Reads with what the rows of one type are tied, as keys: `linked`, relation → keys. One query."""
    owners = {row.pk: row for row in rows if not row.deleted}
    for row in owners.values():
        row.linked = defaultdict(list)  # type: ignore[attr-defined]
    model = next((type(row) for row in owners.values()), None)
    if model is not None and model in LINKS:
        with connection.cursor() as cursor:
            cursor.execute(_links_of(model), {"keys": list(owners)})
            for name, owner, key in cursor.fetchall():
                owners[owner].linked[name].append(key)  # type: ignore[attr-defined]


LINKS: Mapping[type[Thing], Sequence[str]] = {
    Meeting: ("organizations",),
    Consultation: ("organizations",),
    Paper: (
        *("related", "superordinated", "subordinated"),
        *("originator_people", "originator_organizations", "under_direction_of"),
    ),
}


@cache
def _links_of(model: type[Thing]) -> str:
    """SQL: (relation, key of the row, key of what it is tied with), of what everybody may read, as it was created."""
    found = []
    for name in LINKS[model]:
        field: Any = model._meta.get_field(name)
        there: Any = field if isinstance(field, ManyToManyField) else field.remote_field
        ends = (there.m2m_column_name(), there.m2m_reverse_name())
        own, other = ends if there is field else ends[::-1]
        target = field.related_model
        found.append(
            f"SELECT '{name}', t.{own}, r.id, r.created FROM {there.remote_field.through._meta.db_table} t"  # noqa: S608
            f" JOIN {target._meta.db_table} r ON r.id = t.{other}"
            f" WHERE t.{own} = ANY(%(keys)s) AND {target.looked_up('r.id')}"
        )
    return (
        f"SELECT name, own, other FROM ({' UNION ALL '.join(found)}) AS tied (name, own, other, at) ORDER BY at, other"  # noqa: S608
    )


def _places(rows: Sequence[AgendaItem]) -> dict[UUID, int]:
    """The position of each point among the public ones of its meeting."""
    counted: dict[UUID, int] = defaultdict(int)
    found: dict[UUID, int] = {}
    if not rows:
        return found
    points = AgendaItem.objects.public().filter(among("meeting", {row.meeting_id for row in rows}))
    for key, meeting_id in points.order_by("place", "id").values_list("pk", "meeting_id"):
        found[key] = counted[meeting_id]
        counted[meeting_id] += 1
    return found


def said(rows: Sequence[Thing], at: datetime, *, slim: bool = False) -> list[Json]:
    """Rows of one type that `_complete` has read, as OParl says them."""
    _link(rows)
    _link([way for row in rows if isinstance(row, Paper) for way in row.seen_consultations])  # type: ignore[attr-defined]
    points = _places([row for row in rows if isinstance(row, AgendaItem) and not row.deleted])
    _see_what_came_of_it(rows, slim=slim)
    _see_parts([row for row in rows if isinstance(row, Paper)], at)
    return [_one(row, points) for row in rows]


def _see_what_came_of_it(rows: Sequence[Thing], *, slim: bool) -> None:
    """Reads way, files, votes and tasks of all points among the rows, also of those inside of meetings."""
    items = [row for row in rows if isinstance(row, AgendaItem)]
    for row in rows:
        items += row.seen_items if isinstance(row, Meeting) else []  # type: ignore[attr-defined]
    keys = [item.pk for item in items if not item.deleted]
    found, tasks, ways = (all_votes_of(keys), tasks_of(keys), _ways(keys)) if keys else ({}, {}, {})
    files = _files_of(keys) if keys and not slim else {}
    for item in items:
        item.seen_files = files.get(item.pk, [])  # type: ignore[attr-defined]
        item.seen_way = ways.get(item.pk)  # type: ignore[attr-defined]
        item.seen_votes = found.get(item.pk, [])  # type: ignore[attr-defined]
        item.seen_tasks = [(task, told(task)) for task in tasks.get(item.pk, ())]  # type: ignore[attr-defined]


def _files_of(items: Sequence[UUID]) -> dict[UUID, list[File]]:
    found: dict[UUID, list[File]] = defaultdict(list)
    for row in File.objects.public().filter(among("agenda_item", items)).order_by("created", "id"):
        assert row.agenda_item_id is not None
        found[row.agenda_item_id].append(row)
    return found


def _ways(items: Sequence[UUID]) -> dict[UUID, UUID]:
    """Point → the station that ends there, the first one where there are several."""
    rows = Consultation.objects.public().filter(among("agenda_item", items)).order_by("-created", "-id")
    return dict(rows.values_list("agenda_item", "pk"))


def _see_parts(papers: Sequence[Paper], at: datetime) -> None:
    """Reads what is decided one by one in all papers among the rows, and what of other rooms that is about."""
    found = parts_of([row.pk for row in papers if not row.deleted])
    every = [part for parts in found.values() for part in parts]
    things = things_of(every, Viewer(), at)
    for row in papers:
        row.seen_parts = [  # type: ignore[attr-defined]
            (part, seen_item(part), f"/r/{part.about}" if part.about_ref in things else "")
            for part in found.get(row.pk, ())
        ]


def _one(row: Thing, points: dict[UUID, int]) -> Json:  # noqa: C901, PLR0911 - one line per type
    if row.deleted:
        return oparl.tombstone(row)
    match row:
        case Body():
            return oparl.body(row)
        case LegislativeTerm():
            return oparl.term(row)
        case Organization():
            return oparl.organization(row)
        case Person():
            return oparl.person(row)
        case Membership():
            return oparl.membership(row)
        case Location():
            return oparl.location(row)
        case Meeting():
            return oparl.meeting(row)
        case AgendaItem():
            return oparl.agenda_item(row, order=points.get(row.pk, 0))
        case Paper():
            return oparl.paper(row)
        case Consultation():
            return oparl.consultation(row)
        case File():
            return oparl.file(row)
    raise AssertionError(type(row))


def single(model: type[Thing], key: UUID, at: datetime) -> Json | None:
    """An object or its tombstone; None for what never was public, as for what never was."""
    row = _complete(model.objects.known().filter(pk=key)).first()
    return None if row is None else said([row], at)[0]


def owned_by(model: type[Thing], body_id: UUID) -> QuerySet[Any]:
    """The rows of a type that belong to a body; programs may know of the tombstones among them."""
    rows: QuerySet[Any] = model.objects.all()
    way = {
        AgendaItem: "meeting__body",
        Consultation: "paper__body",
        Membership: "organization__body",
    }.get(model, "body")
    return rows.filter(**{way: body_id})


def page(
    rows: QuerySet[Any], window: Window, after: Cursor | None, limit: int, *, at: datetime, slim: bool = False
) -> Page:
    """One page in the order of creation. Tombstones only where „what changed since“ is asked, and there always.

    `slim`: without the objects that stand inside of others (`omit_internal`).

    What transactions that are still open may have written is left to the next reading, so that none is missed.
    """
    shown = rows.known() if window.modified_since is not None else rows.public()  # type: ignore[attr-defined]
    shown = shown.filter(window.condition(), modified__lt=feeds.safe_until())
    if after is not None:
        shown = shown.filter(Q(created__gt=after.created) | Q(created=after.created, pk__gt=after.id))
    found = list(_complete(shown, slim=slim).order_by("created", "id")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    if slim:
        for row in found:
            row.__dict__.update(dict.fromkeys(INSIDE, ()))
    told = said(found[:limit], at, slim=slim)
    return Page(
        [oparl.without_internal(one) for one in told] if slim else told,
        Cursor(last.created, last.pk) if last is not None else None,
    )


def list_of(owner: Thing, name: str) -> QuerySet[Any] | None:
    """A list by its name in OParl: of a body, or the meetings and stations of an organisation."""
    if isinstance(owner, Body):
        model = oparl.LISTS.get(name)
        return None if model is None else owned_by(model, owner.pk)
    if isinstance(owner, Organization) and name == "meeting":
        return Meeting.objects.filter(organizations=owner)
    if isinstance(owner, Organization) and name == "consultation":
        return Consultation.objects.filter(organizations=owner)
    return None


def bodies() -> QuerySet[Any]:
    return Body.objects.all()
