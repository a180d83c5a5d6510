"""Reporting something, reading the reasons for a refusal, objecting to it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allmende.accounts import interface as accounts
from allmende.core import manifest
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.core.refs import Ref
from allmende.engines.discussion import actions
from allmende.engines.discussion.actions.reports import require_author, require_reporter
from allmende.engines.discussion.forms import ObjectionForm, ReportForm
from allmende.engines.discussion.models import Case, Report
from allmende.engines.discussion.queries.notices import grounds
from allmende.engines.discussion.queries.published import rule_of
from allmende.engines.discussion.queries.queue import kind_label, previews
from allmende.engines.discussion.queries.receipts import receipt_of
from allmende.engines.discussion.queries.things import thing
from allmende.engines.discussion.rules import access
from allmende.engines.discussion.rules.hours import due
from allmende.engines.discussion.workflow import CaseState, ReportReason
from allmende.ui.views import render_form

OFTEN = 20


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: Request, capability: str, kind: str, object_id: UUID) -> HttpResponse:
    """The notice form, for everyone and everything that everyone can see (DSA Art. 16)."""
    ref = Ref(capability, kind, object_id)
    if not manifest.may_see(ref, request.viewer, request.at):
        raise NotFound
    about = thing(ref, request.viewer, request.at)
    form = ReportForm(request.POST or None, viewer=request.viewer)
    crumbs = [about.crumb, (_("Melden"), "")]
    if form.is_bound and form.is_valid():
        with form.attempt():
            accounts.check_visitor(request, "discussion.report", times=OFTEN, per=timedelta(hours=1))
            guest = form.guest_data(language=request.actor.language) if form.asks_contact else None
            if guest is not None and guest["contact_kind"] == "none":
                guest = None  # nobody to be told: nobody is kept
            made = actions.report_content(
                actor=request.actor,
                ref=ref,
                reason=form.cleaned_data["reason"],
                text=form.cleaned_data["text"],
                guest=guest,
                at=request.at,
            )
            context: dict[str, Any] = {
                "thing": about,
                "due": made.case.due_at,
                "receipt": receipt_of(made.this, made.reporter_id),
                "told": made.reporter_id is not None,
                "crumbs": crumbs,
                "form_path": request.path,
            }
            return render(request, "discussion/reported.html", context)
    context = {"thing": about, "due": due(request.at), "crumbs": crumbs}
    return render_form(request, "discussion/report.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
def reasons(request: Request, case_id: UUID) -> HttpResponse:
    """For the author: what was decided, by which rule and why, and how to object (DSA Art. 17(3))."""
    case = Case.objects.select_related("previous", "objected").filter(pk=case_id).first()
    if case is None:
        raise NotFound
    token = request.GET.get("schluessel", "")
    require_author(case, request.actor, token)
    if case.state != CaseState.DECIDED or not case.decision:
        raise NotFound(_("Dazu gibt es zurzeit keine Entscheidung."))
    form = ObjectionForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.object_to_decision(
                actor=request.actor, case_id=case.id, text=form.cleaned_data["text"], token=token, at=request.at
            )
            return redirect(f"{reverse('discussion:reasons', args=[case.id])}?{request.GET.urlencode()}#widerspruch")
    objected = getattr(case, "objected", None)
    language = (get_language() or "de")[:2]
    context = {
        "case": case,
        "kind": kind_label(case),
        "preview": previews([case]).get(case.id),
        "grounds": grounds(case) if case.rule else [],
        "rule": rule_of(case.rule, request.at, language) if case.rule else None,
        "may_object": access.may_object(case, request.at) and objected is None,
        "objected": objected,
        "due": due(request.at),
        "crumbs": [(_("Regeln und Prüfung"), reverse("discussion:rules")), (_("Entscheidung über Ihren Beitrag"), "")],
    }
    return render_form(request, "discussion/reasons.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: Request, report_id: UUID) -> HttpResponse:
    """For who gave notice: what was decided, and how to object when the post stays (DSA Art. 16(5), 20)."""
    row = Report.objects.select_related("case", "case__objected").filter(pk=report_id).first()
    if row is None:
        raise NotFound
    token = request.GET.get("schluessel", "")
    require_reporter(row, request.actor, token)
    if row.case.state != CaseState.DECIDED:
        raise NotFound(_("Dazu gibt es zurzeit keine Entscheidung."))
    form = ObjectionForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.complain(
                actor=request.actor, report_id=row.id, text=form.cleaned_data["text"], token=token, at=request.at
            )
            return redirect(f"{request.path}?{request.GET.urlencode()}#widerspruch")
    objected = getattr(row.case, "objected", None)
    context = {
        "report": row,
        "reason": ReportReason(row.reason).label,
        "case": row.case,
        "kind": kind_label(row.case),
        "thing": thing(row.ref, request.viewer, request.at),
        "may_object": access.may_complain(row.case, request.at) and objected is None,
        "objected": objected,
        "due": due(request.at),
        "crumbs": [(_("Regeln und Prüfung"), reverse("discussion:rules")), (_("Antwort auf Ihre Meldung"), "")],
    }
    return render_form(request, "discussion/answer.html", form, context)
