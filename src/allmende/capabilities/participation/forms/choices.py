"""What forms of participation offer to choose from."""

from collections.abc import Sequence
from typing import cast

from django import forms
from django.utils.translation import gettext as _

from allmende.core import city
from allmende.core.texts import Text


def choose(form: forms.Form, name: str, pairs: Sequence[tuple[str, Text]]) -> None:
    """Sets the choices of a field that depend on the page."""
    cast("forms.ChoiceField", form.fields[name]).choices = list(pairs)


def districts() -> list[tuple[str, Text]]:
    """Districts for a select, by name."""
    found = sorted(city.current().districts.values(), key=lambda district: district.name)
    return [("", _("nicht angegeben")), *((district.slug, district.name) for district in found)]


def departments(language: str) -> list[tuple[str, str]]:
    return [(slug, office.name(language)) for slug, office in city.current().departments.items()]
