"""The filters of the list of ideas: plain selects by GET.

No form of Django's: this is the page that is measured, and rendering seven form fields would take longer than reading
and showing the ideas themselves.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from allmende.capabilities.participation import queries, workflow
from allmende.capabilities.participation.queries import Filters
from allmende.core import city
from allmende.core.texts import Text

KEYS = ("text", "group", "store", "category", "district", "state", "order")
LONGEST_TEXT = 100


@dataclass(frozen=True, slots=True)
class Select:
    """One filter: its options as (value, words, chosen)."""

    name: str
    label: Text
    options: Sequence[tuple[str, Text, bool]]


def _select(name: str, label: Text, pairs: Iterable[tuple[str, Text]], given: str) -> tuple[Select, str]:
    """The filter and what is chosen; a value that is not offered counts as not chosen."""
    options = list(pairs)
    value = given if any(value == given for value, _words in options) else options[0][0]
    return Select(name, label, [(key, words, key == value) for key, words in options]), value


def narrowed(given: Mapping[str, str], at: datetime, language: str) -> tuple[Filters, list[Select]]:
    """What the address asks for, and the filters to show. One or two queries."""
    number = given.get("store", "")
    store = int(number) if number.isdecimal() and number.isascii() and len(number) < 18 else None  # noqa: PLR2004 - fits the column
    offered = queries.choices(Filters(group=given.get("group", ""), store=store), at, language=language)
    here = city.current()
    districts = sorted((district.name, slug) for slug, district in here.districts.items())
    every = ("", _("alle"))
    rows: list[tuple[str, Text, Sequence[tuple[str, Text]]]] = [
        ("group", here.word("group", language), [every, *offered.groups]),
        ("store", _("Sammlung"), [every, *offered.stores]),
        ("category", _("Rubrik"), [every, *offered.categories]),
        ("district", _("Stadtteil"), [every, *((slug, name) for name, slug in districts)]),
        (
            "state",
            pgettext("participation", "Stand"),
            [every, *((state.value, workflow.label(state, language)) for state in workflow.PUBLIC_STATES)],
        ),
        ("order", _("Reihenfolge"), list(queries.ORDERS.items())),
    ]
    selects, values = [], {}
    for name, label, pairs in rows:
        select, values[name] = _select(name, label, pairs, given.get(name, ""))
        if len(pairs) > 1:
            selects.append(select)
    text = " ".join(given.get("text", "").replace("\0", "")[:LONGEST_TEXT].split())
    filters = Filters(
        group=values["group"],
        store=int(values["store"]) if values["store"] else None,
        category=values["category"],
        district=values["district"],
        state=values["state"],
        text=text,
        order=values["order"],
    )
    return queries.narrow(filters, offered.facts, at), selects
