"""The team's answers: many at once, or one suggestion with words put together by hand."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from allmende.capabilities.strategy import actions, rules
from allmende.capabilities.strategy.forms.texts import AdoptForm, AnswerForm, in_language
from allmende.capabilities.strategy.queries import feedback as reading
from allmende.capabilities.strategy.queries import texts
from allmende.capabilities.strategy.rules.words import difference, merge
from allmende.capabilities.strategy.views.texts import number_of, said_row, text_crumbs
from allmende.capabilities.strategy.workflow.texts import Heard, Kind
from allmende.core.errors import Invalid, NotFound
from allmende.core.http import Request
from allmende.ui.pages import ours, remap, said
from allmende.ui.views import render_form

KINDS = {"anmerkungen": Kind.COMMENT, "vorschlaege": Kind.WORDING}


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def answers(request: Request, number: int) -> HttpResponse:
    """What has no answer yet: tick, answer, the rest of the page stays. Suggestions that contradict are named."""
    rules.require_may_edit(request.viewer)
    language = request.viewer.language
    found = texts.text_by_number(number, request.viewer)
    kind, paragraph = request.GET.get("art", ""), number_of(request.GET.get("absatz"))
    if kind and kind not in KINDS:
        raise NotFound
    listed = reading.open_here(
        found, kind=KINDS[kind].value if kind else "", paragraph=paragraph, after=number_of(request.GET.get("after"))
    )
    form = AnswerForm(request.POST or None, language=language)
    if form.is_bound and form.is_valid():
        with form.attempt():
            try:
                done = actions.answer_feedback(
                    actor=request.actor, text_id=found.pk, feedback_ids=form.chosen(),
                    outcome=form.cleaned_data["outcome"], reason=form.cleaned_data["reason"], at=request.at,
                )  # fmt: skip
            except Invalid as error:
                raise remap(error, {"feedback": "outcome"}) from error
            _tell(request, done)
            return redirect(request.get_full_path())
    base = reverse("strategy:answers", args=[number])
    bases, against = reading.bases(listed.rows), reading.contradictions(listed.rows)
    chosen = {str(one) for one in form.chosen()} if form.is_bound else set()
    rows: list[dict[str, Any]] = [
        {
            "id": str(one.pk),
            "ticked": str(one.pk) in chosen,
            "paragraph": one.paragraph.number,
            "paragraph_url": reverse("strategy:paragraph", args=[number, one.paragraph.number]),
            "adopt_url": reverse("strategy:adopt", args=[one.number]) if one.kind == Kind.WORDING else "",
            "against": against.get(one.pk, []),
            "said": said_row(one, bases[one.pk], language),
        }
        for one in listed.rows
    ]
    context = {
        "text": found,
        "title": said(found.title, language),
        "rows": rows,
        "counts": texts.counts(found),
        "tabs": [
            (_("Alles"), base, not kind),
            (_("Vorschläge zum Wortlaut"), f"{base}?art=vorschlaege", kind == "vorschlaege"),
            (_("Anmerkungen"), f"{base}?art=anmerkungen", kind == "anmerkungen"),
        ],
        "more_url": f"{base}?art={kind}&absatz={paragraph or ''}&after={listed.next}" if listed.next else "",
        "crumbs": text_crumbs(found, language, (_("Antworten"), "")),
        "example": found.is_example,
    }
    return render_form(request, "strategy/answers.html", form, context)


def _tell(request: Request, done: actions.Answering) -> None:
    if done.answered:
        count = len(done.answered)
        words = ngettext("%(n)s Rückmeldung ist beantwortet.", "%(n)s Rückmeldungen sind beantwortet.", count)
        messages.success(request, words % {"n": count})
    if done.conflicts:
        numbers = ", ".join(str(one.number) for one in done.conflicts)
        words = _(
            "Nicht beantwortet, weil sie dem widersprechen, was jetzt dort steht: %(numbers)s. Bitte führen Sie den "
            "Wortlaut von Hand zusammen."
        )
        messages.warning(request, words % {"numbers": numbers})


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def adopt(request: Request, number: int) -> HttpResponse:
    """One suggestion beside what stands in the next version, and one text made of both."""
    rules.require_may_edit(request.viewer)
    language = request.viewer.language
    found = reading.by_number(number, request.viewer)
    if found.kind != Kind.WORDING or found.state != Heard.SHOWN:
        raise NotFound
    base = reading.bases([found])[found.pk]
    draft = texts.written(found.text)
    words = texts.wording(draft or texts.shown_or_written(found.text), found.paragraph.number)
    revision = words.revision if draft is not None else 1
    merged = merge(base, words.body, found.wording)
    begins = words.body if merged.conflict else merged.text
    form = AdoptForm(request.POST or None, initial={"body": begins, "revision": revision}, language=language)
    in_language(form, "body", found.text.language)
    back = reverse("strategy:answers", args=[found.text.number])
    if form.is_bound and form.is_valid():
        with form.attempt():
            values = form.cleaned_data
            actions.adopt_wording(
                actor=request.actor, feedback_id=found.pk, outcome=values["outcome"], reason=values["reason"],
                body=values["body"], revision=values["revision"], at=request.at,
            )  # fmt: skip
            messages.success(request, _("Beantwortet. Wer es vorgeschlagen hat, bekommt Bescheid."))
            return redirect(back)
    title = _("Vorschlag %(n)s beantworten") % {"n": number}
    context = {
        "title": title,
        "row": said_row(found, base, language),
        "now": difference(base, words.body),
        "moved": base != words.body,
        "conflict": merged.conflict,
        "answered": found.answer_id is not None,
        "language": found.text.language,
        "back": back,
        "crumbs": text_crumbs(found.text, language, (_("Antworten"), back), (title, "")),
        "example": found.is_example,
    }
    return render_form(request, "strategy/adopt.html", form, context)
