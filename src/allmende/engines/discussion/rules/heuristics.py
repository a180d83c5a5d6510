"""What makes a post stand out. A heuristic only ever puts something into the queue; people decide."""

import re
import unicodedata
from collections.abc import Iterable

LINK = re.compile(
    r"(?i)\b(?:https?://|www\.)\S+|\b[a-z0-9-]{2,}\.(?:com|net|org|info|biz|ru|xyz|top|shop|online|site)\b(?!\.?\w*@)"
)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
BLANK_LINES = re.compile(r"\n{3,}")

BURST = 4
"""So many comments of one new person, or of visitors on one thing, within ten minutes."""


def tidy(text: str) -> str:
    """The text as it is kept: composed characters (NFC), one kind of line end, nothing that a database cannot hold."""
    plain = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return BLANK_LINES.sub("\n\n", unicodedata.normalize("NFC", plain)).strip()


def count_links(text: str) -> int:
    return len(LINK.findall(text))


def _folded(text: str) -> str:
    """Lower case without marks and invisible characters, so that a listed word is found however it is dressed up."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if unicodedata.category(c) not in {"Mn", "Cf"})


def finds_word(text: str, words: Iterable[str]) -> bool:
    """Whether one of the listed words stands in the text as a whole word; `*` at its end matches any ending."""
    folded = _folded(text)
    for line in words:
        word = _folded(line.strip())
        if not word.strip("*"):
            continue
        tail = r"\w*" if word.endswith("*") else ""
        if re.search(rf"(?<!\w){re.escape(word.rstrip('*'))}{tail}(?!\w)", folded):
            return True
    return False


def first_finding(text: str, *, words: Iterable[str], links_allowed: int, recent: int, repeated: bool) -> str:
    """The first thing that stands out, as a short key, or "". `recent`: comments by new people just now."""
    if count_links(text) > links_allowed:
        return "links"
    if finds_word(text, words):
        return "words"
    if repeated:
        return "repeated"
    if recent >= BURST:
        return "burst"
    return ""
