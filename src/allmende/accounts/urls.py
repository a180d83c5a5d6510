"""Addresses of accounts. allauth looks its own up by their bare names; ours carry `accounts:`."""

from django.urls import include, path

from allmende.accounts.views import demo, factors, own, signing_in, staff, terminal

ours = [
    path("konto/", own.home, name="home"),
    path("konto/angaben/", own.details, name="details"),
    path("konto/anmeldungen/", own.sessions, name="sessions"),
    path("konto/zugaenge/", own.token_list, name="tokens"),
    path("konto/zugaenge/<uuid:token_id>/beenden/", own.token_end, name="token_end"),
    path("konto/weiter/", own.resume, name="resume"),
    path("konto/daten/", own.data, name="data"),
    path("konto/daten/mitnehmen/", own.export, name="export"),
    path("konto/loeschen/", own.erase, name="erase"),
    path("konto/geloescht/", own.erased, name="erased"),
    path("konto/neuer-code/", own.confirm, name="confirm"),
    path("konto/einrichten/<str:token>/", own.set_up, name="set_up"),
    path("konto/anmelden/passwort/", signing_in.PasswordLogin.as_view(), name="password_login"),
    path("konto/demo/", demo.login, name="demo_login"),
    path("konto/postausgang/", demo.outbox, name="outbox"),
    path("verwaltung/", staff.home, name="staff"),
    path("verwaltung/terminal/", terminal.terminal, name="terminal"),
    path("verwaltung/rollen/", staff.roles, name="roles"),
    path("verwaltung/rollen/<int:grant_id>/", staff.role_end, name="role_end"),
    path("verwaltung/system/", staff.system, name="system"),
    path("verwaltung/system/<int:delivery_id>/erneut/", staff.retry, name="retry"),
    path("verwaltung/protokoll/", staff.protocol, name="audit"),
    path("verwaltung/einstellungen/", staff.settings_list, name="settings"),
    path("verwaltung/einstellungen/<str:key>/", staff.setting, name="setting"),
]

urlpatterns = [
    path("", include((ours, "accounts"))),
    path("konto/anmelden/", signing_in.Login.as_view(), name="account_login"),
    path("konto/anmelden/", signing_in.Login.as_view(), name="account_request_login_code"),
    path("konto/anmelden/code/", signing_in.LoginCode.as_view(), name="account_confirm_login_code"),
    path("konto/anmelden/passkey/", factors.PasskeyLogin.as_view(), name="mfa_login_webauthn"),
    path("konto/anmelden/zweiter-schritt/", factors.Authenticate.as_view(), name="mfa_authenticate"),
    path("konto/bestaetigen/code/", factors.Again.as_view(), name="mfa_reauthenticate"),
    path("konto/bestaetigen/passkey/", factors.AgainPasskey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("konto/schutz/", factors.Protection.as_view(), name="mfa_index"),
    path("konto/schutz/passkey/", factors.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("konto/schutz/passkey/<int:pk>/", factors.RenamePasskey.as_view(), name="mfa_edit_webauthn"),
    path("konto/schutz/passkey/<int:pk>/entfernen/", factors.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("konto/schutz/app/", factors.ActivateApp.as_view(), name="mfa_activate_totp"),
    path("konto/schutz/app/entfernen/", factors.DeactivateApp.as_view(), name="mfa_deactivate_totp"),
    path("konto/schutz/codes/", factors.Codes.as_view(), name="mfa_view_recovery_codes"),
    path("konto/schutz/codes/neu/", factors.NewCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("konto/schutz/codes/datei/", factors.CodesFile.as_view(), name="mfa_download_recovery_codes"),
    path("konto/neu/", signing_in.Signup.as_view(), name="account_signup"),
    path("konto/code/", signing_in.EmailCode.as_view(), name="account_email_verification_sent"),
    path("konto/abmelden/", signing_in.Logout.as_view(), name="account_logout"),
    path("konto/gesperrt/", signing_in.Inactive.as_view(), name="account_inactive"),
    path("konto/bestaetigen/", signing_in.Reauthenticate.as_view(), name="account_reauthenticate"),
    path("konto/e-mail/", signing_in.ChangeEmail.as_view(), name="account_email"),
    path("konto/passwort/", signing_in.ChangePassword.as_view(), name="account_change_password"),
    path("konto/passwort/festlegen/", signing_in.SetPassword.as_view(), name="account_set_password"),
    path("konto/passwort/vergessen/", signing_in.ForgotPassword.as_view(), name="account_reset_password"),
    path(
        "konto/passwort/vergessen/code/", signing_in.ForgottenCode.as_view(), name="account_confirm_password_reset_code"
    ),
    path("konto/passwort/neu/", signing_in.NewPassword.as_view(), name="account_complete_password_reset"),
    path("konto/passwort/geaendert/", signing_in.NewPasswordDone.as_view(), name="account_password_reset_completed"),
]
