"""What the builder's pages share: the questionnaire as a list, faults by name, crumbs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from allmende.capabilities.surveys import rules
from allmende.capabilities.surveys.forms.builder.kinds import KINDS
from allmende.capabilities.surveys.queries.builder import newest_version
from allmende.capabilities.surveys.views.pages import Crumbs, crumbs
from allmende.core.http import Request
from allmende.engines.questions import interface as questions

UNDO = "surveys_removed"
"""Key of the session under which the last thing that was deleted waits."""


@dataclass(frozen=True)
class Built:
    """A questionnaire as it stands now."""

    id: UUID
    version: questions.Version | None
    data: questions.Data
    definition: questions.Definition

    @property
    def title(self) -> str:
        return questions.say(self.definition.title, self.first)[0]

    @property
    def first(self) -> str:
        return self.definition.languages[0]


def opened(request: Request, questionnaire_id: UUID) -> Built:
    """The newest version, for editors. Raises NotFound, NotSignedIn, NotAllowed."""
    rules.require_may_edit(request.viewer)
    version = newest_version(questionnaire_id)
    definition = questions.definition_from_json(version.definition)
    return Built(questionnaire_id, version, questions.definition_to_json(definition), definition)


def builder_crumbs(built: Built | None, *more: tuple[str, str]) -> Crumbs:
    """The list of questionnaires, this one, what lies below it."""
    home = (_("Fragebögen"), reverse("surveys:questionnaires"))
    if built is None:
        return crumbs(home, *more)
    here = reverse("surveys:questionnaire", args=[built.id]) if more else ""
    return crumbs(home, (built.title, here), *more)


def faults_by_name(built: Built) -> dict[str, list[str]]:
    """What is wrong with conditions, by name of the question or section; "" for the whole."""
    found: dict[str, list[str]] = {}
    for fault in questions.faults(built.definition):
        parts = fault.where.strip("/").split("/")
        name = ""
        if parts[0] == "sections" and len(parts) > 1:
            section = built.data["sections"][int(parts[1])]
            inner = section["questions"][int(parts[3])] if parts[2:3] == ["questions"] and len(parts) > 3 else section  # noqa: PLR2004 - sections/1/questions/2
            name = inner["name"]
        found.setdefault(name, []).append(fault.message)
    return found


@dataclass(frozen=True)
class Line:
    """A question in the list."""

    name: str
    number: int | None
    label: str
    kind: str
    required: bool
    when: str
    """Its condition in words."""
    answers: str
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Block:
    """A section in the list."""

    name: str
    title: str
    shown: str
    """The title, or „Abschnitt 2“."""
    when: str
    repeated: bool
    lines: list[Line]
    faults: list[str]


def blocks(built: Built, faults: Mapping[str, list[str]]) -> list[Block]:
    """The whole questionnaire as the list shows it."""
    definition, language = built.definition, built.first
    numbers = questions.numbers(definition)
    return [
        Block(
            section.name,
            questions.say(section.title, language)[0],
            questions.say(section.title, language)[0] or _("Abschnitt %(n)s") % {"n": number},
            questions.in_words(section.relevant, definition, language),
            section.repeat is not None,
            [_line(question, definition, language, numbers, faults) for question in section.questions],
            list(faults.get(section.name, ())),
        )
        for number, section in enumerate(definition.sections, start=1)
    ]


def _line(
    question: questions.Question,
    definition: questions.Definition,
    language: str,
    numbers: Mapping[str, int],
    faults: Mapping[str, list[str]],
) -> Line:
    shown = [questions.say(option.label, language)[0] for option in question.options]
    return Line(
        question.name,
        numbers.get(question.name),
        questions.say(question.label, language)[0] or question.name,
        str(KINDS[question.kind][0]),
        question.required,
        questions.in_words(question.relevant, definition, language),
        " · ".join(shown[:6]) + (" …" if len(shown) > 6 else ""),  # noqa: PLR2004 - what fits in a line
        list(faults.get(question.name, ())),
    )


def languages_of(built: Built) -> list[dict[str, Any]]:
    """The further languages with what is still missing in each."""
    from allmende.capabilities.surveys.forms.builder.kinds import language_name

    return [
        {
            "code": code,
            "name": language_name(code),
            "missing": questions.missing(built.data, code),
            "url": reverse("surveys:questionnaire_translation", args=[built.id, code]),
        }
        for code in built.definition.languages[1:]
    ]
