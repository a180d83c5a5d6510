"""Taking a third person's name out of somebody's words (practice.md 7)."""

import re

REMOVED = {"de": "[Name entfernt]", "en": "[name removed]"}
SHORTEST = 2
ARTICLES = frozenset(
    re.findall(
        r"\w+",
        """der die das dem den des ein eine einer einem einen eines kein keine keiner keinem keinen keines
    jede jeder jedes jedem jeden diese dieser dieses diesem diesen jene jener jenes jenem jenen
    mein meine meiner meinem meinen unser unsere unserer unserem unseren unseres ihr ihre ihrer ihrem ihren ihres
    sein seine seiner seinem seinen am im zum zur beim vom ins ans
    the a an this that these those our your their his her its every each""",
    )
)
"""What stands before a word like any other, and before nobody's name in what a group writes down."""


def _pattern(name: str) -> re.Pattern[str] | None:
    parts = name.split()
    if len("".join(parts)) < SHORTEST:
        return None
    pattern = r"\s+".join(re.escape(part) for part in parts)
    return re.compile(rf"(?i)(?<!\w){pattern}(?:s|'s|’s|')?(?!\w)")


def without_name(text: str, name: str, language: str = "de") -> str:
    """The text with every occurrence of the name, also in the genitive, replaced by „[Name entfernt]“.

    Case does not matter, and any white space counts as that between the parts of the name. Only whole words are
    replaced: „Anna“ leaves „Annaberg“ alone.
    """
    pattern = _pattern(name)
    return text if pattern is None else pattern.sub(REMOVED.get(language, REMOVED["de"]), text)


def without_name_of_person(text: str, name: str, language: str = "de") -> str:
    """As `without_name`, but a name of one word is left where it is a word like any other.

    „Linde hat gezählt“ names somebody, „die Linde ist krank“ does not: an article stands before it, or it is not
    written as the name is. Nothing is certain here, so in doubt the name goes.
    """
    pattern = _pattern(name)
    if pattern is None or len(name.split()) > 1:
        return without_name(text, name, language)
    is_capital = name.strip()[0].isupper()

    def spoken(found: re.Match[str]) -> str:
        before = re.search(r"(\w+)\s+$", text[: found.start()])
        is_word = before is not None and before[1].casefold() in ARTICLES
        kept = is_word or found[0][0].isupper() != is_capital
        return found[0] if kept else REMOVED.get(language, REMOVED["de"])

    return pattern.sub(spoken, text)
