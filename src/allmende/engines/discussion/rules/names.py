"""Taking a third person's name out of somebody's words (practice.md 7)."""

import re

REMOVED = {"de": "[Name entfernt]", "en": "[name removed]"}
SHORTEST = 2


def without_name(text: str, name: str, language: str = "de") -> str:
    """The text with every occurrence of the name, also in the genitive, replaced by „[Name entfernt]“.

    Case does not matter, and any white space counts as that between the parts of the name. Only whole words are
    replaced: „Anna“ leaves „Annaberg“ alone.
    """
    parts = name.split()
    if len("".join(parts)) < SHORTEST:
        return text
    pattern = r"\s+".join(re.escape(part) for part in parts)
    return re.sub(rf"(?i)(?<!\w){pattern}(?:s|'s|’s|')?(?!\w)", REMOVED.get(language, REMOVED["de"]), text)
