"""How numbers of assets are written and read. Pure."""

import re
from collections.abc import Sequence

from allmende.capabilities.reports.rules.proposing import folded

LONGEST = 60
NUMBER = re.compile(r"(?<![\w])([A-Za-zÄÖÜäöü]{0,4}[-/. ]?\d[\w./-]{0,30})(?![\w])")
WORD = re.compile(r"[A-Za-zÄÖÜäöüß]{3,}")


def plain(number: str) -> str:
    """„ l-0042 a “ is „L42A“: what two ways of writing the same number have in common."""
    signs = "".join(sign for sign in number.upper() if sign.isalnum())
    return re.sub(r"(?<!\d)0+(?=\d)", "", signs)[:LONGEST]


def numbers_in(words: str) -> list[str]:
    """What may be a number of an asset, as it is compared, longest first."""
    found = {plain(hit) for hit in NUMBER.findall(words)}
    found |= {plain(re.sub(r"^[A-Za-zÄÖÜäöü]+[-/. ]?", "", hit)) for hit in NUMBER.findall(words)}
    return sorted((one for one in found if one), key=lambda one: (-len(one), one))[:6]


def names_kind(words: str, names: Sequence[str]) -> bool:
    """Whether the words call such a thing by one of its names: „Straßenlaterne 12“ names a „Laterne“."""
    said = [folded(word) for word in WORD.findall(words)]
    return any(folded(name) in word for name in names if name for word in said)
