"""The questions of a kind, on a page between the kind and sending: drawn and checked by `engines/questions`.

What was answered travels on like everything else, as JSON in one hidden field; nothing is kept
until the report is sent.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from allmende.capabilities.reports.forms.reporting import ASK, KIND, STEPS, carried
from allmende.capabilities.reports.models import Category
from allmende.capabilities.reports.queries import asking
from allmende.capabilities.reports.views.pages import crumbs
from allmende.core.http import Request
from allmende.engines.questions import interface as questions
from allmende.engines.questions.interface import answering
from allmende.ui.forms import Form
from allmende.ui.views import render_form

STEP = "ask"
LONGEST = 20_000
"""Characters of the hidden field."""


def page(request: Request, chosen: Category, sent: Mapping[str, Any]) -> HttpResponse | None:
    """The page as it begins, or as it was answered before; None for a kind that asks nothing."""
    form = _form(request, chosen, unpacked(sent))
    return None if form is None else show(request, chosen, sent, form)


def sent_form(request: Request, chosen: Category) -> answering.StepForm | None:
    """What came from the page; None for a kind that asks nothing (any more)."""
    return _form(request, chosen, {}, data=request.POST)


def _form(
    request: Request, chosen: Category, answers: Mapping[str, Any], *, data: Any = None
) -> answering.StepForm | None:
    found = asking.asked(chosen.pk)
    if found is None:
        return None
    language = request.viewer.language
    checked = questions.check(found.definition, answers, at=request.at, language=language)
    step = answering.steps(found.definition, checked)[0]
    return answering.StepForm(found.definition, step, answers, at=request.at, language=language, data=data)


def show(request: Request, chosen: Category, sent: Mapping[str, Any], form: answering.StepForm) -> HttpResponse:
    context = {
        "step": KIND,
        "steps": [str(label) for label in STEPS],
        "kind": chosen.name(request.viewer.language),
        "carried": carried(sent, ASK),
        "once": Form(sent).once,  # one key for all steps
        "crumbs": crumbs((_("Schaden melden"), "")),
    }
    return render_form(request, "reports/ask.html", form, context)


def packed(form: answering.StepForm) -> str:
    answers = {name: value for name, value in form.answers.items() if value not in (None, "", [])}
    return json.dumps(answers, ensure_ascii=False)


def unpacked(sent: Mapping[str, Any]) -> dict[str, Any]:
    """What the hidden field holds; nothing for what is no field of ours."""
    try:
        found = json.loads(str(sent.get("answers", ""))[:LONGEST] or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def summary(chosen: Category, sent: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    """What was answered, for the look before sending."""
    found = asking.asked(chosen.pk)
    said = asking.in_words(found.definition, unpacked(sent), language) if found else []
    return [(one.label, one.text) for one in said]
