"""Types of XLSForm and the kinds of our questions. Source: https://xlsform.org/en/#question-types."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

SIMPLE: Mapping[str, str] = {
    "text": "text", "string": "text", "barcode": "text", "integer": "integer", "int": "integer", "decimal": "decimal",
    "date": "date", "time": "time", "datetime": "datetime", "geopoint": "place", "location": "place", "gps": "place",
    "geotrace": "route", "image": "file", "photo": "file", "file": "file", "audio": "file", "video": "file",
    "acknowledge": "consent", "trigger": "consent", "note": "note", "calculate": "calculate", "range": "range",
}  # fmt: skip
"""Type → kind; `range` becomes a rating or a number by its parameters."""
WRITTEN: Mapping[str, str] = {
    "text": "text", "longtext": "text", "integer": "integer", "decimal": "decimal", "date": "date", "time": "time",
    "datetime": "datetime", "place": "geopoint", "route": "geotrace", "file": "file", "consent": "acknowledge",
    "note": "note", "calculate": "calculate", "rating": "range",
}  # fmt: skip
"""Kind → type, for kinds that are one row."""
GATHERED = frozenset({
    "start", "end", "today", "deviceid", "device_id", "imei", "subscriberid", "simserial", "phonenumber",
    "phone number", "username", "email", "audit", "start-geopoint", "background-audio", "background-geopoint",
})  # fmt: skip
"""What other programs gather about the device and its owner without asking. We leave all of it out."""
CHOICES: Mapping[str, str] = {
    "select_one": "select_one", "select one": "select_one", "select one from": "select_one", "select1": "select_one",
    "select_multiple": "select_multiple", "select multiple": "select_multiple",
    "select all that apply from": "select_multiple", "select all that apply": "select_multiple", "rank": "ranking",
}  # fmt: skip
_BLOCK = re.compile(r"^(begin|end)[ _]+(group|repeat)$")
_SELECT = re.compile(
    rf"^({'|'.join(sorted(CHOICES, key=len, reverse=True))})\s+(\S+)(?:\s+(or_other|or other|or specify other))?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Type:
    """A cell of the column `type`: `kind` is ours, or "begin group" and its like, "gathered", "" for unknown."""

    kind: str
    options: str = ""
    """Name of the list of choices."""
    other: bool = False


def understood(text: str) -> Type:
    """What the cell says."""
    said = " ".join(text.split())
    plain = said.casefold()
    if plain in GATHERED:
        return Type("gathered")
    if block := _BLOCK.match(plain):
        return Type(f"{block[1]} {block[2]}")
    if plain in SIMPLE:
        return Type(SIMPLE[plain])
    if found := _SELECT.match(said):
        return Type(CHOICES[found[1].casefold()], found[2], bool(found[3]))
    return Type("")


def parameters(text: str) -> dict[str, str]:
    """`start=1 end=5 step=1` as pairs; commas and semicolons part as well."""
    return dict(re.findall(r"([a-z_-]+)\s*=\s*([^\s,;]+)", text.casefold()))


def said_no(text: str) -> bool:
    """Whether a cell that asks for yes or no says no."""
    return text.strip().casefold() in {"", "no", "false", "false()", "nein", "0"}


def said_yes(text: str) -> bool:
    """Whether it says yes; a condition is neither."""
    return text.strip().casefold() in {"yes", "true", "true()", "ja", "1"}
