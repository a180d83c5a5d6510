"""A second factor in our words: passkeys, an app with codes, codes for emergencies."""

import hashlib
from datetime import timedelta
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import forms as recovery
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from allmende.accounts.visitors import spend
from allmende.ui.forms import CodeField, Form

CODE_SPENT_FOR = timedelta(minutes=10)
"""Longer than a code of an app counts (its half minute and one on each side)."""


def app_code_field(**more: Any) -> CodeField:
    options: dict[str, Any] = {"label": _("Code aus der App"), "max_length": 20, **more}
    field = CodeField(**options)
    field.widget.attrs.update(inputmode="numeric")
    return field


class Ceremony(Form):
    """What the browser says of a passkey. Whatever is wrong with it is one sentence above the form."""

    def add_error(self, field: str | None, error: Any) -> None:
        if field == "credential":
            field, error = None, get_adapter().validation_error("incorrect_passkey")
        super().add_error(field, error)

    def clean_credential(self) -> Any:
        check = getattr(super(), "clean_credential", None)
        return self._trusted(check) if check else self._credential()

    def _credential(self) -> dict[str, Any]:
        credential = self.cleaned_data["credential"]
        if not isinstance(credential, dict):
            raise get_adapter().validation_error("incorrect_passkey")
        return credential

    def _trusted(self, check: Any) -> Any:
        """Bytes from outside may break the reading of them anywhere: that is a wrong passkey and no error of ours."""
        self._credential()
        try:
            return check()
        except DatabaseError:
            raise
        except Exception:  # noqa: BLE001 - signatures, CBOR, JSON: libraries raise what they like
            raise get_adapter().validation_error("incorrect_passkey") from None


class AddPasskeyForm(Ceremony, webauthn.AddWebAuthnForm):
    """A new passkey: it can sign in alone, so the device asks for finger, face or PIN."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        required=False,
        help_text=_("Daran erkennen Sie den Passkey später wieder."),
    )
    passwordless = None

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["passwordless"] = True
        if not isinstance(self.cleaned_data.get("credential"), dict):
            return self.cleaned_data
        found: dict[str, Any] = self._trusted(super().clean)
        return found


class RenamePasskeyForm(Form, webauthn.EditWebAuthnForm):
    name = forms.CharField(label=_("Name"), max_length=60)


class PasskeyLoginForm(Ceremony, webauthn.LoginWebAuthnForm):
    pass


class PasskeySecondForm(Ceremony, webauthn.AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(Ceremony, webauthn.ReauthenticateWebAuthnForm):
    pass


class OnceOnly:
    """A code of the app counts once in all processes of the portal (RFC 6238, section 5.2)."""

    user: Any
    authenticator: Any

    def clean_code(self) -> str:
        code = str(super().clean_code())  # type: ignore[misc]
        if getattr(self, "authenticator", None) is None or self.authenticator.type == Authenticator.Type.TOTP:
            digits = "".join(sign for sign in code if sign.isdigit())
            digest = hashlib.sha256(f"totp:{self.user.pk}:{digits}".encode()).digest()
            if not spend(digest, timezone.now() + CODE_SPENT_FOR):
                raise get_adapter().validation_error("incorrect_code")
        return code


class SecondFactorForm(OnceOnly, Form, base.AuthenticateForm):
    code = app_code_field(
        label=_("Code"), help_text=_("Sechs Ziffern aus der App, oder einer Ihrer Codes für Notfälle.")
    )


class SecondFactorAgainForm(OnceOnly, Form, base.ReauthenticateForm):
    code = app_code_field(
        label=_("Code"), help_text=_("Sechs Ziffern aus der App, oder einer Ihrer Codes für Notfälle.")
    )


class ActivateAppForm(OnceOnly, Form, totp.ActivateTOTPForm):
    code = app_code_field(help_text=_("Sechs Ziffern. Sie wechseln alle 30 Sekunden."))
    authenticator = None


class DeactivateAppForm(Form, totp.DeactivateTOTPForm):
    pass


class NewCodesForm(Form, recovery.GenerateRecoveryCodesForm):
    pass
