"""Parts of a paper and their decisions: what cannot be, pure, with the parts that are there as an argument."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from allmende.core.texts import Text

MOST = 60
"""Parts of a paper, whatever is sent."""
LONGEST_TITLE = 300
LONGEST_TEXT = 1500
WORDS: Mapping[str, Text] = {
    "": pgettext_lazy("part of a paper", "noch offen"),
    "accepted": pgettext_lazy("part of a paper", "angenommen"),
    "rejected": pgettext_lazy("part of a paper", "abgelehnt"),
    "postponed": pgettext_lazy("part of a paper", "vertagt"),
}
"""Decision → as pages say it."""


@dataclass(frozen=True)
class PartData:
    """A part as somebody wrote it; `about` is a reference as text, or empty."""

    title: str
    text: str = ""
    about: str = ""


@dataclass(frozen=True)
class Written:
    """All parts that one form wrote, in their order: (part or None for a new one, the edition seen, words)."""

    rows: Sequence[tuple[UUID | None, int, PartData]]
    removed: Mapping[UUID, int] = field(default_factory=dict)
    """Part that is taken out → the edition seen."""


@dataclass(frozen=True)
class DecisionData:
    """What was decided on one part. Without `decision` what was recorded is taken back."""

    decision: str
    decided_on: date | None = None
    item_id: UUID | None = None
    seen: int = 0
    """The edition that whoever decides has seen."""


@dataclass(frozen=True)
class Standing:
    """A part as it stands: what the rules ask of it."""

    key: UUID
    edition: int
    title: str
    about: str
    decision: str


def summed_up(decisions: Sequence[str]) -> str:
    """All of them in a line: „10 angenommen, 1 abgelehnt, 3 vertagt“; empty while nothing is decided."""
    if not any(decisions):
        return ""
    counts = {word: decisions.count(word) for word in ("accepted", "rejected", "postponed", "")}
    return ", ".join(f"{count} {WORDS[word]}" for word, count in counts.items() if count)


def written_faults(data: Written, parts: Mapping[UUID, Standing], allowed: Collection[str]) -> dict[str, Text]:
    """What cannot be, per field: `title_<id>`, `about_<id>`, `remove_<id>`, `new`. `allowed`: what one may choose."""
    found: dict[str, Text] = {}
    for key, seen, row in data.rows:
        before = parts[key] if key is not None else None
        wrong = _row_faults(row, allowed if before is None else {*allowed, before.about})
        if before is not None and before.edition != seen:
            wrong["title"] = changed_meanwhile(before)
        found |= {"new" if key is None else f"{name}_{key}": text for name, text in wrong.items()}
    for key, seen in data.removed.items():
        if parts[key].decision:
            found[f"remove_{key}"] = _("Über diesen Teil ist entschieden. Nehmen Sie zuerst die Entscheidung zurück.")
        elif parts[key].edition != seen:
            found[f"remove_{key}"] = changed_meanwhile(parts[key])
    if len(parts) + sum(key is None for key, _seen, _row in data.rows) - len(data.removed) > MOST:
        found["new"] = _("Eine Vorlage hat höchstens %(n)s Teile.") % {"n": MOST}
    return found


def _row_faults(row: PartData, allowed: Collection[str]) -> dict[str, Text]:
    """What cannot be of one part: `title`, `text`, `about`."""
    found: dict[str, Text] = {}
    if not row.title.strip():
        found["title"] = _("Bitte schreiben Sie, worum es in diesem Teil geht.")
    elif len(row.title.strip()) > LONGEST_TITLE:
        found["title"] = _("Bitte kürzen Sie die Überschrift auf %(n)s Zeichen.") % {"n": LONGEST_TITLE}
    if len(row.text) > LONGEST_TEXT:
        found["text"] = _("Bitte kürzen Sie den Text auf %(n)s Zeichen.") % {"n": LONGEST_TEXT}
    if row.about and row.about not in allowed:
        found["about"] = _("Bitte wählen Sie etwas aus der Liste.")
    return found


def changed_meanwhile(part: Standing) -> str:
    """What somebody is told whose form is older than the part."""
    return _(
        "Inzwischen hat jemand anderes diesen Teil geändert. Jetzt heißt er „%(title)s“. Speichern Sie noch "
        "einmal, wenn Ihre Fassung gelten soll."
    ) % {"title": part.title}


def decision_faults(
    data: Mapping[UUID, DecisionData], parts: Mapping[UUID, Standing], points: Mapping[UUID, date | None], today: date
) -> dict[str, Text]:
    """What cannot be, per field: `decision_<id>`, `decided_on`, `item`. `points`: point of the paper → day of it."""
    found: dict[str, Text] = {}
    for key, one in data.items():
        part = parts[key]
        if one.decision not in WORDS:
            found[f"decision_{key}"] = _("Bitte wählen Sie, wie entschieden wurde.")
        if one.seen != part.edition and one.decision != part.decision:
            found[f"decision_{key}"] = _(
                "Inzwischen hat jemand anderes hier etwas eingetragen: %(decision)s. Speichern Sie noch einmal, wenn "
                "Ihre Angabe gelten soll."
            ) % {"decision": WORDS[part.decision]}
        if not one.decision:
            continue
        if one.decided_on is None:
            found["decided_on"] = _("Bitte geben Sie an, an welchem Tag entschieden wurde.")
        elif one.decided_on > today:
            found["decided_on"] = _("Dieser Tag liegt noch vor uns.")
        if one.item_id is not None and one.item_id not in points:
            found["meeting"] = _("Bitte wählen Sie eine Sitzung aus der Liste.")
        elif one.item_id is not None and one.decided_on is not None:
            held = points[one.item_id]
            if held is not None and one.decided_on < held:
                found.setdefault("decided_on", _("Der Tag liegt vor dem Tag der Sitzung."))
    return found
