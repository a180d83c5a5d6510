"""The terminal of a pop-up store: a device on which nothing of anybody stays."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from allmende.accounts import rules
from allmende.core.http import Request
from allmende.ui.context import cookie_name

YEAR = 365 * 24 * 3600


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def terminal(request: Request) -> HttpResponse:
    """Makes this device a terminal, or an ordinary one again. Staff, on the device itself."""
    rules.require_staff(request.viewer)
    name = cookie_name("kiosk")
    on = request.COOKIES.get(name) == "1"
    if request.method == "POST":
        if on:
            response = redirect("accounts:terminal")
            response.delete_cookie(name, samesite="Lax")
            messages.success(request, _("Dieses Gerät ist kein Terminal mehr."))
            return response
        logout(request)
        response = redirect("portal:start")
        response.set_cookie(
            name, "1", max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
        )
        response["Clear-Site-Data"] = '"storage"'
        return response
    crumbs = [(_("Verwaltung"), reverse("accounts:staff")), (_("Terminal"), "")]
    return render(request, "accounts/staff/terminal.html", {"on": on, "crumbs": crumbs})
