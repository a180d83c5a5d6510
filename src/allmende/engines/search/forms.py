from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from allmende.core import city, manifest
from allmende.engines.search.queries import Choice, Filters
from allmende.ui.forms import Form

FIRST_YEAR, LAST_YEAR = 1990, 2100


def kinds() -> list[tuple[str, str]]:
    """The kinds that one can search within, as people call them; each word once."""
    found = {kind.kind: str(kind.label_plural) for kind in manifest.index_kinds().values() if kind.listed}
    return sorted(found.items(), key=lambda pair: pair[1].casefold())


PERIODS = (("", _("Egal")), ("30", _("Letzte 30 Tage")), ("365", _("Letzte 12 Monate")))
ORDERS = (("", _("Beste Treffer zuerst")), ("neu", _("Neueste zuerst")))
CHOSEN = ("art", "zeit", "stadtteil", "stand", "ordnung")
"""Query keys besides the words."""


class SearchForm(Form):
    """What is looked for. Whatever comes is understood somehow; nothing here can be wrong."""

    q = forms.CharField(label=_("Suchwort"), required=True, strip=True)
    art = forms.ChoiceField(label=_("Art"), required=False)
    zeit = forms.ChoiceField(label=_("Zeit"), required=False)
    stadtteil = forms.ChoiceField(label=_("Stadtteil"), required=False)
    stand = forms.ChoiceField(label=_("Stand"), required=False)
    ordnung = forms.ChoiceField(label=_("Ordnung"), required=False, choices=ORDERS)

    def __init__(self, *args: Any, at: datetime, states: Sequence[Choice] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].widget = forms.TextInput(
            {"type": "search", "class": "kern-form-input__input", "autocapitalize": "none", "spellcheck": "true"}
        )
        self.fields["q"].widget.attrs |= {
            "data-suggest": reverse("search:suggestions"),
            "data-suggest-label": _("Vorschläge"),
        }
        years = [(str(year), str(year)) for year in range(at.year, at.year - 6, -1)]
        districts = sorted(((d.slug, d.name) for d in city.current().districts.values()), key=lambda pair: pair[1])
        chosen = self.data.get("stand", "")
        found = [
            (state.value, f"{state.label} ({number_format(state.count, force_grouping=True)})") for state in states
        ]
        if chosen and chosen not in dict(found):
            found.append((chosen, chosen))
        for name, choices in (
            ("art", [("", _("Alles")), *kinds()]),
            ("zeit", [*PERIODS, *years]),
            ("stadtteil", [("", _("Ganze Stadt")), *districts]),
            ("stand", [("", _("Egal")), *found]),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


def period(value: str, at: datetime, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """Instants of a chosen time: days back, or a calendar year in the city's zone (half-open)."""
    if value in {"30", "365"}:
        return at - timedelta(days=int(value)), None
    if value.isascii() and value.isdecimal() and FIRST_YEAR <= int(value) <= LAST_YEAR:
        year = int(value)
        return datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)
    return None, None


def filters_of(asked: dict[str, str], at: datetime) -> Filters:
    """The filters of a page's address. What is no value of ours counts as not chosen."""
    since, until = period(asked.get("zeit", ""), at, city.current().zone)
    art, district, state = asked.get("art", ""), asked.get("stadtteil", ""), asked.get("stand", "")
    return Filters(
        kinds=[art] if art in {kind for _room, kind in manifest.index_kinds()} else [],
        states=[state] if state.isascii() and state.isprintable() and 0 < len(state) <= 40 else [],  # noqa: PLR2004
        districts=[district] if district in city.current().districts else [],
        since=since,
        until=until,
        order="newest" if asked.get("ordnung") == "neu" else "best",
    )
