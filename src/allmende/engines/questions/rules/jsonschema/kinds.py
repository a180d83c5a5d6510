"""One property of a JSON Schema as one kind of question."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from allmende.engines.questions.rules.building import option_names
from allmende.engines.questions.rules.definition import Kind
from allmende.engines.questions.rules.jsonschema.conditions import below
from allmende.engines.questions.rules.jsonschema.parts import (
    LABEL,
    NOTHING,
    Schema,
    last,
    listed,
    mapping,
    number_of,
    text_of,
    title_of,
    type_of,
    whole,
)
from allmende.engines.questions.rules.jsonschema.writing import KIND, SHAPES
from allmende.engines.questions.rules.reading import MOST_QUESTIONS, OPTION_NAME
from allmende.engines.questions.rules.xlsform.remarks import Remark

MOST_HOPS = 10
"""References that are followed one after the other."""
LONG = 200
"""A text that may have more characters than these gets a large field."""
FORMATS = {"date": Kind.DATE, "time": Kind.TIME, "date-time": Kind.DATETIME}
YES_NO = {"de": ("Ja", "Nein"), "en": ("Yes", "No")}


class Kinds:
    """Reads single properties of one schema, and keeps what is to be told of it."""

    def __init__(self, root: Schema, language: str) -> None:
        self.root, self.language = root, language
        self.remarks: list[Remark] = []

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
        }.get(type_of(schema))  # fmt: skip
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
        most = whole(schema.get("maxLength"))
        kind = Kind.LONGTEXT if most is not None and most > LONG else Kind.TEXT
        return {"kind": kind.value, "least": whole(schema.get("minLength")), "most": most}

    def of_number(self, schema: Schema, _where: str) -> dict[str, Any]:
        is_whole = type_of(schema) == "integer"
        least, most, step = (number_of(schema.get(key)) for key in ("minimum", "maximum", "multipleOf"))
        if is_whole and least is None and (above := number_of(schema.get("exclusiveMinimum"))) is not None:
            least = int(above) + 1
        if is_whole and most is None and (under := number_of(schema.get("exclusiveMaximum"))) is not None:
            most = int(under) - 1
        bounds = {"least": least, "most": most, "step": step if step and not is_whole else None}
        return {"kind": (Kind.INTEGER if is_whole else Kind.DECIMAL).value, **bounds}

    def of_truth(self, _schema: Schema, _where: str) -> dict[str, Any]:
        yes, no = YES_NO.get(self.language, YES_NO["de"])
        options = [{"name": "yes", "label": {self.language: yes}}, {"name": "no", "label": {self.language: no}}]
        return {"kind": Kind.SELECT_ONE.value, "options": options}

    def of_list(self, schema: Schema, where: str) -> dict[str, Any]:
        item = self.resolved(schema.get("items"), f"{where}/items")
        options = self.options(item, where)
        if options:
            limits = {"least": whole(schema.get("minItems")), "most": whole(schema.get("maxItems"))}
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
        names = {last(place) for place, _one in self.properties(schema, where)}
        return {"lon", "lat"} <= names or {"longitude", "latitude"} <= names

    def table(self, schema: Schema, where: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]] | None:
        """Rows and answers, where all properties offer the same ones."""
        found = [(last(place), one, self.options(one, place)) for place, one in self.properties(schema, where)]
        if len(found) < self.least_of(schema, Kind.MATRIX):
            return None
        if not found[0][2] or any(options != found[0][2] for _name, _one, options in found):
            return None
        names = option_names([name for name, *_rest in found], {})
        rows = [
            {"name": name if OPTION_NAME.fullmatch(name) else made, "label": self.words(title_of(one, name))}
            for (name, one, _options), made in zip(found, names, strict=True)
        ]
        return rows, found[0][2]

    def shares(self, schema: Schema, where: str) -> tuple[list[dict[str, Any]], int] | None:
        """What is given out and how much there is: whole numbers from 0 up to one and the same."""
        found = [(last(place), one) for place, one in self.properties(schema, where)]
        most = {whole(one.get("maximum")) for _name, one in found}
        are_whole = all(type_of(one) == "integer" and one.get("minimum") == 0 for _name, one in found)
        total = next(iter(most), None)
        if len(found) < self.least_of(schema, Kind.ALLOCATION) or not are_whole or len(most) != 1 or total is None:
            return None
        names = option_names([name for name, _one in found], {})
        return [
            {"name": name if OPTION_NAME.fullmatch(name) else made, "label": self.words(title_of(one, name))}
            for (name, one), made in zip(found, names, strict=True)
        ], total

    def least_of(self, schema: Schema, kind: Kind) -> int:
        """So many equal properties make one question: two, where the schema does not say it itself."""
        return 1 if schema.get(KIND) == kind.value else 2

    def options(self, schema: Schema, _where: str) -> list[dict[str, Any]]:
        """What there is to choose from; nothing where values are not listed."""
        pairs = listed(schema)
        values = [str(value)[:LABEL] for value, _title_ in pairs]
        labels = [str(title)[:LABEL] for _value, title in pairs]
        usable = all(OPTION_NAME.fullmatch(value) for value in values) and len(set(values)) == len(values)
        names = values if usable else option_names(values, {})
        return [{"name": name, "label": {self.language: label}} for name, label in zip(names, labels, strict=True)]

    # the smallest parts

    def properties(self, schema: Schema, where: str) -> Iterator[tuple[str, Schema]]:
        for name, raw in islice(mapping(schema.get("properties")).items(), MOST_QUESTIONS + 1):
            place = below(where, name)
            yield place, self.resolved(raw, place)

    def resolved(self, data: object, where: str) -> Schema:
        """What a reference within the file leads to; the keys beside it count more."""
        found = NOTHING if data is False else mapping(data)
        for _hop in range(MOST_HOPS):
            ref = found.get("$ref")
            if not isinstance(ref, str):
                return found
            target: object = self.root
            for part in ref.removeprefix("#").strip("/").split("/") if ref.startswith("#/") else [""]:
                target = mapping(target).get(part.replace("~1", "/").replace("~0", "~"))
            if not isinstance(target, Mapping):
                self.hint(where, _("„%(ref)s“ steht nicht in der Datei.") % {"ref": ref[:80]})
                return {key: value for key, value in found.items() if key != "$ref"}
            beside = {key: value for key, value in found.items() if key != "$ref"}
            found = {**target, **beside} if beside else target
        return {}

    def words(self, text: object, most: int = LABEL) -> dict[str, str]:
        checked = text_of(text, most)
        return {self.language: checked} if checked else {}

    def hint(self, where: str, message: str) -> None:
        remark = Remark(message, pointer=where, grave=False)
        if remark not in self.remarks:
            self.remarks.append(remark)
