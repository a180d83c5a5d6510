"""Figures as people type them."""

from decimal import Decimal
from typing import Any

from django import forms

from allmende.capabilities.pilots.models.indicators import DECIMALS, DIGITS

THOUSAND = 3


def plain(value: str) -> str:
    """„12.500,5“ and „12500.5“ as Python reads them."""
    text = value.replace("€", "").replace(" ", "").replace("\u00a0", "").replace("\u202f", "").strip()
    if "," in text:
        return text.replace(".", "").replace(",", ".")
    parts = text.split(".")
    if len(parts) > 1 and all(len(part) == THOUSAND for part in parts[1:]):
        return text.replace(".", "")
    return text


class FigureField(forms.DecimalField):
    """A measured number with up to four decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=DIGITS, decimal_places=DECIMALS, **kwargs)
        self.widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "kern-form-input__input--short"})

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain(value) if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        """What is kept is shown without zeros that say nothing, with a comma."""
        return f"{value.normalize():f}".replace(".", ",") if isinstance(value, Decimal) else value


class EuroField(forms.DecimalField):
    """An amount of euros."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=13, decimal_places=2, min_value=0, **kwargs)
        self.widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "kern-form-input__input--short"})

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain(value) if isinstance(value, str) else value)

    @staticmethod
    def cents(amount: Decimal | None) -> int | None:
        return None if amount is None else int(amount * 100)

    @staticmethod
    def typed(cents: int | None) -> str:
        """As it stands in the field."""
        if cents is None:
            return ""
        return f"{cents // 100}" if cents % 100 == 0 else f"{cents / 100:.2f}".replace(".", ",")
