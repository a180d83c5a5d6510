"""Names as people type them: folded for comparing, and taken apart into street, house number, corner and context."""

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 200
LONGEST_NUMBER = 6
_MARKS = re.compile(r"[\u0300-\u036f]")
_WORDS = re.compile(r"[^a-z0-9]+")
_ABBREVIATIONS = (
    (re.compile(r"str(?:\.|\b)(?!asse)"), "strasse "),
    (re.compile(r"\bpl(?:\.|\b)"), "platz "),
    (re.compile(r"\bst\."), "sankt "),
    (re.compile(r"\bbhf\b\.?"), "bahnhof "),
    (re.compile(r"\bhbf\b\.?"), "hauptbahnhof "),
)
_NUMBER = re.compile(
    r"(?:(?<=[\s,])|^|(?<=[a-zß.]))(\d{1,4})\s?([a-z](?![a-z]))?(\s?[-–/+]\s?\d{1,4}\s?(?:[a-z](?![a-z]))?)?(?=$|[\s,;])",
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"\b(?:D-)?(\d{5})\b", re.IGNORECASE)
_CORNER = re.compile(
    r"^\s*(?:(?:an\s+der\s+)?(?:ecke|kreuzung)\s+)?(?P<a>.+?)\s*(?:\becke\b|\bkreuzung\b(?:\s+mit)?|/|&|\bund\b)\s*(?P<b>.+?)\s*$",
    re.IGNORECASE,
)
_SAYS_CORNER = re.compile(r"\becke\b|\bkreuzung\b|[^\d\s]\s*[/&]\s*[^\d\s]", re.IGNORECASE)


def plain(text: str) -> str:
    """Folds a name: „Karl-Marx-Str.“ and „karl marx straße“ become the same, ä is a, so is ae."""
    folded = _MARKS.sub("", unicodedata.normalize("NFKD", text[:LONGEST].casefold().replace("ß", "ss")))
    for pattern, word in _ABBREVIATIONS:
        folded = pattern.sub(word, folded)
    folded = folded.replace("ae", "a").replace("oe", "o").replace("ue", "u")
    return _WORDS.sub(" ", folded).strip()


def squeezed(text: str) -> str:
    """A folded name without spaces: „Haupt Straße“ is „Hauptstraße“."""
    return text.replace(" ", "")


@dataclass(frozen=True)
class Asked:
    """What somebody typed, taken apart. Names are folded."""

    name: str
    number: int | None = None
    suffix: str = ""
    context: str = ""
    """What else was said: a district, the city."""
    postcode: str = ""
    corner: tuple[str, str] | None = None


def house(number: str, suffix: str | None = "", more: str | None = "") -> tuple[int, str]:
    """„12“, „A“, „ - 14“ → 12, "a-14"."""
    tail = f"{suffix or ''}{more or ''}".lower().replace("–", "-").replace(" ", "")
    return int(number), tail[:12]


def house_of(text: str) -> tuple[int, str] | None:
    """A house number as registers write it („12 a“, „7-9“), or None for what is none („ohne“, „12/3/4b“)."""
    found = re.fullmatch(r"\s*(\d{1,4})\s?([a-zA-Z])?(\s?[-–/+]\s?\d{1,4}\s?[a-zA-Z]?)?\s*", text)
    return house(*found.groups()) if found else None


def ask(text: str, city: str = "") -> Asked:
    """Takes apart what somebody typed; `city` is the city's own name, which says nothing here."""
    text = " ".join(text.replace("\0", " ")[:LONGEST].split())
    code = _POSTCODE.search(text)
    postcode = code[1] if code else ""
    if code:
        text = f"{text[: code.start()]} , {text[code.end() :]}".strip(" ,")
    if _SAYS_CORNER.search(text):
        corner = _CORNER.match(text)
        if corner:
            a, b = (plain(re.split(r"[,;]", corner[name])[0]) for name in ("a", "b"))
            if a and b:
                return Asked(f"{a} {b}", corner=(a, b), postcode=postcode)
    first, rest, (number, suffix) = _house(*text.partition(",")[::2])
    name, context = _without_city(plain(first), plain(rest), plain(city))
    if not name and context:
        name, context = context, ""
    return Asked(name, number, suffix, context, postcode)


def _house(first: str, rest: str) -> tuple[str, str, tuple[int | None, str]]:
    """Street and the rest without the house number, and the number: it ends the street or follows a comma."""
    hits = list(_NUMBER.finditer(first))
    if hits and re.search(r"[a-zA-ZäöüÄÖÜß]{2}", first[: hits[-1].start()]):  # else „2 Linden“: a name with a number
        hit = hits[-1]
        return first[: hit.start()], f"{first[hit.end() :]} {rest}", house(*hit.groups())
    hits = list(_NUMBER.finditer(rest))
    if hits:
        hit = hits[-1]
        return first, f"{rest[: hit.start()]} {rest[hit.end() :]}", house(*hit.groups())
    return first, rest, (None, "")


def _without_city(name: str, context: str, known: str) -> tuple[str, str]:
    """The city's own name says nothing here, unless nothing else was said."""
    if not known:
        return name, context
    context = " ".join(word for word in context.split() if word != known)
    if name == known and context:
        return context, ""
    if name != known:
        name = re.sub(rf"(^{re.escape(known)} | {re.escape(known)}$)", "", name) or name
    return name, context
