"""Templates of answers: a city's own sentences with places for number, kind and place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

DEFAULT = (
    "Danke: Vielen Dank für den Hinweis. Wir kümmern uns um {ort}.",
    "Auftrag vergeben: Der Auftrag ist vergeben. Sobald es erledigt ist, sagen wir Bescheid.",
    "Erledigt: Die Meldung {nummer} ({art}, {ort}) ist erledigt. Danke fürs Hinsehen.",
    "Material fehlt: Das Ersatzteil ist bestellt. Bis es da ist, sichern wir die Stelle.",
)
"""With which a city starts; it can change every word."""
MOST = 40


@dataclass(frozen=True)
class Answer:
    """One template: its name for the clerk, and the words."""

    title: str
    text: str


def parsed(lines: Iterable[str]) -> list[Answer]:
    """„Name: Text“ in each line; what has no text is left out."""
    found = []
    for line in lines:
        title, _colon, text = str(line).partition(":")
        if title.strip() and text.strip():
            found.append(Answer(title.strip(), text.strip()))
    return found[:MOST]


def filled(text: str, values: Mapping[str, str]) -> str:
    """With the report's own number, kind and place; braces that name nothing stay as they are."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text
