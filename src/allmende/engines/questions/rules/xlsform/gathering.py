"""From rows in groups to sections with questions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from allmende.engines.questions.rules.definition import OTHER
from allmende.engines.questions.rules.xlsform import expressions, kinds
from allmende.engines.questions.rules.xlsform.asking import Choice, Place, Say, plain_question

COLUMN = {
    "label": "label", "title": "label", "text": "label", "hint": "hint", "relevant": "relevant", "kind": "type",
    "constraint": "constraint", "constraint_message": "constraint_message", "calculation": "calculation",
    "name": "name", "options": "type", "rows": "type", "required": "required", "default": "default",
    "least": "constraint", "most": "constraint", "exclusive": "constraint", "repeat": "repeat_count", "other": "type",
}  # fmt: skip
"""Where in the sheet a part of a question comes from."""


@dataclass
class Group:
    """A group with what stands in it; `table`: rows of equal choices under a row of headings."""

    place: Place
    parts: "list[Group | Place]" = field(default_factory=list)
    table: bool = False

    @property
    def places(self) -> list[Place]:
        return [part for part in self.parts if isinstance(part, Place)]

    @property
    def is_matrix(self) -> bool:
        """Equal choices below each other, as `table-list` draws them."""
        lists = {(part.type.kind, part.type.options) for part in self.places}
        alike = len(lists) == 1 and next(iter(lists))[0] == "select_one" and len(self.places) == len(self.parts)
        return alike and (self.table or "table-list" in self.place.appearance)

    @property
    def is_allocation(self) -> bool:
        whole = bool(self.parts) and all(part.type.kind == "integer" for part in self.places)
        return whole and self.place.line.values.get("allmende_kind") == "allocation"


class Builder:
    """Collects sections, and remembers the rows that they came from."""

    def __init__(self, options: Mapping[str, Sequence[Choice]], say: Say, safe: Callable[[str], str]) -> None:
        self.options, self.say, self.safe = options, say, safe
        self.sections: list[dict[str, Any]] = []
        self.introduction: dict[str, str] = {}
        self.renamed: dict[str, str] = {}
        self.origin: dict[int, Place] = {}
        self.choice_lines: dict[int, list[int]] = {}
        self.names: set[str] = set()

    def group(self, outer: Group) -> None:
        """Takes the outermost group; what stands in no other makes sections of its own."""
        self._walk(outer, "", None)
        if empty := [section for section in self.sections if not section["questions"]]:
            for section in empty:
                if section["title"] or section["text"]:
                    line = self.origin[id(section)].line.line
                    self.say(_("Diese Gruppe hat selbst keine Fragen. Ihr Titel entfällt."), line, grave=False)
            self.sections = [section for section in self.sections if section["questions"]]

    def found(self, pointer: str) -> tuple[str, int, str]:
        """Sheet, line and column for a JSON pointer into the definition."""
        parts = pointer.strip("/").split("/")
        thing: Any = {"sections": self.sections}
        place, last = None, ""
        for at, part in enumerate(parts):
            if part.isdigit() and isinstance(thing, list) and int(part) < len(thing):
                thing = thing[int(part)]
            elif isinstance(thing, dict) and part in thing:
                thing, last = thing[part], part
            else:
                break
            if id(thing) in self.origin:
                place = self.origin[id(thing)]
                lines = self.choice_lines.get(id(thing), [])
                if parts[at + 1 : at + 2] == ["options"] and parts[at + 2 : at + 3] and lines:
                    field_name = parts[at + 3] if len(parts) > at + 3 else "name"
                    column = field_name if field_name in {"name", "label"} else ""
                    return "choices", lines[min(int(parts[at + 2]), len(lines) - 1)], column
                last = parts[at + 1] if len(parts) > at + 1 else ""
                if last != "questions":
                    break
        if place is None:
            return "survey", 0, ""
        return "survey", place.line.line, COLUMN.get(last, "")

    # groups

    def _walk(self, group: Group, condition: str, inside: dict[str, Any] | None) -> None:
        """`inside`: the repeated section that takes all of it; conditions of groups in it go to its questions."""
        current = inside
        for part in _tables(group.parts):
            if isinstance(part, Place) or part.is_matrix or part.is_allocation:
                if current is None:
                    current = self._section(group.place, condition)
                self._add(part, current, condition if inside is not None else "")
            elif part.place.type.kind == "begin repeat":
                self._repeat(part, condition, inside)
                current = inside
            elif inside is not None:
                self._walk(part, expressions.both(condition, part.place.relevant), inside)
            else:
                both = expressions.both(condition, part.place.relevant)
                self._open(part, both)
                current = None

    def _open(self, part: Group, condition: str) -> None:
        """A group as a section of its own; its first questions stand in it, groups within it follow."""
        first = part.parts[0] if part.parts else None
        plain = isinstance(first, Place) or first is None or first.is_matrix or first.is_allocation
        if not plain and part.place.line.texts.get("label"):
            self._section(part.place, condition)
        self._walk(part, condition, None)

    def _repeat(self, part: Group, condition: str, inside: dict[str, Any] | None) -> None:
        line = part.place.line
        if inside is not None:
            self.say(_("Eine Wiederholung in einer Wiederholung geht nicht."), line.line, "type")
            return
        section = self._section(part.place, expressions.both(condition, part.place.relevant))
        most = line.values.get("allmende_most", "")
        count = expressions.straight(line.values.get("repeat_count", ""))
        section["repeat"] = {"count": count, "most": int(most) if most.isdigit() else 10}
        self._walk(part, "", section)

    def _section(self, place: Place, condition: str) -> dict[str, Any]:
        name = place.name or self.safe("abschnitt")
        if name in self.names:
            name = self.safe(name)
        self.names.add(name)
        section: dict[str, Any] = {
            "name": name, "title": dict(place.line.texts.get("label", {})), "text": {}, "relevant": condition,
            "repeat": None, "questions": [],
        }  # fmt: skip
        self.sections.append(section)
        self.origin[id(section)] = place
        return section

    # questions

    def _add(self, part: Group | Place, section: dict[str, Any], condition: str) -> None:
        place = part.place if isinstance(part, Group) else part
        ours = place.line.values.get("allmende_kind", "")
        label = dict(place.line.texts.get("label", {}))
        if ours == "introduction":
            self.introduction = label
            return
        if ours == "text" and not section["questions"]:
            section["text"] = label
            return
        if isinstance(part, Place) and self._is_words_of_other(part, section):
            return
        question = self._of_group(part) if isinstance(part, Group) else self._asked(part)
        question["relevant"] = expressions.both(condition, question["relevant"])
        self.names.add(question["name"])
        section["questions"].append(question)
        self.origin[id(question)] = place

    def _asked(self, place: Place) -> dict[str, Any]:
        question = plain_question(place, self.say)
        if place.type.options:
            self._choose(question, place)
        return question

    def _choose(self, question: dict[str, Any], place: Place) -> None:
        """The options of the list that the type names."""
        known = self.options.get(place.type.options)
        if known is None:
            message = _("Die Liste „%(name)s“ fehlt im Blatt „choices“.") % {"name": place.type.options}
            self.say(message, place.line.line, "type")
            known = [Choice("a", {}, {}, 0)]
        choice_filter = expressions.straight(place.line.values.get("choice_filter", ""))
        taken = []
        for choice in known:
            own = expressions.straight(choice.extra.get("allmende_filter", ""))
            allowed = own or (expressions.filtered(choice_filter, choice.extra) if choice_filter else "")
            taken.append({"name": choice.name, "label": dict(choice.label), "filter": allowed})
        if choice_filter and any(choice.extra.get("allmende_filter") for choice in known):
            for option, choice in zip(taken, known, strict=True):
                option["filter"] = expressions.straight(choice.extra.get("allmende_filter", ""))
        question["options"] = taken
        self.choice_lines[id(question)] = [choice.line for choice in known]
        if place.type.other:
            question["other"] = True
            question["options"] = [option for option in taken if option["name"] != OTHER]

    def _is_words_of_other(self, place: Place, section: dict[str, Any]) -> bool:
        """Whether this text asks for the words of "something else" of the question before."""
        before = section["questions"][-1] if section["questions"] else None
        if before is None or place.type.kind != "text" or before["kind"] not in {"select_one", "select_multiple"}:
            return False
        asked = self.origin[id(before)].said
        if place.said not in {f"{asked}__other", f"{asked}_other"}:
            return False
        if not before["other"] and all(option["name"] != OTHER for option in before["options"]):
            return False
        before["other"] = True
        before["options"] = [option for option in before["options"] if option["name"] != OTHER]
        self.renamed[place.said] = f"{before['name']}__other"
        return True

    def _of_group(self, group: Group) -> dict[str, Any]:
        """A matrix or the allocation of an amount: one question of ours, several rows of theirs."""
        place, first = group.place, group.places[0]
        question = plain_question(place, self.say)
        question["required"] = all(kinds.said_yes(part.line.values.get("required", "")) for part in group.places)
        if group.is_matrix:
            question["kind"] = "matrix"
            self._choose(question, first)
            question["rows"] = [self._inner(place, part) for part in group.places]
        else:
            question["kind"] = "allocation"
            question["options"] = [{**self._inner(place, part), "filter": ""} for part in group.places]
        for part in group.places:
            inner = self._inner(place, part)["name"]
            self.renamed[part.said] = f"{place.name}/{inner}"
        return question

    def _inner(self, outer: Place, part: Place) -> dict[str, Any]:
        name = part.said.removeprefix(f"{outer.said}__")
        return {"name": name, "label": dict(part.line.texts.get("label", {}))}


def _tables(parts: "Sequence[Group | Place]") -> "list[Group | Place]":
    """Rows of equal choices under a row of headings (appearances `label` and `list-nolabel`) as one table each."""
    found: list[Group | Place] = []
    for part in parts:
        last = found[-1] if found else None
        if isinstance(part, Place) and part.type.kind == "select_one" and "label" in part.appearance:
            found.append(Group(part, table=True))
        elif (
            isinstance(part, Place)
            and isinstance(last, Group)
            and last.table
            and "list-nolabel" in part.appearance
            and part.type.options == last.place.type.options
        ):
            last.parts.append(part)
        else:
            found.append(part)
    return [part.place if isinstance(part, Group) and part.table and not part.parts else part for part in found]
