"""Number and code: how it stands, without an account."""

from datetime import timedelta
from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allmende.accounts.interface import client_ip, limit
from allmende.core.errors import Invalid, NotFound, TooMany
from allmende.core.http import Request
from allmende.engines.notify import queries, rules
from allmende.engines.notify.forms import LookUpForm
from allmende.ui.views import render_form

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TRIES = 10
"""For one number from one address, within an hour."""
TRIES_PER_ADDRESS = 60
TRIES_PER_NUMBER = 50
"""From anywhere, within a day: guessing eight signs takes 2^40 tries."""


@require_http_methods(["GET", "HEAD", "POST"])
def lookup(request: Request) -> HttpResponse:
    """The form, and with the right number and code how the thing stands. Nothing of it is kept on the way."""
    form = LookUpForm(request.POST or None, initial={"number": request.GET.get("nummer", "")[:40]})
    status = None
    if request.method == "POST" and form.is_valid():
        try:
            found = _look_up(request, form.cleaned_data["number"], form.cleaned_data["code"])
        except TooMany as error:
            form.add_domain_error(error)
            status = HTTPStatus.TOO_MANY_REQUESTS
        except Invalid as error:
            form.add_domain_error(error)
        else:
            crumbs = [(_("Nachsehen"), request.path), (found.receipt.number, "")]
            response = render(request, "notify/standing.html", {"standing": found, "crumbs": crumbs})
            response["Cache-Control"] = "no-store"
            return response
    response = render_form(request, "notify/lookup.html", form, {"crumbs": [(_("Nachsehen"), "")]}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _look_up(request: Request, number: str, code: str) -> queries.Standing:
    """Counts the attempt before it looks, so that the right code does not end a guesser's limit."""
    named = str(rules.serial_of(number))
    limit(request, "notify.receipt", times=TRIES, per=HOUR, subject=f"{client_ip(request)} {named}")
    limit(request, "notify.receipt-from", times=TRIES_PER_ADDRESS, per=HOUR)
    limit(request, "notify.receipt-number", times=TRIES_PER_NUMBER, per=DAY, subject=named)
    try:
        return queries.standing(number, code, request.viewer, request.at)
    except NotFound:
        sentence = _("Nummer und Code passen nicht zusammen. Bitte prüfen Sie beides auf Ihrem Beleg.")
        raise Invalid(fields={"code": sentence}) from None
