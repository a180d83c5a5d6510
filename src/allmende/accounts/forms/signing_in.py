"""allauth's forms in our words: one password field instead of two (it can be shown), codes that can be pasted."""

from typing import Any
from uuid import UUID

from allauth.account import forms as theirs
from allauth.account.adapter import get_adapter
from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from allmende.accounts import queries
from allmende.ui.forms import CodeField, Form

GUEST_SALT = "accounts.guest"
GUEST_FOR = 24 * 3600
"""Seconds for which a guest can turn what they just wrote into an account."""


def email_field(**more: Any) -> forms.EmailField:
    options: dict[str, Any] = {"label": _("E-Mail-Adresse"), **more}
    return forms.EmailField(widget=forms.EmailInput(attrs={"autocomplete": "email"}), **options)


def password_field(autocomplete: str, **more: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    options: dict[str, Any] = {"label": _("Passwort"), **more}
    return forms.CharField(strip=False, widget=widget, **options)


def new_password_field(**more: Any) -> forms.CharField:
    options: dict[str, Any] = {
        "label": _("Neues Passwort"),
        "help_text": _("Mindestens 10 Zeichen. Gut sind vier Wörter, die nichts miteinander zu tun haben."),
        **more,
    }
    return password_field("new-password", **options)


def code_field() -> CodeField:
    field = CodeField(
        label=_("Code aus der E-Mail"),
        help_text=_("Acht Ziffern. Der Code gilt 15 Minuten. Mit oder ohne Strich, beides geht."),
        max_length=20,
    )
    field.widget.attrs.update(inputmode="numeric")
    return field


class Checked(Form):
    """Checks a new password as allauth's own field does, for the person that the form is about."""

    user: Any = None

    def clean_password1(self) -> str:
        return str(get_adapter().clean_password(self.cleaned_data["password1"], user=self.user))


class LoginForm(Form, theirs.RequestLoginCodeForm):
    """An address; the code comes by mail."""

    email = email_field()

    def clean_email(self) -> str:
        self.cleaned_data["email"] = self.cleaned_data["email"].lower()
        return str(super().clean_email())


class LoginCodeForm(Form, theirs.ConfirmLoginCodeForm):
    code = code_field()


class GuestCodeForm(Form):
    """The code with which a guest shows that an address is theirs."""

    code = code_field()


class EmailCodeForm(Form, theirs.ConfirmEmailVerificationCodeForm):
    code = code_field()


class ForgottenCodeForm(Form, theirs.ConfirmPasswordResetCodeForm):
    code = code_field()


class PasswordLoginForm(Form, theirs.LoginForm):
    field_order = ("login", "password")

    password = password_field("current-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = email_field()
        self.order_fields(self.field_order)


class SignupForm(Form, theirs.SignupForm):
    """An address and a name; no password: the code in the mail proves the address, a password can be set later."""

    proof = True

    email = email_field(
        help_text=_("Nur zum Anmelden und für Nachrichten, die Sie bestellen. Sie wird nirgends gezeigt.")
    )
    display_name = forms.CharField(
        label=_("Anzeigename"),
        max_length=60,
        help_text=_(
            "So steht Ihr Name bei Ihren Beiträgen. Ein erfundener Name ist gut. Sie können ihn später ändern."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    guest = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("password1", None)
        self.fields["email"].label = _("E-Mail-Adresse")
        self.fields["display_name"].initial = queries.suggested_name
        self.order_fields(("email", "display_name"))

    def clean_guest(self) -> UUID | None:
        """The guest who becomes the account; a claim that is too old or not ours is passed over."""
        try:
            return UUID(signing.loads(self.cleaned_data["guest"], salt=GUEST_SALT, max_age=GUEST_FOR))
        except (signing.BadSignature, ValueError):
            return None


class ChangeEmailForm(Form, theirs.AddEmailForm):
    email = email_field(
        label=_("Neue E-Mail-Adresse"), help_text=_("Wir senden einen Code dorthin. Bis dahin gilt die alte Adresse.")
    )


class ChangePasswordForm(Checked, theirs.ChangePasswordForm):
    oldpassword = password_field("current-password", label=_("Jetziges Passwort"))
    password1 = new_password_field()
    password2 = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(("oldpassword", "password1"))


class SetPasswordForm(Checked, theirs.SetPasswordForm):
    password1 = new_password_field()
    password2 = None


class NewPasswordForm(Checked, theirs.ResetPasswordKeyForm):
    password1 = new_password_field()
    password2 = None


class ForgotPasswordForm(Form, theirs.ResetPasswordForm):
    email = email_field()


class ReauthenticateForm(Form, theirs.ReauthenticateForm):
    password = password_field("current-password", label=_("Ihr Passwort"))
