"""Forms: `signing_in` are allauth's in our words, `own` are ours, `contact` is for the guests of any room."""

from allmende.accounts.forms.own import (
    AuditFilter,
    DetailsForm,
    EraseForm,
    FirstAdministratorForm,
    GrantForm,
    ReasonForm,
    SettingForm,
    TokenForm,
)
from allmende.accounts.forms.signing_in import (
    ChangeEmailForm,
    ChangePasswordForm,
    EmailCodeForm,
    ForgotPasswordForm,
    ForgottenCodeForm,
    LoginCodeForm,
    LoginForm,
    NewPasswordForm,
    PasswordLoginForm,
    ReauthenticateForm,
    SetPasswordForm,
    SignupForm,
)

__all__ = [
    "AuditFilter",
    "ChangeEmailForm",
    "ChangePasswordForm",
    "DetailsForm",
    "EmailCodeForm",
    "EraseForm",
    "FirstAdministratorForm",
    "ForgotPasswordForm",
    "ForgottenCodeForm",
    "GrantForm",
    "LoginCodeForm",
    "LoginForm",
    "NewPasswordForm",
    "PasswordLoginForm",
    "ReasonForm",
    "ReauthenticateForm",
    "SetPasswordForm",
    "SettingForm",
    "SignupForm",
    "TokenForm",
]
