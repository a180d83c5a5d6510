"""The example's own words."""

from collections.abc import Mapping
from dataclasses import dataclass

COMMITTEES: dict[str, tuple[str, Mapping[str, str]]] = {
    "council": (
        "Stadtrat",
        {
            "de": "Der Stadtrat entscheidet über alles Wichtige in der Stadt. Seine Sitzungen sind öffentlich.",
            "en": "The city council decides on everything important in the city. Its meetings are public.",
        },
    ),
    "main": (
        "Hauptausschuss",
        {
            "de": "Bereitet die Sitzungen des Stadtrats vor.",
            "en": "Prepares the meetings of the council.",
        },
    ),
    "urban": (
        "Ausschuss für Stadtentwicklung und Verkehr",
        {
            "de": "Berät über Bauen, Straßen, Busse, Bahnen und Wege.",
            "en": "Discusses building, streets, buses, trams and paths.",
        },
    ),
    "digital": (
        "Ausschuss für Digitales und Beteiligung",
        {
            "de": "Berät über die digitale Stadt und darüber, wie alle mitreden können.",
            "en": "Discusses the digital city and how everybody can have a say.",
        },
    ),
}
GROUPS = {
    "linden": "Gruppe Linde",
    "maples": "Gruppe Ahorn",
    "oaks": "Gruppe Eiche",
    "birches": "Gruppe Birke",
}
"""Named after trees, so that nobody is meant."""

PROPOSALS: tuple[tuple[str, str], ...] = (
    ("Stadtportal für alle", "beschlossen"),
    ("Bürgerservice-Portal", "beschlossen"),
    ("Mängelmelder", "beschlossen"),
    ("Smarte Beleuchtung in der Innenstadt", "beschlossen"),
    ("Regionaler Markt", "beschlossen"),
    ("Stadtgutscheine", "zurückgestellt"),
    ("Laden auf Zeit als Ort zum Mitmachen", "beschlossen"),
    ("Stadtrallye", "zurückgestellt"),
    ("Bedarf trifft Angebot", "beschlossen"),
    ("Urbane Datenplattform", "beschlossen"),
    ("Gemeinsame Stadtkarte", "beschlossen"),
    ("Themenabende mit Gebärdensprache", "beschlossen"),
    ("Anzeigen an Haltestellen", "abgelehnt"),
    ("Sensoren für das Stadtgrün", "zurückgestellt"),
)


@dataclass(frozen=True)
class PaperWords:
    """A paper: `offset` in days from now, `by` whose it is (a group; else the first office)."""

    name: str
    reference: str
    kind: str
    offset: int
    plain: Mapping[str, str]
    by: str = ""


PAPERS: dict[str, PaperWords] = {
    "proposals": PaperWords(
        "Welche der 14 Vorschläge werden umgesetzt?",
        "014",
        "Beschlussvorlage",
        -50,
        {
            "de": "Menschen aus der Stadt haben mit dem Strategiekreis 14 Vorschläge gemacht, wie die Stadt klüger und "
            "bequemer wird. Der Stadtrat stimmt über jeden einzeln ab. Was beschlossen wird, beginnt als Pilot.",
            "en": "People of the city and the strategy circle have made 14 proposals for a smarter, easier city. The "
            "council votes on each of them. What is decided begins as a pilot.",
        },
    ),
    "question": PaperWords(
        "Wie oft wird der Mängelmelder genutzt?",
        "015",
        "Anfrage",
        -28,
        {
            "de": "Eine Gruppe fragt, wie viele Schäden gemeldet und wie schnell sie behoben werden.",
            "en": "A group in the council asks how many faults are reported and how quickly they are repaired.",
        },
        "oaks",
    ),
    "strategy": PaperWords(
        "Entwurf der Smart-City-Strategie",
        "021",
        "Beschlussvorlage",
        -12,
        {
            "de": "Aus Ideen, Umfragen und Themenabenden ist ein Entwurf geworden: Ziele bis 2037 und wie die Stadt "
            "sie erreichen will. Der Stadtrat entscheidet, ob er gilt.",
            "en": "Ideas, surveys and theme evenings have become a draft: goals until 2037 and how the city wants to "
            "reach them. The council decides whether it is adopted.",
        },
    ),
    "prizes": PaperWords(
        "Ideenwettbewerb: Wer bekommt die Preise?",
        "022",
        "Beschlussvorlage",
        -9,
        {
            "de": "17 Ideen sind eingereicht, die Vollversammlung hat abgestimmt. Der Stadtrat legt fest, wer gewinnt. "
            "Die Preise sind Gutscheine für Läden in der Stadt.",
            "en": "17 ideas were handed in and the plenary has voted. The council decides who wins. The prizes are "
            "vouchers for local shops.",
        },
    ),
    "benches": PaperWords(
        "Bänke an Haltestellen",
        "023",
        "Antrag",
        -6,
        {
            "de": "Eine Gruppe im Rat möchte an jeder Haltestelle eine Bank. Begonnen wird am Markt.",
            "en": "A group in the council wants a bench with a back at every stop, beginning at the market square.",
        },
        "linden",
    ),
}
HIDDEN_ITEM = "Nichtöffentliches Beispiel: Kauf des Grundstücks am Mühlgraben"
HIDDEN_PAPER = "Nichtöffentliches Beispiel: Vertrag zum Grundstück am Mühlgraben"
"""Behind closed doors: no page, search, feed, file name or interface may tell of them. Tests look for these words."""
