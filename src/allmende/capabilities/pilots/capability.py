"""What the room of pilots says of itself.

Of persons it keeps nothing: who typed a value stands in the audit as a pseudonym, which erasure cuts off, and contacts
are functions, not names. So nothing here has to be exported, erased or forgotten; the portfolio is the city's record.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from allmende.capabilities.pilots import events, index, interface, seeds
from allmende.capabilities.pilots.handlers import charts, notices
from allmende.capabilities.pilots.queries.origins import GOAL, KINDS
from allmende.capabilities.pilots.rules.criteria import DEFAULT
from allmende.capabilities.pilots.views.cards import goal_panel
from allmende.core.manifest import (
    EVERYONE,
    Handler,
    IndexKind,
    Manifest,
    MapLayer,
    MenuItem,
    Page,
    Persona,
    SettingSpec,
)
from allmende.core.panels import Decidable, Panel

NOBODY_HERE: frozenset[Persona] = frozenset()
"""Open to editors and the leading office: none of the personas of the generic test is one."""


def _example(model: str, column: str = "number", **conditions: Any) -> Callable[[], Mapping[str, Any] | None]:
    """The number of the first row that fits, looked up when a test asks."""

    def kwargs() -> Mapping[str, Any] | None:
        from django.apps import apps

        rows = apps.get_model("pilots", model)._default_manager.filter(**conditions).order_by(column)
        number = rows.values_list(column, flat=True).first()
        return None if number is None else {"number": number}

    return kwargs


_pilot = _example("Pilot", milestones__isnull=False, indicators__isnull=False, state="running")
_indicator = _example("Indicator", values__isnull=False)


def _milestone() -> Mapping[str, Any] | None:
    found = _pilot()
    return None if found is None else {**found, "place": 1}


def _step() -> Mapping[str, Any] | None:
    found = _pilot()
    return None if found is None else {**found, "verb": "finish"}


manifest = Manifest(
    name="pilots",
    label=_("Pilotprojekte"),
    summary=_("Was die Stadt ausprobiert, wie weit es ist und was es bewirkt."),
    followed=_("Piloten und Kennzahlen"),
    urls="allmende.capabilities.pilots.urls",
    prefix="pilotprojekte/",
    api="allmende.capabilities.pilots.api",
    scopes=("pilots:read",),
    menu=(MenuItem(_("Pilotprojekte"), "pilots:overview", order=20, group=_("Entscheidungen")),),
    pages=(
        Page("pilots:overview", EVERYONE, cached=True),
        Page("pilots:compare", EVERYONE, cached=True, cache_query=frozenset({"art"})),
        Page("pilots:pilot", EVERYONE, _pilot, cached=True),
        Page("pilots:indicator", EVERYONE, _indicator, cached=True),
        Page("pilots:feed", EVERYONE, cached=True, axe=False),
        Page("pilots:portfolio_csv", EVERYONE, cached=True, axe=False),
        Page("pilots:values_csv", EVERYONE, cached=True, axe=False),
        Page("pilots:new", NOBODY_HERE),
        Page("pilots:edit", NOBODY_HERE, _pilot),
        Page("pilots:origins", NOBODY_HERE, _pilot),
        Page("pilots:milestone_new", NOBODY_HERE, _pilot),
        Page("pilots:milestone_edit", NOBODY_HERE, _milestone),
        Page("pilots:step", NOBODY_HERE, _step),
        Page("pilots:indicator_new", NOBODY_HERE, _pilot),
        Page("pilots:indicator_edit", NOBODY_HERE, _indicator),
        Page("pilots:value_new", NOBODY_HERE, _indicator),
    ),
    handlers=(
        Handler(
            "pilots.draw",
            frozenset({events.IndicatorSaved.name, events.ValueRecorded.name}),
            charts.run,
            queue="bulk",
        ),
    ),
    index=(
        IndexKind(
            "pilot", _("Pilot"), _("Piloten"), index.pilot_entry, index.pilot_ids, index.pilot_url,
            entries=index.pilot_entries, brought_in=False,
        ),
        IndexKind(
            "indicator", _("Kennzahl"), _("Kennzahlen"), index.indicator_entry, index.indicator_ids,
            index.indicator_url, article=_("Eine Kennzahl"), brought_in=False,
        ),
    ),
    notices=notices.RULES,
    settings=(
        SettingSpec(
            "pilots.criteria",
            _("Wonach Vorschläge verglichen werden"),
            list(DEFAULT),
            hint=_("Eines in jeder Zeile: Schlüssel, Doppelpunkt, Deutsch, senkrechter Strich, Englisch."),
            kind="lines",
        ),
        SettingSpec(
            "pilots.origin_kinds",
            _("Worauf ein Pilot antworten kann"),
            list(KINDS),
            hint=_("Eine Art in jeder Zeile, zum Beispiel participation.theme."),
            kind="lines",
        ),
    ),
    seed=seeds.seed,
    seed_order=150,
    layers=(MapLayer("piloten", _("Piloten"), ("pilot",), mark="◆", colour="success", order=30),),
    panels=(Panel(*GOAL, goal_panel),),
    decidable=(Decidable("pilot", _("Piloten"), interface.proposals),),
    gates={"pilot": interface.may_see_pilot, "indicator": interface.may_see_indicator},
)  # fmt: skip
