"""What allauth asks of us: how people come to exist, how they sign in, what mail says, whose address a request has."""

from typing import Any, cast
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.utils import setup_user_email
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialAccount
from cryptography.fernet import InvalidToken
from django.core.mail import EmailMessage
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from allmende.accounts import actions, federation, queries, sessions, tasks, tokens
from allmende.accounts.models import Person
from allmende.accounts.sessions import DEVICE, SINCE, device_of
from allmende.accounts.visitors import client_ip
from allmende.core import city
from allmende.core.actor import Actor
from allmende.core.http import Request


class Backend(AuthenticationBackend):
    """Signs people in, as long as they may."""

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(getattr(user, "may_sign_in", False))

    def get_user(self, user_id: Any) -> Any:
        person = sessions.person_asked_for(str(user_id))
        if person is None:
            return super().get_user(user_id)
        return person if self.user_can_authenticate(person) else None


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up and login by e-mail. Every change goes through an action; mail leaves by the urgent queue."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("Dieses Konto ist gesperrt."),
        "cannot_remove_primary_email": _("Diese Adresse wird zum Anmelden gebraucht."),
        "duplicate_email": _("Diese Adresse gehört schon zu Ihrem Konto."),
        "email_password_mismatch": _("E-Mail-Adresse und Passwort passen nicht zusammen. Bitte prüfen Sie beides."),
        "email_taken": _("Diese Adresse gehört schon zu einem Konto. Bitte melden Sie sich damit an."),
        "enter_current_password": _("Das ist nicht Ihr jetziges Passwort. Bitte geben Sie es noch einmal ein."),
        "incorrect_code": _("Dieser Code stimmt nicht. Bitte vergleichen Sie ihn mit der neuesten E-Mail."),
        "incorrect_password": _("Das Passwort stimmt nicht. Bitte geben Sie es noch einmal ein."),
        "invalid_login": _("Bitte prüfen Sie Ihre E-Mail-Adresse."),
        "max_email_addresses": _("Mehr als %d Adressen sind nicht möglich."),
        "too_many_login_attempts": _(
            "Das waren zu viele falsche Versuche. Bitte lassen Sie sich einen neuen Code senden."
        ),
        "unknown_email": _("Zu dieser Adresse gibt es kein Konto."),
        "unverified_primary_email": _("Bitte bestätigen Sie zuerst Ihre Adresse."),
        "same_as_current": _("Das ist die Adresse, die Sie schon haben."),
        "rate_limited": _("Das war sehr oft. Bitte warten Sie ein paar Minuten."),
    }

    def _actor(self, person: Person | None = None) -> Actor:
        """Who acts in a flow that has not signed anyone in yet. The form's key stays out: one form, several actions."""
        if person is not None:
            return queries.actor_for(person, request_id=getattr(self.request, "id", ""))
        return cast("Request", self.request).actor.without_key()

    def save_user(self, request: HttpRequest, user: Any, form: Form, commit: bool = True) -> Any:  # noqa: ARG002, FBT001, FBT002 - allauth's signature
        data = form.cleaned_data
        guest: UUID | None = data.get("guest")
        return actions.open_account(
            actor=self._actor(),
            email=data["email"],
            display_name=data.get("display_name", ""),
            language=(get_language() or "de")[:2],
            guest_id=guest,
            at=timezone.now(),
        )

    def set_password(self, user: Any, password: str) -> None:
        changed = actions.set_password(actor=self._actor(user), person_id=user.pk, password=password)
        user.password = changed.password  # the caller keeps this session by it

    def pre_login(self, request: HttpRequest, user: Any, **more: Any) -> HttpResponse | None:
        if not user.may_sign_in:
            user.is_active = False  # answered like a locked account; never saved
        return cast("HttpResponse | None", super().pre_login(request, user, **more))

    def login(self, request: HttpRequest, user: Any) -> None:
        """Signing in happens only after the address was proven, so this is where a guest becomes an account."""
        super().login(request, user)
        request.session[DEVICE] = device_of(request.headers.get("User-Agent", ""))
        request.session[SINCE] = int(timezone.now().timestamp())
        if not get_authentication_records(request, user):  # a code from a mail leaves no record of its own
            record_authentication(request, user, "code")
        if user.is_guest:
            actions.confirm_account(actor=queries.actor_for(user), person_id=user.pk)
            user.is_guest = False

    def is_reauthentication_required(self, *, app: str) -> bool:  # noqa: ARG002 - allauth's signature
        """Whoever signed in or confirmed a moment ago is not asked again."""
        request = context.request
        return not sessions.is_recent(request, request.user, cast("Request", request).at)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        words = {
            "reauthenticate": _("Mit Passwort bestätigen"),
            "mfa_reauthenticate": _("Mit einem Code bestätigen"),
            "mfa_reauthenticate:webauthn": _("Mit Passkey bestätigen"),
        }
        return [{**way, "description": words[way["id"]]} for way in super().get_reauthentication_methods(user)]

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request)

    def format_email_subject(self, subject: str) -> str:
        return str(subject)

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        raise NotImplementedError  # send_mail stores a row; nothing is rendered twice

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Stores the mail and its job in one transaction; the urgent queue sends it."""
        tasks.post(template_prefix, email, context)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Password or address changed: the owner is told, at the old address too; no device or network is named."""
        address = email or user.email
        if address:
            self.send_mail(template_prefix, address, {"timestamp": timezone.now(), **(context or {})})


class FederationAdapter(DefaultSocialAccountAdapter):
    """Identity providers: what they vouch for is kept, nothing else of what they say; accounts are never merged."""

    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "email_taken": _("Diese Adresse gehört schon zu einem Konto. Bitte melden Sie sich damit an."),
        "no_password": _("Das ist Ihr einziger Weg ins Konto. Legen Sie zuerst ein Passwort fest."),
        "no_verified_email": _("Bitte bestätigen Sie zuerst Ihre Adresse."),
    }

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:  # noqa: ARG002 - allauth's signature
        """Providers come from the operator's file only; nobody can add one in the database."""
        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:  # noqa: ARG002 - allauth's signature
        """The moment before anything is stored: of all that the provider said, only the level stays."""
        sociallogin.user.email = str(data.get("email") or "")[:254].lower() or None
        account = sociallogin.account
        told = account.extra_data
        claims = {**told.get("id_token", {}), **told.get("userinfo", {})} if "id_token" in told else told
        level = federation.level_of(sociallogin.provider.app.settings, claims)
        held = SocialAccount.objects.filter(provider=account.provider, uid=account.uid).first()
        before = federation.Level(held.extra_data.get("level", 0)) if held else federation.Level.NONE
        account.extra_data = {"level": int(max(level, before))}
        return sociallogin.user

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Connecting takes a login that is fresh, so that a session left open gains no new entrance."""
        fresh = isinstance(request.user, Person) and sessions.is_recent(
            request, request.user, cast("Request", request).at
        )
        if sociallogin.state.get("process") == "connect" and not fresh:
            raise ImmediateHttpResponse(redirect("socialaccount_connections"))

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Form | None = None) -> Any:
        person = get_account_adapter(request).save_user(request, sociallogin.user, form)
        sociallogin.user = sociallogin.account.user = person
        sociallogin.account.save()
        setup_user_email(request, person, [])
        return person


class FactorAdapter(DefaultMFAAdapter):
    """The second factor: our words, the city's name on the device, secrets that a copied database does not tell."""

    error_messages = {
        "add_email_blocked": _("Diese Adresse lässt sich jetzt nicht ändern."),
        "cannot_delete_authenticator": _("Der zweite Schritt lässt sich jetzt nicht entfernen."),
        "cannot_generate_recovery_codes": _("Codes für Notfälle gibt es, sobald ein Passkey oder eine App da ist."),
        "incorrect_code": _("Dieser Code stimmt nicht oder wurde schon benutzt. Bitte warten Sie auf den nächsten."),
        "incorrect_passkey": _("Dieser Passkey passt nicht. Bitte versuchen Sie es noch einmal."),
        "unverified_email": _("Bitte bestätigen Sie zuerst Ihre Adresse."),
    }

    def _get_site_name(self) -> str:
        return str(city.current().portal)

    def encrypt(self, text: str) -> str:
        return tokens.sealing().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What another SECRET_KEY sealed opens nothing; the person then uses another way, or asks the city."""
        try:
            return tokens.sealing().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return ""

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's signature
        """Device and number, so that several passkeys can be told apart."""
        held = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        device = device_of(context.request.headers.get("User-Agent", "")) or gettext("Passkey")
        return f"{device} {held + 1}" if held else device
