"""Rectangles in a picture, in percent: typed, or drawn with the mouse and moved with the arrow keys."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from allmende.engines.media.interface import Part
from allmende.ui import forms as ui

MOST = 8
SIDES = ("left", "top", "width", "height")


class BlurForm(ui.Form):
    """Up to eight rectangles; a row without numbers is no rectangle."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "left": _("Bereich %(n)s: Prozent von links"), "top": _("Bereich %(n)s: Prozent von oben"),
            "width": _("Bereich %(n)s: Breite in Prozent"), "height": _("Bereich %(n)s: Höhe in Prozent"),
        }  # fmt: skip
        for number in range(1, MOST + 1):
            for side in SIDES:
                label = labels[side] % {"n": number}
                widget = forms.NumberInput(
                    attrs={"aria-label": label, "step": "any", "data-side": side, "inputmode": "decimal"}
                )
                self.fields[f"{side}_{number}"] = forms.FloatField(
                    label=label, min_value=0, max_value=100, required=False, widget=widget
                )

    def rows(self) -> Iterator[tuple[int, list[tuple[Any, str]]]]:
        """Number and its four fields with the heads of their columns, for the table."""
        heads = (_("links"), _("oben"), _("Breite"), _("Höhe"))
        for number in range(1, MOST + 1):
            yield number, [(self[f"{side}_{number}"], head) for side, head in zip(SIDES, heads, strict=True)]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for number in range(1, MOST + 1):
            sides = [values.get(f"{side}_{number}") for side in SIDES]
            wrong = any(f"{side}_{number}" in self.errors for side in SIDES)
            if not wrong and any(side is not None for side in sides) and (None in sides or 0 in sides[2:]):
                self.add_error(f"left_{number}", _("Bitte geben Sie alle vier Zahlen an, mit Breite und Höhe."))
        if not self.errors and not self.parts():
            self.add_error(None, _("Bitte markieren Sie wenigstens einen Bereich."))
        return values

    def parts(self) -> list[Part]:
        """Of a valid form."""
        found = []
        for number in range(1, MOST + 1):
            sides = [self.cleaned_data.get(f"{side}_{number}") for side in SIDES]
            if None not in sides:
                found.append(Part(*(float(side or 0) / 100 for side in sides)))
        return found
