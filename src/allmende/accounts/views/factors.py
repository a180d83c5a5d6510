"""How an account is protected: passkeys, an app with codes, codes for emergencies; and signing in with them."""

import json
from typing import Any, cast

import segno
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base import views as base
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.internal.flows import post_authentication
from django.conf import settings
from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from allmende.accounts import sessions, visitors
from allmende.accounts.models import Person
from allmende.accounts.views.signing_in import HOUR, Limit, Page
from allmende.core.errors import NotSignedIn, TooMany
from allmende.core.http import Request
from allmende.core.texts import Text
from allmende.ui.forms import Form
from allmende.ui.views import safe_next

TRIES = 20
"""Codes of an app that may be tried per hour and person."""


def me(request: HttpRequest) -> Person:
    if not isinstance(request.user, Person):
        raise NotSignedIn
    return request.user


def prove_first(request: HttpRequest, back: str) -> HttpResponse:
    """Leads to where the person shows once more that it is them, with what they have, and then back."""
    person = me(request)
    types = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    if Authenticator.Type.WEBAUTHN in types:
        target = "mfa_reauthenticate_webauthn"
    elif Authenticator.Type.TOTP in types:
        target = "mfa_reauthenticate"
    else:
        target = "account_reauthenticate" if person.has_usable_password() else "accounts:confirm"
    return redirect(f"{reverse(target)}?{urlencode({'next': back})}")


def as_json(value: object) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder)


class Mine(Page):
    """A page about the protection of my account; what changes it asks first whether it is really me."""

    recent = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.recent and not sessions.is_recent(request, me(request), cast("Request", request).at):
            return prove_first(request, request.path)
        me(request)
        return cast("HttpResponse", super().dispatch(request, *args, **kwargs))  # type: ignore[misc]

    def crumbs(self) -> list[tuple[Text, str]]:
        return [
            (_("Mein Konto"), reverse("accounts:home")),
            (_("Schutz"), reverse("mfa_index")),
            (self.title, ""),
        ]


class Protection(Mine, base.IndexView):
    """What protects my account, and what I can add. Here staff come whose roles rest."""

    title = _("Schutz")
    template_name = "accounts/factors/index.html"
    recent = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        request = cast("Request", self.request)
        held = list(Authenticator.objects.filter(user=me(request)).order_by("created_at"))
        bool(request.viewer.is_staff)  # asks for the roles, so that it is known whether they rest
        codes = next((row for row in held if row.type == Authenticator.Type.RECOVERY_CODES), None)
        rest = getattr(request, "roles_rest", False)
        back = safe_next(request, request.GET.get("next"), default="")
        context |= {
            "passkeys": [row for row in held if row.type == Authenticator.Type.WEBAUTHN],
            "app": next((row for row in held if row.type == Authenticator.Type.TOTP), None),
            "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
            "roles_rest": rest,
            "confirm_url": f"{self._confirm(held)}?{urlencode({'next': back or request.path})}" if rest else "",
            "has_factor": any(row.type != Authenticator.Type.RECOVERY_CODES for row in held),
            "back": "" if rest else back,
        }
        return context

    @staticmethod
    def _confirm(held: list[Authenticator]) -> str:
        passkey = any(row.type == Authenticator.Type.WEBAUTHN for row in held)
        return reverse("mfa_reauthenticate_webauthn" if passkey else "mfa_reauthenticate")

    def crumbs(self) -> list[tuple[Text, str]]:
        return [(_("Mein Konto"), reverse("accounts:home")), (self.title, "")]


class AddPasskey(Mine, webauthn.AddWebAuthnView):
    title = _("Passkey anlegen")
    template_name = "accounts/factors/passkey_add.html"
    limits = (Limit("accounts.factor", 30),)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"] = kwargs.get("form") or self.get_form()
        context["failed"] = bool(context["form"].is_bound and context["form"].errors)
        context["options"] = as_json(auth.begin_registration(me(self.request), passwordless=True))
        return context


class OwnPasskey(Mine):
    """One of my passkeys; whoever asks for another's, or for one that is gone, is back at the list."""

    success_url = reverse_lazy("mfa_index")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = Authenticator.objects.filter(
            user=me(request), pk=kwargs["pk"], type=Authenticator.Type.WEBAUTHN
        ).exists()
        return super().dispatch(request, *args, **kwargs) if found else redirect("mfa_index")


class RenamePasskey(OwnPasskey, webauthn.EditWebAuthnView):
    title = _("Passkey umbenennen")
    template_name = "accounts/factors/passkey_rename.html"


class RemovePasskey(OwnPasskey, webauthn.RemoveWebAuthnView):
    title = _("Passkey entfernen")
    template_name = "accounts/factors/remove.html"


class ActivateApp(Mine, totp.ActivateTOTPView):
    title = _("App mit Codes einrichten")
    template_name = "accounts/factors/app.html"
    limits = (Limit("accounts.factor", 30),)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["picture"] = segno.make(context["totp_url"], error="m").svg_data_uri(
            scale=5, border=3, dark="#000", light="#fff"
        )
        secret = str(context["form"].secret)
        context["secret"] = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        return context


class DeactivateApp(Mine, totp.DeactivateTOTPView):
    title = _("App mit Codes entfernen")
    template_name = "accounts/factors/remove.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not Authenticator.objects.filter(user=me(request), type=Authenticator.Type.TOTP).exists():
            return redirect("mfa_index")
        return super().dispatch(request, *args, **kwargs)


class OwnCodes(Mine):
    """For whoever has codes for emergencies; they come with the first passkey or app."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not Authenticator.objects.filter(user=me(request)).exists():
            return redirect("mfa_index")
        return super().dispatch(request, *args, **kwargs)


class Codes(OwnCodes, recovery.ViewRecoveryCodesView):
    title = _("Codes für Notfälle")
    template_name = "accounts/factors/codes.html"


class NewCodes(OwnCodes, recovery.GenerateRecoveryCodesView):
    title = _("Neue Codes für Notfälle")
    template_name = "accounts/factors/codes_new.html"


class CodesFile(OwnCodes, recovery.DownloadRecoveryCodesView):
    """The codes as a text file to print or keep."""

    template_name = "accounts/factors/codes.txt"

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response = super().render_to_response(context, **kwargs)
        response["Content-Disposition"] = f'attachment; filename="{settings.CITY_ID}-codes.txt"'
        return response


class PasskeyLogin(Page, webauthn.LoginWebAuthnView):
    """Signing in with a passkey alone: the page of signing in asks here for a challenge and sends the answer."""

    title = _("Anmelden")
    limits = (Limit("accounts.passkey", 60),)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            visitors.limit(request, "accounts.passkey.begin", times=120, per=HOUR)
        except TooMany as error:
            return self.too_many(error)
        return cast("HttpResponse", super().get(request, *args, **kwargs))

    def too_many(self, error: TooMany) -> HttpResponse:
        raise error

    def form_invalid(self, form: Form) -> HttpResponse:
        messages.error(self.request, str(next(iter(form.non_field_errors()), "")))
        back = self.request.POST.get("next", "")
        return redirect(reverse("account_login") + (f"?{urlencode({'next': back})}" if back else ""))

    def form_valid(self, form: Form) -> HttpResponse:
        found: Authenticator = form.cleaned_data["credential"]
        post_authentication(self.request, found, passwordless=True)
        login = Login(user=found.user, redirect_url=get_next_redirect_url(self.request))
        response: HttpResponse = perform_login(self.request, login)
        return response


class SecondStep:
    """Tries are counted per person, wherever they come from."""

    request: HttpRequest

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        stage = getattr(request, "_login_stage", None)
        person = stage.login.user if stage else request.user
        try:
            visitors.limit(request, "accounts.second", times=TRIES, per=HOUR, subject=str(person.pk))
        except TooMany as error:
            return cast("HttpResponse", self.too_many(error))  # type: ignore[attr-defined]
        return cast("HttpResponse", super().post(request, *args, **kwargs))  # type: ignore[misc]


class Authenticate(SecondStep, Page, base.AuthenticateView):
    """The second step of signing in, for those who have set one up."""

    title = _("Zweiter Schritt")
    template_name = "accounts/factors/authenticate.html"

    def get_form(self) -> Form:
        return cast("Form", self.auth_form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        given = kwargs.get("form") or context["form"]
        passkey = context.get("webauthn_form")
        held = set(Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True))
        context |= {
            "form": given,
            "options": as_json(context["js_data"]["request_options"]),
            "has_passkey": Authenticator.Type.WEBAUTHN in held,
            "has_app": Authenticator.Type.TOTP in held,
            "failed": any(one.is_bound and one.errors for one in (given, passkey) if one),
            "problem": next(iter(passkey.non_field_errors()), "") if passkey and passkey.is_bound else "",
        }
        return context


class Again(SecondStep, Page, base.ReauthenticateView):
    """Shows once more that it is me: with a code of the app, or one for emergencies."""

    title = _("Sind Sie es?")
    template_name = "accounts/factors/again.html"


class AgainPasskey(SecondStep, Page, webauthn.ReauthenticateWebAuthnView):
    """Shows once more that it is me: with a passkey."""

    title = _("Sind Sie es?")
    template_name = "accounts/factors/again_passkey.html"

    def form_invalid(self, form: Form) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"] = kwargs.get("form") or self.get_form()
        context["failed"] = bool(context["form"].is_bound and context["form"].errors)
        context["options"] = as_json(context["js_data"]["request_options"])
        return context
