"""Trying a questionnaire out while it is built: the real pages of questions, as narrow as a phone; nothing is kept."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from allmende.capabilities.surveys.views.builder.parts import builder_crumbs, opened
from allmende.capabilities.surveys.views.pages import ours
from allmende.core.http import Request
from allmende.engines.questions import interface as questions
from allmende.engines.questions.interface import answering
from allmende.ui.views import render_form

TRIED = "surveys_tried"
"""Key of the session for what was answered while trying out; the next questionnaire that is tried takes its place."""


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: Request, questionnaire_id: UUID) -> HttpResponse:
    """A step (`?schritt=`) of the questionnaire as it stands, with what was answered so far on other steps."""
    built = opened(request, questionnaire_id)
    spoken = built.definition.languages
    language = request.viewer.language if request.viewer.language in spoken else built.first
    kept = request.session.get(TRIED, {})
    answers: dict[str, Any] = kept.get("answers", {}) if kept.get("questionnaire") == str(built.id) else {}
    if "neu" in request.GET:
        answers = {}
    checked = questions.check(built.definition, answers, at=request.at, language=language)
    found = answering.steps(built.definition, checked)
    step = next((one for one in found if one.name == request.GET.get("schritt")), next(iter(found), None))
    address = reverse("surveys:questionnaire_preview", args=[built.id])
    form = None
    if step is not None:
        sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = answering.StepForm(
            built.definition, step, answers, at=request.at, language=language,
            plain="einfach" in request.GET, data=sent[0], files=sent[1],
        )  # fmt: skip
        if request.method == "POST":
            form.is_valid()
            request.session[TRIED] = {"questionnaire": str(built.id), "answers": form.answers}
            if request.headers.get("X-Draft") == "1":
                return JsonResponse(answering.told(form, form.seen))
            after = answering.steps(built.definition, form.checked)
            if form.again or form.more:
                form = answering.StepForm(built.definition, step, form.answers, at=request.at, language=language)
            elif "back" in request.POST or not form.errors:
                by = -1 if "back" in request.POST else 1
                names = [one.name for one in after]
                to = names.index(step.name) + by if step.name in names else 0
                if to >= len(names):
                    return redirect(f"{address}?neu=1&ende=1")
                return redirect(f"{address}?schritt={names[max(0, to)]}")
    context = {
        "built": built, "step": step, "language": language, "over": "ende" in request.GET,
        "steps": [(one, questions.say(one.sections[0].title, language)) for one in found],
        "broken": len(questions.faults(built.definition)), "crumbs": builder_crumbs(built, (_("Ausprobieren"), "")),
    }  # fmt: skip
    return render_form(request, "surveys/builder/preview.html", form, context)
