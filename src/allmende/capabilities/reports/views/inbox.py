"""What waits for an office: narrowed down by office, district, kind and state, with the person's words in sight."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from allmende.capabilities.reports import rules, workflow
from allmende.capabilities.reports.models import Report
from allmende.capabilities.reports.queries import categories, inbox, subtasks
from allmende.capabilities.reports.queries.inbox import Filters
from allmende.capabilities.reports.queries.incidents import waiting
from allmende.capabilities.reports.views.bulk import choices
from allmende.capabilities.reports.views.incidents import in_words
from allmende.capabilities.reports.views.pages import crumbs, shortened
from allmende.capabilities.reports.workflow import ENDED, STATES, State
from allmende.core import city
from allmende.core.actor import Viewer
from allmende.core.http import Request
from allmende.core.texts import Text
from allmende.ui.pages import district_name, office_name, ours

GROUPS: Sequence[tuple[str, Text]] = (
    ("open", gettext_lazy("noch offen")), ("new", pgettext_lazy("report", "neu")),
    ("late", gettext_lazy("überfällig")), ("", pgettext_lazy("report", "alle")),
)  # fmt: skip


@ours
@require_safe
def overview(request: Request) -> HttpResponse:
    """The inbox of the viewer's offices."""
    viewer, at, language = request.viewer, request.at, request.viewer.language
    rules.require_may_open_inbox(viewer)
    selects, asked = _filters(request, viewer, language)
    found, further = inbox.inbox(viewer, asked, at, after=request.GET.get("after", ""))
    context = {
        "rows": [_row(one, language, at) for one in found],
        "figures": inbox.figures(viewer, at),
        "incidents": [] if request.GET.get("after") else [in_words(one, language) for one in waiting(viewer, at)],
        "after": further,
        "selects": selects,
        "narrowed": asked != Filters(),
        "is_desk": rules.is_desk(viewer),
        "parts": subtasks.count(viewer),
        "actions": choices(),
        "crumbs": crumbs((_("Eingang der Meldungen"), "")),
    }
    return render(request, "reports/inbox.html", context)


def _filters(request: Request, viewer: Viewer, language: str) -> tuple[list[Any], Filters]:
    """The selects as (name, label, options, chosen), and what was chosen; what is not offered counts as not chosen."""
    theirs = rules.departments_of(viewer)
    offices = [one for one in city.current().departments.values() if theirs is None or one.slug in theirs]
    districts = sorted(city.current().districts.values(), key=lambda one: one.name)
    every = ("", pgettext("report", "alle"))
    offered: list[tuple[str, str, list[tuple[str, Text]], str]] = [
        ("department", _("Amt"), [every, *((one.slug, one.name(language)) for one in offices)], ""),
        ("district", _("Stadtteil"), [every, *((one.slug, one.name) for one in districts)], ""),
        ("category", _("Was"), [every, *((one.slug, one.name(language)) for one in categories.active()
                                          if not one.elsewhere)], ""),
        ("state", pgettext("report", "Stand"),
         [*GROUPS, *((one.value, workflow.label(one, language)) for one in State)], "open"),
        ("order", _("Reihenfolge"), [("neu", _("Neueste zuerst")), ("frist", _("Früheste Frist zuerst"))], "neu"),
    ]  # fmt: skip
    chosen = {}
    for name, _label, options, default in offered:
        given = request.GET.get(name, default)
        chosen[name] = given if any(value == given for value, _words in options) else default
    selects = [(name, label, options, chosen[name]) for name, label, options, _default in offered]
    return selects, Filters(**chosen)


def _row(one: Report, language: str, at: Any) -> dict[str, Any]:
    return {
        "number": one.number,
        "title": one.title(language),
        "url": reverse("reports:handle", args=[one.number]),
        "text": shortened(one.words),
        "language": one.language,
        "state": workflow.label(one.state, language),
        "kind": STATES[State(one.state)].kind,
        "office": office_name(one.department, language),
        "district": district_name(one.district),
        "received_at": one.received_at,
        "due": one.due_at,
        "late": one.state not in ENDED and one.due_at is not None and one.due_at < at,
        "joined": one.join_count,
        "unproven": not one.is_proven,
    }
