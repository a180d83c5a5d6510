"""Expressions on their way in: references under their new names, quotation marks as a keyboard has them."""

import re
from collections.abc import Mapping
from typing import Any

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "ae", "Ö": "oe", "Ü": "ue", "ß": "ss"})
FIELDS = ("relevant", "constraint", "calculation")
_SMART = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": "'"})
_REFERENCE = re.compile(r"\$\{\s*(?:last-saved#)?([^}]*?)\s*\}")
_STRING_OR_NAME = re.compile(r"'[^']*'|\"[^\"]*\"|\$\{[^}]*\}|[A-Za-z_][\w.-]*(?:\s*\()?")


def straight(text: str) -> str:
    """Excel makes curly quotation marks of straight ones; XPath knows only these."""
    return text.translate(_SMART).strip()


def rename(data: dict[str, Any], names: Mapping[str, str]) -> None:
    """Puts new names into every expression of a definition (as JSON), in place. `a_other` of `or_other` as well."""
    known = {**names, **{f"{old}_other": f"{new}__other" for old, new in names.items() if f"{old}_other" not in names}}

    def change(text: str) -> str:
        return _REFERENCE.sub(lambda hit: f"${{{known.get(hit[1], hit[1])}}}", text)

    for section in data["sections"]:
        section["relevant"] = change(section["relevant"])
        if section["repeat"]:
            section["repeat"]["count"] = change(section["repeat"]["count"])
        for question in section["questions"]:
            for name in FIELDS:
                if question.get(name):
                    question[name] = change(question[name])
            for option in question.get("options", ()):
                option["filter"] = change(option["filter"])


def both(outer: str, inner: str) -> str:
    """Both conditions hold."""
    if not outer or not inner:
        return outer or inner
    return f"({outer}) and ({inner})"


def filtered(choice_filter: str, values: Mapping[str, str]) -> str:
    """A choice filter for one choice: the names of columns become what stands in them for this choice."""

    def put(hit: re.Match[str]) -> str:
        word = hit[0]
        if word[0] in "'\"$" or word.endswith("("):
            return word
        if word.casefold() not in values:
            return word
        value = values[word.casefold()]
        quote = '"' if "'" in value else "'"
        return f"{quote}{value.replace(quote, '')}{quote}"

    return _STRING_OR_NAME.sub(put, choice_filter)
