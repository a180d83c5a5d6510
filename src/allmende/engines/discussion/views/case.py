"""One case: the person's words, and beside them everything that a moderator can do about them."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allmende.core import manifest
from allmende.core.actor import Role
from allmende.core.errors import Conflict, DomainError, Invalid
from allmende.core.http import Request
from allmende.engines.discussion import actions
from allmende.engines.discussion.forms import AgainForm, EscalateForm, HandOverForm, NameForm, RefuseForm, ReleaseForm
from allmende.engines.discussion.models import Case, Comment, Rule
from allmende.engines.discussion.queries import duty, queue
from allmende.engines.discussion.queries.published import chain_text, in_words, rules_in_force
from allmende.engines.discussion.queries.things import in_language, thing
from allmende.engines.discussion.rules import access
from allmende.engines.discussion.views.queue import require_moderator
from allmende.engines.discussion.workflow import CaseState, Cause, Decision, ReportReason
from allmende.ui.forms import Form
from allmende.ui.views import render_form


@require_http_methods(["GET", "HEAD", "POST"])
def case(request: Request, case_id: UUID) -> HttpResponse:
    """Shows the case; a POST carries `verb`."""
    require_moderator(request.viewer, Role.ADMINISTRATOR)
    found = queue.case_for(request.viewer, case_id)
    preview, earlier = queue.with_earlier(found)
    verb = request.POST.get("verb", "")
    rules = rules_in_force(request.at)
    forms = _forms(request, found, verb, rules)
    sent = forms.get(verb)
    if request.method == "POST" and sent is not None and sent.is_valid():
        with sent.attempt():
            return _DONE[verb](request, found, sent)
    return render_form(
        request, "discussion/case.html", sent, _context(request, found, (preview, earlier), forms, rules)
    )


def _forms(request: Request, found: Case, verb: str, rules: Sequence[Rule]) -> dict[str, Form]:
    """All forms of the page; only the one that was sent is bound."""

    def data(name: str) -> Any:
        return request.POST if verb == name else None

    able = duty.moderator_names(found.scope)
    barred = {request.viewer.person_id, found.author_id, found.entered_by_id}
    people = sorted((str(id_), name or _("Ohne Namen")) for id_, name in able.items() if id_ not in barred)
    first_vote = (
        {"rule": found.rule, "reason": found.reason, "fact": found.fact, "law": found.law}
        if found.first_vote_at
        else {}
    )
    return {
        "release": ReleaseForm(data("release")),
        "refuse": RefuseForm(
            data("refuse"), rules=rules, language=request.viewer.language, prefix="refuse", initial=first_vote
        ),
        "name": NameForm(data("name"), prefix="name"),
        "hand": HandOverForm(data("hand"), people=people, prefix="hand"),
        "escalate": EscalateForm(data("escalate"), prefix="escalate", is_public=found.is_public),
        "claim": ReleaseForm(data("claim")),
        "again": AgainForm(data("again")),
    }


def _context(
    request: Request,
    found: Case,
    words: tuple[manifest.Preview | None, list[queue.Earlier]],
    forms: dict[str, Form],
    rules: Sequence[Rule],
) -> dict[str, Any]:
    viewer, at = request.viewer, request.at
    preview, earlier = words
    kind = manifest.moderated_kinds().get((found.capability, found.kind))
    language = preview.language if preview else viewer.language
    barred = ""
    try:
        access.require_may_decide(found, viewer, at)
    except DomainError as error:
        barred = str(error.message)
    comment = _comment(found)
    listed = queue.work_list(viewer, found.list_id, at) if found.list_id and found.is_claimed_by(viewer, at) else None
    reports = list(found.reports.order_by("received_at")[:20])
    return {
        "case": found,
        "view": queue.CaseView(found, preview, queue.kind_label(found), at),
        "preview": preview,
        "forms": forms,
        "barred": barred,
        "thing": thing(comment.ref, viewer, at) if comment else None,
        "page_url": in_language(preview.url, viewer.language) if preview else "",
        "versions": list(comment.versions.filter(blanked_at=None).order_by("-number")[1:6]) if comment else [],
        "reports": [(ReportReason(row.reason).label, row) for row in reports],
        "earlier": earlier,
        "letters": [in_words(rule, language) for rule in rules],
        "letters_language": language,
        "can_blank": kind is not None and kind.blank_name is not None,
        "can_refuse": kind is not None,
        "second": access.needs_second_person(found, viewer),
        "listed": listed,
        "chain": chain_text(),
        "is_open": found.state == CaseState.OPEN,
        "is_mine": found.is_claimed_by(viewer, at),
        "is_reported": found.cause == Cause.REPORTED or (found.cause == Cause.OBJECTION and found.is_public),
        "may_check_again": kind is not None and kind.hold is not None and access.may_check_again(found, viewer, at),
        "may_undo": access.may_undo(found, viewer, at),
        "crumbs": [(_("Moderation"), reverse("discussion:queue")), (_("Prüfen"), "")],
    }


def _comment(found: Case) -> Comment | None:
    if (found.capability, found.kind) != ("discussion", "comment"):
        return None
    return Comment.objects.filter(pk=found.object_id).first()


def _onwards(request: Request, found: Case) -> HttpResponse:
    """To the next of the list, else to the end of it, else to the queue."""
    if found.list_id is None:
        return redirect("discussion:queue")
    left = queue.work_list(request.viewer, found.list_id, request.at).left
    if left:
        return redirect("discussion:case", case_id=left[0].id)
    return redirect("discussion:list", list_id=found.list_id)


def _release(request: Request, found: Case, form: Form) -> HttpResponse:  # noqa: ARG001 - one shape for all verbs
    done = actions.decide_case(actor=request.actor, case_id=found.id, decision=Decision.RELEASED, at=request.at)
    messages.success(request, str(Decision(done.decision).label).capitalize() + ".")
    return _onwards(request, found)


def _refuse(request: Request, found: Case, form: Form) -> HttpResponse:
    done = actions.decide_case(
        actor=request.actor,
        case_id=found.id,
        decision=Decision.REFUSED,
        rule=form.cleaned_data["rule"],
        reason=form.cleaned_data["reason"],
        fact=form.cleaned_data["fact"],
        law=form.cleaned_data["law"],
        at=request.at,
    )
    if done.state == CaseState.OPEN:
        messages.success(request, _("Ihr Vorschlag ist vermerkt. Eine zweite Person entscheidet mit."))
    else:
        messages.success(
            request, _("Nicht veröffentlicht. Die Person erfährt Regel, Begründung und wie sie widersprechen kann.")
        )
    return _onwards(request, found)


def _name(request: Request, found: Case, form: Form) -> HttpResponse:
    kind = manifest.moderated_kinds().get((found.capability, found.kind))
    access.require_may_decide(found, request.viewer, request.at)
    if kind is None or kind.blank_name is None:
        raise Conflict
    try:
        kind.blank_name(actor=request.actor, object_id=found.object_id, name=form.cleaned_data["name"], at=request.at)
    except Invalid as error:
        raise Invalid(fields={"name": error.message}) from None
    messages.success(request, _("Der Name ist entfernt."))
    return redirect("discussion:case", case_id=found.id)


def _hand(request: Request, found: Case, form: Form) -> HttpResponse:
    to = form.cleaned_data["to"]
    actions.hand_over_case(
        actor=request.actor,
        case_id=found.id,
        to_person_id=UUID(to) if to else None,
        note=form.cleaned_data["note"],
        at=request.at,
    )
    messages.success(request, _("Abgegeben."))
    return _onwards(request, found)


def _escalate(request: Request, found: Case, form: Form) -> HttpResponse:
    actions.escalate_case(actor=request.actor, case_id=found.id, note=form.cleaned_data["note"], at=request.at)
    kind = manifest.moderated_kinds().get((found.capability, found.kind))
    if form.cleaned_data.get("hide") and kind is not None and kind.hold is not None:
        kind.hold(actor=request.actor.without_key(), object_id=found.object_id, reason="", at=request.at)
    messages.warning(
        request, _("Die Verwaltung des Portals ist benachrichtigt. Was jetzt zu tun ist, steht auf dieser Seite.")
    )
    return redirect("discussion:case", case_id=found.id)


def _claim(request: Request, found: Case, form: Form) -> HttpResponse:  # noqa: ARG001 - one shape for all verbs
    actions.claim_case(actor=request.actor, case_id=found.id, at=request.at)
    return redirect("discussion:case", case_id=found.id)


def _again(request: Request, found: Case, form: Form) -> HttpResponse:
    fresh = actions.check_again(
        actor=request.actor, case_id=found.id, reason=form.cleaned_data["again_reason"], at=request.at
    )
    messages.success(request, _("Der Beitrag wird noch einmal geprüft und ist so lange nicht zu sehen."))
    return redirect("discussion:case", case_id=fresh.id)


_DONE: dict[str, Callable[[Request, Case, Form], HttpResponse]] = {
    "release": _release,
    "refuse": _refuse,
    "name": _name,
    "hand": _hand,
    "escalate": _escalate,
    "claim": _claim,
    "again": _again,
}
