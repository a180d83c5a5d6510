"""What goes leaves a tombstone, and takes along what is part of it; what holds it counts as changed."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from allmende.capabilities.council.models import (
    KINDS,
    AgendaItem,
    Body,
    Consultation,
    File,
    FileText,
    LegislativeTerm,
    Meeting,
    Membership,
    Paper,
    Person,
    Thing,
)
from allmende.engines.media import interface as media

PARTS: tuple[tuple[type[Thing], str], ...] = tuple(
    (model, name) for model in KINDS.values() for name in model.hidden_with if name != "body"
)
"""(type, foreign key to what it is part of). A body is never deleted here: its council would go with it."""


def bury(rows: Collection[Thing], at: datetime) -> list[Thing]:
    """Makes tombstones of the rows and of all that is part of them; returns all of these. Call inside an action."""
    found: dict[UUID, Thing] = {}
    waiting = list(rows)
    while waiting:
        by_type: dict[type[Thing], list[UUID]] = defaultdict(list)
        for row in waiting:
            if row.pk not in found:
                found[row.pk] = row
                by_type[type(row)].append(row.pk)
        waiting = []
        for model, ids in by_type.items():
            model.objects.filter(pk__in=ids).update(public=False, deleted=True, modified=at)
            for part, name in PARTS:
                if part._meta.get_field(name).related_model is model:
                    waiting += part.objects.filter(**{f"{name}__in": ids, "deleted": False})
    FileText.objects.filter(file__in=[key for key, row in found.items() if isinstance(row, File)]).delete()
    for row in found.values():
        row.public, row.deleted, row.modified = False, True, at
        if isinstance(row, File):
            media.withdraw(row.ref)
    return list(found.values())


def touch_holders(rows: Collection[Thing], at: datetime) -> None:
    """Moves `modified` of what embeds these rows, if the change could be seen at all (OParl 1.1, section 2.7)."""
    holders: dict[type[Thing], set[UUID | None]] = defaultdict(set)
    for row in _told(rows):  # a change to what nobody may know of must not show in a date
        match row:
            case AgendaItem():
                holders[Meeting].add(row.meeting_id)
            case Consultation():
                holders[Paper].add(row.paper_id)
            case Membership():
                holders[Person].add(row.person_id)
            case LegislativeTerm():
                holders[Body].add(row.body_id)
            case File():
                holders[Paper].add(row.paper_id)
                holders[Meeting].add(row.meeting_id)
                holders[AgendaItem].add(row.agenda_item_id)
    items = [pk for pk in holders[AgendaItem] if pk]
    holders[Meeting].update(AgendaItem.objects.filter(pk__in=items, public=True).values_list("meeting_id", flat=True))
    for holder, ids in holders.items():
        holder.objects.filter(pk__in=[pk for pk in ids if pk], deleted=False, modified__lt=at).update(modified=at)


def _told(rows: Collection[Thing]) -> list[Thing]:
    """Those that programs may know of, as they stand now."""
    by_type: dict[type[Thing], list[UUID]] = defaultdict(list)
    for row in rows:
        by_type[type(row)].append(row.pk)
    told: set[UUID] = set()
    for model, keys in by_type.items():
        told.update(model.objects.known().filter(pk__in=keys).values_list("pk", flat=True))
    return [row for row in rows if row.pk in told]
