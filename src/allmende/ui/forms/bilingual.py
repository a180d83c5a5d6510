"""Fields in two languages: `title` holds German, `title_en` English."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms


def both(values: Mapping[str, Any], name: str) -> dict[str, str]:
    """German and, where there is one, English."""
    return {"de": values.get(name, ""), "en": values.get(f"{name}_en", "")}


def initial_texts(row: Any, *names: str) -> dict[str, str]:
    """The initial values of fields in two languages."""
    found = {}
    for name in names:
        texts = getattr(row, name)
        found[name], found[f"{name}_en"] = texts.get("de", ""), texts.get("en", "")
    return found


def offer(form: forms.Form, name: str, choices: Sequence[Any]) -> None:
    """Gives a field of the form its choices."""
    cast("forms.ChoiceField", form.fields[name]).choices = list(choices)
