"""An example opinion map: statements from what the city asks itself; votes made up by a program, and marked so."""

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from allmende.accounts import interface as accounts
from allmende.capabilities.surveys.actions import opinion as actions
from allmende.capabilities.surveys.actions.opinion_import import simulate_voices
from allmende.capabilities.surveys.queries import drawing
from allmende.core import city
from allmende.core.actor import SYSTEM, Actor, Channel, Grant, Role, Viewer

PEOPLE = 240
STATEMENTS: tuple[tuple[str, tuple[float, float, float]], ...] = (
    ("Die Stadt soll zu jeder Idee sagen, was aus ihr geworden ist.", (0.92, 0.9, 0.88)),
    ("Wer kein Internet hat, muss überall genauso mitmachen können.", (0.9, 0.82, 0.93)),
    ("Defekte Laternen und Schlaglöcher soll man mit zwei Klicks melden können.", (0.86, 0.9, 0.84)),
    ("In jedem Stadtteil soll es einen Ort geben, an dem man sich ohne Eintritt treffen kann.", (0.9, 0.7, 0.85)),
    ("Daten, die mit unserem Geld erhoben werden, sollen allen offenstehen.", (0.8, 0.76, 0.68)),
    ("Ein Sensor an jeder Laterne ist mir nicht geheuer.", (0.35, 0.3, 0.8)),
    ("In der Innenstadt sollen weniger Autos parken, dafür mehr Bäume stehen.", (0.93, 0.15, 0.5)),
    ("Ohne Parkplätze vor der Tür stirbt der Handel in der Innenstadt.", (0.08, 0.9, 0.55)),
    ("Ein Radweg ist wichtiger als eine zweite Fahrspur.", (0.94, 0.12, 0.4)),
    ("Die Straßenbahn soll abends alle zehn Minuten fahren, auch wenn es mehr kostet.", (0.88, 0.35, 0.6)),
    ("Für Einkäufe in der Stadt soll es eine Stunde freies Parken geben.", (0.15, 0.92, 0.6)),
    ("Anträge sollen nur noch online gestellt werden.", (0.45, 0.55, 0.03)),
    ("Ich möchte auf dem Amt mit einem Menschen sprechen können, nicht mit einem Programm.", (0.5, 0.48, 0.96)),
    ("Wichtige Briefe der Stadt sollen weiter auf Papier kommen.", (0.4, 0.45, 0.94)),
    ("Es ist gut, wenn das Licht nachts gedimmt wird und erst hell wird, wenn jemand kommt.", (0.88, 0.6, 0.25)),
    ("Schulen sollen abends für Vereine offen sein.", (0.85, 0.72, 0.74)),
    ("Bis 2037 soll die Innenstadt ein Ort zum Wohnen sein, nicht nur zum Einkaufen.", (0.82, 0.62, 0.7)),
    ("Die Stadt soll lieber wenige Vorhaben zu Ende bringen als viele anfangen.", (0.66, 0.8, 0.82)),
    ("Gutscheine für Läden am Ort sind besser als Werbung.", (0.6, 0.86, 0.64)),
    ("Über große Vorhaben sollen die Menschen abstimmen, bevor der Stadtrat entscheidet.", (0.7, 0.5, 0.75)),
)
"""Each with how likely three made-up kinds of people agree: on foot and by bicycle, by car and with a shop, offline."""
SHARES = (0.45, 0.35, 0.2)
QUESTION = {
    "de": "Wie soll unsere Stadt 2037 sein?",
    "en": "What should our city be like in 2037?",
}
SUMMARY = {
    "de": "Die Stadt wird 2037 achthundert Jahre alt. Wir möchten wissen, worin Sie sich einig sind und worin nicht.",
    "en": "The city turns eight hundred in 2037. We would like to know what you agree on and what you do not.",
}
CONTRACT = {
    "what_is_open": {
        "de": "Was in den Entwurf der Strategie kommt.",
        "en": "What goes into the draft of the strategy.",
    },
    "decided_already": {"de": "Dass es eine Strategie geben wird.", "en": "That there will be a strategy."},
    "who_decides": {"de": "Der Stadtrat.", "en": "The city council."},
    "when_decided": {"de": "Im vierten Quartal.", "en": "In the fourth quarter."},
    "what_it_changes": {
        "de": "Aussagen, die alle Gruppen teilen, werden Ziele im Entwurf. Zu strittigen lädt die Stadt ein.",
        "en": "Statements that all groups share become goals of the draft. On disputed ones it invites people.",
    },
}  # fmt: skip


def _editor(person_id: UUID) -> Actor:
    viewer = Viewer(person_id, frozenset({Grant(Role.EDITOR)}))
    return Actor(viewer=viewer, key=accounts.key_of(person_id), channel=Channel.SEED)


def voices(seed: int = 2037) -> list[dict[int, int]]:
    """Made-up people: each has seen most statements and mostly says what its kind says."""
    random = Random(seed)  # noqa: S311 - an example, no secret
    made = []
    for _person in range(PEOPLE):
        kind = random.choices(range(len(SHARES)), SHARES)[0]
        choices: dict[int, int] = {}
        for number, (_text, agree) in enumerate(STATEMENTS, 1):
            if random.random() < 0.25:  # noqa: PLR2004 - not seen
                continue
            drawn = random.random()
            choices[number] = 0 if drawn > 0.93 else 1 if random.random() < agree[kind] else -1  # noqa: PLR2004
        if choices:
            made.append(choices)
    return made


def fill(now: datetime) -> None:
    """One open conversation with a drawn map, one statement that waits to be checked, one draft."""
    found: Any = accounts.demo_person("editor")
    if found is None:
        return
    zone = city.current().zone
    day = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    editor = _editor(found.pk)
    offices = city.current().departments
    made = actions.save_conversation(
        actor=editor,
        data=actions.ConversationData(
            title=QUESTION, summary=SUMMARY, contract=CONTRACT, department="stadtentwicklung" if
            "stadtentwicklung" in offices else next(iter(offices), ""), opens_at=day - timedelta(days=20),
            closes_at=day + timedelta(days=25), statements=tuple(text for text, _agree in STATEMENTS),
            is_example=True, is_simulated=True,
        ),
        at=now - timedelta(days=30),
    )  # fmt: skip
    somebody = Actor(viewer=Viewer(None, frozenset({Grant(Role.EDITOR)})), channel=Channel.SEED)
    actions.open_conversation(actor=somebody, conversation_id=made.pk, at=now - timedelta(days=25))
    simulate_voices(actor=SYSTEM.via(Channel.SEED), conversation_id=made.pk, voices=voices(), at=now)
    actions.keep_map(actor=SYSTEM, conversation_id=made.pk, drawing=drawing.draw(made), at=now - timedelta(minutes=30))
    actions.save_conversation(
        actor=editor,
        data=actions.ConversationData(
            title={"de": "Was macht einen Stadtteil liebenswert?", "en": "What makes a district worth loving?"},
            summary={}, contract={}, department="", opens_at=None, closes_at=None,
            statements=("Ein Stadtteil braucht einen Bäcker.",), is_example=True,
        ),
        at=now - timedelta(days=2),
    )  # fmt: skip
