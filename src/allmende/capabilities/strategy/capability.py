"""What the strategy says of itself."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from allmende.capabilities.strategy import actions, index, interface, seeds
from allmende.capabilities.strategy.actions.personal_data import PERSONAL_DATA
from allmende.capabilities.strategy.events import VersionPublished
from allmende.capabilities.strategy.handlers import notices
from allmende.capabilities.strategy.handlers import texts as text_handlers
from allmende.capabilities.strategy.index import texts as text_index
from allmende.capabilities.strategy.queries.coverage import KINDS
from allmende.core.actor import Role
from allmende.core.manifest import (
    EVERYONE,
    SIGNED_IN,
    Handler,
    IndexKind,
    Manifest,
    MenuItem,
    Moderated,
    Page,
    Persona,
    SettingSpec,
)

NOBODY_HERE: frozenset[Persona] = frozenset()
"""Open to editors: none of the personas of the generic test is one."""
ENTERING = frozenset({Persona.MODERATOR, Persona.CLERK})


def _example(model: str, **conditions: Any) -> Callable[[], Mapping[str, Any] | None]:
    """The number of the first row that fits, looked up when a test asks."""

    def kwargs() -> Mapping[str, Any] | None:
        from django.apps import apps

        rows = apps.get_model("strategy", model)._default_manager.filter(**conditions).order_by("number")
        number = rows.values_list("number", flat=True).first()
        return None if number is None else {"number": number}

    return kwargs


_field, _goal, _guideline = _example("Field"), _example("Goal", ended_at=None), _example("Guideline")
_open, _revised = (
    _example("Text", state="consultation"),
    _example("Text", versions__number=2, versions__published_at__isnull=False),
)
_said = _example("Feedback", state="shown", answer=None, kind="wording")


def _paragraph() -> Mapping[str, Any] | None:
    """A paragraph of the text in consultation."""
    found = _open()
    return None if found is None else {**found, "paragraph": 2}


def _synopsis() -> Mapping[str, Any] | None:
    found = _revised()
    return None if found is None else {**found, "version": 2}


def _file() -> Mapping[str, Any] | None:
    found = _synopsis()
    return None if found is None else {**found, "form": "pdf"}


def _step() -> Mapping[str, Any] | None:
    found = _open()
    return None if found is None else {**found, "verb": "evaluate"}


def _rival() -> Mapping[str, Any] | None:
    from allmende.capabilities.strategy.models import Rival

    found = Rival.objects.order_by("pk").values_list("pk", flat=True).first()
    return None if found is None else {"rival_id": found}


manifest = Manifest(
    name="strategy",
    label=_("Strategie"),
    summary=_("Wohin die Stadt will, worauf das ruht und was daraus wird."),
    followed=_("Handlungsfelder, Ziele und Texte"),
    urls="allmende.capabilities.strategy.urls",
    prefix="strategie/",
    api="allmende.capabilities.strategy.api",
    scopes=("strategy:read", "strategy:write"),
    menu=(
        MenuItem(_("Strategie"), "strategy:overview", order=18, group=_("Entscheidungen")),
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
        Page("strategy:thanks", EVERYONE),
        Page("strategy:text", EVERYONE, _revised, cached=True, cache_query=frozenset({"fassung"})),
        Page("strategy:paragraph", EVERYONE, _paragraph, cached=True, cache_query=frozenset({"after"})),
        Page("strategy:say", EVERYONE, _paragraph),
        Page("strategy:say", EVERYONE, _paragraph, query="?art=vorschlag"),
        Page(
            "strategy:compare", EVERYONE, _revised, query="?von=1&bis=2", cached=True,
            cache_query=frozenset({"von", "bis"}),
        ),
        Page("strategy:synopsis", EVERYONE, _synopsis, cached=True, cache_query=frozenset({"after"})),
        Page("strategy:version_file", EVERYONE, _file, cached=True, axe=False),
        Page("strategy:synopsis_file", EVERYONE, _file, cached=True, axe=False),
        Page("strategy:feedback", EVERYONE, _said, cached=True),
        Page("strategy:support", SIGNED_IN, _said),
        Page("strategy:mark_read", SIGNED_IN, _revised, post_only=True, axe=False),
        Page("strategy:withdraw", NOBODY_HERE, _said),
        Page("strategy:text_new", NOBODY_HERE),
        Page("strategy:text_edit", NOBODY_HERE, _open),
        Page("strategy:answers", NOBODY_HERE, _open),
        Page("strategy:enter", ENTERING, _open),
        Page("strategy:write", NOBODY_HERE, _open),
        Page("strategy:draft_file", NOBODY_HERE, _open),
        Page("strategy:paragraph_add", NOBODY_HERE, _open),
        Page("strategy:paragraph_write", NOBODY_HERE, _paragraph),
        Page("strategy:leave_out", NOBODY_HERE, _paragraph),
        Page("strategy:step", NOBODY_HERE, _step),
        Page("strategy:rival", NOBODY_HERE, _rival),
        Page("strategy:adopt", NOBODY_HERE, _said),
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
        IndexKind(
            "text", _("Text der Strategie"), _("Texte der Strategie"), text_index.text_entry, text_index.text_ids,
            text_index.text_url, brought_in=False,
        ),
        IndexKind(
            "version", _("Fassung"), _("Fassungen"), text_index.version_entry, text_index.version_ids,
            text_index.version_url, article=_("Eine Fassung"), brought_in=False,
        ),
        IndexKind(
            "paragraph", _("Absatz"), _("Absätze"), text_index.paragraph_entry, text_index.paragraph_ids,
            text_index.paragraph_url, entries=text_index.paragraph_entries, brought_in=False,
        ),
        IndexKind(
            "feedback", _("Rückmeldung"), _("Rückmeldungen"), text_index.feedback_entry, text_index.feedback_ids,
            text_index.feedback_url, article=_("Eine Rückmeldung"), entries=text_index.feedback_entries,
        ),
    ),
    handlers=(
        Handler(
            "strategy.index_paragraphs", frozenset({VersionPublished.name}), text_handlers.index_paragraphs,
            queue="bulk",
        ),
    ),
    notices=(*notices.RULES, *text_handlers.RULES),
    personal_data=PERSONAL_DATA,
    moderated=(
        Moderated(
            "feedback", _("Rückmeldung"), text_handlers.preview, actions.release_feedback, actions.refuse_feedback,
            blank_name=actions.blank_name, hold=actions.hold_feedback, previews=text_handlers.previews,
        ),
    ),
    settings=(
        SettingSpec(
            "strategy.impulse_kinds",
            _("Was als Anregung gilt"),
            list(KINDS),
            hint=_("Eine Art in jeder Zeile, zum Beispiel participation.theme."),
            kind="lines",
        ),
        SettingSpec(
            "strategy.feedback_per_hour",
            _("Rückmeldungen in einer Stunde von einem Anschluss"),
            30,
            hint=_("So oft kann von einem Anschluss aus, etwa einer Schule, in einer Stunde etwas gesagt werden."),
            kind="number",
        ),
    ),
    seed=seeds.seed,
    seed_order=140,
    gates={
        "field": interface.may_see_field,
        "goal": interface.may_see_goal,
        "aside": interface.may_see_aside,
        "text": interface.may_see_text,
        "version": interface.may_see_version,
        "paragraph": interface.may_see_paragraph,
        "feedback": interface.may_see_feedback,
        "comment:feedback": interface.may_comment_on_feedback,
        "own:feedback": interface.is_own_feedback,
    },
)  # fmt: skip
