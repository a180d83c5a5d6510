"""Other bodies' systems: the list with how they fare, one of them, and a report's way there."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allmende.accounts import interface as accounts
from allmende.capabilities.reports import rules
from allmende.capabilities.reports.actions import partners as actions
from allmende.capabilities.reports.adapters import system_of
from allmende.capabilities.reports.forms.partners import PartnerForm
from allmende.capabilities.reports.models import Partner, Referral, Report
from allmende.capabilities.reports.queries import inbox
from allmende.capabilities.reports.queries import partners as queries
from allmende.capabilities.reports.rules.partners import PROBLEMS
from allmende.capabilities.reports.views.pages import Crumbs, crumbs
from allmende.capabilities.reports.workflow import STEPS, Who, steps_of
from allmende.core.actor import Role, Viewer
from allmende.core.errors import Invalid, NotFound
from allmende.core.fetching import Unreachable
from allmende.core.http import Request
from allmende.ui.pages import ours
from allmende.ui.views import render_form


def _crumbs(*more: tuple[str, str]) -> Crumbs:
    return crumbs((_("Andere Stellen"), reverse("reports:partners") if more else ""), *more)


def _require_may_look(viewer: Viewer) -> None:
    """Administrators, who enter them, and the desk, whose reports wait."""
    if not viewer.has(Role.ADMINISTRATOR):
        rules.require_desk(viewer)


@ours
@require_safe
def overview(request: Request) -> HttpResponse:
    """How each fares, and what waits or was refused."""
    _require_may_look(request.viewer)
    may_enter = request.viewer.has(Role.ADMINISTRATOR)
    context = {
        "rows": [{"standing": one, "problem": said(one.partner.problem), "bad": one.is_disturbed(request.at)}
                 for one in queries.standings()],
        "troubled": [_row(one, request.viewer.language) for one in queries.troubled()],
        "may_enter": may_enter,
        "crumbs": _crumbs(),
    }  # fmt: skip
    return render(request, "reports/partners.html", context)


def said(problem: str) -> Any:
    return PROBLEMS.get(problem, "")


def _row(one: Referral, language: str) -> dict[str, Any]:
    return {
        "referral": one,
        "title": one.report.title(language),
        "url": reverse("reports:to_partner", args=[one.report.number]),
        "problem": said(one.problem),
    }


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def partner(request: Request, partner_id: UUID | None = None) -> HttpResponse:
    """Address, key and codes of one; a new one without `partner_id`."""
    accounts.require_administrator(request.viewer)
    found = queries.partner(partner_id) if partner_id is not None else None
    form = PartnerForm(
        request.POST or None,
        partner=found,
        services=queries.services_of(found.pk) if found is not None else (),
        categories=queries.categories(),
        language=request.viewer.language,
    )
    if form.is_bound and form.is_valid():
        with form.attempt():
            saved = actions.save_partner(
                actor=request.actor, partner_id=partner_id, data=form.data_of_partner(), at=request.at
            )
            messages.success(request, _("Gespeichert. Bitte prüfen Sie jetzt die Verbindung."))
            return redirect("reports:partner", partner_id=saved.pk)
    name = found.label if found is not None else _("Neue Stelle")
    context = {"partner": found, "name": name, "crumbs": _crumbs((name, ""))}
    return render_form(request, "reports/partner.html", form, context)


@ours
@require_POST
def check(request: Request, partner_id: UUID) -> HttpResponse:
    """Asks the other system which kinds it knows, and says what is wrong."""
    accounts.require_administrator(request.viewer)
    accounts.limit(request, "reports.check_partner", times=60, per=rules.HOUR)
    found = queries.partner(partner_id)
    problem, missing = _checked(found)
    if problem:
        messages.error(request, _("Keine Verbindung: %(problem)s") % {"problem": said(problem)})
    elif missing:
        messages.warning(request, _("Verbunden, aber diese Codes gibt es dort nicht: %(codes)s") % {"codes": missing})
    else:
        messages.success(request, _("Die Verbindung steht, und alle Codes gibt es dort."))
    return redirect("reports:partner", partner_id=found.pk)


def _checked(found: Partner) -> tuple[str, str]:
    """The problem, or the codes that are unknown there."""
    try:
        known = system_of(found).services()
    except Unreachable as error:
        return error.problem, ""
    return "", ", ".join(one.code for one in queries.services_of(found.pk) if one.code not in known)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def to_partner(request: Request, number: int) -> HttpResponse:
    """Where a report went and how it fares there; where else it can go."""
    report = inbox.by_number(number, request.viewer)
    if request.method == "POST":
        return _sent(request, report)
    context = {
        "report": report,
        "title": report.title(request.viewer.language),
        "referrals": [_row(one, request.viewer.language) for one in queries.referrals_of(report)],
        "ways": queries.ways_of(report),
        "crumbs": crumbs(
            (_("Eingang der Meldungen"), reverse("reports:inbox")),
            (report.title(request.viewer.language), reverse("reports:handle", args=[number])),
            (str(STEPS["hand_over"].label), ""),
        ),
        "by_mail": "hand_over" in steps_of(report.state, Who.OUTSIDE),
    }
    return render(request, "reports/to_partner.html", context)


def _sent(request: Request, report: Report) -> HttpResponse:
    again, to = request.POST.get("again", ""), request.POST.get("to", "")
    try:
        if again:
            known = {str(one.pk) for one in queries.referrals_of(report)}
            if again not in known:
                raise NotFound
            actions.try_again(actor=request.actor, referral_id=UUID(again), at=request.at)
            messages.success(request, _("Es wird in der nächsten Minute noch einmal gesendet."))
        else:
            actions.refer(actor=request.actor, report_id=report.pk, partner_id=UUID(to), at=request.at)
            messages.success(request, _("Es wird in der nächsten Minute gesendet."))
    except ValueError:
        raise NotFound from None
    except Invalid as error:
        messages.error(request, str(error.message))
    return redirect("reports:to_partner", number=report.number)
