"""What the strategy says of itself."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from allmende.capabilities.strategy import index, interface, seeds
from allmende.capabilities.strategy.handlers import notices
from allmende.capabilities.strategy.queries.coverage import KINDS
from allmende.core.actor import Role
from allmende.core.manifest import EVERYONE, IndexKind, Manifest, MenuItem, Page, Persona, SettingSpec

NOBODY_HERE: frozenset[Persona] = frozenset()
"""Open to editors: none of the personas of the generic test is one."""


def _example(model: str, **conditions: Any) -> Callable[[], Mapping[str, Any] | None]:
    """The number of the first row that fits, looked up when a test asks."""

    def kwargs() -> Mapping[str, Any] | None:
        from django.apps import apps

        rows = apps.get_model("strategy", model)._default_manager.filter(**conditions).order_by("number")
        number = rows.values_list("number", flat=True).first()
        return None if number is None else {"number": number}

    return kwargs


_field, _goal, _guideline = _example("Field"), _example("Goal", ended_at=None), _example("Guideline")

manifest = Manifest(
    name="strategy",
    label=_("Strategie"),
    summary=_("Wohin die Stadt will, worauf das ruht und was daraus wird."),
    followed=_("Handlungsfelder und Ziele"),
    urls="allmende.capabilities.strategy.urls",
    prefix="strategie/",
    menu=(
        MenuItem(_("Strategie"), "strategy:overview", order=18),
        MenuItem(
            _("Anregungen ordnen"),
            "strategy:board",
            order=30,
            staff=True,
            roles=frozenset({Role.EDITOR}),
            summary=_("Was Menschen gesagt haben, den Zielen der Strategie zuordnen"),
        ),
    ),
    pages=(
        Page("strategy:overview", EVERYONE, cached=True),
        Page("strategy:field", EVERYONE, _field, cached=True),
        Page("strategy:goal", EVERYONE, _goal, cached=True),
        Page("strategy:answered", EVERYONE, cached=True, cache_query=frozenset({"art", "after"})),
        Page("strategy:aside", EVERYONE, _example("Aside", withdrawn_at=None), cached=True),
        Page("strategy:board", NOBODY_HERE),
        Page("strategy:ties", NOBODY_HERE, _goal),
        Page("strategy:field_new", NOBODY_HERE),
        Page("strategy:field_edit", NOBODY_HERE, _field),
        Page("strategy:guideline_new", NOBODY_HERE),
        Page("strategy:guideline_edit", NOBODY_HERE, _guideline),
        Page("strategy:goal_new", NOBODY_HERE),
        Page("strategy:goal_edit", NOBODY_HERE, _goal),
        Page("strategy:goal_end", NOBODY_HERE, _goal),
    ),
    index=(
        IndexKind(
            "field", _("Handlungsfeld"), _("Handlungsfelder"), index.field_entry, index.field_ids, index.field_url,
            brought_in=False,
        ),
        IndexKind(
            "goal", _("Ziel"), _("Ziele"), index.goal_entry, index.goal_ids, index.goal_url, brought_in=False
        ),
        IndexKind(
            "aside", _("Antwort der Strategie"), _("Antworten der Strategie"), index.aside_entry, index.aside_ids,
            index.aside_url, article=_("Eine Antwort der Strategie"), brought_in=False,
        ),
    ),
    notices=notices.RULES,
    settings=(
        SettingSpec(
            "strategy.impulse_kinds",
            _("Was als Anregung gilt"),
            list(KINDS),
            hint=_("Eine Art in jeder Zeile, zum Beispiel participation.theme."),
            kind="lines",
        ),
    ),
    seed=seeds.seed,
    seed_order=140,
    gates={
        "field": interface.may_see_field,
        "goal": interface.may_see_goal,
        "aside": interface.may_see_aside,
    },
)  # fmt: skip
