"""The example as records, in the very form in which another system's objects come in."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings

from allmende.capabilities.council.rules.records import Record
from allmende.capabilities.council.seeds.words import (
    COMMITTEES,
    GROUPS,
    HIDDEN_ITEM,
    HIDDEN_PAPER,
    PAPERS,
    PROPOSALS,
)
from allmende.core import city

FRIDAY = 5
"""As `isoweekday` counts."""
SEATS = 3
"""Members of each group."""


class Example:
    """Makes the records of one city; dates count from `now`."""

    def __init__(self, wishes: Mapping[str, Any], now: datetime) -> None:
        self.wishes = wishes
        self.now = now
        self.city = city.current()

    def key(self, name: str) -> str:
        """The same name is the same object, in every run."""
        return str(uuid5(NAMESPACE_URL, f"allmende:council:{settings.CITY_ID}:{name}"))

    def day(self, offset: int) -> date:
        """So many days from now, moved to a working day."""
        day = (self.now + timedelta(days=offset)).astimezone(self.city.zone).date()
        return day + timedelta(days=8 - day.isoweekday() if day.isoweekday() > FRIDAY else 0)

    def at(self, offset: int, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(self.day(offset), time(hour, minute), self.city.zone)

    def records(self) -> list[Record]:
        return [
            *self.places(),
            *self.council(),
            *self.people(),
            *self.meetings(),
            *self.papers(),
            *self.consultations(),
            *self.files(),
        ]

    def record(self, kind: str, name: str, fields: Mapping[str, Any], **more: Any) -> Record:
        links = {key: self.key(value) for key, value in more.pop("links", {}).items()}
        many = {key: tuple(map(self.key, value)) for key, value in more.pop("many", {}).items()}
        return Record(kind, self.key(name), fields, links, many, **more)

    def places(self) -> Iterator[Record]:
        longitude, latitude = self.city.centre
        hall = {"description": "Rathaus", "room": "Ratssaal", "locality": self.city.name}
        middle = {"longitude": longitude, "latitude": latitude}
        yield self.record("location", "hall", {**hall, **middle}, links={"body": "body"})
        stop = {"description": "Haltestelle am Markt (Beispiel)", "locality": self.city.name}
        beside = {"longitude": longitude + 0.004, "latitude": latitude + 0.002}
        yield self.record("location", "stop", {**stop, **beside}, links={"body": "body"})

    def council(self) -> Iterator[Record]:
        name = self.city.name
        fields = {
            "name": f"Stadt {name}",
            "short_name": name,
            "ags": str(self.wishes.get("ags", "")),
            "classification": "Stadt",
            "contact_name": "Büro des Stadtrats (Beispiel)",
        }
        yield self.record("body", "body", fields, links={"location": "hall"})
        first = self.day(0).year - 2
        term = {"name": f"Wahlperiode {first}–{first + 5}", "start_date": date(first, 7, 1)}
        yield self.record("term", "term", {**term, "end_date": date(first + 5, 6, 30)}, links={"body": "body"})
        for key, (label, plain) in COMMITTEES.items():
            links = {"body": "body", "location": "hall"}
            if key != "council":
                links["sub_organization_of"] = "council"
            about = {"name": label, "organization_type": "Gremium", "plain": plain, "start_date": date(first, 7, 1)}
            yield self.record("organization", key, about, links=links)
        for key, label in GROUPS.items():
            about = {"name": label, "organization_type": "Fraktion", "start_date": date(first, 7, 1)}
            yield self.record("organization", key, about, links={"body": "body"})
        for slug, office in list(self.city.departments.items())[:4]:
            about = {"name": office.name("de"), "organization_type": "Verwaltungsbereich"}
            yield self.record("organization", f"office-{slug}", about, links={"body": "body"})

    def people(self) -> Iterator[Record]:
        """A chair, members per group with a seat in a committee each; one who has left, and who came instead."""
        first = self.day(0).year - 2
        since = date(first, 7, 1)
        yield self.person("chair", "Vorsitz des Stadtrats", "Vorsitzende oder Vorsitzender")
        yield self.seat("chair", "council", "Vorsitz", since)
        committees = [key for key in COMMITTEES if key != "council"]
        for place, (group, label) in enumerate(GROUPS.items()):
            for number in range(1, SEATS + 1):
                who = f"{group}-{number}"
                yield self.person(
                    who, f"Ratsmitglied {label.removeprefix('Gruppe ')} {number}", "Mitglied des Stadtrats"
                )
                yield self.seat(who, "council", "Mitglied", since, sent_by=group)
                yield self.seat(who, group, "Vorsitz" if number == 1 else "Mitglied", since)
                committee = committees[(place + number) % len(committees)]
                yield self.seat(who, committee, "Vorsitz" if place == number == 1 else "Mitglied", since, sent_by=group)
        left = next(iter(GROUPS))
        yield self.person("left", f"Früheres Ratsmitglied {GROUPS[left].removeprefix('Gruppe ')}", "ausgeschieden")
        yield self.seat("left", "council", "Mitglied", since, ended=self.day(-200), sent_by=left)

    def person(self, who: str, name: str, status: str) -> Record:
        fields = {"name": f"{name} (Beispiel)", "status": [status]}
        return self.record("person", f"person-{who}", fields, links={"body": "body"})

    def seat(
        self, who: str, where: str, role: str, since: date, *, ended: date | None = None, sent_by: str = ""
    ) -> Record:
        fields = {"role": role, "start_date": since, "end_date": ended, "voting_right": True}
        links = {"person": f"person-{who}", "organization": where}
        if sent_by:
            links["on_behalf_of"] = sent_by
        return self.record("membership", f"seat-{who}-{where}", fields, links=links)

    MEETINGS = (
        ("digital-past", "digital", -41, "Sitzung des Ausschusses für Digitales und Beteiligung"),
        ("main-past", "main", -30, "Sitzung des Hauptausschusses"),
        ("council-past", "council", -20, "Sitzung des Stadtrats"),
        ("urban-next", "urban", 4, "Sitzung des Ausschusses für Stadtentwicklung und Verkehr"),
        ("digital-next", "digital", 6, "Sitzung des Ausschusses für Digitales und Beteiligung"),
        ("council-next", "council", 15, "Sitzung des Stadtrats"),
        ("main-later", "main", 34, "Sitzung des Hauptausschusses"),
    )
    ITEMS: tuple[tuple[str, str, str, str, str], ...] = (
        ("digital-past", "1", "Bericht aus den Arbeitsgruppen", "zur Kenntnis genommen", ""),
        ("digital-past", "2", "Welche der 14 Vorschläge werden umgesetzt?", "empfohlen", ""),
        ("main-past", "1", "Welche der 14 Vorschläge werden umgesetzt?", "empfohlen", ""),
        ("council-past", "1", "Eröffnung und Tagesordnung", "", ""),
        ("council-past", "2", "Anfrage: Wie oft wird der Mängelmelder genutzt?", "beantwortet", ""),
        (
            "council-past",
            "3",
            "Welche der 14 Vorschläge werden umgesetzt?",
            "beschlossen",
            "Der Stadtrat beschließt die Vorschläge, über die unter den Punkten 3.1 bis 3.14 einzeln abgestimmt wurde.",
        ),
        ("urban-next", "1", "Bänke an Haltestellen", "", ""),
        ("digital-next", "1", "Entwurf der Smart-City-Strategie", "", ""),
        ("council-next", "1", "Fragen der Einwohnerinnen und Einwohner", "", ""),
        ("council-next", "2", "Entwurf der Smart-City-Strategie", "", ""),
        ("council-next", "3", "Ideenwettbewerb: Wer bekommt die Preise?", "", ""),
        ("council-next", "4", "Bänke an Haltestellen", "", ""),
    )

    def meetings(self) -> Iterator[Record]:
        for key, who, offset, name in self.MEETINGS:
            fields = {"name": name, "start": self.at(offset, 17), "end": self.at(offset, 20)}
            links = {"body": "body", "location": "hall"}
            yield self.record("meeting", key, fields, links=links, many={"organizations": (who,)})
        for place, (meeting, label, name, result, text) in enumerate(self.ITEMS):
            fields = {"place": place, "label": label, "name": name, "result": result, "resolution_text": text}
            yield self.record("agenda_item", f"{meeting}-{label}", fields, links={"meeting": meeting})
        for number, (name, result) in enumerate(PROPOSALS, 1):
            fields = {"place": 100 + number, "label": f"3.{number}", "name": name, "result": result}
            links = {"meeting": "council-past"}
            yield self.record("agenda_item", f"council-past-3.{number}", fields, links=links)
        hidden = {"place": 200, "label": "N 1", "name": HIDDEN_ITEM, "result": "beschlossen"}
        links = {"meeting": "council-past"}
        yield self.record("agenda_item", "secret", hidden, links=links, public=False)

    def papers(self) -> Iterator[Record]:
        year = self.day(0).year
        for key, row in PAPERS.items():
            fields = {
                "name": row.name,
                "reference": f"{row.reference}/{year}",
                "paper_type": row.kind,
                "date": self.day(row.offset),
                "plain": row.plain,
            }
            by = row.by or f"office-{next(iter(self.city.departments), '')}"
            many = {"originator_organizations": (by,), "locations": ("stop",) if key == "benches" else ()}
            if key == "strategy":
                many["related"] = ("proposals",)
            yield self.record("paper", key, fields, links={"body": "body"}, many=many)
        hidden = {"name": HIDDEN_PAPER, "reference": f"099/{year}", "paper_type": "Beschlussvorlage"}
        many = {"related": ("proposals",)}
        yield self.record("paper", "secret-paper", hidden, links={"body": "body"}, many=many, public=False)

    WAYS = (
        ("proposals", "digital-past", "2", "digital", "Vorberatung"),
        ("proposals", "main-past", "1", "main", "Vorberatung"),
        ("proposals", "council-past", "3", "council", "Entscheidung"),
        ("question", "council-past", "2", "council", "Kenntnisnahme"),
        ("strategy", "digital-next", "1", "digital", "Vorberatung"),
        ("strategy", "council-next", "2", "council", "Entscheidung"),
        ("prizes", "council-next", "3", "council", "Entscheidung"),
        ("benches", "urban-next", "1", "urban", "Vorberatung"),
        ("benches", "council-next", "4", "council", "Entscheidung"),
    )

    def consultations(self) -> Iterator[Record]:
        for paper, meeting, label, who, role in self.WAYS:
            links = {"paper": paper, "meeting": meeting, "agenda_item": f"{meeting}-{label}"}
            fields = {"role": role, "authoritative": role == "Entscheidung"}
            many = {"organizations": (who,)}
            yield self.record("consultation", f"{paper}-{meeting}", fields, links=links, many=many)
        links = {"paper": "secret-paper", "meeting": "council-past", "agenda_item": "secret"}
        yield self.record(
            "consultation", "secret-way", {"role": "Entscheidung"}, links=links, many={"organizations": ("council",)},
            public=False,
        )  # fmt: skip

    def files(self) -> Iterator[Record]:
        for key, heading, text, _points in self.documents():
            fields = {
                "name": heading,
                "file_name": "vorlage-14-vorschlaege.pdf",
                "role": "main",
                "text": text,
                "date": self.day(PAPERS["proposals"].offset),
            }
            yield Record("file", key, fields, {"paper": self.key("proposals"), "body": self.key("body")})
        fields = {"name": f"Anlage {HIDDEN_PAPER}", "file_name": "geheim-beispiel.pdf", "role": "main"}
        links = {"paper": "secret-paper", "body": "body"}
        yield self.record("file", "secret-file", fields, links=links, public=True)

    def documents(self) -> Iterator[tuple[str, str, str, list[str]]]:
        """(key of the file, heading, summary, points) of what is there as PDF."""
        heading = "Beschlussvorlage: Welche der 14 Vorschläge werden umgesetzt?"
        text = (
            "Der Strategiekreis legt dem Stadtrat 14 Vorschläge vor. Über jeden wird einzeln abgestimmt. "
            "Was beschlossen wird, beginnt als Pilot."
        )
        yield self.key("file-proposals"), heading, text, [name for name, _result in PROPOSALS]
