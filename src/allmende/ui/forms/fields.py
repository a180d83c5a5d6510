"""Fields that Django does not have, or has otherwise."""

import re
from typing import Any

from django import forms


class LongText(forms.CharField):
    """Text of several lines, counted as people count: a line break is one character whatever the browser sends."""

    widget = forms.Textarea

    def __init__(self, *, rows: int = 6, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs["rows"] = rows

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return re.sub(r"\r\n?", "\n", text)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)  # what is too long can be shortened, not lost
        return attrs


class DateField(forms.DateField):
    """A day; the browser's own picker, and typing in German or ISO form."""

    widget = forms.DateInput(attrs={"type": "date", "class": "kern-form-input__input--short"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"], **kwargs)


class CodeField(forms.CharField):
    """A code of six signs: one field that can be pasted into, filled in by the phone (practice.md 14)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.update(
            autocomplete="one-time-code", autocapitalize="characters", spellcheck="false",
            **{"class": "kern-form-input__input--code"},
        )  # fmt: skip

    def to_python(self, value: Any) -> str:
        return re.sub(r"[\s-]", "", super().to_python(value) or "").upper()
