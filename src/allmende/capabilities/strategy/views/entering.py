"""Back to work: what came by post, mail, telephone or at an event becomes feedback like any other."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allmende.capabilities.strategy import actions
from allmende.capabilities.strategy.forms.entering import EntryForm
from allmende.capabilities.strategy.queries import texts
from allmende.capabilities.strategy.rules import texts as access
from allmende.capabilities.strategy.views.texts import text_crumbs
from allmende.capabilities.strategy.workflow.texts import Kind, State
from allmende.core.actor import Channel
from allmende.core.errors import DomainError
from allmende.core.http import Request
from allmende.engines.notify import interface as notify
from allmende.ui.pages import ours, said
from allmende.ui.views import render_form


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: Request, number: int) -> HttpResponse:
    """One sheet of paper or the minutes of an evening: line by line, checked as a whole before anything is written."""
    viewer, at = request.viewer, request.at
    access.require_may_enter(viewer)
    found = texts.text_by_number(number, viewer)
    title = _("Rückmeldungen eintragen")
    context: dict[str, Any] = {
        "title": title,
        "text": found,
        "text_title": said(found.title, viewer.language),
        "taken": found.state == State.CONSULTATION,
        "cancel_url": reverse("strategy:text", args=[number]),
        "crumbs": text_crumbs(found, viewer.language, (title, "")),
    }
    if not context["taken"]:
        return render_form(request, "strategy/enter.html", None, context)
    options: dict[str, Any] = {
        "text": found,
        "numbers": {one.paragraph.number for one in texts.wordings(texts.version(found, None))},
        "at": at,
    }
    initial = {"received_on": timezone.localtime(at).date(), "channel": Channel.PAPER.value}
    form = EntryForm(request.POST or None, initial=initial, **options)
    if form.is_bound and form.is_valid():
        form, context["receipts"] = _write(request, form, options)
    return render_form(request, "strategy/enter.html", form, context)


def _write(request: Request, form: EntryForm, options: dict[str, Any]) -> tuple[EntryForm, list[str]]:
    """Writes every entry; what an action refuses stays in the field with its sentence, what is written leaves it."""
    values = form.cleaned_data
    actor = request.actor.without_key().via(Channel(values["channel"]))
    left, receipts, refused = [], [], []
    for one in form.entries:
        is_wording = one.kind is Kind.WORDING
        try:
            made = actions.give_feedback(
                actor=actor,
                text_id=form.text.pk,
                number=one.paragraph,
                said=actions.Said(one.kind.value, "" if is_wording else one.words, one.words if is_wording else ""),
                guest={"contact_kind": "number", "display_name": values["display_name"], "language": "de"},
                language=form.text.language,
                received_at=form.received_at(),
                at=request.at,
            )
        except DomainError as error:
            left.append(one.source)
            sentence = next(iter(getattr(error, "fields", {}).values()), error.message)
            refused.append(f"{one.paragraph}: {sentence}")
            continue
        receipt = notify.receipt_of(made.ref, made.author_id) if made.author_id else None
        if receipt is not None:
            receipts.append(
                _("Absatz %(n)s: Nummer %(number)s, Code %(code)s")
                % {"n": one.paragraph, "number": receipt.number, "code": receipt.code}
            )
    if not left:
        kept = {name: values[name] for name in ("channel", "received_on", "display_name")}
        return EntryForm(initial=kept, **options), receipts
    data = request.POST.copy()
    data["said"] = "\n".join(left)
    form.data = data
    form.add_error("said", " ".join(refused[:5]))
    return form, receipts
