"""An XLSForm as a questionnaire, and everything that does not fit, with sheet, row and column.

Source: https://xlsform.org/en/. What `pyxform` takes is read here, as far as our questionnaires have it: groups become
sections (inner ones too, with both conditions), repeats become sections that are asked several times over, tables of
equal choices become a matrix. What is left out is said.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from allmende.engines.questions.rules.definition import DefinitionError
from allmende.engines.questions.rules.reading import NAME, definition_from_json
from allmende.engines.questions.rules.xlsform import columns, expressions, gathering, kinds, workbook
from allmende.engines.questions.rules.xlsform.asking import Choice, Place
from allmende.engines.questions.rules.xlsform.columns import Heading, Line
from allmende.engines.questions.rules.xlsform.gathering import Group
from allmende.engines.questions.rules.xlsform.remarks import Remark
from allmende.engines.questions.rules.xlsform.workbook import Sheet

BLANK = Sheet("", (), ())
LONGEST_NAME = 41
IGNORED = frozenset({
    "image", "audio", "video", "media", "big-image", "big_image", "trigger", "autoplay", "save_to", "read_only",
    "guidance_hint", "required_message",
})  # fmt: skip
"""Columns of XLSForm that our questionnaires do not have; told once each."""


@dataclass(frozen=True)
class Reading:
    """What a file holds: the definition as JSON (None: it cannot be taken over), and what is to be said about it."""

    definition: dict[str, Any] | None
    remarks: Sequence[Remark] = field(default_factory=tuple)

    @property
    def faults(self) -> list[Remark]:
        """What has to be mended in the file first."""
        return [remark for remark in self.remarks if remark.grave]

    @property
    def hints(self) -> list[Remark]:
        """What was left out or understood in our way."""
        return [remark for remark in self.remarks if not remark.grave]


def read(content: bytes, *, name: str = "") -> Reading:
    """Reads a workbook; `name` is the file's, for a form that has no title. Raises Invalid for what is no workbook."""
    return _Reader(workbook.sheets(content), name).reading()


class _Reader:
    """One reading of one file."""

    def __init__(self, sheets: Mapping[str, Sheet], file_name: str) -> None:
        self.remarks: list[Remark] = []
        self.survey = sheets.get("survey", BLANK)
        self.heads = columns.headings(self.survey)
        self.choice_sheet = sheets.get("choices", BLANK)
        self.choice_heads = columns.headings(self.choice_sheet)
        settings = sheets.get("settings", BLANK)
        heads = columns.headings(settings)
        self.settings = columns.line(settings.rows[0], heads, "de") if settings.rows else Line(2, {}, {})
        said = self.settings.values.get("default_language", "")
        self.default = columns.language_code(said) or "de"
        self.file_name = file_name
        self.renamed: dict[str, str] = {}
        self.used: set[str] = set()

    def say(self, message: str, line: int = 0, column: str = "", *, sheet: str = "survey", grave: bool = True) -> None:
        heads = self.heads if sheet == "survey" else self.choice_heads
        self.remarks.append(Remark(message, sheet, line, columns.named(heads, column) if column else "", grave))

    def reading(self) -> Reading:
        if not self.survey.rows or not any(head.field == "type" for head in self.heads):
            message = _("Das Blatt „survey“ mit der Spalte „type“ fehlt. Darin stehen die Fragen.")
            return Reading(None, [Remark(message)])
        self._headings(self.heads, "survey")
        self._headings(self.choice_heads, "choices")
        lines = [columns.line(row, self.heads, self.default) for row in self.survey.rows]
        self._ignored(lines)
        options = self._choices()
        self._names(lines)
        groups = self._groups(lines)
        builder = gathering.Builder(options, self.say, self.safe)
        for group in groups:
            builder.group(group)
        data = self._definition(lines, builder)
        return self._checked(data, builder)

    # what stands around the questions

    def _headings(self, heads: Sequence[Heading], sheet: str) -> None:
        for head in heads:
            if not head.known:
                message = _("Die Sprache dieser Spalte erkennen wir nicht. Schreiben Sie etwa „label::Deutsch (de)“.")
                self.remarks.append(Remark(message, sheet, 1, f"{workbook.column_letter(head.place)} ({head.text})"))

    def _ignored(self, lines: Sequence[Line]) -> None:
        for name in sorted(IGNORED):
            first = next((line for line in lines if name in line.values or name in line.texts), None)
            if first is not None and not (name == "read_only" and kinds.said_no(first.values[name])):
                self.say(_("Diese Spalte lassen wir weg."), first.line, name, grave=False)

    def _choices(self) -> dict[str, list[Choice]]:
        found: dict[str, list[Choice]] = {}
        fields = [head.field for head in self.choice_heads]
        for row in self.choice_sheet.rows:
            line = columns.line(row, self.choice_heads, self.default)
            # In the sheet of choices the column `value` is another word for `name`.
            values = {**line.values, "name": line.values.get("name") or line.values.get("value", "")}
            if not values.get("list_name"):
                self.say(_("Hier fehlt, zu welcher Liste die Antwort gehört."), row.line, "list_name", sheet="choices")
                continue
            extra = {name: values.get(name, "") for name in fields if name not in {"list_name", "label"}}
            label = dict(line.texts.get("label", {}))
            found.setdefault(values["list_name"], []).append(Choice(values["name"], label, extra, row.line))
        return found

    def _names(self, lines: Sequence[Line]) -> None:
        """Gives every row a name of our form, and remembers what it was called."""
        for line in lines:
            said, kind = line.values.get("name", ""), kinds.understood(line.values.get("type", "")).kind
            if said and "__" not in said and not kind.startswith("end") and kind != "gathered":
                self.renamed.setdefault(said, self.safe(said))
                if self.renamed[said] != said:
                    message = _("Der Name „%(old)s“ wird zu „%(new)s“.") % {"old": said, "new": self.renamed[said]}
                    self.say(message, line.line, "name", grave=False)

    def safe(self, said: str) -> str:
        """A name as questions have it, not taken yet: small letters, digits, single underscores."""
        plain = re.sub(r"_+", "_", re.sub(r"[^a-z0-9_]", "_", said.translate(expressions.UMLAUTS).casefold())).strip(
            "_"
        )
        if not plain or not plain[0].isalpha():
            plain = f"q_{plain}".strip("_")
        name, number = plain[:LONGEST_NAME], 2
        while name in self.used:
            name = f"{plain[: LONGEST_NAME - 5]}_{number}"
            number += 1
        assert NAME.fullmatch(name), name
        self.used.add(name)
        return name

    def _groups(self, lines: Sequence[Line]) -> list[Group]:
        """The rows as groups in groups. What is opened and not closed, or closed and not opened, is said."""
        outer = Group(Place(Line(0, {}, {}), "", kinds.Type("")))
        stack = [outer]
        for line in lines:
            kind = self._type(line)
            if kind.kind.startswith("begin"):
                stack.append(Group(self._place(line, kind)))
                stack[-2].parts.append(stack[-1])
            elif kind.kind.startswith("end"):
                if len(stack) == 1 or stack[-1].place.type.kind.replace("begin", "end") != kind.kind:
                    message = _("Hier endet etwas, das nicht begonnen hat: „%(type)s“.")
                    self.say(message % {"type": line.values["type"]}, line.line, "type")
                if len(stack) > 1:
                    stack.pop()
            elif kind.kind:
                stack[-1].parts.append(self._place(line, kind))
        for group in stack[1:]:
            message = _("Diese Gruppe hört nicht auf: Es fehlt „%(end)s“.")
            end = group.place.type.kind.replace("begin ", "end_")
            self.say(message % {"end": end}, group.place.line.line, "type")
        return [outer]

    def _type(self, line: Line) -> kinds.Type:
        """What the row is; a row that is nothing of ours has the kind "", and it is said why."""
        said = line.values.get("type", "")
        if not said or said.startswith("#"):
            if line.values.get("name") or line.texts.get("label"):
                self.say(_("Hier fehlt die Art der Frage."), line.line, "type")
            return kinds.Type("")
        kind = kinds.understood(said)
        if kind.kind == "gathered":
            message = _("„%(type)s“ lassen wir weg: Das Portal sammelt nichts über Geräte.") % {"type": said}
            self.say(message, line.line, "type", grave=False)
            return kinds.Type("")
        if not kind.kind:
            self.say(_("Die Art „%(type)s“ kennen wir nicht.") % {"type": said[:60]}, line.line, "type")
        return kind

    def _place(self, line: Line, kind: kinds.Type) -> Place:
        said = line.values.get("name", "")
        if not said:
            self.say(_("Hier fehlt der Name."), line.line, "name")
            said = self.safe("ohne_name")
        return Place(line, self.renamed.get(said, said), kind, said)

    # all of it

    def _definition(self, lines: Sequence[Line], builder: gathering.Builder) -> dict[str, Any]:
        heads = [*self.heads, *self.choice_heads]
        spoken = dict.fromkeys(head.language for head in heads if head.language and head.known)
        languages = list(dict.fromkeys([self.default, *spoken]))
        has = {code for line in lines for texts in line.texts.values() for code in texts}
        if self.default not in has and spoken and not any(h.field == "label" and not h.language for h in self.heads):
            languages = list(spoken)
        title = dict(self.settings.texts.get("allmende_title", {}))
        title.setdefault(languages[0], self.settings.values.get("form_title") or self.file_name or _("Ohne Titel"))
        layout = "one" if self.settings.values.get("allmende_layout") == "one" else "pages"
        return {
            "title": {code: text for code, text in title.items() if code in languages},
            "languages": languages,
            "introduction": builder.introduction,
            "layout": layout,
            "sections": builder.sections,
        }

    def _checked(self, data: dict[str, Any], builder: gathering.Builder) -> Reading:
        """With references renamed, and read by the rules for every questionnaire."""
        expressions.rename(data, {**self.renamed, **builder.renamed})
        try:
            definition_from_json(data)
        except DefinitionError as error:
            for fault in error.faults:
                sheet, line, column = builder.found(fault.where)
                heads = self.choice_heads if sheet == "choices" else self.heads
                named = columns.named(heads, column) if column else ""
                self.remarks.append(Remark(fault.message, sheet, line, named))
        ordered = sorted(self.remarks, key=lambda one: (not one.grave, one.sheet != "survey", one.line))
        return Reading(None if any(one.grave for one in ordered) else data, list(dict.fromkeys(ordered)))
