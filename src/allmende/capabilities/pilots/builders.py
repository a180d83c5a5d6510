"""Pilots and indicators for tests, made as the actions make them."""

import itertools
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.pilots import actions
from allmende.capabilities.pilots.actions import Evidence, IndicatorData, PilotData
from allmende.capabilities.pilots.models import Indicator, Milestone, Pilot, Value
from allmende.core.actor import Actor, Role
from allmende.core.refs import Ref

_numbers = itertools.count(1)
OFFICE = "umwelt"
STEPS = {"draft": (), "proposed": ("publish",), "decided": ("publish", "decide"),
         "running": ("publish", "decide", "start")}  # fmt: skip


def editor() -> Actor:
    """One of the portfolio's team."""
    return people.actor(people.with_role(Role.EDITOR, "pilots"))


def facts(**fields: Any) -> PilotData:
    number = next(_numbers)
    values: dict[str, Any] = {
        "title": {"de": f"Pilot {number}", "en": f"Pilot number {number}"},
        "summary": {"de": "Worum es geht.", "en": "What it is about."},
        "department": OFFICE,
    }
    return PilotData(**{**values, **fields})


def pilot(state: str = "proposed", **fields: Any) -> Pilot:
    """In one of the states draft, proposed, decided, running."""
    now, actor = timezone.now(), editor()
    made = actions.save_pilot(actor=actor, data=facts(**fields), at=now)
    for verb in STEPS[state]:
        made = actions.move_pilot(actor=actor, pilot_id=made.pk, verb=verb, at=now)
    return made


def milestone(of: Pilot, *, days: int = 30, title: str = "Erste Leuchten", reached: bool = False) -> Milestone:
    """Planned for so many days from now."""
    now = timezone.now()
    made = actions.save_milestone(
        actor=editor(), pilot_id=of.pk, title={"de": title}, planned_on=today() + timedelta(days=days),
        reached_on=today() if reached else None, at=now,
    )  # fmt: skip
    assert made is not None
    return made


def today() -> date:
    return timezone.localdate()


def indicator(of: Pilot | None = None, *, goals: tuple[Ref, ...] = (), **fields: Any) -> Indicator:
    """From 100 at the start of the year before to 60, less is better."""
    values: dict[str, Any] = {
        "title": {"de": "Stromverbrauch", "en": "Power use"},
        "unit": {"de": "MWh", "en": "MWh"},
        "formula": {"de": "Summe aller Zähler im Jahr.", "en": "Sum of all meters in a year."},
        "source": {"de": "Stadtwerke", "en": "Municipal utilities"},
        "direction": "lower",
        "baseline": Decimal(100),
        "baseline_on": today() - timedelta(days=400),
        "target": Decimal(60),
        "target_on": today() + timedelta(days=400),
        "goals": goals,
    }
    return actions.save_indicator(
        actor=editor(), pilot_id=(of or pilot("running")).pk, data=IndicatorData(**{**values, **fields}),
        at=timezone.now(),
    )  # fmt: skip


def value(of: Indicator, number: str = "80", *, days_ago: int = 10, **fields: Any) -> Value:
    given: dict[str, Any] = {"evidence": Evidence("Jahresbericht, Seite 3"), "at": timezone.now(), **fields}
    return actions.record_value(
        actor=editor(), indicator_id=of.pk, measured_on=today() - timedelta(days=days_ago), value=Decimal(number),
        **given,
    )  # fmt: skip
