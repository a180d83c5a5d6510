"""What the council's office and the departments have in hand: drafts that are written, signed, and ready."""

from uuid import UUID

from allmende.accounts import interface as accounts
from allmende.capabilities.council import actions
from allmende.capabilities.council.models import Draft, Meeting
from allmende.capabilities.council.rules.agendas import MeetingData
from allmende.capabilities.council.rules.drafts import DraftData, Way
from allmende.capabilities.council.seeds.example import Example
from allmende.core import city
from allmende.core.actor import Actor


def _way(example: Example, *stations: tuple[str, str]) -> tuple[Way, ...]:
    return tuple(Way(UUID(example.key(key)), role) for key, role in stations)


def _offices() -> list[str]:
    """The city's departments, that of the demonstration's clerk first."""
    found = list(city.current().departments)
    clerk = accounts.demo_person("clerk")
    scopes = {grant.scope for grant in accounts.viewer_of(clerk.pk, "de").grants} if clerk is not None else set()
    return sorted(found, key=lambda slug: f"department:{slug}" not in scopes)


def seed_drafts(example: Example, actor: Actor) -> None:
    """One waits for the clerk's signature, one is signed and can be brought in, one was sent back."""
    offices = _offices()
    if len(offices) < 3:  # noqa: PLR2004 - who writes, and two who sign
        return
    mine, second, third = offices[:3]
    now = example.now
    way = _way(example, ("urban", "Vorberatung"), ("council", "Entscheidung"))
    shade = DraftData(
        "Mehr Schatten auf Spielplätzen (Beispiel)",
        "Der Stadtrat beschließt, bis zum übernächsten Sommer auf zehn Spielplätzen Bäume zu pflanzen oder "
        "Sonnensegel aufzustellen.",
        "Im Sommer sind viele Spielplätze mittags zu heiß. Eltern und Kinder haben das auf der Karte der "
        "Beteiligung eingetragen. Bäume brauchen Jahre, bis sie Schatten geben; wo es schneller gehen soll, helfen "
        "Sonnensegel.",
        "60.000 Euro, verteilt auf zwei Jahre, aus den Mitteln für Grünflächen (Beispiel).",
        second, is_public=True, in_order=True, signers=(third, mine), stations=way,
    )  # fmt: skip
    one = actions.begin_draft(actor=actor, data=shade, at=now, is_example=True)
    actions.send_draft(actor=actor, number=one.number, version=1, at=now)
    actions.sign_draft(
        actor=actor, number=one.number, department=third, version=1, at=now,
        remark="Bitte mit der Pflege der Grünflächen abstimmen, wann gepflanzt wird.",
    )  # fmt: skip
    benches = DraftData(
        "Bücherschränke in allen Stadtteilen (Beispiel)",
        "Der Stadtrat beschließt, in jedem Stadtteil einen öffentlichen Bücherschrank aufzustellen.",
        "Drei Bücherschränke gibt es schon, sie werden gut genutzt. Vereine haben zugesagt, sich zu kümmern.",
        "Je Schrank rund 4.000 Euro (Beispiel).",
        mine, is_public=True, in_order=False, signers=(second,), stations=way,
    )  # fmt: skip
    two = actions.begin_draft(actor=actor, data=benches, at=now, is_example=True)
    actions.send_draft(actor=actor, number=two.number, version=1, at=now)
    actions.sign_draft(actor=actor, number=two.number, department=second, version=1, at=now)
    land = DraftData(
        "Nichtöffentliches Beispiel: Pacht für den Garten am Bach",
        "Der Hauptausschuss stimmt dem Pachtvertrag zu.",
        "Der Vertrag nennt einen Menschen mit Namen und Anschrift (Beispiel).",
        "",
        mine, is_public=False, in_order=False, signers=(),
        stations=_way(example, ("main", "Entscheidung")),
    )  # fmt: skip
    three = actions.begin_draft(actor=actor, data=land, at=now, is_example=True)
    actions.send_draft(actor=actor, number=three.number, version=1, at=now)
    actions.submit_draft(actor=actor, number=three.number, version=1, at=now, quiet=True)


def seed_agendas(example: Example, actor: Actor) -> None:
    """A meeting that is being prepared, and one whose members are invited."""
    key = {name: UUID(example.key(name)) for name in ("council", "main", "main-later", "benches")}
    data = MeetingData(
        "Sitzung des Stadtrats",
        key["council"],
        example.at(62, 17),
        example.at(62, 20),
        f"Ratssaal, Rathaus, {city.current().name}",
    )
    one = actions.make_meeting(actor=actor, data=data, at=example.now, is_example=True)
    points: tuple[tuple[str, UUID | None, bool], ...] = (
        ("Fragen der Einwohnerinnen und Einwohner", None, True),
        ("", key["benches"], True),
        ("Nichtöffentliches Beispiel: Besetzung einer Stelle", None, False),
    )
    for name, paper, is_public in points:
        actions.add_point(
            actor=actor, number=one.number, name=name, paper_id=paper, is_public=is_public, at=example.now
        )
    later = Meeting.objects.get(pk=key["main-later"])
    actions.add_point(
        actor=actor, number=later.number, name="Was im nächsten Stadtrat ansteht", is_public=True, at=example.now
    )
    closed = Draft.objects.filter(is_public=False, paper__isnull=False).order_by("number").first()
    if closed is not None:
        actions.add_point(
            actor=actor, number=later.number, name="", paper_id=closed.paper_id, is_public=False, at=example.now
        )
    actions.invite_members(actor=actor, number=later.number, at=example.now, is_example=True)
