"""A JSON Schema as a questionnaire, and everything that was left out or understood in our way.

Source: https://json-schema.org/draft/2020-12. Each property becomes a question, each object and each list of objects a
section of its own. What we wrote ourselves says its kind (`x-kind`); of other schemas the type, the format and the
listed values tell. What a schema asks only sometimes becomes a question with a condition (`conditions.py`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from allmende.engines.questions.rules.building import free_name
from allmende.engines.questions.rules.definition import OTHER, DefinitionError, Kind, definition_to_json
from allmende.engines.questions.rules.jsonschema.conditions import (
    SILENT,
    Condition,
    Known,
    below,
    both,
    branches,
    either,
)
from allmende.engines.questions.rules.jsonschema.kinds import Kinds
from allmende.engines.questions.rules.jsonschema.parts import (
    HINT,
    LABEL,
    NOTHING,
    Schema,
    last,
    listed,
    mapping,
    names_of,
    text_of,
    title_of,
    type_of,
    whole,
)
from allmende.engines.questions.rules.jsonschema.writing import KIND
from allmende.engines.questions.rules.reading import (
    LONGEST_EXPRESSION,
    MOST_QUESTIONS,
    NAME,
    definition_from_json,
)
from allmende.engines.questions.rules.xlsform.reading import Reading
from allmende.engines.questions.rules.xlsform.remarks import Remark

UNSAID = ("not", "patternProperties")
DEEPEST = 5
"""Conditions within conditions."""
TOLD = frozenset({
    (Kind.RANKING.value, Kind.SELECT_MULTIPLE.value), (Kind.RATING.value, Kind.INTEGER.value),
    (Kind.LONGTEXT.value, Kind.TEXT.value), (Kind.TEXT.value, Kind.LONGTEXT.value),
    (Kind.FILE.value, Kind.TEXT.value),
})  # fmt: skip
"""What `x-kind` may say instead of what the schema alone tells."""


def is_schema(data: object) -> bool:
    """Whether this JSON is a schema, and not a questionnaire of this portal."""
    return isinstance(data, Mapping) and "sections" not in data and ("$schema" in data or "properties" in data)


def read(data: Schema, *, language: str = "de") -> Reading:
    """Reads a schema; `language` is the one its titles are in."""
    return _Reader(data, language).reading()


@dataclass
class _Asked:
    """A question that was made of a property, and the condition under which it is asked; None: always."""

    known: Known
    question: dict[str, Any]
    only: Condition | None


@dataclass
class _Page:
    """An object on its way into sections: `where` in the schema, and the section that takes its next question."""

    where: str
    title: Mapping[str, str]
    usual: str
    is_outer: bool
    repeat: dict[str, Any] | None
    relevant: str
    section: dict[str, Any] | None = None


class _Reader(Kinds):
    """One reading of one schema."""

    def __init__(self, root: Schema, language: str) -> None:
        super().__init__(root, language)
        self.taken: set[str] = set()
        self.known: dict[str, _Asked] = {}
        """Place of a property → what became of it."""
        self.wanted: list[tuple[str, Condition | None, str]] = []
        """What has to be answered: the property's place, under which condition, where that is written."""
        self.asked = 0
        root = self.resolved(root, "")
        self.outer = root
        self.made: dict[str, Any] = {
            "title": {language: text_of(root.get("title"), LABEL) or _("Eingelesener Fragebogen")},
            "languages": [language],
            "introduction": self.words(root.get("description"), HINT),
            "sections": [],
        }

    def reading(self) -> Reading:
        for place, schema in (("", self.outer), *self.properties(self.outer, "")):
            left = [word for word in UNSAID if word in schema]
            if left:
                self.hint(place, without(", ".join(left)))
        self.section_of(self.outer, "", title={}, usual="fragen", is_outer=True)
        self.require()
        self.made["sections"] = [one for one in self.made["sections"] if one["questions"]]
        try:
            definition = definition_from_json(self.made)
        except DefinitionError as error:
            self.remarks += [Remark(fault.message, pointer=self.place(fault.where)) for fault in error.faults]
            return Reading(None, self.remarks)
        return Reading(definition_to_json(definition), self.remarks)

    # from outside in

    def section_of(
        self, schema: Schema, where: str, *, title: Mapping[str, str], usual: str, is_outer: bool = False,
        repeat: dict[str, Any] | None = None, relevant: str = "",
    ) -> None:  # fmt: skip
        """An object; of the outer one, what is an object itself becomes a section of its own."""
        page = _Page(where, title, usual, is_outer, repeat, relevant)
        self.own(schema, where, page, None)
        self.sometimes(schema, where, page, None, DEEPEST)

    def own(self, schema: Schema, pointer: str, page: "_Page", only: Condition | None) -> None:
        """The properties that stand in `schema`; `only`: they are asked under this condition."""
        needed = names_of(schema.get("required"))
        for place, one in self.properties(schema, pointer):
            if self.asked > MOST_QUESTIONS:
                break  # the check of the whole says that these are too many
            name = last(place)
            at = below(page.where, name)
            if at in self.known:
                self.again(self.known[at], one, place, only)
            elif not name.endswith(f"__{OTHER}") and one != NOTHING:
                others = f"{name}__{OTHER}" in mapping(schema.get("properties"))
                self.new(name, one, place, page, only, is_needed=name in needed, others=others)
        self.wanted += [(below(page.where, name), only, pointer) for name in sorted(needed)]

    def new(
        self, name: str, schema: Schema, where: str, page: "_Page", only: Condition | None, *,
        is_needed: bool, others: bool,
    ) -> None:  # fmt: skip
        """A section for an object, a question for anything else."""
        at, text = below(page.where, name), only.text if only is not None else ""
        inner = self.inner(schema, where)
        if inner is not None and page.is_outer:
            self.section_of(
                inner[0], at, title=self.words(title_of(schema, name)), usual=name, repeat=inner[1], relevant=text
            )
            page.section = None
        elif inner is not None:
            self.hint(where, _("Das liegt zu tief und ist nicht übernommen."))
        else:
            made = self.question(self.here(page), name, schema, where, is_needed=is_needed, others=others)
            if made is not None:
                made["relevant"] = text
                self.known[at] = _Asked(self.known_as(made, schema, where), made, only)

    def here(self, page: "_Page") -> list[dict[str, Any]]:
        """The questions of the section at hand; a new one after another object."""
        if page.section is None:
            page.section = {
                "name": free_name(self.made, page.usual, "abschnitt"), "title": dict(page.title),
                "repeat": page.repeat, "relevant": page.relevant, "questions": [],
            }  # fmt: skip
            self.taken.add(page.section["name"])
            self.made["sections"].append(page.section)
        questions: list[dict[str, Any]] = page.section["questions"]
        return questions

    def known_as(self, made: Mapping[str, Any], schema: Schema, where: str) -> Known:
        """For conditions: the question, and how each listed value is called among its answers."""
        kind = Kind(made["kind"])
        offered = self.resolved(schema.get("items"), where) if kind == Kind.SELECT_MULTIPLE else schema
        values = [str(value) for value, _label in listed(offered)] or ["True", "False"]
        names = [str(one["name"]) for one in self.options(offered, where) or made.get("options", ())]
        return Known(str(made["name"]), kind, dict(zip(values, names, strict=False)))

    # what is asked only sometimes

    def sometimes(self, schema: Schema, pointer: str, page: "_Page", only: Condition | None, deep: int) -> None:
        """Alternatives, and what depends on an answer; `only`: the condition under which all of it counts."""
        for branch in branches(schema, pointer, page.where, self.look):
            part = self.resolved(branch.schema, branch.pointer)
            if not part or part == NOTHING:
                continue
            condition = None
            if branch.is_always:
                condition = only
            elif branch.condition is not None:
                condition = branch.condition if only is None else both([only, branch.condition])
            if not branch.is_always and (condition is None or len(condition.text) > LONGEST_EXPRESSION):
                self.hint(branch.pointer, without(branch.word))
                condition = only
                part = {word: inner for word, inner in part.items() if word != "required"}
            self.own(part, branch.pointer, page, condition)
            if deep:
                self.sometimes(part, branch.pointer, page, condition, deep - 1)
            elif any(True for _one in branches(part, branch.pointer, page.where, self.look)):
                self.hint(branch.pointer, _("Das liegt zu tief und ist nicht übernommen."))

    def look(self, place: str) -> Known | None:
        found = self.known.get(place)
        return None if found is None else found.known

    def again(self, asked: "_Asked", schema: Schema, where: str, only: Condition | None) -> None:
        """A property that is a question already: asked here as well, or not asked, or told apart by its value."""
        if schema == NOTHING:
            if only is not None and asked.known not in only.about:
                asked.only = only.otherwise() if asked.only is None else both([asked.only, only.otherwise()])
        elif asked.only is not None:
            asked.only = None if only is None else either([asked.only, only])
        elif (only is None or asked.known not in only.about) and set(schema) - SILENT:
            self.hint(where, _("Was hier unter einer Bedingung anders ist, ist nicht übernommen."))
        text = asked.only.text if asked.only is not None else ""
        asked.question["relevant"] = text if len(text) <= LONGEST_EXPRESSION else ""

    def require(self) -> None:
        """A question may be left out or not, whatever was said to others: what a schema requires only sometimes is
        required here where the question is asked under just this condition.
        """
        for place, only, pointer in self.wanted:
            asked = self.known.get(place)
            if asked is None or asked.question["required"] or (only is not None and asked.known in only.about):
                continue
            if only is None or (asked.only is not None and asked.only.text == only.text):
                asked.question["required"] = True
            else:
                message = _("„%(name)s“ ist nur unter einer Bedingung nötig. Hier kann man die Frage auslassen.")
                self.hint(pointer, message % {"name": asked.known.name})

    def inner(self, schema: Schema, where: str) -> tuple[Schema, dict[str, Any] | None] | None:
        """The object of which a section is made, and how it is repeated; None for what is one question."""
        if type_of(schema) == "array":
            item = self.resolved(schema.get("items"), f"{where}/items")
            if type_of(item) == "object" and not self.is_place(item, where):
                return item, {"count": "", "most": min(50, whole(schema.get("maxItems")) or 10)}
            return None
        if type_of(schema) != "object" or self.is_place(schema, where):
            return None
        is_one_question = self.table(schema, where) is not None or self.shares(schema, where) is not None
        return None if is_one_question else (schema, None)

    def question(
        self, into: list[dict[str, Any]], given: str, schema: Schema, where: str, *, is_needed: bool, others: bool
    ) -> dict[str, Any] | None:
        """The question that was made of a property; None for what is computed."""
        name = given
        if not NAME.fullmatch(name) or "__" in name or name in self.taken:
            name = free_name(self.made, given, "frage")
            self.hint(where, _("„%(before)s“ heißt hier „%(name)s“.") % {"before": given[:60], "name": name})
        told = str(schema.get(KIND))
        if told in {Kind.CALCULATE.value, Kind.NOTE.value}:
            self.hint(where, _("Was berechnet wird, ist nicht übernommen."))
            return None
        made: dict[str, Any] = {
            "name": name,
            "label": self.words(title_of(schema, given)),
            "hint": self.words(schema.get("description"), HINT),
            "required": is_needed,
            **self.kind_of(schema, where),
        }
        if (told, made["kind"]) in TOLD:
            made["kind"] = told
            if told == Kind.RATING:
                made.pop("least", None)
            elif told == Kind.RANKING:
                made.pop("least", None)
                made.pop("most", None)
        if others and made["kind"] in {Kind.SELECT_ONE, Kind.SELECT_MULTIPLE}:
            made["options"] = [one for one in made["options"] if one["name"] != OTHER]
            made["other"] = True
        self.taken.add(name)
        self.asked += 1
        into.append(made)
        return made

    def place(self, where: str) -> str:
        """The name of the question to which a place in what was made leads."""
        found = re.match(r"/sections/(\d+)/questions/(\d+)", where)
        if found is None:
            return where
        question = self.made["sections"][int(found[1])]["questions"][int(found[2])]
        return str(question["name"])


def without(words: str) -> str:
    message = _("Bedingungen (%(words)s) sind nicht übernommen. Bitte setzen Sie sie danach selbst.")
    return message % {"words": words}
