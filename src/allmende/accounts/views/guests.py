"""A guest confirms the address they gave: by the link in the mail, in any browser, or by its code."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from allmende.accounts import guests, visitors
from allmende.accounts.forms.signing_in import GuestCodeForm
from allmende.accounts.interface import claim_url
from allmende.accounts.models import AddressProof
from allmende.core.errors import DomainError
from allmende.core.http import Request
from allmende.ui.views import render_form

HOUR = timedelta(hours=1)
TRIES = 10
"""Codes for one contribution within an hour: guessing eight digits in fifteen minutes is hopeless."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: Request, secret: str) -> HttpResponse:
    """Asks for one press of a button: programs that look into mails open links, but send no forms."""
    visitors.limit(request, "accounts.guest_link", times=60, per=HOUR)
    if request.method == "POST":
        proof = guests.prove_by_link(actor=request.actor.without_key(), secret=secret, at=request.at)
        return _proven(request, proof)
    return render(request, "accounts/guest_link.html", {"crumbs": [(_("Adresse bestätigen"), "")]})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_code(request: Request) -> HttpResponse:
    """The code from the mail, in the browser in which one wrote."""
    proof_id = guests.proof_of(request.GET.get("g", ""))
    form = GuestCodeForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            visitors.limit(request, "accounts.guest_code", times=TRIES, per=HOUR, subject=str(proof_id))
            proof = guests.prove_by_code(
                actor=request.actor.without_key(), proof_id=proof_id, code=form.cleaned_data["code"], at=request.at
            )
        except DomainError as error:
            form.add_domain_error(error)
        else:
            return _proven(request, proof)
    return render_form(request, "accounts/guest_code.html", form, {"crumbs": [(_("Adresse bestätigen"), "")]})


def _proven(request: Request, proof: AddressProof) -> HttpResponse:
    context = {
        "claim_url": "" if request.viewer.is_signed_in or not proof.person.is_guest else claim_url(proof.person_id),
        "crumbs": [(_("Adresse bestätigt"), "")],
    }
    return render(request, "accounts/guest_proven.html", context)
