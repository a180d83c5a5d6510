"""A questionnaire for a pen: what stands on the sheet, as plain data for the PDF. Conditions are said in words."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allmende.engines.questions.rules.definition import UNASKED, Definition, Kind, Question, Section, say
from allmende.engines.questions.rules.wording import in_words, numbers

COPIES = 3
"""How often a repeated section is printed; what is more goes on a sheet of one's own."""
LINES: Mapping[str, int] = {"text": 1, "longtext": 5, "route": 3, "place": 2}
_INSERTED = re.compile(r"\$\{\s*([A-Za-z_]\w*)(?:/[\w.-]+)?\s*\}")


def sheet(definition: Definition, language: str) -> dict[str, Any]:
    """Heading, introduction and sections; call it with the interface in `language`."""
    return _Sheet(definition, language).made()


class _Sheet:
    def __init__(self, definition: Definition, language: str) -> None:
        self.definition, self.language = definition, language
        self.numbers = numbers(definition)

    def made(self) -> dict[str, Any]:
        definition = self.definition
        sections = [
            part for number, section in enumerate(definition.sections, 1) for part in self.section(section, number)
        ]
        return {
            "heading": self.words(definition.title),
            "introduction": self.words(definition.introduction),
            "sections": sections,
        }

    def words(self, texts: Mapping[str, str]) -> str:
        """The text; an answer that stands in it is named by its question."""
        return _INSERTED.sub(lambda hit: self.named(hit[1]), say(texts, self.language)[0])

    def named(self, name: str) -> str:
        number = self.numbers.get(name)
        return _("(Ihre Antwort auf Frage %(n)s)") % {"n": number} if number else "…"

    def section(self, section: Section, number: int) -> list[dict[str, Any]]:
        title = self.words(section.title) or _("Teil %(n)s") % {"n": number}
        part = {
            "title": title,
            "text": self.words(section.text),
            "when": self.when(section.relevant),
            "questions": [self.question(one) for one in section.questions if one.kind != Kind.CALCULATE],
        }
        if section.repeat is None:
            return [part]
        most = section.repeat.most
        copies = min(most, COPIES)
        more = _("Noch mehr? Bitte nehmen Sie ein eigenes Blatt, zusammen höchstens %(n)s Mal.") % {"n": most}
        return [
            {**part, "title": f"{title} ({number})", "more": more if number == copies < most else ""}
            for number in range(1, copies + 1)
        ]

    def when(self, expression: str) -> str:
        said = in_words(expression, self.definition, self.language)
        return f"{said}:" if said else ""

    def question(self, question: Question) -> dict[str, Any]:
        kind = str(question.kind)
        options = [self.words(option.label) for option in question.options]
        return {
            "kind": kind,
            "number": self.numbers.get(question.name, 0),
            "label": self.words(question.label),
            "hint": self.words(question.hint),
            "purpose": self.words(question.purpose),
            "when": self.when(question.relevant),
            "how": self.how(question),
            "optional": "" if question.required or kind in UNASKED else _("(freiwillig)"),
            "options": [
                {"label": label, "when": self.only(option.filter)}
                for label, option in zip(options, question.options, strict=True)
            ],
            "other": _("Etwas anderes, und zwar:") if question.other else "",
            "rows": [self.words(row.label) for row in question.rows],
            "unit": self.words(question.unit),
            "lines": LINES.get(kind, 0),
            "steps": question.steps if question.kind == Kind.RATING else 0,
            "fields": self.fields(question),
            "agree": _("Ja, ich stimme zu.") if question.kind == Kind.CONSENT else "",
        }

    def only(self, expression: str) -> str:
        said = in_words(expression, self.definition, self.language)
        return _("nur: %(condition)s") % {"condition": said} if said else ""

    def fields(self, question: Question) -> list[str]:
        """What is written on a short line each."""
        day, hour = _("Tag, Monat, Jahr"), _("Uhrzeit")
        known = {Kind.DATE: [day], Kind.TIME: [hour], Kind.DATETIME: [day, hour]}
        if question.kind in {Kind.INTEGER, Kind.DECIMAL}:
            return [self.words(question.unit) or _("Zahl")]
        return known.get(question.kind, [])

    def how(self, question: Question) -> str:
        """What to do, in a sentence."""
        kind = question.kind
        sentences = {
            Kind.SELECT_ONE: _("Bitte kreuzen Sie eine Antwort an."),
            Kind.SELECT_MULTIPLE: _("Sie können mehrere Antworten ankreuzen."),
            Kind.MATRIX: _("Bitte kreuzen Sie in jeder Zeile eine Antwort an."),
            Kind.RANKING: _("Bitte schreiben Sie Zahlen in die Kästchen: 1 für das Wichtigste, dann 2 und so weiter."),
            Kind.RATING: _("Bitte kreuzen Sie eine Zahl an. %(n)s ist das Beste.") % {"n": question.steps},
            Kind.ALLOCATION: _("Bitte verteilen Sie zusammen %(n)s.") % {
                "n": f"{question.total} {self.words(question.unit)}".strip()
            },
            Kind.PLACE: _("Bitte schreiben Sie Straße und Hausnummer, oder beschreiben Sie die Stelle."),
            Kind.ROUTE: _("Bitte schreiben Sie auf: von wo, über welche Straßen, wohin."),
            Kind.FILE: _("Sie können ein Bild oder Blatt beilegen."),
        }  # fmt: skip
        said = sentences.get(kind, "")
        if kind == Kind.SELECT_MULTIPLE and question.most:
            most = int(question.most)
            said = ngettext("Höchstens %(n)s Antwort.", "Höchstens %(n)s Antworten.", most) % {"n": most}
        return said
