"""Indicators in a few words: on a pilot's page, on a goal's page of another room, on their own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from allmende.capabilities.pilots.models import Indicator
from allmende.capabilities.pilots.queries import indicators
from allmende.capabilities.pilots.queries.indicators import values_of
from allmende.capabilities.pilots.views.figures import standing_text, with_unit
from allmende.core.actor import Viewer
from allmende.core.refs import Ref
from allmende.ui.pages import said, word


def chart_of(indicator: Indicator, language: str) -> SafeString:
    """What was drawn ahead, or nothing. Our own drawing program wrote it, element by element."""
    return mark_safe(str(indicator.charts.get(language, "")))  # noqa: S308 - see ui.charts.clean


def card_of(indicator: Indicator, language: str) -> Mapping[str, Any]:
    """An indicator as a card shows it; read with its values and pilot."""
    values = values_of(indicator)
    unit = word(indicator.unit, language)
    standing, kind = standing_text(indicator, values[-1].value) if values else ("", "")
    return {
        "number": indicator.number,
        "title": said(indicator.title, language),
        "url": reverse("pilots:indicator", args=[indicator.number]),
        "pilot": said(indicator.pilot.title, language),
        "pilot_url": reverse("pilots:pilot", args=[indicator.pilot.number]),
        "value": with_unit(values[-1].value, unit) if values else "",
        "measured_on": values[-1].measured_on if values else None,
        "baseline": with_unit(indicator.baseline, unit),
        "target": with_unit(indicator.target, unit),
        "target_on": indicator.target_on,
        "standing": standing,
        "kind": kind,
        "chart": chart_of(indicator, language),
    }


def goal_panel(ref: Ref, viewer: Viewer, _at: datetime) -> SafeString:
    """For the page of a goal: the indicators that measure it. Empty when there is none."""
    found = [card_of(one, viewer.language) for one in indicators.of_goal(ref)]
    if not found:
        return mark_safe("")
    return mark_safe(render_to_string("pilots/parts/panel.html", {"indicators": found}))  # noqa: S308 - a template escapes
