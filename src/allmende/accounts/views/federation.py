"""Signing in with an identity that somebody else vouches for: the city's own entrance, BundID, a university."""

from typing import Any, cast

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount import views as theirs
from allauth.socialaccount.internal.flows.connect import disconnect
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.socialaccount.providers.saml import views as saml
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from requests import RequestException

from allmende.accounts import queries, sessions
from allmende.accounts.views.factors import me, prove_first
from allmende.accounts.views.signing_in import Limit, Page
from allmende.core.errors import NotSignedIn
from allmende.core.http import Request


class CheckedOidc(OpenIDConnectOAuth2Adapter):
    """Checks the signature of every answer, whichever way it came (OpenID Connect Core 1.0, 3.1.3.7)."""

    did_fetch_access_token = False

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> Any:
        self.did_fetch_access_token = False
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("no id_token")
        return super().complete_login(request, app, token, **kwargs)

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        self.did_fetch_access_token = False
        return cast("dict[str, Any]", super()._decode_id_token(app, id_token))


def _answer(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        return cast("HttpResponse", view.adapter_view(CheckedOidc(request, provider_id))(request))
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (RequestException, KeyError, ValueError):
        return failed(request)  # the provider is away, or says what nobody understands


def oidc_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _answer(OAuth2LoginView, request, provider_id)


def oidc_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _answer(OAuth2CallbackView, request, provider_id)


def saml_finish(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """What the provider sent is read here. XML from outside may break anywhere in it, which is no error of ours."""
    try:
        return cast("HttpResponse", saml.finish_acs(request, organization_slug=organization_slug))
    except (ImmediateHttpResponse, PermissionDenied, Http404, DatabaseError):
        raise
    except Exception:  # noqa: BLE001 - lxml and python3-saml raise what they like, down to bare exceptions
        return failed(request)


def failed(request: HttpRequest) -> HttpResponse:
    response = render(request, "socialaccount/authentication_error.html", {"crumbs": _crumbs()}, status=401)
    response["Cache-Control"] = "no-store"
    return response


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Anmelden"), reverse("account_login")), (_("Nicht geklappt"), "")]


@require_safe
def error(request: HttpRequest) -> HttpResponse:
    """The provider refused, or the person turned back there."""
    return render(request, "socialaccount/authentication_error.html", {"crumbs": _crumbs()})


class Signup(Page, theirs.SignupView):
    """Someone whom a provider vouches for, here for the first time: an address to reach them, proven by a code."""

    title = gettext_lazy("Konto anlegen")
    template_name = "accounts/federation/signup.html"
    limits = (Limit("accounts.signup", 20), Limit("accounts.code.address", 8, field="email"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["provider"] = self.sociallogin.account.get_provider().name
        return context


@require_http_methods(["GET", "HEAD", "POST"])
def identities(http_request: HttpRequest) -> HttpResponse:
    """With whom my account is connected, and how far they vouch for me; connecting and parting."""
    request = cast("Request", http_request)
    if not request.viewer.is_signed_in:
        raise NotSignedIn
    if not sessions.is_recent(request, me(request), request.at):
        return prove_first(request, request.path)
    if request.method == "POST":
        chosen = request.POST.get("account", "")
        found = SocialAccount.objects.filter(user=me(request), pk=chosen if chosen.isdecimal() else 0).first()
        if found is not None:
            disconnect(request, found)
            messages.success(request, _("Die Verbindung ist gelöst."))
        return redirect("socialaccount_connections")
    held = queries.identities_of(me(request).pk)
    context = {
        "held": held,
        "offers": [one for one in queries.providers(request) if one["id"] not in {row["provider"] for row in held}],
        "crumbs": [(_("Mein Konto"), reverse("accounts:home")), (_("Ausweise"), "")],
    }
    response = render(request, "accounts/federation/identities.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
