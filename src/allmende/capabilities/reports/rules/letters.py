"""What a mail says about a fault: words, and where it may be. Pure."""

import re
from collections.abc import Iterator

ANSWER = re.compile(r"^(?:(?:re|aw|fwd?|wg|antw)\s*:\s*)+", re.IGNORECASE)
NAMED = re.compile(
    r"^\s*(?:ort|wo|adresse|stelle|standort|place|where|address|location)\s*:\s*(\S.{1,150}?)\s*$",
    re.IGNORECASE | re.MULTILINE,
)
STREET = re.compile(
    r"\b((?:(?:Am|An der|An den|Auf dem|Im|In der|Zum|Zur|Alte|Neue|Obere|Untere|Große|Kleine) )?"
    r"[A-ZÄÖÜ][\w.-]{0,40}(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|ufer|damm|markt|hof|steig|berg|tal)"
    r"(?:\s+\d{1,4}\s?[a-z]?\b)?)",
)
BEFORE = re.compile(r"^(?:Am|An der|An den|Auf dem|Im|In der|Zum|Zur) ")
MOST = 8


def words_of(subject: str, text: str, *, limit: int) -> str:
    """The subject, unless the text begins with it, and the text; cut off where it is too long."""
    title = ANSWER.sub("", subject).strip()
    said = text.strip()
    if title and not said.casefold().startswith(title.casefold()):
        said = f"{title}\n\n{said}".strip()
    return said if len(said) <= limit else f"{said[: limit - 1].rstrip()}…"


def places_in(subject: str, text: str) -> Iterator[tuple[str, bool]]:
    """What may name the place, best first, and whether somebody called it the place („Ort: …“)."""
    seen: set[str] = set()
    hits = [(found, True) for found in NAMED.findall(text)]
    for part in (subject, text):
        for found in STREET.findall(part[:5000]):
            hits += [(found, False), (BEFORE.sub("", found), False)]  # „In der Lindenstraße“, but also „Am Alten Markt“
    for words, named in hits:
        plain = " ".join(words.split())
        if plain.casefold() not in seen and len(seen) < MOST:
            seen.add(plain.casefold())
            yield plain, named
