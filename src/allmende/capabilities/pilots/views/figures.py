"""Figures, money and lights as people read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allmende.capabilities.pilots.models import Indicator, Milestone, Pilot
from allmende.capabilities.pilots.rules import effect
from allmende.capabilities.pilots.rules.light import Light, days_late, latest, light
from allmende.capabilities.pilots.workflow import UNDER_WAY, State


def figure(value: Decimal) -> str:
    """„41.200“ or „3,25“: without zeros that say nothing."""
    exponent = value.normalize().as_tuple().exponent
    places = min(max(-exponent, 0), 4) if isinstance(exponent, int) else 0
    return formats.number_format(value, places, use_l10n=True, force_grouping=True)


def with_unit(value: Decimal, unit: str) -> str:
    return f"{figure(value)} {unit}".strip()


def euros(cents: int | None, currency: str = "EUR") -> str:
    """„120.000 €“; empty where nobody has said it."""
    if cents is None:
        return ""
    whole = formats.number_format(Decimal(cents) / 100, 2 if cents % 100 else 0, use_l10n=True, force_grouping=True)
    return f"{whole} {'€' if currency == 'EUR' else currency}"


def funding_text(percent: int | None) -> str:
    """Who bears the cost; empty where nobody has said it."""
    if percent is None:
        return ""
    return _("%(n)s %% Förderung, %(own)s %% zahlt die Stadt") % {"n": percent, "own": 100 - percent}


@dataclass(frozen=True)
class LightShown:
    """A traffic light in words; `kind` is the tag's, which only repeats them."""

    light: Light
    text: str
    kind: str
    why: str = ""
    """What it follows from, in a sentence. Empty when all is well."""


def light_of(pilot: Pilot, milestones: Sequence[Milestone], today: date) -> LightShown | None:
    """None where nothing is under way, or there is nothing to go by."""
    if State(pilot.state) not in UNDER_WAY:
        return None
    found = light(milestones, today)
    if found == Light.NONE:
        return None
    texts = {
        Light.ON_PLAN: (_("im Plan"), "good"),
        Light.LATE: (_("etwas später als geplant"), "warn"),
        Light.FAR_BEHIND: (_("deutlich später als geplant"), "bad"),
    }
    text, kind = texts[found]
    return LightShown(found, text, kind, _why(latest(milestones, today), today))


def _why(late: Milestone | None, today: date) -> str:
    if late is None:
        return ""
    days = days_late(late, today)
    said = {"day": formats.date_format(late.first_planned_on, "DATE_FORMAT"), "n": days}
    return (
        ngettext(
            "Ein Meilenstein war zuerst für den %(day)s geplant. Das sind %(n)s Tag Verzug.",
            "Ein Meilenstein war zuerst für den %(day)s geplant. Das sind %(n)s Tage Verzug.",
            days,
        )
        % said
    )


def standing_text(indicator: Indicator, value: Decimal) -> tuple[str, str]:
    """(words, kind of the tag): where the last value stands."""
    higher = indicator.direction == "higher"
    found = effect.standing(indicator.baseline, indicator.target, value, higher=higher)
    if found == effect.Standing.REACHED:
        return _("Ziel erreicht"), "good"
    if found == effect.Standing.UNCHANGED:
        return _("wie am Anfang"), "quiet"
    if found == effect.Standing.AWAY:
        return _("schlechter als am Anfang"), "warn"
    way = int(effect.share(indicator.baseline, indicator.target, value) * 100)
    return _("%(n)s %% des Weges") % {"n": way}, ""
