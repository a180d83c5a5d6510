"""What a JSON Schema asks only sometimes, as conditions of questions.

Source: https://json-schema.org/draft/2020-12, chapter 10.2 of its core: `if`, `then`, `else`, `allOf`, `anyOf`,
`oneOf`, `not`, `dependentSchemas`, `dependentRequired` (and `dependencies` of older drafts). A schema is content with
what is missing: `{"if": {"properties": {"a": {"const": 1}}}}` holds where nothing is said to `a`. A form asks on only
when something was said, so a condition here always wants an answer as well.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from allmende.engines.questions.rules.definition import CHOOSES, NUMBERS, Kind
from allmende.engines.questions.rules.jsonschema.parts import Schema

SILENT = frozenset({"type", "title", "description", "$comment", "default", "examples", "deprecated"})
"""Words that test nothing (or only what every answer is anyway)."""
BOUNDS = {"minimum": ">=", "maximum": "<=", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}
MOST_PARTS = 60
"""Of a condition; what has more is told and left to people."""


@dataclass(frozen=True)
class Known:
    """A property that became a question. `values`: how a listed value, as text, is called among the answers."""

    name: str
    kind: Kind
    values: Mapping[str, str]

    @property
    def answered(self) -> str:
        return f"${{{self.name}}} != ''"

    def equals(self, value: object) -> str | None:
        """The comparison; None where this question cannot have such an answer."""
        reference = f"${{{self.name}}}"
        if value is None:
            return f"{reference} = ''"
        if self.kind == Kind.CONSENT:
            return f"{reference} {'!=' if value is True else '='} ''" if isinstance(value, bool) else None
        if self.kind in CHOOSES:
            option = self.values.get(str(value))
            return None if option is None else f"selected({reference}, '{option}')"
        if self.kind in NUMBERS | {Kind.RATING}:
            number = _literal(value)
            return None if number is None else f"{reference} = {number}"
        return _quoted(reference, value) if isinstance(value, str) else None


@dataclass(frozen=True)
class Condition:
    """An expression, and the questions that it asks about."""

    text: str
    about: tuple[Known, ...]
    is_joined: bool = False
    """With "or": goes into brackets where it stands beside others."""
    opposite: "Condition | None" = None

    @property
    def bracketed(self) -> str:
        return f"({self.text})" if self.is_joined else self.text

    def otherwise(self) -> "Condition":
        """The opposite, once something was said."""
        if self.opposite is not None:
            return self.opposite
        said = dict.fromkeys(known.answered for known in self.about)
        return Condition(" and ".join([*said, f"not({self.text})"]), self.about, opposite=self)


type Look = Callable[[str], Known | None]
"""What became of the property at a place of the schema („/properties/address/properties/town“)."""


def condition_of(schema: object, where: str, look: Look) -> Condition | None:
    """The condition under which an object fits `schema`; None for one that cannot be said here."""
    if not isinstance(schema, Mapping):
        return None
    parts: list[Condition | None] = []
    for word, inner in schema.items():
        if word == "properties" and isinstance(inner, Mapping):
            parts += [
                _of_property(one, below(where, name), look) for name, one in inner.items() if one not in ({}, True)
            ]
        elif word == "required" and isinstance(inner, Sequence):
            parts += [_said(name, where, look) for name in inner if name not in _tested(schema)]
        elif word not in SILENT:
            parts.append(_joined(word, inner, lambda one: condition_of(one, where, look)))
    return both(parts)


def below(where: str, name: object) -> str:
    """The place of a property of the object at `where` (a JSON pointer, RFC 6901)."""
    return f"{where}/properties/{str(name).replace('~', '~0').replace('/', '~1')}"


def _tested(schema: Schema) -> Schema:
    tested = schema.get("properties")
    return {name: one for name, one in tested.items() if one not in ({}, True)} if isinstance(tested, Mapping) else {}


def _said(name: object, where: str, look: Look) -> Condition | None:
    known = look(below(where, name))
    return None if known is None else Condition(known.answered, (known,))


def _of_property(schema: object, where: str, look: Look) -> Condition | None:
    known = look(where)
    if known is None:
        return condition_of(schema, where, look)  # an object, of which a section was made
    return _of_value(schema, known)


def _of_value(schema: object, known: Known) -> Condition | None:
    if not isinstance(schema, Mapping):
        return None
    parts: list[Condition | None] = []
    for word, inner in schema.items():
        if word == "const":
            parts.append(_one_of([inner], known))
        elif word == "enum" and isinstance(inner, list):
            parts.append(_one_of(inner, known))
        elif word == "contains" and known.kind == Kind.SELECT_MULTIPLE:
            parts.append(_of_value(inner, known))
        elif word in BOUNDS and known.kind in NUMBERS | {Kind.RATING} and (number := _literal(inner)) is not None:
            parts.append(Condition(f"${{{known.name}}} {BOUNDS[word]} {number}", (known,)))
        elif word in {"minLength", "minItems"} and inner == 1:
            parts.append(Condition(known.answered, (known,)))
        elif word not in SILENT:
            parts.append(_joined(word, inner, lambda one: _of_value(one, known)))
    return both(parts)


def _one_of(values: list[Any], known: Known) -> Condition | None:
    found = [known.equals(one) for one in values[:MOST_PARTS]]
    texts = [one for one in found if one is not None]
    if not texts or len(texts) != len(values):
        return None
    return Condition(" or ".join(texts), (known,), is_joined=len(texts) > 1)


def _joined(word: str, inner: object, read: Callable[[object], Condition | None]) -> Condition | None:
    """`oneOf` is taken as `anyOf`: that no second one fits is not asked."""
    if word == "not":
        found = read(inner)
        return None if found is None else found.otherwise()
    if word not in {"allOf", "anyOf", "oneOf"} or not isinstance(inner, list):
        return None
    parts = [read(one) for one in inner[: MOST_PARTS + 1]]
    return both(parts) if word == "allOf" else either(parts)


def both(parts: Sequence[Condition | None]) -> Condition | None:
    """All of them; None where one cannot be said."""
    found = _all_there(parts)
    if not found or len(found) == 1:
        return found[0] if found else None
    return Condition(" and ".join(dict.fromkeys(one.bracketed for one in found)), _about(found))


def either(parts: Sequence[Condition | None]) -> Condition | None:
    """One of them at least."""
    found = _all_there(parts)
    if not found or len(found) == 1:
        return found[0] if found else None
    texts = dict.fromkeys(f"({one.text})" if " and " in one.text else one.text for one in found)
    return Condition(" or ".join(texts), _about(found), is_joined=len(texts) > 1)


def _all_there(parts: Sequence[Condition | None]) -> list[Condition]:
    found = [one for one in parts if one is not None]
    return found if len(found) == len(parts) <= MOST_PARTS else []


def _about(parts: Sequence[Condition]) -> tuple[Known, ...]:
    return tuple({known.name: known for one in parts for known in one.about}.values())


def _literal(value: object) -> str | None:
    """A number as expressions write it."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -(10**9) < value < 10**9:
        return None
    return str(int(value)) if value == int(value) else f"{value:.6f}".rstrip("0")


def _quoted(reference: str, value: str) -> str | None:
    quote = '"' if "'" in value else "'"
    return None if quote in value or len(value) > 200 or not value else f"{reference} = {quote}{value}{quote}"  # noqa: PLR2004 - a word


@dataclass(frozen=True)
class Branch:
    """A part of a schema that counts only sometimes: under its condition (None: one that cannot be said here); or
    always, where `is_always`. `word` is the keyword that brings it.
    """

    schema: object
    pointer: str
    condition: Condition | None
    word: str
    is_always: bool = False


def branches(schema: Schema, pointer: str, where: str, look: Look) -> Iterator[Branch]:
    """All parts of the schema of an object at `where` beside its own properties. `pointer` is where it is written."""
    if "if" in schema:
        found = condition_of(schema["if"], where, look)
        if "then" in schema:
            yield Branch(schema["then"], f"{pointer}/then", found, "if")
        if "else" in schema:
            yield Branch(schema["else"], f"{pointer}/else", found.otherwise() if found is not None else None, "if")
    for at, one in enumerate(_list(schema.get("allOf"))):
        yield Branch(one, f"{pointer}/allOf/{at}", None, "allOf", is_always=True)
    for word in ("dependentSchemas", "dependentRequired", "dependencies"):
        told = schema.get(word)
        for name, one in told.items() if isinstance(told, Mapping) else ():
            part = {"required": one} if isinstance(one, list) else one
            yield Branch(part, f"{pointer}/{word}/{name}", _said(name, where, look), word)
    for word in ("oneOf", "anyOf"):
        several = _list(schema.get(word))
        for at, one in enumerate(several):
            yield Branch(one, f"{pointer}/{word}/{at}", _told_apart(one, several, where, look), word)


def _list(data: object) -> list[Any]:
    return data[:MOST_PARTS] if isinstance(data, list) else []


def _told_apart(one: object, several: list[Any], where: str, look: Look) -> Condition | None:
    """By the properties to which each of the alternatives names its values."""
    tables = [_tested(other) if isinstance(other, Mapping) else {} for other in several]
    named = [
        {name for name, value in table.items() if isinstance(value, Mapping) and {"const", "enum"} & set(value)}
        for table in tables
    ]
    common = set.intersection(*named) if named else set()
    inner = _tested(one) if isinstance(one, Mapping) else {}
    known = {name: value for name, value in inner.items() if name in common and look(below(where, name)) is not None}
    return condition_of({"properties": known}, where, look) if known else None
