"""How one batch of records becomes rows: in few statements however many there are."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.db.models import ForeignKey, ManyToManyField

from allmende.capabilities.council import events
from allmende.capabilities.council.actions.burying import bury
from allmende.capabilities.council.models import (
    KINDS,
    AgendaItem,
    Consultation,
    File,
    LooseEnd,
    Meeting,
    Paper,
    Thing,
)
from allmende.capabilities.council.rules.records import Record
from allmende.core.events import DomainEvent

CHUNK = 500
INDEXED = ("meeting", "paper", "organization", "person")
OWNERS = ("paper_id", "meeting_id", "agenda_item_id")
OWNER_OF = {
    "term": ("body",),
    "membership": ("person",),
    "agenda_item": ("meeting",),
    "consultation": ("paper",),
    "file": ("paper", "meeting", "agenda_item"),
}
"""Kind → what its rows are part of, under the name of our foreign key."""
FIXED = frozenset(
    {"id", "created", "number", "source_url", "is_example", "plain", "account", "own_paper", "open_by_orders"}
)
"""Columns that a later record of the same object never writes: ours, whatever the other system says."""


class Writing:
    """The state of one batch, written at clock time `at`. Knows every row that records speak of, by kind and key."""

    def __init__(self, at: datetime, *, is_example: bool = False) -> None:
        self.at = at
        self.is_example = is_example
        self.rows: dict[tuple[str, str], Thing] = {}
        self.new: list[Thing] = []
        self.different: dict[UUID, Thing] = {}
        self.gone: list[Thing] = []
        self.same = 0
        self.missing: list[tuple[Record, str]] = []
        self.late: list[tuple[Record, str]] = []
        self.loose: list[LooseEnd] = []
        self.keys: set[str] = set()
        self.before: dict[UUID, dict[str, Any]] = {}

    @property
    def touched(self) -> list[Thing]:
        return [*self.new, *self.different.values(), *self.gone]

    def meet_all(self, records: list[Record]) -> list[tuple[str, list[Record]]]:
        """The records by kind, in order; all rows that they speak of are read in two queries per kind."""
        found: dict[str, list[Record]] = defaultdict(list)
        keys: dict[str, set[str]] = defaultdict(set)
        self.keys = {record.key for record in records if not is_ours(record.key)}
        for record in records:
            found[record.kind].append(record)
            keys[record.kind].add(record.key)
            model = KINDS[record.kind]
            for name, key in record.links.items():
                keys[target(model, name)].add(key)
            for name, several in record.many.items():
                keys[target(model, name)].update(several)
        for kind, wanted in keys.items():
            ours = {UUID(key) for key in wanted if is_ours(key)}
            theirs = {key for key in wanted if not is_ours(key)}
            for row in KINDS[kind].objects.filter(pk__in=ours) if ours else ():
                self.rows[kind, str(row.pk)] = row
            for row in KINDS[kind].objects.filter(source_url__in=theirs) if theirs else ():
                self.rows[kind, str(row.source_url)] = row
        return list(found.items())

    def write(self, kind: str, records: list[Record]) -> None:
        """All records of one kind."""
        model = KINDS[kind]
        new: list[Thing] = []
        written: list[tuple[Thing, Record]] = []
        for record in records:
            row = self.rows.get((kind, record.key))
            values = None if self._goes(row, record) else self._values(model, record, row)
            if values is None:
                continue
            if row is None:
                key: dict[str, Any] = {"pk": UUID(record.key)} if is_ours(record.key) else {"source_url": record.key}
                row = model(**key, **values, created=self.at, modified=self.at, is_example=self.is_example)
                self.rows[kind, record.key] = row
                new.append(row)
            else:
                self._change(row, values)
            written.append((row, record))
        model.objects.bulk_create(new, batch_size=CHUNK)
        self.new += new
        fresh = {row.pk for row in new}
        for row in self._tie_several(model, written):
            if row.pk not in fresh:
                self.different[row.pk] = row
        changed = [row for row, _record in written if row.pk in self.different]
        self.same += len(written) - len(new) - len(changed)
        for row in changed:
            row.modified = self.at
            if isinstance(row, Meeting):
                row.sequence += 1
        if changed:
            names = [field.name for field in model._meta.concrete_fields if field.name not in FIXED]
            model.objects.bulk_update(changed, names, batch_size=CHUNK)

    def _goes(self, row: Thing | None, record: Record) -> bool:
        """Whether the record says that the thing is gone, or no longer for everybody; notes the row."""
        goes = record.deleted or (row is not None and row.public and not record.public)
        if goes and row is not None and not row.deleted:
            self.gone.append(row)
        return goes

    def _change(self, row: Thing, values: dict[str, Any]) -> None:
        if isinstance(row, File) and any(getattr(row, column) for column in OWNERS):
            values = {name: value for name, value in values.items() if name not in OWNERS}  # it stays where it is
        if isinstance(row, AgendaItem) and not values.get("result", ""):
            values = {name: value for name, value in values.items() if name != "result"}  # ours, from the vote
        different = {
            name for name, value in values.items() if name not in FIXED and getattr(row, name) != value
        }  # fmt: skip
        if different:
            self.before[row.pk] = {name: getattr(row, name) for name in different}
            for name in different:
                setattr(row, name, values[name])
            self.different[row.pk] = row

    def _values(self, model: type[Thing], record: Record, row: Thing | None) -> dict[str, Any] | None:
        """Column values; None when something is missing that the row cannot do without."""
        values: dict[str, Any] = {**record.fields, "public": record.public, "deleted": False}
        if record.public:
            values["was_public"] = True
        for name, key in record.links.items():
            found = self.rows.get((target(model, name), key))
            if found is not None:
                values[f"{name}_id"] = found.pk
            elif cast("ForeignKey[Any]", model._meta.get_field(name)).null:
                self.late.append((record, name))
                values.pop(f"{name}_id", None)
        needed = [
            field.name for field in model._meta.concrete_fields if isinstance(field, ForeignKey) and not field.null
        ]
        if row is None and (lacking := [name for name in needed if f"{name}_id" not in values]):
            self.missing.append((record, lacking[0]))
            return None
        lies_loose = row is None and record.public and not any(values.get(column) for column in OWNERS)
        if record.kind == "file" and lies_loose:
            self.missing.append((record, "paper"))
            return None
        return values

    def tie_late(self) -> None:
        """Foreign keys to what came later in the same batch; of what is not there the other system may tell later."""
        for record, name in self.late:
            row = self.rows.get((record.kind, record.key))
            found = self.rows.get((target(KINDS[record.kind], name), record.links[name]))
            if row is not None and found is None and not is_ours(record.key):
                self._note_loose(record, name, record.links[name])
            elif row is None or found is None:
                self.missing.append((record, name))
            elif getattr(row, f"{name}_id") != found.pk:
                setattr(row, f"{name}_id", found.pk)
                row.save(update_fields=[name])

    def _tie_several(self, model: type[Thing], written: list[tuple[Thing, Record]]) -> list[Thing]:
        """Makes lists of references what the records say; returns the rows of which one became different."""
        changed: dict[UUID, Thing] = {}
        for name in {name for _row, record in written for name in record.many}:
            field = cast("ManyToManyField[Any, Any]", model._meta.get_field(name))
            through = cast("Any", field.remote_field).through
            here, there = field.m2m_column_name(), field.m2m_reverse_name()
            mine = [(row, record) for row, record in written if name in record.many]
            have: dict[UUID, set[UUID]] = defaultdict(set)
            rows = through.objects.filter(**{f"{here}__in": [row.pk for row, _record in mine]})
            for one, other in rows.values_list(here, there):
                have[one].add(other)
            add = []
            for row, record in mine:
                found = [self.rows.get((target(model, name), key)) for key in record.many[name]]
                for key, one in zip(record.many[name], found, strict=True):
                    if one is None and not is_ours(record.key):
                        self._note_loose(record, name, key)
                want = {one.pk for one in found if one is not None}
                both_ways = bool(getattr(field.remote_field, "symmetrical", False))
                if both_ways:
                    want |= have[row.pk]  # the other side may have told of it
                if want == have[row.pk]:
                    continue
                changed[row.pk] = row
                lost = have[row.pk] - want
                if lost:
                    through.objects.filter(**{here: row.pk, f"{there}__in": lost}).delete()
                add += [through(**{here: row.pk, there: other}) for other in want - have[row.pk]]
                if both_ways:
                    add += [through(**{here: other, there: row.pk}) for other in want - have[row.pk]]
            through.objects.bulk_create(add, batch_size=CHUNK, ignore_conflicts=True)
        return list(changed.values())

    def _note_loose(self, record: Record, name: str, key: str) -> None:
        kind = target(KINDS[record.kind], name)
        self.loose.append(LooseEnd(kind=record.kind, key=record.key, name=name, target_kind=kind, target=key))

    def tie_loose(self) -> None:
        """What these records name and is not there yet is noted; what others wait for and now is there is tied."""
        if self.keys:
            LooseEnd.objects.filter(key__in=self.keys).delete()
        LooseEnd.objects.bulk_create(self.loose, batch_size=CHUNK, ignore_conflicts=True)
        come = {str(row.source_url): row for row in self.new if row.source_url}
        ends = list(LooseEnd.objects.filter(target__in=come)) if come else []
        waiting: dict[str, set[str]] = defaultdict(set)
        for end in ends:
            waiting[end.kind].add(end.key)
        for kind, keys in waiting.items():
            for row in KINDS[kind].objects.filter(source_url__in=keys):
                self.rows[kind, str(row.source_url)] = row
        for end in ends:
            waits, found = self.rows.get((end.kind, end.key)), come[end.target]
            if waits is None or found.kind != end.target_kind:
                continue
            if isinstance(waits._meta.get_field(end.name), ForeignKey):
                type(waits).objects.filter(pk=waits.pk).update(**{f"{end.name}_id": found.pk}, modified=self.at)
            else:
                getattr(waits, end.name).add(found)
                type(waits).objects.filter(pk=waits.pk).update(modified=self.at)
            self.different.setdefault(waits.pk, waits)
        LooseEnd.objects.filter(pk__in=[end.pk for end in ends]).delete()

    def part(self, records: Iterable[Record]) -> None:
        """What was part of a thing, and is no longer named where its parts are, is gone."""
        for kind, model in KINDS.items():
            owners: dict[str, tuple[str, ...]] = {
                record.key: record.parts[kind] for record in records if kind in record.parts
            }
            for name in OWNER_OF.get(kind, ()) if owners else ():
                held = model.objects.filter(**{f"{name}__source_url__in": owners, "deleted": False})
                for row in held.exclude(source_url=None).select_related(name):
                    if row.source_url not in owners[getattr(row, name).source_url]:
                        self.gone.append(row)

    def bury(self) -> None:
        """What is gone takes with it what is part of it."""
        self.gone = bury(self.gone, self.at)

    def to_index(self) -> list[str]:
        """What the public index has to look at again."""
        found = {f"{row.kind}/{row.pk}" for row in self.touched if row.kind in INDEXED}
        for row in self.touched:
            if isinstance(row, Consultation):
                found.add(f"paper/{row.paper_id}")
            elif isinstance(row, AgendaItem):
                found.add(f"meeting/{row.meeting_id}")
        return sorted(found | self._found_by_files())

    def _found_by_files(self) -> set[str]:
        """Papers and meetings that are found by the words of these files."""
        files = [row for row in self.touched if isinstance(row, File)]
        items = {row.agenda_item_id for row in files if row.agenda_item_id is not None}
        meetings = {row.meeting_id for row in files if row.meeting_id is not None}
        if items:
            meetings |= set(AgendaItem.objects.filter(pk__in=items).values_list("meeting_id", flat=True))
        papers = {f"paper/{row.paper_id}" for row in files if row.paper_id is not None}
        return papers | {f"meeting/{key}" for key in meetings}

    def news(self, at: datetime) -> Iterable[DomainEvent]:
        """What people who follow something want to be told; nothing of what is not public."""
        for row in self.new:
            if isinstance(row, Meeting) and row.public and row.start is not None and row.start > at:
                yield events.MeetingAnnounced(ref=row.ref)
            elif isinstance(row, Paper) and row.public:
                yield events.PaperPublished(ref=row.ref)
        for row in self.different.values():
            before = self.before.get(row.pk, {})
            moved = {"start", "location_id", "cancelled"} & before.keys()
            if isinstance(row, Meeting) and row.public and moved and row.start is not None and row.start > at:
                yield events.MeetingMoved(ref=row.ref)
        resolved = [row for row in self.touched if isinstance(row, AgendaItem) and self._is_resolved(row)]
        papers = Paper.objects.public().filter(consultations__agenda_item__in=resolved).distinct() if resolved else ()
        for paper in papers:
            yield events.PaperDealtWith(ref=paper.ref)

    def _is_resolved(self, item: AgendaItem) -> bool:
        """Whether this batch is the first that tells of a result."""
        before = self.before.get(item.pk)
        fresh = before is None and item.pk not in self.different
        return item.public and bool(item.result) and (fresh or (before is not None and before.get("result") == ""))


def target(model: type[Thing], name: str) -> str:
    """The kind that a foreign key or a list points to."""
    related = model._meta.get_field(name).related_model
    assert isinstance(related, type)
    assert issubclass(related, Thing)
    return related.kind


def is_ours(key: str) -> bool:
    """Whether a key is a UUID of ours, not an address of another system."""
    return "/" not in key
