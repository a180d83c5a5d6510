"""Draft papers: the list of those that are one's business, one with its signatures, writing, and every step."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.council import actions, rules
from allmende.capabilities.council.forms.drafts import DraftForm, StepForm
from allmende.capabilities.council.handlers.printing import document_of
from allmende.capabilities.council.models import Draft
from allmende.capabilities.council.queries import drafts as queries
from allmende.capabilities.council.rules import drafts
from allmende.capabilities.council.rules.drafts import OFFICE
from allmende.capabilities.council.rules.tracking import departments_of
from allmende.capabilities.council.views.pages import Crumbs, crumbs, named, ours, role_words
from allmende.capabilities.council.views.tracking import office_name
from allmende.capabilities.council.workflow import DRAFT_STATES, DRAFT_STEPS, EDITABLE, DraftState, SignatureState
from allmende.core.actor import Viewer
from allmende.core.errors import NotAllowed, NotFound
from allmende.core.http import Request
from allmende.ui.views import render_form

type Row = dict[str, object]


def _row(one: Draft, viewer: Viewer) -> Row:
    info = DRAFT_STATES[DraftState(one.state)]
    waits_for = queries.signing_now(one)
    return {
        "number": one.number,
        "title": one.title,
        "url": reverse("council:draft", args=[one.number]),
        "office": office_name(one.department, viewer.language),
        "tag": info.label,
        "kind": info.kind,
        "changed": one.changed_at,
        "waits_for": [office_name(slug, viewer.language) for slug in waits_for],
        "is_mine": bool({"sign", "submit"} & set(queries.steps(one, viewer))),
        "is_public": one.is_public,
        "is_example": one.is_example,
        "done": one.state in queries.DONE,
    }


def _path(*more: tuple[str, str]) -> Crumbs:
    return crumbs((_("Beschlussvorlagen"), reverse("council:drafts")), *more)


@ours
@require_safe
def drafts_list(request: Request) -> HttpResponse:
    """What waits for the viewer first, then what else is under way, then what is done."""
    drafts.require_may_see_drafts(request.viewer)
    rows = [_row(one, request.viewer) for one in queries.drafts(request.viewer)]
    context = {
        "mine": [row for row in rows if row["is_mine"]],
        "others": [row for row in rows if not row["is_mine"] and not row["done"]],
        "done": [row for row in rows if row["done"]],
        "is_office": rules.may_keep(request.viewer),
        "crumbs": _path(),
    }
    return render(request, "council/drafts.html", context)


def _signature_rows(one: Draft, language: str) -> list[Row]:
    words = {
        SignatureState.ASKED: (_("noch nicht"), "quiet"),
        SignatureState.SIGNED: (_("mitgezeichnet"), "good"),
        SignatureState.REFUSED: (_("nicht mitgezeichnet"), "bad"),
    }
    turn = queries.signing_now(one)
    return [
        {
            "office": office_name(row.department, language),
            "tag": _("ist dran") if row.department in turn else words[SignatureState(row.state)][0],
            "kind": "" if row.department in turn else words[SignatureState(row.state)][1],
            "remark": row.remark,
            "at": row.at,
        }
        for row in queries.signatures_of(one)
    ]


@ours
@require_safe
def draft(request: Request, number: int) -> HttpResponse:
    """The text, who signed it, and what can be done next."""
    drafts.require_may_see_drafts(request.viewer)
    one = queries.draft(number, request.viewer)
    viewer, language = request.viewer, request.viewer.language
    may_write = DraftState(one.state) in EDITABLE and drafts.writes_for(viewer, one.department)
    context = {
        "draft": one,
        "row": _row(one, viewer),
        "signatures": _signature_rows(one, language),
        "way": [(row.organization, role_words(row.role) or row.role) for row in queries.way_of(one)],
        "returned_by": _("Büro des Stadtrats") if one.returned_by == OFFICE else office_name(one.returned_by, language),
        "edit_url": reverse("council:draft_edit", args=[number]) if may_write else "",
        "steps": [
            (DRAFT_STEPS[verb].label, reverse("council:draft_step", args=[number, verb]), verb)
            for verb in queries.steps(one, viewer)
        ],
        "file_url": reverse("council:draft_file", args=[number]),
        "paper_url": reverse("council:paper", args=[one.paper.number]) if one.paper and one.paper.public else "",
        "crumbs": _path((named(one.title), "")),
    }
    return render(request, "council/draft.html", context)


@ours
@require_safe
def draft_file(request: Request, number: int) -> HttpResponse:
    """The paper as it would be brought in, as PDF; nothing on the way may keep a copy."""
    drafts.require_may_see_drafts(request.viewer)
    one = queries.draft(number, request.viewer)
    response = HttpResponse(document_of(one, request.at), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="entwurf-{number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _form(request: Request, one: Draft | None) -> DraftForm:
    mine = departments_of(request.viewer)
    return DraftForm(
        request.POST or None,
        initial=DraftForm.initial_of(one) if one else {"role1": "Vorberatung", "role2": "Entscheidung"},
        language=request.viewer.language,
        writers=None if mine is None or one is not None else mine,
        organizations=queries.bodies_that_deal(),
    )


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def begin(request: Request) -> HttpResponse:
    """A new draft."""
    drafts.require_may_see_drafts(request.viewer)
    form = _form(request, None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            made = actions.begin_draft(actor=request.actor, data=form.data_of_draft, at=request.at)
            messages.success(request, _("Der Entwurf ist angelegt. Nur Ihr Amt und das Büro des Stadtrats sehen ihn."))
            return redirect("council:draft", made.number)
    context = {
        "heading": _("Neue Beschlussvorlage"),
        "back_url": reverse("council:drafts"),
        "crumbs": _path((_("Neue Beschlussvorlage"), "")),
    }
    return render_form(request, "council/draft_edit.html", form, context)


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def edit(request: Request, number: int) -> HttpResponse:
    """Another text. Where somebody has signed the page says that signatures are taken back."""
    drafts.require_may_see_drafts(request.viewer)
    one = queries.draft(number, request.viewer)
    drafts.require_may_write(request.actor, one.department)
    form = _form(request, one)
    back = reverse("council:draft", args=[number])
    signed = [row for row in queries.signatures_of(one) if row.state == SignatureState.SIGNED]
    if form.is_bound and form.is_valid():
        with form.attempt():
            version = form.cleaned_data["version"] or 0
            saved = actions.change_draft(
                actor=request.actor, number=number, version=version, data=form.data_of_draft, at=request.at
            )
            if signed and saved.version != one.version:
                messages.success(request, _("Gespeichert. Die Mitzeichnungen sind zurückgenommen."))
            else:
                messages.success(request, _("Gespeichert."))
            return redirect(back)
    context = {
        "heading": _("Entwurf ändern"),
        "draft": one,
        "signed": [office_name(row.department, request.viewer.language) for row in signed],
        "waiting": one.state == DraftState.SIGNING,
        "back_url": back,
        "crumbs": _path((named(one.title), back), (_("Ändern"), "")),
    }
    return render_form(request, "council/draft_edit.html", form, context)


ASKED_BESIDES = {"sign"}
"""Steps with words that need not be there: a remark."""


def _question(verb: str, one: Draft) -> str:
    return {
        "send": _(
            "Die Ämter, die mitzeichnen sollen, sehen den Entwurf dann. Ist niemand eingetragen, kann das Büro ihn "
            "gleich einbringen."
        ),
        "sign": _("Ihr Amt stimmt dem Text zu, so wie er jetzt ist. Wird er geändert, werden Sie neu gefragt."),
        "refuse": _("Der Entwurf geht an das Amt zurück, das ihn geschrieben hat. Ihre Gründe stehen dabei."),
        "return": _("Der Entwurf geht an das Amt zurück, das ihn geschrieben hat. Ihre Gründe stehen dabei."),
        "submit": _(
            "Die Vorlage bekommt eine Nummer. Alle können sie dann lesen; wer den Gremien folgt, bekommt Bescheid."
        )
        if one.is_public
        else _("Die Vorlage bekommt eine Nummer und bleibt nichtöffentlich."),
        "withdraw": _("Danach geht es mit diesem Entwurf nicht weiter."),
    }[verb]


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def step(request: Request, number: int, verb: str) -> HttpResponse:
    """One step, asked once more, with the words that belong to it."""
    drafts.require_may_see_drafts(request.viewer)
    one = queries.draft(number, request.viewer)
    taken = DRAFT_STEPS.get(verb)
    if taken is None:
        raise NotFound
    drafts.require_step(verb, one.state)
    mine = [slug for slug in queries.signing_now(one) if drafts.signs_for(request.viewer, slug)]
    if verb not in queries.steps(one, request.viewer):
        raise NotAllowed(_("Dafür sind Sie bei dieser Vorlage gerade nicht an der Reihe."))
    ask = str(taken.ask) or (_("Anmerkung") if verb in ASKED_BESIDES else "")
    initial = {"version": one.version, "department": mine[0] if mine else ""}
    form = StepForm(request.POST or None, ask=ask, needed=bool(taken.ask), initial=initial)
    back = reverse("council:draft", args=[number])
    if form.is_bound and form.is_valid():
        with form.attempt():
            _take(request, number, verb, form)
            messages.success(request, _("Gespeichert."))
            return redirect(back if verb != "refuse" else "council:drafts")
    context = {
        "title": f"{taken.label}: {one.title}",
        "question": _question(verb, one),
        "action": str(taken.label),
        "cancel_url": back,
        "danger": verb == "withdraw",
        "crumbs": _path((named(one.title), back), (str(taken.label), "")),
    }
    return render_form(request, "ui/confirm.html", form, context)


def _take(request: Request, number: int, verb: str, form: StepForm) -> None:
    told = form.cleaned_data
    common: dict[str, Any] = {"actor": request.actor, "number": number, "version": told["version"], "at": request.at}
    match verb:
        case "send":
            actions.send_draft(**common)
        case "sign":
            actions.sign_draft(**common, department=told["department"], remark=told["reason"])
        case "refuse":
            actions.refuse_draft(**common, department=told["department"], reason=told["reason"])
        case "return":
            actions.return_draft(**common, reason=told["reason"])
        case "submit":
            actions.submit_draft(**common)
        case "withdraw":
            actions.withdraw_draft(**common)
