"""What allauth asks of us: how people come to exist, how they sign in, what mail says, whose address a request has."""

from typing import Any, cast
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from allmende.accounts import actions, queries, tasks
from allmende.accounts.models import OutgoingMail, Person
from allmende.accounts.sessions import DEVICE, SINCE, device_of
from allmende.accounts.visitors import client_ip
from allmende.core.actor import Actor
from allmende.core.http import Request


class Backend(AuthenticationBackend):
    """Signs people in, as long as they may."""

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(getattr(user, "may_sign_in", False))


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
        if user.is_guest:
            actions.confirm_account(actor=queries.actor_for(user), person_id=user.pk)
            user.is_guest = False

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
        from allmende.core import city

        values = {**context, "email": email, "city": city.current(), "public_url": settings.PUBLIC_URL}
        subject = " ".join(render_to_string(f"{template_prefix}_subject.txt", values).split())
        body = render_to_string(f"{template_prefix}_message.txt", values).strip() + "\n"
        with transaction.atomic():
            row = OutgoingMail.objects.create(to=email, subject=subject[:200], body=body)
            tasks.send_mail.defer(mail_id=str(row.pk))

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Password or address changed: the owner is told, at the old address too; no device or network is named."""
        address = email or user.email
        if address:
            self.send_mail(template_prefix, address, {"timestamp": timezone.now(), **(context or {})})
