"""A JSON Schema as a questionnaire, and everything that was left out or understood in our way.

Source: https://json-schema.org/draft/2020-12. Each property becomes a question, each object and each list of objects a
section of its own. What we wrote ourselves says its kind (`x-kind`); of other schemas the type, the format and the
listed values tell. Conditions are not part of it: whoever needs them sets them in the builder.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from allmende.engines.questions.rules.building import free_name, option_names
from allmende.engines.questions.rules.definition import OTHER, DefinitionError, Kind, definition_to_json
from allmende.engines.questions.rules.jsonschema.writing import KIND, SHAPES
from allmende.engines.questions.rules.reading import (
    MOST_OPTIONS,
    MOST_QUESTIONS,
    NAME,
    OPTION_NAME,
    definition_from_json,
)
from allmende.engines.questions.rules.xlsform.reading import Reading
from allmende.engines.questions.rules.xlsform.remarks import Remark

type Schema = Mapping[str, Any]

MOST_HOPS = 10
"""References that are followed one after the other."""
LONG = 200
"""A text that may have more characters than these gets a large field."""
LABEL, HINT, LARGEST = 1000, 10_000, 10**9
FORMATS = {"date": Kind.DATE, "time": Kind.TIME, "date-time": Kind.DATETIME}
CONDITIONS = ("if", "allOf", "not", "dependentSchemas", "dependentRequired", "patternProperties")
YES_NO = {"de": ("Ja", "Nein"), "en": ("Yes", "No")}


def is_schema(data: object) -> bool:
    """Whether this JSON is a schema, and not a questionnaire of this portal."""
    return isinstance(data, Mapping) and "sections" not in data and ("$schema" in data or "properties" in data)


def read(data: Schema, *, language: str = "de") -> Reading:
    """Reads a schema; `language` is the one its titles are in."""
    return _Reader(data, language).reading()


def _mapping(data: object) -> Schema:
    return data if isinstance(data, Mapping) else {}


def _text(data: object, most: int) -> str:
    return data.strip()[:most] if isinstance(data, str) else ""


def _number(data: object) -> float | None:
    if isinstance(data, bool) or not isinstance(data, int | float):
        return None
    return data if -LARGEST < data < LARGEST else None


def _whole(data: object) -> int | None:
    """A bound that says something: a positive whole number."""
    number = _number(data)
    return int(number) if number is not None and number > 0 and number == int(number) else None


class _Reader:
    """One reading of one schema."""

    def __init__(self, root: Schema, language: str) -> None:
        self.root, self.language = root, language
        self.remarks: list[Remark] = []
        self.taken: set[str] = set()
        self.asked = 0
        root = self.resolved(root, "")
        self.outer = root
        self.made: dict[str, Any] = {
            "title": {language: _text(root.get("title"), LABEL) or _("Eingelesener Fragebogen")},
            "languages": [language],
            "introduction": self.words(root.get("description"), HINT),
            "sections": [],
        }

    def reading(self) -> Reading:
        for place, schema in (("", self.outer), *self.properties(self.outer, "")):
            left = [word for word in CONDITIONS if word in schema]
            if left:
                message = _("Bedingungen (%(words)s) sind nicht übernommen. Bitte setzen Sie sie danach selbst.")
                self.hint(place, message % {"words": ", ".join(left)})
        self.section_of(self.outer, "", title={}, usual="fragen", is_outer=True)
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
        repeat: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """The properties of an object; of the outer one, what is an object itself becomes a section of its own."""
        needed = schema.get("required")
        needed = {one for one in needed if isinstance(one, str)} if isinstance(needed, Sequence) else set()
        here: dict[str, Any] | None = None
        for place, one in self.properties(schema, where):
            if self.asked > MOST_QUESTIONS:
                break  # the check of the whole says that these are too many
            name = _last(place)
            if name.endswith(f"__{OTHER}"):
                continue
            inner = self.inner(one, place)
            if inner is not None and is_outer:
                self.section_of(inner[0], place, title=self.words(_title(one, name)), usual=name, repeat=inner[1])
                here = None
                continue
            if inner is not None:
                self.hint(place, _("Das liegt zu tief und ist nicht übernommen."))
                continue
            if here is None:
                here = {
                    "name": free_name(self.made, usual, "abschnitt"), "title": dict(title), "repeat": repeat,
                    "questions": [],
                }  # fmt: skip
                self.taken.add(here["name"])
                self.made["sections"].append(here)
            others = f"{name}__{OTHER}" in _mapping(schema.get("properties"))
            self.question(here["questions"], name, one, place, is_needed=name in needed, others=others)

    def inner(self, schema: Schema, where: str) -> tuple[Schema, dict[str, Any] | None] | None:
        """The object of which a section is made, and how it is repeated; None for what is one question."""
        if _type(schema) == "array":
            item = self.resolved(schema.get("items"), f"{where}/items")
            if _type(item) == "object" and not self.is_place(item, where):
                return item, {"count": "", "most": min(50, _whole(schema.get("maxItems")) or 10)}
            return None
        if _type(schema) != "object" or self.is_place(schema, where):
            return None
        is_one_question = self.table(schema, where) is not None or self.shares(schema, where) is not None
        return None if is_one_question else (schema, None)

    def question(
        self, into: list[dict[str, Any]], given: str, schema: Schema, where: str, *, is_needed: bool, others: bool
    ) -> None:
        name = given
        if not NAME.fullmatch(name) or "__" in name or name in self.taken:
            name = free_name(self.made, given, "frage")
            self.hint(where, _("„%(before)s“ heißt hier „%(name)s“.") % {"before": given[:60], "name": name})
        told = str(schema.get(KIND))
        if told in {Kind.CALCULATE.value, Kind.NOTE.value}:
            self.hint(where, _("Was berechnet wird, ist nicht übernommen."))
            return
        made = {
            "name": name,
            "label": self.words(_title(schema, given)),
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

    # what kind a question is

    def kind_of(self, schema: Schema, where: str) -> dict[str, Any]:
        """`kind` and what belongs to it."""
        if schema.get("const") is True or schema.get("enum") == [True]:
            return {"kind": Kind.CONSENT.value}
        options = self.options(schema, where)
        if options:
            return {"kind": Kind.SELECT_ONE.value, "options": options}
        read: Callable[[Schema, str], dict[str, Any]] | None = {
            "string": self.of_text, "integer": self.of_number, "number": self.of_number, "boolean": self.of_truth,
            "array": self.of_list, "object": self.of_object,
        }.get(_type(schema))  # fmt: skip
        if read is not None:
            return read(schema, where)
        return self.as_text(where)

    def as_text(self, where: str) -> dict[str, Any]:
        self.hint(where, _("Diese Angabe ist hier ein Textfeld."))
        return {"kind": Kind.LONGTEXT.value}

    def of_text(self, schema: Schema, where: str) -> dict[str, Any]:
        pattern = schema.get("pattern")
        shaped = FORMATS.get(str(schema.get("format"))) or next(
            (kind for kind, shape in SHAPES.items() if shape == pattern), None
        )
        if shaped is not None:
            return {"kind": shaped.value}
        if "contentMediaType" in schema or "contentEncoding" in schema:
            return {"kind": Kind.FILE.value}
        if pattern:
            self.hint(where, _("Das Muster „%(pattern)s“ wird nicht geprüft.") % {"pattern": str(pattern)[:80]})
        most = _whole(schema.get("maxLength"))
        kind = Kind.LONGTEXT if most is not None and most > LONG else Kind.TEXT
        return {"kind": kind.value, "least": _whole(schema.get("minLength")), "most": most}

    def of_number(self, schema: Schema, _where: str) -> dict[str, Any]:
        whole = _type(schema) == "integer"
        least, most, step = (_number(schema.get(key)) for key in ("minimum", "maximum", "multipleOf"))
        if whole and least is None and (above := _number(schema.get("exclusiveMinimum"))) is not None:
            least = int(above) + 1
        if whole and most is None and (below := _number(schema.get("exclusiveMaximum"))) is not None:
            most = int(below) - 1
        bounds = {"least": least, "most": most, "step": step if step and not whole else None}
        return {"kind": (Kind.INTEGER if whole else Kind.DECIMAL).value, **bounds}

    def of_truth(self, _schema: Schema, _where: str) -> dict[str, Any]:
        yes, no = YES_NO.get(self.language, YES_NO["de"])
        options = [{"name": "yes", "label": {self.language: yes}}, {"name": "no", "label": {self.language: no}}]
        return {"kind": Kind.SELECT_ONE.value, "options": options}

    def of_list(self, schema: Schema, where: str) -> dict[str, Any]:
        item = self.resolved(schema.get("items"), f"{where}/items")
        options = self.options(item, where)
        if options:
            limits = {"least": _whole(schema.get("minItems")), "most": _whole(schema.get("maxItems"))}
            return {"kind": Kind.SELECT_MULTIPLE.value, "options": options, **limits}
        if schema.get(KIND) == Kind.ROUTE.value or self.is_place(item, where):
            return {"kind": Kind.ROUTE.value}
        return self.as_text(where)

    def of_object(self, schema: Schema, where: str) -> dict[str, Any]:
        if self.is_place(schema, where):
            return {"kind": Kind.PLACE.value}
        table, shares = self.table(schema, where), self.shares(schema, where)
        if table is not None:
            rows, options = table
            return {"kind": Kind.MATRIX.value, "rows": rows, "options": options}
        if shares is not None:
            parts, total = shares
            return {"kind": Kind.ALLOCATION.value, "options": parts, "most": total}
        return self.as_text(where)

    def is_place(self, schema: Schema, where: str) -> bool:
        names = {_last(place) for place, _one in self.properties(schema, where)}
        return {"lon", "lat"} <= names or {"longitude", "latitude"} <= names

    def table(self, schema: Schema, where: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]] | None:
        """Rows and answers, where all properties offer the same ones."""
        found = [(_last(place), one, self.options(one, place)) for place, one in self.properties(schema, where)]
        if len(found) < self.least_of(schema, Kind.MATRIX):
            return None
        if not found[0][2] or any(options != found[0][2] for _name, _one, options in found):
            return None
        names = option_names([name for name, *_rest in found], {})
        rows = [
            {"name": name if OPTION_NAME.fullmatch(name) else made, "label": self.words(_title(one, name))}
            for (name, one, _options), made in zip(found, names, strict=True)
        ]
        return rows, found[0][2]

    def shares(self, schema: Schema, where: str) -> tuple[list[dict[str, Any]], int] | None:
        """What is given out and how much there is: whole numbers from 0 up to one and the same."""
        found = [(_last(place), one) for place, one in self.properties(schema, where)]
        most = {_whole(one.get("maximum")) for _name, one in found}
        whole = all(_type(one) == "integer" and one.get("minimum") == 0 for _name, one in found)
        total = next(iter(most), None)
        if len(found) < self.least_of(schema, Kind.ALLOCATION) or not whole or len(most) != 1 or total is None:
            return None
        names = option_names([name for name, _one in found], {})
        return [
            {"name": name if OPTION_NAME.fullmatch(name) else made, "label": self.words(_title(one, name))}
            for (name, one), made in zip(found, names, strict=True)
        ], total

    def least_of(self, schema: Schema, kind: Kind) -> int:
        """So many equal properties make one question: two, where the schema does not say it itself."""
        return 1 if schema.get(KIND) == kind.value else 2

    def options(self, schema: Schema, _where: str) -> list[dict[str, Any]]:
        """What there is to choose from; nothing where values are not listed."""
        listed = schema.get("enum")
        if isinstance(listed, list):
            titles, listed = schema.get("enumNames"), listed[: MOST_OPTIONS + 1]
            titles = titles[: len(listed)] if isinstance(titles, list) and len(titles) >= len(listed) else listed
            pairs = [(one, title) for one, title in zip(listed, titles, strict=True) if one is not None and one != ""]
        else:
            several = schema.get("oneOf") or schema.get("anyOf")
            several = [_mapping(one) for one in several[: MOST_OPTIONS + 1]] if isinstance(several, list) else []
            several = [one for one in several if one.get("type") != "null"]
            if not all("const" in one for one in several):
                return []
            pairs = [(one["const"], one.get("title") or one["const"]) for one in several]
        values = [str(value)[:LABEL] for value, _title_ in pairs]
        labels = [str(title)[:LABEL] for _value, title in pairs]
        usable = all(OPTION_NAME.fullmatch(value) for value in values) and len(set(values)) == len(values)
        names = values if usable else option_names(values, {})
        return [{"name": name, "label": {self.language: label}} for name, label in zip(names, labels, strict=True)]

    # the smallest parts

    def properties(self, schema: Schema, where: str) -> Iterator[tuple[str, Schema]]:
        for name, raw in islice(_mapping(schema.get("properties")).items(), MOST_QUESTIONS + 1):
            place = f"{where}/properties/{str(name).replace('~', '~0').replace('/', '~1')}"
            yield place, self.resolved(raw, place)

    def resolved(self, data: object, where: str) -> Schema:
        """What a reference within the file leads to; the keys beside it count more."""
        found = _mapping(data)
        for _hop in range(MOST_HOPS):
            ref = found.get("$ref")
            if not isinstance(ref, str):
                return found
            target: object = self.root
            for part in ref.removeprefix("#").strip("/").split("/") if ref.startswith("#/") else [""]:
                target = _mapping(target).get(part.replace("~1", "/").replace("~0", "~"))
            if not isinstance(target, Mapping):
                self.hint(where, _("„%(ref)s“ steht nicht in der Datei.") % {"ref": ref[:80]})
                return {key: value for key, value in found.items() if key != "$ref"}
            beside = {key: value for key, value in found.items() if key != "$ref"}
            found = {**target, **beside} if beside else target
        return {}

    def words(self, text: object, most: int = LABEL) -> dict[str, str]:
        checked = _text(text, most)
        return {self.language: checked} if checked else {}

    def place(self, where: str) -> str:
        """The name of the question to which a place in what was made leads."""
        found = re.match(r"/sections/(\d+)/questions/(\d+)", where)
        if found is None:
            return where
        question = self.made["sections"][int(found[1])]["questions"][int(found[2])]
        return str(question["name"])

    def hint(self, where: str, message: str) -> None:
        remark = Remark(message, pointer=where, grave=False)
        if remark not in self.remarks:
            self.remarks.append(remark)


TOLD = frozenset({
    (Kind.RANKING.value, Kind.SELECT_MULTIPLE.value), (Kind.RATING.value, Kind.INTEGER.value),
    (Kind.LONGTEXT.value, Kind.TEXT.value), (Kind.TEXT.value, Kind.LONGTEXT.value),
    (Kind.FILE.value, Kind.TEXT.value),
})  # fmt: skip
"""What `x-kind` may say instead of what the schema alone tells."""


def _type(schema: Schema) -> str:
    """The type, "null" aside; of a schema that only lists properties, the obvious one."""
    told = schema.get("type")
    if isinstance(told, list):
        told = next((one for one in told if one != "null"), None)
    if told is None and "properties" in schema:
        return "object"
    return told if isinstance(told, str) else ""


def _title(schema: Schema, name: str) -> str:
    return _text(schema.get("title"), LABEL) or re.sub(r"[_-]+", " ", name).strip() or name or "?"


def _last(place: str) -> str:
    return place.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
