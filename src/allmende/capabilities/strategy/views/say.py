"""Saying something to a paragraph, one thing that was said, supporting it, taking it back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allmende.accounts import interface as accounts
from allmende.capabilities.strategy import actions
from allmende.capabilities.strategy.forms.texts import SayForm, WordingForm, in_language
from allmende.capabilities.strategy.models import Feedback
from allmende.capabilities.strategy.queries import feedback as reading
from allmende.capabilities.strategy.queries import texts
from allmende.capabilities.strategy.rules import texts as access
from allmende.capabilities.strategy.views.pages import crumbs
from allmende.capabilities.strategy.views.texts import said_row, text_crumbs
from allmende.capabilities.strategy.workflow.texts import Heard
from allmende.core import city
from allmende.core.http import Request
from allmende.engines.discussion import interface as discussion
from allmende.engines.notify import interface as notify
from allmende.engines.trace import interface as trace
from allmende.ui.forms import Form
from allmende.ui.pages import office_name, ours, said, until
from allmende.ui.views import render_form

RECEIPT_SALT = "strategy.receipt"
RECEIPT_FOR = timedelta(days=1)
WORDING = "vorschlag"
"""In the address: another wording rather than a comment."""


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def say(request: Request, number: int, paragraph: int) -> HttpResponse:
    """The form: a comment, or with `?art=vorschlag` another wording. No script and no selecting of text is needed."""
    viewer, at, language = request.viewer, request.at, request.viewer.language
    found = texts.text_by_number(number, viewer)
    words = texts.wording(texts.version(found, None), paragraph)
    back = reverse("strategy:paragraph", args=[number, paragraph])
    context: dict[str, Any] = {
        "text": found,
        "text_title": said(found.title, language),
        "words": words,
        "back": back,
        "example": found.is_example,
    }
    if not found.is_open(at):
        context["crumbs"] = text_crumbs(
            found, language, (_("Absatz %(n)s") % {"n": paragraph}, back), (_("Mitreden"), "")
        )
        return render(request, "strategy/say_closed.html", context)
    wanted = request.GET.get("art") == WORDING
    kind = WordingForm if wanted else SayForm
    form = kind(request.POST or None, viewer=viewer, initial={"wording": words.body})
    if wanted:
        in_language(form, "wording", found.language)
    if form.is_bound and form.is_valid():
        with form.attempt():
            made = _give(request, found.pk, paragraph, form)
            token = signing.dumps(str(made.pk), salt=RECEIPT_SALT)
            return redirect(f"{reverse('strategy:thanks')}?schein={token}")
    here = reverse("strategy:say", args=[number, paragraph])
    title = _("Anderen Wortlaut vorschlagen") if wanted else _("Etwas zu diesem Absatz sagen")
    context |= {
        "title": title,
        "wanted": wanted,
        "other_url": here if wanted else f"{here}?art={WORDING}",
        "login_next": f"{here}?art={WORDING}" if wanted else here,
        "reader": _("die Moderation, danach das Team der Strategie (%(office)s)")
        % {"office": office_name(found.department, language)},
        "public": _("Ihr Text und Ihr Anzeigename"),
        "private": _("Name, Adresse, Telefonnummer und E-Mail-Adresse"),
        "check_until": discussion.due(at),
        "crumbs": text_crumbs(found, language, (_("Absatz %(n)s") % {"n": paragraph}, back), (title, "")),
    }
    return render_form(request, "strategy/say.html", form, context)


def _give(request: Request, text_id: UUID, number: int, form: SayForm | WordingForm) -> Feedback:
    times = int(city.setting("strategy.feedback_per_hour", 30))
    proof = accounts.check_visitor(request, "strategy.say", times=times)
    values, language = form.cleaned_data, request.viewer.language
    return actions.give_feedback(
        actor=request.actor,
        text_id=text_id,
        number=number,
        said=actions.Said(form.kind.value, values.get("body", ""), values.get("wording", "")),
        guest=form.guest_data(language=language) if form.asks_contact else None,
        organisation_id=form.organisation_id(),
        language=language,
        proven=proof == "proved",
        at=request.at,
    )


@ours
@require_safe
def thanks(request: Request) -> HttpResponse:
    """Number and code, and what happens next. Without a token, the page to look up by number."""
    try:
        id_ = UUID(signing.loads(request.GET.get("schein", ""), salt=RECEIPT_SALT, max_age=RECEIPT_FOR))
    except (signing.BadSignature, ValueError):
        return redirect("notify:lookup")
    found = reading.feedback(id_)
    if found is None or found.author_id is None:
        return redirect("notify:lookup")
    language = request.viewer.language
    person = accounts.person(found.author_id)
    case = discussion.case_of(found.ref)
    context = {
        "said": found,
        "receipt": notify.receipt_of(found.ref, found.author_id),
        "claim_url": accounts.claim_url(person.pk) if person.is_guest and not request.viewer.is_signed_in else "",
        "contact_kind": person.contact_kind,
        "due": case.due_at if case is not None else None,
        "text_title": said(found.text.title, language),
        "text_url": f"{reverse('strategy:text', args=[found.text.number])}#absatz-{found.paragraph.number}",
        "crumbs": crumbs((_("Danke"), "")),
        "example": found.is_example,
    }
    response = render(request, "strategy/thanks.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@ours
@require_safe
def feedback(request: Request, number: int) -> HttpResponse:
    """One thing that was said: its words, the difference, the answer, the talk about it, both questions."""
    viewer, at, language = request.viewer, request.at, request.viewer.language
    found = reading.by_number(number, viewer)
    row = said_row(found, reading.bases([found])[found.pk], language)
    title = _("%(kind)s %(n)s") % {"kind": row.kind, "n": found.number}
    text_number, paragraph = found.text.number, found.paragraph.number
    own = viewer.person_id is not None and viewer.person_id == found.author_id
    context = {
        "said": found,
        "row": row,
        "title": title,
        "text_title": said(found.text.title, language),
        "text_url": f"{reverse('strategy:text', args=[text_number])}#absatz-{paragraph}",
        "paragraph": paragraph,
        "paragraph_url": reverse("strategy:paragraph", args=[text_number, paragraph]),
        "may_support": found.state == Heard.SHOWN and found.answer_id is None and found.text.is_open(at),
        "supported": reading.supports(found.pk, viewer),
        "own": own,
        "may_withdraw": own and found.answer_id is None and found.state in {Heard.SHOWN, Heard.WAITING},
        "is_shown": found.state == Heard.SHOWN,
        "follow": notify.follow_box(request, found.ref, about=title),
        "thread": discussion.thread(
            found.ref, viewer, at, is_open=found.answer_id is None and found.text.is_open(at)
        ) if found.state == Heard.SHOWN else None,
        "trace": trace.trace_of(found.ref, viewer, at),
        "crumbs": text_crumbs(
            found.text, language,
            (_("Absatz %(n)s") % {"n": paragraph}, reverse("strategy:paragraph", args=[text_number, paragraph])),
            (title, ""),
        ),
        "example": found.is_example,
    }  # fmt: skip
    return until(render(request, "strategy/feedback.html", context), found.text.closes_at, at=at)


@ours
@require_POST
def mark_read(request: Request, number: int) -> HttpResponse:
    """Remembers that this text is read as far as it goes, so that its page can say what is new next time."""
    access.require_signed_in(request.viewer)
    found = texts.text_by_number(number, request.viewer)
    actions.mark_read(actor=request.actor, text_id=found.pk, at=request.at)
    messages.success(request, _("Gemerkt. Beim nächsten Besuch steht hier, was seitdem neu ist."))
    return redirect("strategy:text", number=number)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def support(request: Request, number: int) -> HttpResponse:
    """A page of its own for the button, so that public pages hold no token."""
    access.require_signed_in(request.viewer)
    found = reading.by_number(number, request.viewer)
    supported = reading.supports(found.pk, request.viewer)
    form = Form(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.support_feedback(actor=request.actor, feedback_id=found.pk, supports=not supported, at=request.at)
            done = _("Ihre Unterstützung ist zurückgenommen.") if supported else _("Danke. Ihre Unterstützung zählt.")
            messages.success(request, done)
            return redirect("strategy:feedback", number=number)
    language = request.viewer.language
    row = said_row(found, reading.bases([found])[found.pk], language)
    title = _("%(kind)s %(n)s") % {"kind": row.kind, "n": found.number}
    back = reverse("strategy:feedback", args=[number])
    context = {
        "title": _("Unterstützung zurücknehmen") if supported else _("%(title)s unterstützen") % {"title": title},
        "question": _("Unterstützen ist keine Unterschrift. Gezählt wird, wie viele Menschen es sind, nicht wer."),
        "action": _("Zurücknehmen") if supported else _("Unterstützen"),
        "cancel_url": back,
        "crumbs": text_crumbs(found.text, language, (title, back), (_("Unterstützen"), "")),
        "example": found.is_example,
    }
    return render_form(request, "ui/confirm.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: Request, number: int) -> HttpResponse:
    """Its author takes it back."""
    access.require_signed_in(request.viewer)
    found = reading.by_number(number, request.viewer)
    access.require_own(found, request.viewer)
    form = Form(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.withdraw_feedback(actor=request.actor, feedback_id=found.pk, at=request.at)
            messages.success(request, _("Zurückgezogen. Niemand sonst kann es mehr lesen."))
            return redirect("strategy:feedback", number=number)
    language = request.viewer.language
    back = reverse("strategy:feedback", args=[number])
    context = {
        "title": _("Eigenen Beitrag zurückziehen"),
        "question": _("Danach kann ihn niemand mehr lesen. Das lässt sich nicht zurücknehmen."),
        "action": _("Zurückziehen"), "cancel_url": back, "danger": True,
        "crumbs": text_crumbs(found.text, language, (_("Zurückziehen"), "")),
        "example": found.is_example,
    }  # fmt: skip
    return render_form(request, "ui/confirm.html", form, context)
