"""The builder's pages for the access matrix: open to editors, of whom the generic test has none."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from allmende.core.manifest import Page

_ID = UUID(int=1)


def _page(url_name: str, **more: Any) -> Page:
    """Whoever may not build is sent away before anything is looked up, so any address is an example."""
    arguments: Mapping[str, Any] = {"questionnaire_id": _ID, **more}
    return Page(f"surveys:{url_name}", frozenset(), lambda: arguments)


PAGES = (
    Page("surveys:questionnaires", frozenset()),
    Page("surveys:questionnaire_new", frozenset()),
    Page("surveys:questionnaire_import", frozenset()),
    _page("questionnaire"),
    Page("surveys:questionnaire_step", frozenset(), lambda: {"questionnaire_id": _ID}, post_only=True),
    _page("questionnaire_settings"),
    _page("questionnaire_preview"),
    _page("questionnaire_translation", language="en"),
    _page("questionnaire_file", form="json"),
    _page("section_new"),
    _page("section", name="abschnitt"),
    _page("question_kind", section="abschnitt"),
    _page("question_new", section="abschnitt"),
    _page("question", name="frage"),
)
