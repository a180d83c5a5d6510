"""Indicators: what makes sense, values that are never overwritten, what goals show."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.pilots import actions, builders, index
from allmende.capabilities.pilots.builders import indicator, pilot, today, value
from allmende.capabilities.pilots.models import Indicator, Value
from allmende.capabilities.pilots.queries import indicators
from allmende.capabilities.strategy import builders as strategy
from allmende.core.actor import SYSTEM, Viewer
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound
from allmende.core.panels import panels_on
from allmende.engines.trace.interface import Edge

NOW = timezone.now()
EVIDENCE = actions.Evidence("Jahresbericht, Seite 3")


def test_values_are_corrected_by_new_ones_and_never_overwritten(db):
    one = indicator()
    first = value(one, "80")
    assert value(one, "80").pk == first.pk, "the very same again is no new value"
    with pytest.raises(Invalid) as refused:
        value(one, "78")
    assert "reason" in refused.value.fields
    second = value(one, "78", reason="Ein Zähler war doppelt gezählt.")
    first.refresh_from_db()
    assert (first.value, second.replaces_id) == (Decimal(80), first.pk)
    assert first.replaced_at is not None
    found = indicators.by_id(one.pk)
    assert [row.value for row in indicators.values_of(found)] == [Decimal(78)]
    assert len(indicators.history(found)) == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Value.objects.filter(pk=first.pk).update(replaced_at=None)


@pytest.mark.parametrize(
    ("days_ago", "evidence", "wrong"),
    [(-2, EVIDENCE, "measured_on"), (500, EVIDENCE, "measured_on"), (5, actions.Evidence(), "evidence"),
     (5, actions.Evidence("x" * 501), "evidence")],
)  # fmt: skip
def test_a_value_has_a_day_that_was_and_evidence(db, days_ago, evidence, wrong):
    with pytest.raises(Invalid) as refused:
        value(indicator(), days_ago=days_ago, evidence=evidence)
    assert wrong in refused.value.fields


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [({"target": Decimal(120)}, "target"), ({"target": Decimal(100)}, "target"), ({"direction": "odd"}, "direction"),
     ({"direction": "higher"}, "target"), ({"target_on": today() - timedelta(days=500)}, "target_on"),
     ({"baseline": Decimal("1e14")}, "baseline"), ({"baseline": Decimal("NaN")}, "baseline")],
)  # fmt: skip
def test_a_target_lies_where_it_is_better(db, fields, wrong):
    with pytest.raises(Invalid) as refused:
        indicator(**fields)
    assert wrong in refused.value.fields


def test_once_there_are_values_the_start_stays(db):
    one = indicator()
    value(one)
    with pytest.raises(Conflict):
        _again(one, unit={"de": "kWh"})
    assert _again(one, target=Decimal(50)).target == Decimal(50)


def _again(one, **fields):
    data = actions.IndicatorData(
        **{
            "title": one.title, "unit": one.unit, "formula": one.formula, "source": one.source,
            "direction": one.direction, "baseline": one.baseline, "baseline_on": one.baseline_on,
            "target": one.target, "target_on": one.target_on, **fields,
        }
    )  # fmt: skip
    return actions.save_indicator(actor=builders.editor(), indicator_id=one.pk, data=data, at=NOW)


def test_people_of_the_leading_office_and_the_platform_record_nobody_else(db):
    one = indicator()

    def record(actor, day):
        return actions.record_value(
            actor=actor, indicator_id=one.pk, measured_on=today() - timedelta(days=day), value=Decimal(70),
            evidence=EVIDENCE, at=NOW,
        )  # fmt: skip

    assert record(people.actor(people.clerk(builders.OFFICE)), 3).channel == "web"
    assert record(SYSTEM, 4).channel == "system"
    for other in (people.person(), people.clerk("kultur"), people.moderator()):
        with pytest.raises(NotAllowed):
            record(people.actor(other), 5)


def test_a_goal_shows_the_indicators_that_measure_it(db, deliver):
    goal, bare = strategy.goal(), strategy.goal()
    deliver()
    one = indicator(goals=(goal.ref,))
    value(one, "75")
    assert Edge.objects.filter(source_id=one.pk, target_id=goal.pk, retracted_at=None).exists()
    (panel,) = panels_on(goal.ref, Viewer(), NOW)
    assert "Stromverbrauch" in panel
    assert "75 MWh" in panel
    assert panels_on(bare.ref, Viewer(), NOW) == []
    hidden = indicator(pilot("draft"), goals=(bare.ref,))
    assert panels_on(bare.ref, Viewer(), NOW) == [], "a draft shows nowhere"
    with pytest.raises(NotFound):
        indicator(goals=(hidden.ref,))
    _again(one, goals=())
    assert panels_on(goal.ref, Viewer(), NOW) == []


def test_the_chart_is_drawn_by_a_job_and_stands_in_both_languages(db, deliver):
    one = indicator()
    value(one, "80", days_ago=30)
    value(one, "71.5")
    deliver()
    charts = Indicator.objects.get(pk=one.pk).charts
    assert set(charts) == {"de", "en"}
    assert "71,5" in charts["de"]
    assert "71.5" in charts["en"]
    assert "Ziel: 60" in charts["de"]
    assert "<script" not in charts["de"]


def test_an_indicators_station_says_its_last_value(db):
    one = indicator()
    assert index.indicator_entry(one.pk).reached is False
    value(one, "80")
    found = index.indicator_entry(one.pk)
    assert (found.reached, found.state_labels["de"]) == (True, "80 MWh")
    assert index.indicator_url(one.pk) == f"/pilotprojekte/kennzahlen/{one.number}/"
