"""By what proposals are compared. Which criteria is the city's setting; what is high is good in each of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from allmende.core.texts import Text

DEFAULT = (
    "nutzen: Nutzen im Alltag | Use in everyday life",
    "alle: Für alle erreichbar | Within everybody's reach",
    "machbar: Bald umsetzbar | Can be done soon",
    "dauer: Auf Dauer bezahlbar | Affordable in the long run",
)
LEVELS: Mapping[int, Text] = {1: _("gering"), 2: _("mittel"), 3: _("hoch")}
MOST = 8


@dataclass(frozen=True)
class Criterion:
    """`key` stays when the words change, so that ratings stay with it."""

    key: str
    labels: Mapping[str, str]

    def label(self, language: str) -> str:
        return self.labels.get(language) or self.labels["de"]


def criteria(lines: Iterable[str]) -> list[Criterion]:
    """From the setting's lines, „schluessel: Deutsch | English“; what is none is left out."""
    found: dict[str, Criterion] = {}
    for line in lines:
        key, colon, words = str(line).partition(":")
        german, _bar, english = words.partition("|")
        name = key.strip()
        if colon and name.isidentifier() and german.strip() and name not in found:
            labels = {"de": german.strip(), **({"en": english.strip()} if english.strip() else {})}
            found[name] = Criterion(name, labels)
    return list(found.values())[:MOST]
