"""A small council for tests, taken in as everything is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils import timezone

from allmende.capabilities.council import actions
from allmende.capabilities.council.models import AgendaItem, Meeting, Organization, Paper, Part, Person
from allmende.capabilities.council.rules.parts import DecisionData, PartData, Written
from allmende.capabilities.council.rules.records import Record
from allmende.core.actor import Actor, Channel, Grant, Role, Viewer

OFFICE = Actor(viewer=Viewer(None, frozenset({Grant(Role.COUNCIL_OFFICE)})), channel=Channel.SEED)
HIDDEN = "Geheim"
"""Stands in the name of everything that is not public."""


def key(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"test:{name}"))


def _record(kind: str, name: str, fields: dict[str, Any], public: bool = True, **links: Any) -> Record:  # noqa: FBT001, FBT002
    many = {field: tuple(map(key, value)) for field, value in links.items() if isinstance(value, tuple)}
    single = {field: key(value) for field, value in links.items() if isinstance(value, str)}
    return Record(kind, key(name), fields, single, many, public=public)


def records() -> list[Record]:
    """A council with a committee, two people, two meetings, a paper on its way, and what is nobody's business."""
    now = timezone.now().replace(microsecond=0)
    today = timezone.localdate(now)
    past, coming = now - timedelta(days=10), now + timedelta(days=10)
    plain = {"de": "Was sich für alle ändert", "en": "What changes for everybody"}
    body: dict[str, Any] = {"body": "body"}
    return [
        _record("location", "hall", {"description": "Rathaus", "longitude": 12.08, "latitude": 50.88}, **body),
        _record("body", "body", {"name": "Stadt Beispiel"}, location="hall"),
        _record("term", "term", {"name": "Wahlperiode"}, **body),
        _record("organization", "council", {"name": "Stadtrat", "organization_type": "Gremium"}, **body),
        _record(
            "organization",
            "committee",
            {"name": "Ausschuss für Wege", "organization_type": "Gremium"},
            sub_organization_of="council",
            **body,
        ),
        _record("person", "one", {"name": "Mitglied Eins"}, **body),
        _record("person", "two", {"name": "Mitglied Zwei"}, **body),
        _record("membership", "seat-1", {"role": "Mitglied"}, person="one", organization="council"),
        _record(
            "membership",
            "seat-2",
            {"role": "Mitglied", "end_date": today - timedelta(days=1)},
            person="two",
            organization="council",
        ),
        _record(
            "meeting",
            "before",
            {"name": "Sitzung des Ausschusses", "start": past, "end": past + timedelta(hours=2)},
            location="hall",
            organizations=("committee",),
            **body,
        ),
        _record(
            "meeting",
            "meeting",
            {"name": "Sitzung des Stadtrats", "start": coming, "end": coming + timedelta(hours=2)},
            location="hall",
            organizations=("council",),
            **body,
        ),
        _record("agenda_item", "first", {"name": "Neue Wege", "place": 0, "result": "empfohlen"}, meeting="before"),
        _record("agenda_item", "hidden", {"name": f"{HIDDEN}er Punkt", "place": 0}, public=False, meeting="meeting"),
        _record("agenda_item", "item", {"name": "Neue Wege", "place": 1, "label": "1"}, meeting="meeting"),
        _record("paper", "paper", {"name": "Neue Wege am Fluss", "reference": "1/26", "plain": plain}, **body),
        _record("paper", "hidden-paper", {"name": f"{HIDDEN}e Vorlage"}, public=False, related=("paper",), **body),
        _record(
            "consultation",
            "way-1",
            {"role": "Vorberatung"},
            paper="paper",
            meeting="before",
            agenda_item="first",
            organizations=("committee",),
        ),
        _record(
            "consultation",
            "way-2",
            {"role": "Entscheidung", "authoritative": True},
            paper="paper",
            meeting="meeting",
            agenda_item="item",
            organizations=("council",),
        ),
        _record("consultation", "hidden-way", {}, paper="paper", meeting="meeting", agenda_item="hidden"),
        _record("file", "file", {"name": "Vorlage", "role": "main", "text": "Wege aus Kies"}, paper="paper", **body),
        _record("file", "hidden-file", {"name": f"{HIDDEN}e Anlage", "text": HIDDEN}, paper="hidden-paper", **body),
        _record("file", "hidden-minutes", {"name": f"{HIDDEN}es Protokoll"}, public=False, meeting="meeting", **body),
    ]


def take(found: Sequence[Record], *, quiet: bool = True, source: str = "") -> actions.Outcome:
    return actions.take_in(actor=OFFICE, records=found, at=timezone.now(), quiet=quiet, source=source)


@dataclass(frozen=True)
class Council:
    records: Sequence[Record]
    meeting: Meeting
    item: AgendaItem
    paper: Paper
    organization: Organization
    person: Person


def council() -> Council:
    made = records()
    take(made)
    return Council(
        made,
        Meeting.objects.get(pk=key("meeting")),
        AgendaItem.objects.get(pk=key("item")),
        Paper.objects.get(pk=key("paper")),
        Organization.objects.get(pk=key("council")),
        Person.objects.get(pk=key("one")),
    )


def changed(made: Council, name: str, **fields: Any) -> Record:
    """One of the records with other fields."""
    found = next(one for one in made.records if one.key == key(name))
    return replace(found, fields={**found.fields, **fields})


def decided(made: Council) -> Record:
    return changed(made, "item", result="einstimmig beschlossen")


def hidden_changed(made: Council) -> Record:
    return changed(made, "hidden", result="beschlossen")


def called_off(made: Council) -> Record:
    return changed(made, "meeting", cancelled=True)


def parts(paper: Paper, *rows: tuple[str, str]) -> list[Part]:
    """Adds parts to a paper: (title, reference of what each is about, or nothing); all it has then, in order."""
    before = list(Part.objects.filter(paper=paper, place__isnull=False).order_by("place"))
    written: list[tuple[UUID | None, int, PartData]] = [
        (one.pk, one.edition, PartData(one.title, one.text, one.about)) for one in before
    ]
    written += [(None, 0, PartData(title, about=about)) for title, about in rows]
    actions.write_parts(actor=OFFICE, paper_id=paper.pk, data=Written(written), at=timezone.now())
    return list(Part.objects.filter(paper=paper, place__isnull=False).order_by("place"))


def decide(part: Part, decision: str, *, days_ago: int = 0) -> Part:
    """Records or corrects what was decided on a part; empty: takes it back."""
    part.refresh_from_db()
    day = timezone.localdate() - timedelta(days=days_ago) if decision else None
    data = DecisionData(decision, day, seen=part.edition)
    actions.decide_parts(actor=OFFICE, paper_id=part.paper_id, decisions={part.pk: data}, at=timezone.now())
    part.refresh_from_db()
    return part


def published(made: Council, name: str) -> Record:
    """One of the records, for everybody to read."""
    return replace(next(one for one in made.records if one.key == key(name)), public=True)
