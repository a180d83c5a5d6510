"""The place picker: a field for every form, and the forms of the room's own pages.

Three ways that count the same: words (an address, a landmark, a corner), "where I am", a spot on the map. Each ends in
the same list of choices and the same sentence that says what was chosen. Without script, words are a step of the form.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template import loader
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.core import city
from allmende.engines.places.queries import find, resolve
from allmende.engines.places.queries.districts import likely
from allmende.engines.places.queries.place import Place
from allmende.ui import forms as ui

SUFFIXES = ("_at", "_for")
"""What a place field sends beside its text: the token of the choice, and the words it was chosen for."""


@dataclass(frozen=True)
class Said:
    """What somebody said of the place: their words, and the place when it is known."""

    text: str = ""
    place: Place | None = None

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)

    @property
    def point(self) -> tuple[float, float] | None:
        return self.place.point if self.place else None

    @property
    def district(self) -> str:
        return self.place.district if self.place else ""


def said(text: str, point: tuple[float | None, float | None] = (None, None), token: str = "") -> Said:
    """What was kept before, for a form that begins with it."""
    if not token and point[0] is not None and point[1] is not None:
        token = f"p:{point[0]:.6f},{point[1]:.6f}"
    place = resolve(token) if token else None
    if place is not None and token.startswith("p:") and text:
        place = dataclasses.replace(place, text=text)
    return Said(text, place)


@dataclass(frozen=True)
class _Sent:
    """As it came from the browser."""

    text: str
    token: str
    search: bool

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


class PlaceInput(forms.TextInput):
    """The text field with its button, the choices and what was chosen (`places/parts/picker.html`)."""

    class Media:
        js = (forms.Script("places/build/picker.js", type="module"),)
        css = {"all": ("places/build/places.css",)}

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> _Sent:
        text = str(super().value_from_datadict(data, files, name) or "").strip()
        token, chosen_for = str(data.get(f"{name}_at") or ""), str(data.get(f"{name}_for") or "").strip()
        if chosen_for != text or not text:
            token = ""  # other words were typed since
        return _Sent(text, token, f"{name}_search" in data)

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:  # noqa: ARG002 - Django's signature
        sent = value if isinstance(value, _Sent) else _Sent(str(value or ""), "", search=False)
        place = value.place if isinstance(value, Said) else (resolve(sent.token) if sent.token else None)
        context = choices(sent.text, name) if sent.search else {"found": None}
        context |= {
            "widget": self.get_context(name, sent.text, attrs)["widget"],
            "name": name,
            "place": place,
            "searched": sent.search,
            "centre": "{},{}".format(*city.current().centre),
        }
        return mark_safe(loader.get_template("places/parts/picker.html").render(context))  # noqa: S308 - a template escapes


class _Line:
    js = (forms.Script("places/build/line.js", type="module"),)


LINE = forms.Media(_Line)
"""What a page with `places/parts/line.html` loads beside the picker's own."""


def choices(text: str, name: str) -> dict[str, Any]:
    """What the list of choices shows for these words."""
    found = find(text) if text else []
    return {"found": found, "text": text, "name": name, "chosen": found[0].token if found and found[0].sure else ""}


class PlaceField(forms.Field):
    """Where something is: cleans to `Said`. Words alone are enough; a place that they name beyond doubt is taken."""

    widget = PlaceInput

    def __init__(self, *, max_length: int = 200, **kwargs: Any) -> None:
        self.most = max_length
        super().__init__(**kwargs)
        self.widget.attrs.update({"autocomplete": "off", "enterkeyhint": "search"})

    def clean(self, value: Any) -> Said:
        sent = value if isinstance(value, _Sent) else _Sent(str(value or ""), "", search=False)
        text = " ".join(sent.text.replace("\0", "").split())
        if not text:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return Said()
        if len(text) > self.most:
            raise ValidationError(
                _("Bitte kürzen Sie den Ort auf %(n)s Zeichen.") % {"n": self.most}, code="max_length"
            )
        if not sent.token:
            return Said(text, likely(text))
        place = resolve(sent.token)
        if place is None:
            raise ValidationError(
                _(
                    "Diese Stelle liegt nicht in unserer Stadt. "
                    "Bitte wählen Sie eine andere oder schreiben Sie den Ort auf."
                ),
                code="outside",
            )
        return Said(place.text if sent.token.startswith("p:") and text == place.label else text, place)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial or "") != getattr(data, "text", str(data or ""))


def search_step(form: ui.Form) -> bool:
    """Whether somebody without script pressed „Ort suchen“: then the form is shown again with choices, without errors.

    What was typed and chosen files are kept, as after an error.
    """
    names = [name for name, field in form.fields.items() if isinstance(field, PlaceField)]
    sent = [form.add_prefix(name) for name in names]
    if not form.is_bound or not any(f"{name}_search" in form.data and form.data.get(name, "").strip() for name in sent):
        return False
    form.full_clean()
    form.keep_files()
    form.errors.clear()
    return True


class NearForm(ui.Form):
    """The filters of the map page: what, and near what."""

    near = forms.CharField(
        label=gettext_lazy("In der Nähe von"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Adresse oder bekannter Ort, zum Beispiel Markt 3."),
    )
    district = forms.ChoiceField(label=gettext_lazy("Stadtteil"), required=False)


class ImportForm(ui.Form):
    """A file with places, and whose it is."""

    file = ui.KeptFile(
        label=gettext_lazy("Datei mit Orten"),
        max_size=500 * 1024 * 1024,
        accept=".geojson,.json,.csv,.txt,.pbf",
        help_text=gettext_lazy("GeoJSON, Tabelle (.csv) oder OpenStreetMap-Auszug (.osm.pbf), höchstens 500 MB."),
    )
    key = forms.SlugField(
        label=gettext_lazy("Kurzname der Quelle"),
        max_length=60,
        initial="osm",
        help_text=gettext_lazy("Dieselbe Quelle noch einmal einlesen ersetzt ihre bisherigen Orte."),
    )
    name = forms.CharField(label=gettext_lazy("Name der Quelle"), max_length=200, initial="OpenStreetMap")
    licence = forms.CharField(label=gettext_lazy("Lizenz"), max_length=120, initial="ODbL 1.0")
    licence_url = forms.URLField(
        label=gettext_lazy("Adresse der Lizenz"),
        required=False,
        max_length=300,
        initial="https://opendatacommons.org/licenses/odbl/1-0/",
        assume_scheme="https",
    )
    attribution = forms.CharField(
        label=gettext_lazy("Namensnennung"),
        max_length=300,
        initial="© OpenStreetMap-Mitwirkende",
        help_text=gettext_lazy("Steht unter jeder Karte und in jedem Download."),
    )
