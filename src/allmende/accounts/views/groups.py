"""My groups: clubs, classes, firms. And, for staff, the papers of adults."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from allmende.accounts import groups, queries, rules, tokens, visitors
from allmende.accounts.forms.groups import ConsentForm, GroupForm, InviteForm
from allmende.accounts.models import Consent, Membership, Organisation
from allmende.accounts.views.own import me, signed_in
from allmende.accounts.views.signing_in import HOUR
from allmende.core.errors import Closed, Conflict
from allmende.core.http import Request
from allmende.ui.views import render_form


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Mein Konto"), reverse("accounts:home")), (_("Gruppen"), reverse("accounts:groups")), *more]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def group_list(request: Request) -> HttpResponse:
    """The groups I belong to, and starting one."""
    form = GroupForm(request.POST or None, initial={"kind": Organisation.Kind.CLUB})
    if form.is_bound and form.is_valid():
        with form.attempt():
            made = groups.found_organisation(
                actor=request.actor, name=form.cleaned_data["name"], kind=form.cleaned_data["kind"], at=request.at
            )
            return redirect("accounts:group", made.pk)
    context = {
        "memberships": queries.memberships_of(me(request).pk, request.at),
        "crumbs": [*_crumbs()[:1], (_("Gruppen"), "")],
    }
    return render_form(request, "accounts/groups/list.html", form, context)


def _own(request: Request, group_id: UUID) -> tuple[Organisation, Membership]:
    mine = Membership.objects.select_related("organisation").filter(
        organisation_id=group_id, person=me(request), until__isnull=True
    ).first()  # fmt: skip
    if mine is None:
        raise Http404
    return mine.organisation, mine


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def group(request: Request, group_id: UUID) -> HttpResponse:
    """One of my groups: who belongs to it, what they may do, inviting."""
    found, mine = _own(request, group_id)
    form = InviteForm(request.POST or None)
    if mine.is_responsible and form.is_bound and form.is_valid():
        with form.attempt():
            visitors.limit(request, "accounts.invite", times=30, per=HOUR)
            groups.invite_member(
                actor=request.actor,
                organisation_id=found.pk,
                email=form.cleaned_data["email"],
                responsible=form.cleaned_data["responsible"],
                may_post=form.cleaned_data["may_post"],
                secret=tokens.new_secret(),
                at=request.at,
            )
            messages.success(request, _("Die Einladung ist unterwegs."))
            return redirect("accounts:group", found.pk)
    members = list(queries.members_of(found.pk))
    context = {
        "group": found,
        "mine": mine,
        "members": members,
        "waiting": found.invitations.filter(accepted_at__isnull=True, expires_at__gt=request.at)
        if mine.is_responsible
        else [],
        "needs_second": sum(one.is_responsible for one in members) < queries.ANSWER_FOR_A_GROUP,
        "crumbs": _crumbs((found.name, "")),
    }
    return render_form(request, "accounts/groups/group.html", form, context)


@require_http_methods(["POST"])
@signed_in
def member(request: Request, group_id: UUID, membership_id: int) -> HttpResponse:
    """Gives or takes a right of a member, or ends a membership."""
    found, _mine = _own(request, group_id)
    other = Membership.objects.filter(organisation=found, pk=membership_id, until__isnull=True).first()
    if other is None:
        raise Http404
    change: dict[str, Any] = {"responsible": other.is_responsible, "may_post": other.may_post}
    verb = request.POST.get("verb", "")
    if verb in change:
        change[verb] = not change[verb]
    try:
        groups.change_member(
            actor=request.actor, membership_id=other.pk, **change, remove=verb == "remove", at=request.at
        )
        messages.success(request, _("Das ist geändert."))
    except Conflict as error:
        messages.error(request, str(error.message))
    return redirect("accounts:group", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def leave(request: Request, group_id: UUID) -> HttpResponse:
    found, _mine = _own(request, group_id)
    if request.method == "POST":
        try:
            groups.leave_organisation(actor=request.actor, organisation_id=found.pk, at=request.at)
            messages.success(request, _("Sie gehören nicht mehr zu „%(name)s“.") % {"name": found.name})
            return redirect("accounts:groups")
        except Conflict as error:
            messages.error(request, str(error.message))
            return redirect("accounts:group", found.pk)
    context = {
        "title": _("Gruppe verlassen"),
        "question": _("Was Sie im Namen der Gruppe geschrieben haben, bleibt bei der Gruppe."),
        "action": _("Gruppe verlassen"),
        "danger": True,
        "cancel_url": reverse("accounts:group", args=[found.pk]),
        "crumbs": _crumbs((found.name, reverse("accounts:group", args=[found.pk])), (_("Verlassen"), "")),
    }
    return render(request, "ui/confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def join(request: Request, secret: str) -> HttpResponse:
    """Where the link of an invitation leads."""
    if request.method == "POST":
        visitors.limit(request, "accounts.join", times=30, per=HOUR)
        try:
            made = groups.accept_invitation(actor=request.actor, secret=secret, at=request.at)
        except (Closed, Conflict) as error:
            messages.error(request, str(error.message))
            return redirect("accounts:groups")
        return redirect("accounts:group", made.organisation_id)
    context = {
        "title": _("Einladung annehmen"),
        "question": _("Die anderen in der Gruppe sehen dann Ihren Anzeigenamen."),
        "action": _("Einladung annehmen"),
        "cancel_url": reverse("accounts:groups"),
        "crumbs": _crumbs((_("Einladung"), "")),
    }
    return render(request, "ui/confirm.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consents(request: Request) -> HttpResponse:
    """The papers of adults for those under 16: noting one, and withdrawing one."""
    rules.require_staff(request.viewer)
    today = timezone.localdate(request.at)
    withdrawn = request.POST.get("withdraw", "")
    if withdrawn:
        try:
            groups.withdraw_consent(actor=request.actor, consent_id=UUID(withdrawn), on=today)
        except ValueError:
            raise Http404 from None
        messages.success(request, _("Die Einwilligung gilt nicht mehr."))
        return redirect("accounts:consents")
    form = ConsentForm(request.POST or None, today=today)
    if form.is_bound and form.is_valid():
        with form.attempt():
            groups.record_consent(
                actor=request.actor,
                person_id=form.cleaned_data["email"].pk,
                signed_on=form.cleaned_data["signed_on"],
                adult_name=form.cleaned_data["adult_name"],
                at=request.at,
            )
            messages.success(request, _("Die Einwilligung ist eingetragen."))
            return redirect("accounts:consents")
    context = {
        "held": Consent.objects.select_related("person").order_by("-recorded_at")[:50],
        "crumbs": [(_("Verwaltung"), reverse("accounts:staff")), (_("Einwilligungen"), "")],
    }
    return render_form(request, "accounts/staff/consents.html", form, context)
