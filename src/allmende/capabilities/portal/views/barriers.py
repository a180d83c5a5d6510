"""Reporting a barrier, the office's list and answer, and the accessibility statement."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.accounts import interface as accounts
from allmende.capabilities.portal.actions import barriers as actions
from allmende.capabilities.portal.forms.barriers import BarrierAnswerForm, BarrierEnterForm, BarrierForm
from allmende.capabilities.portal.models.barriers import BarrierReport
from allmende.capabilities.portal.queries import barriers as queries
from allmende.capabilities.portal.rules import barriers as rules
from allmende.capabilities.portal.views.notices import ours, word
from allmende.capabilities.portal.workflow.barriers import ANSWER_DAYS, KINDS, LABELS, Kind, State
from allmende.core import city
from allmende.core.actor import CHANNEL_LABELS, Channel
from allmende.core.errors import Invalid, NotSignedIn
from allmende.core.http import Request
from allmende.engines.notify import interface as notify
from allmende.ui.views import render_form, safe_next

SALT = "portal.barrier"
RECEIPT_FOR = timedelta(days=1)
REPORTS_PER_HOUR = 20


def _office(slug: str, language: str) -> str:
    found = city.current().department(slug)
    return found.name(language) if found else ""


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: Request) -> HttpResponse:
    """/barriere-melden/?seite=…: with or without an account."""
    viewer, at = request.viewer, request.at
    page = safe_next(request, request.GET.get("seite", "")[:300], default="")
    form = BarrierForm(request.POST or None, viewer=viewer, initial={"page": page})
    if form.is_bound and form.is_valid():
        with form.attempt():
            proof = accounts.check_visitor(request, "portal.barrier", times=REPORTS_PER_HOUR)
            values = form.cleaned_data
            made = actions.report_barrier(
                actor=request.actor,
                **{name: values[name] for name in ("kind", "body", "page", "tools")},
                language=viewer.language,
                guest=form.guest_data(language=viewer.language) if form.asks_contact else None,
                proven=proof == "proved",
                at=at,
            )
            token = signing.dumps(str(made.pk), salt=SALT)
            return redirect(f"{reverse('portal:barrier_thanks')}?schein={token}")
    days = int(city.setting("portal.barrier_days", ANSWER_DAYS))
    context = {
        "reader": _office(queries.office_in_charge(), viewer.language),
        "private": _("alles, was Sie hier schreiben"),
        "answer_until": timezone.localtime(at + timedelta(days=days)).date(),
        "crumbs": [(_("Barriere melden"), "")],
    }
    return render_form(request, "portal/barriers/report.html", form, context)


@ours
@require_safe
def thanks(request: Request) -> HttpResponse:
    """Number and code, what happens next, until when. Without a token, the page to look up by number."""
    try:
        report_id = UUID(signing.loads(request.GET.get("schein", ""), salt=SALT, max_age=RECEIPT_FOR))
    except (signing.BadSignature, ValueError):
        return redirect("notify:lookup")
    found = queries.report(report_id)
    if found is None:
        return redirect("notify:lookup")
    context = {
        "report": found,
        "receipt": notify.receipt_of(found.ref, found.author_id) if found.author_id else None,
        "step": word(found.next_step, request.viewer.language),
        "office": _office(found.department, request.viewer.language),
        "at": request.at,
        "back_url": safe_next(request, found.page, default=""),
        "form_url": reverse("portal:barrier_new"),
        "crumbs": [(_("Barriere melden"), reverse("portal:barrier_new")), (_("Danke"), "")],
    }
    response = render(request, "portal/barriers/thanks.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@ours
@require_safe
def own(request: Request, number: int) -> HttpResponse:
    """One's own report with the answers; whoever works on it is led to the staff's page."""
    if not request.viewer.is_signed_in:
        raise NotSignedIn
    found = queries.own(number, request.viewer)
    if found.author_id != request.viewer.person_id:
        return redirect("portal:barrier", number=number)
    crumbs = [(_("Barriere melden"), reverse("portal:barrier_new")), (str(found), "")]
    context = {**_around(request, found), "crumbs": crumbs}
    return render(request, "portal/barriers/own.html", context)


# What the office does


def _desk(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Gemeldete Barrieren"), reverse("portal:barriers")), *more]


@ours
@require_safe
def desk(request: Request) -> HttpResponse:
    """What waits, the most urgent first; ?stand=fertig: what is closed."""
    rules.require_may_work(request.viewer, city.current())
    closed = request.GET.get("stand") == "fertig"
    here = reverse("portal:barriers")
    language = request.viewer.language
    rows = [
        {
            "report": row,
            "kind": KINDS[Kind(row.kind)],
            "state": word(LABELS[State(row.state)], language),
            "office": _office(row.department, language),
            "url": reverse("portal:barrier", args=[row.number]),
            "late": row.due_at is not None and row.due_at < request.at,
        }
        for row in queries.waiting(request.viewer, closed=closed)
    ]
    context = {
        "rows": rows,
        "closed": closed,
        "tabs": [(_("Offen"), here, not closed), (_("Abgeschlossen"), f"{here}?stand=fertig", closed)],
        "crumbs": [(_("Gemeldete Barrieren"), "")],
    }
    return render(request, "portal/barriers/desk.html", context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Request, number: int) -> HttpResponse:
    """The person's words beside the answer to them."""
    found = queries.by_number(number, request.viewer)
    form = BarrierAnswerForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            values = form.cleaned_data
            actions.answer_barrier(
                actor=request.actor,
                report_id=found.pk,
                outcome=values["outcome"],
                text=values["text"],
                due_on=values["due_on"],
                language=request.viewer.language,
                at=request.at,
            )
            messages.success(request, _("Gespeichert. Die Person bekommt Bescheid."))
            return redirect("portal:barriers")
    return render_form(request, "portal/barriers/one.html", form, _around(request, found))


def _around(request: Request, found: BarrierReport) -> dict[str, Any]:
    language = request.viewer.language
    return {
        "report": found,
        "kind": KINDS[Kind(found.kind)],
        "state": word(LABELS[State(found.state)], language),
        "channel": CHANNEL_LABELS[Channel(found.channel)],
        "office": _office(found.department, language),
        "page_url": safe_next(request, found.page, default=""),
        "step": word(found.next_step, language),
        "at": request.at,
        "answers": [(answer, word(LABELS[State(answer.state)], language)) for answer in found.answers.all()],
        "cancel_url": reverse("portal:barriers"),
        "crumbs": _desk((str(found), "")),
        "example": found.is_example,
    }


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: Request) -> HttpResponse:
    """What somebody told by telephone, on paper or at the counter."""
    here = city.current()
    rules.require_may_work(request.viewer, here)
    today = timezone.localtime(request.at).date()
    initial = {"received_on": today, "channel": Channel.TELEPHONE.value, "contact_kind": "letter"}
    form = BarrierEnterForm(request.POST or None, language=request.viewer.language, initial=initial)
    if form.is_bound and form.is_valid():
        with form.attempt():
            made = actions.report_barrier(**_entered(request, form, today), at=request.at)
            messages.success(request, _("Eingetragen. Hier ist die Nummer für die Person."))
            token = signing.dumps(str(made.pk), salt=SALT)
            return redirect(f"{reverse('portal:barrier_thanks')}?schein={token}")
    title = _("Barriere erfassen")
    context = {"title": title, "cancel_url": reverse("portal:barriers"), "crumbs": _desk((title, ""))}
    return render_form(request, "portal/barriers/enter.html", form, context)


def _entered(request: Request, form: BarrierEnterForm, today: Any) -> dict[str, Any]:
    values = form.cleaned_data
    day = values["received_on"]
    if day > today:
        raise Invalid(fields={"received_on": _("Dieses Datum liegt in der Zukunft.")})
    return {
        "actor": request.actor.via(Channel(values["channel"])),
        **{name: values[name] for name in ("kind", "body", "page", "tools")},
        "guest": form.guest_data(language=settings.LANGUAGE_CODE),
        "received_at": request.at if day == today else datetime.combine(day, time(), city.current().zone),
    }


# The statement


@ours
@require_safe
def statement(request: Request) -> HttpResponse:
    """The city's accessibility statement with what people have reported, so that it stays true by itself."""
    here, language = city.current(), request.viewer.language
    context = {
        "text": here.text("accessibility", language),
        "text_language": language if language in here.texts.get("accessibility", {}) else "de",
        "figures": queries.figures(),
        "report_url": reverse("portal:barrier_new"),
        "crumbs": [(_("Erklärung zur Barrierefreiheit"), "")],
    }
    response = render(request, "portal/barriers/statement.html", context)
    response["X-Allmende-Until"] = (request.at + timedelta(days=1)).isoformat()
    return response
