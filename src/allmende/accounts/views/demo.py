"""What only a demonstration has: signing in as one of its people, and its outbox. Elsewhere: 404."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.stagekit import clear_login
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from allmende.accounts import mail
from allmende.accounts.seeds import DEMO_PEOPLE, demo_person
from allmende.accounts.sessions import HALF_WAY
from allmende.ui.views import safe_next

EXAMPLES = ("@example.org", "@example.com", "@example.net", ".example", ".invalid", ".test")
"""Addresses that belong to nobody (RFC 2606): their mail may be seen by everyone."""


def only_in_demo(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


@require_POST
@only_in_demo
def login(request: HttpRequest) -> HttpResponse:
    """Signs in as one of the demonstration's people."""
    key = request.POST.get("person", "")
    person = demo_person(key) if key in DEMO_PEOPLE else None
    if person is None or not person.may_sign_in:
        raise Http404
    clear_login(request)
    get_adapter(request).login(request, person)
    return redirect(safe_next(request, request.POST.get("next")))


@require_safe
@only_in_demo
def outbox(request: HttpRequest) -> HttpResponse:
    """The mail that would have been sent: to example addresses, and to the address that this visitor gave."""
    own = _own_addresses(request)
    letters = [
        letter for letter in mail.outbox()
        if any(address in own or address.endswith(EXAMPLES) for address in letter.to)
    ]  # fmt: skip
    context = {"letters": letters[:30], "crumbs": [(_("Postausgang der Demonstration"), "")]}
    response = render(request, "accounts/outbox.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _own_addresses(request: HttpRequest) -> set[str]:
    found = {request.user.email or ""} if request.user.is_authenticated else set()
    for key in HALF_WAY:
        state = request.session.get(key)
        if isinstance(state, dict):
            found |= {str(state.get("email") or ""), str((state.get("data") or {}).get("email") or "")}
    return {address.lower() for address in found if address}
