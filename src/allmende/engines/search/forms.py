from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from allmende.core import city, manifest
from allmende.engines.search.queries import Choice, Filters
from allmende.ui.forms import Form

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

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
        self.year = at.year
        chosen = self.data.get("stand", "")
        found = [
            (state.value, f"{state.label} ({number_format(state.count, force_grouping=True)})") for state in states
        ]
        if chosen and chosen not in dict(found):
            found.append((chosen, chosen))
        for name, choices in (
            ("art", _kinds),
            ("zeit", self._periods),
            ("stadtteil", _districts),
            ("stand", lambda: [("", _("Egal")), *found]),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _periods(self) -> "list[tuple[str, StrOrPromise]]":
        return [*PERIODS, *((str(year), str(year)) for year in range(self.year, self.year - 6, -1))]

    @property
    def steady(self) -> Mapping[str, SafeString]:
        """The lists that are the same on every page where the same is chosen. Making them took a fifth of the page."""
        source = self.data if self.is_bound else self.initial
        chosen = tuple(str(source.get(name, "")) for name in STEADY)
        here = city.current()
        key = (get_language(), self.year, *chosen)
        kept = _MADE.get(key)
        if kept and kept[0] is here:
            return kept[1]
        made = {name: self[name].as_field_group() for name in STEADY}
        if all(not value or self.fields[name].valid_value(value) for name, value in zip(STEADY, chosen, strict=True)):  # type: ignore[attr-defined]
            if len(_MADE) > MOST_MADE:
                _MADE.clear()
            _MADE[key] = (here, made)
        return made


STEADY = ("art", "zeit", "stadtteil", "ordnung")
MOST_MADE = 500
_MADE: dict[tuple[object, ...], tuple[city.City, dict[str, SafeString]]] = {}
"""Language and what is chosen → the lists; only of what can be chosen, so that no address fills the memory."""


def _kinds() -> "list[tuple[str, StrOrPromise]]":
    return [("", _("Alles")), *kinds()]


def _districts() -> "list[tuple[str, StrOrPromise]]":
    names = sorted(((d.slug, d.name) for d in city.current().districts.values()), key=lambda pair: pair[1])
    return [("", _("Ganze Stadt")), *names]


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
