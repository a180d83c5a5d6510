"""Decisions as people write them while a meeting runs: one per line, then who, until when, and what it is about.

    Angebot für zwei Bänke einholen | Ahorn 12 | 24.12.2026 | Idee 12

Behind the first bar everything may stand in any order; each part is told by its shape.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.core.texts import Text

DECISION_LIMIT = 400
"""Characters of a decision."""
LINES = 40
"""Decisions of one point of the agenda."""
LONGEST = 1000
GROUP_WORDS = frozenset({"gruppe", "alle", "group", "everybody", "all"})

INTERESTS: Mapping[str, Text] = {
    "residents": gettext_lazy("Anwohnerinnen und Anwohner"),
    "families": gettext_lazy("Familien"),
    "young": gettext_lazy("Schülerinnen, Schüler, Studierende"),
    "old": gettext_lazy("Ältere Menschen"),
    "disabled": gettext_lazy("Menschen mit Behinderung"),
    "business": gettext_lazy("Betriebe und Dienstleister"),
    "craft": gettext_lazy("Handwerk"),
    "trade": gettext_lazy("Handel und Gastronomie"),
    "clubs": gettext_lazy("Vereine und Ehrenamt"),
    "environment": gettext_lazy("Natur und Umwelt"),
    "offline": gettext_lazy("Menschen ohne Internet"),
    "administration": gettext_lazy("Verwaltung und Politik"),
}
"""Whose interests a meeting weighs: a summary says who spoke and who was not heard."""

_DATE = re.compile(
    r"(?:bis |by |until )?(?:(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})?|(\d{4})-(\d{2})-(\d{2}))", re.IGNORECASE
)
_ABOUT = re.compile(r"(idee|idea|thema|theme)\s*(?:nr\.?\s*)?(\d{1,9})", re.IGNORECASE)
_KINDS = {"idee": "idea", "idea": "idea", "thema": "theme", "theme": "theme"}


@dataclass(frozen=True)
class Known:
    """What a line may name: members and offices by folded name, and the day on which the meeting was."""

    day: date
    members: Mapping[str, Sequence[UUID]]
    offices: Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """A line as it was understood. `problems` are sentences for whoever writes."""

    line: str
    text: str
    person: UUID | None = None
    department: str = ""
    due: date | None = None
    about: tuple[str, int] | None = None
    is_task: bool = False
    problems: Sequence[str] = field(default_factory=tuple)


def lines(text: str) -> list[str]:
    """The lines that say something, each once and without a dash in front."""
    found = (" ".join(line.strip().lstrip("-–•* ").split()) for line in text.splitlines())
    return list(dict.fromkeys(line for line in found if line))


def _day(part: str, day: date) -> date | None:
    """The day that a part names; without a year the next such day from the meeting's on. None: it is no day."""
    hit = _DATE.fullmatch(part)
    if hit is None:
        return None
    tag, month, year, iso_year, iso_month, iso_day = hit.groups()
    try:
        if iso_year:
            return date(int(iso_year), int(iso_month), int(iso_day))
        found = date(int(year or day.year), int(month), int(tag))
        return found if year or found >= day else found.replace(year=day.year + 1)
    except ValueError:
        return None


def _who(part: str, known: Known) -> tuple[UUID | None, str] | str:
    """The person or office that a part names, both empty for the whole group; else a sentence that says why not."""
    folded = part.casefold()
    if folded in GROUP_WORDS:
        return None, ""
    members = known.members.get(folded, ())
    if len(members) == 1:
        return members[0], ""
    if members:
        return _("„%(name)s“ heißen mehrere in der Gruppe.") % {"name": part[:80]}
    if folded in known.offices:
        return None, known.offices[folded]
    return _("„%(part)s“ verstehen wir nicht: kein Mitglied, kein Amt, kein Tag.") % {"part": part[:80]}


def understand(line: str, known: Known) -> Line:
    """What a line says. It becomes a task when it names who or until when; then it has to name both."""
    text, *parts = (part.strip() for part in line[:LONGEST].split("|"))
    whos: list[tuple[UUID | None, str]] = []
    due, about, problems = None, None, []
    if not text:
        problems.append(_("Vor dem ersten Strich fehlt, was beschlossen ist."))
    if len(text) > DECISION_LIMIT:
        problems.append(_("Bitte kürzen Sie den Beschluss auf %(n)s Zeichen.") % {"n": DECISION_LIMIT})
    for part in filter(None, parts):
        if (day := _day(part, known.day)) is not None:
            due = day
        elif (named := _ABOUT.fullmatch(part)) is not None:
            about = (_KINDS[named[1].lower()], int(named[2]))
        elif isinstance(who := _who(part, known), str):
            problems.append(who)
        else:
            whos.append(who)
    if len(whos) > 1:
        problems.append(_("Bitte nennen Sie nur eine Person oder ein Amt."))
    if not problems and (whos or due) and not (whos and due):
        problems.append(_("Bis wann?") if whos else _("Wer kümmert sich? Ein Mitglied, ein Amt oder „Gruppe“."))
    person, department = whos[0] if whos else (None, "")
    return Line(
        line=line, text=text[:DECISION_LIMIT], person=person, department=department, due=due, about=about,
        is_task=bool(whos) or due is not None, problems=tuple(problems),
    )  # fmt: skip
