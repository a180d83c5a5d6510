"""Paper: the sheet to print, and entering what came back. The same questions, the same checks, the same counting."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.surveys import actions, queries, rules
from allmende.capabilities.surveys.forms.answering import PaperForm
from allmende.capabilities.surveys.views.pages import office_name, ours, survey_crumbs, titled, word
from allmende.capabilities.surveys.workflow import Access, Phase
from allmende.core import city
from allmende.core.actor import Channel
from allmende.core.errors import Closed, Invalid, NotAllowed
from allmende.core.http import Request
from allmende.engines.questions import interface as questions
from allmende.engines.questions.interface import answering as asking
from allmende.ui.views import render_form


@ours
@require_safe
def paper(request: Request, number: int) -> HttpResponse:
    """The questionnaire for a pen, tagged."""
    survey = queries.survey_by_number(number, request.viewer)
    language = request.viewer.language
    day = formats.date_format(timezone.localtime(survey.closes_at), "DATE_FORMAT") if survey.closes_at else ""
    made = questions.printed(
        queries.definition_of(survey.version_id),
        language=language,
        at=survey.checked_at or survey.created_at,
        address=request.build_absolute_uri(reverse("surveys:survey", args=[number])),
        author=city.current().name,
        until=_("Bitte geben Sie den Bogen bis %(day)s ab.") % {"day": day} if day else "",
        back=office_name(survey.department, language),
    )
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="umfrage-{number}.pdf"'
    return response


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: Request, number: int) -> HttpResponse:
    """One paper after the other, all questions on one page. What others have entered is not shown."""
    viewer, at = request.viewer, request.at
    rules.require_may_enter(viewer)
    survey = queries.survey_by_number(number, viewer)
    language = viewer.language
    definition = replace(queries.definition_of(survey.version_id), layout="one")
    (step,) = asking.steps(definition, questions.check(definition, {}, at=at))
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = asking.StepForm(definition, step, {}, at=at, language=language, data=data, files=files)
    head = PaperForm(
        data,
        needs_code=survey.access == Access.CODE,
        consent=word(queries.consent_text(survey, at), language),
        residents=survey.access == Access.VERIFIED,
    )
    more = False
    if form.is_bound:
        valid = form.is_valid() and head.is_valid()
        more = form.more
        if form.again:
            form.errors.clear()
        elif valid and not more:
            without_files, taken = dict(form.answers), False
            with head.attempt():
                form.stored_files(request.actor.without_key())
                answers = {name: value for name, value in form.changes.items() if value is not None}
                sent = replace(
                    _who(head.cleaned_data), answers=answers, language=language,
                    code=str(head.cleaned_data.get("code", "")), consents=True,
                )  # fmt: skip
                try:
                    actions.submit_response(
                        actor=request.actor.via(Channel.PAPER), survey_id=survey.pk, sent=sent, at=at
                    )
                except NotAllowed as error:
                    raise Closed(error.message) from error
                taken = True
            if taken:
                messages.success(request, _("Der Bogen ist eingegeben. Der nächste bitte."))
                return redirect("surveys:enter", number=number)
            form.answers = without_files  # refused: pictures are chosen once more
    context = {
        "survey": survey,
        **titled(survey, language),
        "step": step,
        "more": more,
        "head": head,
        "is_open": survey.phase(at) in {Phase.RUNNING, Phase.GRACE},
        "count": queries.response_count(survey),
        "cancel_url": reverse("surveys:survey", args=[number]),
        "crumbs": survey_crumbs(survey, language, (_("Papier eingeben"), "")),
    }
    status = 422 if form.is_bound and not form.again and not more else None
    return render_form(request, "surveys/enter.html", form, context, status=status)


def _who(said: dict[str, Any]) -> actions.Sent:
    """Whose paper it is, where only residents answer: by their account, else by what stands on the identity card."""
    if said.get("email"):
        found = queries.account_of(said["email"])
        if found is None:
            raise Invalid(fields={"email": _("Unter dieser Adresse gibt es kein Konto. Bitte nehmen Sie den Namen.")})
        person_id, is_active = found
        if not is_active:
            raise Invalid(fields={"email": _("Dieses Konto ist gesperrt. Auch auf Papier zählt es nicht.")})
        return actions.Sent(answers={}, resident=person_id)
    if said.get("name") and said.get("born"):
        return actions.Sent(answers={}, on_card=(said["name"], said["born"]))
    return actions.Sent(answers={})
