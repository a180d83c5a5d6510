"""Numbers and times as people read them."""

from datetime import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from allmende.capabilities.urbandata.models import Datastream

WHOLE = 100
"""From here on decimals say nothing."""


def figure(value: Any) -> str:
    """„1.234“ or „3,25“; what is no number as it is."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return str(value)
    places = 0 if float(value).is_integer() or abs(value) >= WHOLE else 1 if abs(value) >= 1 else 3
    return formats.number_format(round(value, places), places, use_l10n=True, force_grouping=True)


def bound(value: float, series: Datastream) -> float:
    """An end of what is usual: whole where whole things are counted."""
    return float(round(value)) if series.is_amount else value


def with_unit(value: Any, series: Datastream) -> str:
    return f"{figure(value)} {series.symbol}".strip()


def hour_words(at: datetime) -> str:
    """„Montag, 14 bis 15 Uhr“."""
    local = timezone.localtime(at)
    return _("%(weekday)s, %(first)s bis %(next)s Uhr") % {
        "weekday": formats.date_format(local, "l"), "first": local.hour, "next": local.hour + 1,
    }  # fmt: skip
