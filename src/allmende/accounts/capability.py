from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from allmende.accounts.personal_data import PERSONAL_DATA
from allmende.core.actor import STAFF_ROLES, Role
from allmende.core.city import CityPack
from allmende.core.manifest import (
    ADMINISTRATORS,
    EVERYONE,
    SIGNED_IN,
    STAFF,
    Manifest,
    MenuItem,
    Page,
    Persona,
    SettingSpec,
)

NOBODY: frozenset[Persona] = frozenset()


def _a_grant() -> Mapping[str, Any] | None:
    from allmende.accounts.models import RoleGrant

    found = RoleGrant.objects.filter(role=Role.MODERATOR).first()
    return {"grant_id": found.pk} if found else None


def _a_group() -> Mapping[str, Any]:
    """A group to which none of the personas belongs."""
    return {"group_id": "00000000-0000-7000-8000-000000000000"}


def _a_setting() -> Mapping[str, Any] | None:
    from allmende.core.manifest import registry

    found = next((spec.key for room in registry().values() for spec in room.settings), None)
    return {"key": found} if found else None


def _seed(pack: CityPack) -> None:
    from allmende.accounts.seeds import seed

    seed(pack)


manifest = Manifest(
    name="accounts",
    label=_("Konten"),
    summary=_("Menschen, ihre Rollen und wie wir sie erreichen."),
    urls="allmende.accounts.urls",
    plain_urls="allmende.accounts.urls.federation",
    api="allmende.accounts.api",
    menu=(
        MenuItem(_("Verwaltung"), "accounts:staff", order=900, staff=True, top=True, roles=STAFF_ROLES),
        MenuItem(
            _("Rollen"), "accounts:roles", order=910, staff=True, roles=frozenset({Role.ADMINISTRATOR}),
            summary=_("Wer darf was, und wer darf es nicht mehr?"),
        ),
        MenuItem(
            _("Einstellungen"), "accounts:settings", order=920, staff=True, roles=frozenset({Role.ADMINISTRATOR}),
            summary=_("Was die Stadt für ihr Portal entscheidet."),
        ),
        MenuItem(
            _("Protokoll"), "accounts:audit", order=930, staff=True, roles=frozenset({Role.ADMINISTRATOR}),
            summary=_("Wer hat wann was geändert?"),
        ),
        MenuItem(
            _("Einwilligungen"), "accounts:consents", order=945, staff=True, roles=STAFF_ROLES,
            summary=_("Wer unter 16 darf mitmachen? Was auf Papier steht."),
        ),
        MenuItem(
            _("Aufbewahrung"), "accounts:retention", order=935, staff=True, roles=frozenset({Role.ADMINISTRATOR}),
            summary=_("Was heute Nacht gelöscht wird, und was bleibt."),
        ),
        MenuItem(
            _("Terminal"), "accounts:terminal", order=950, staff=True, roles=STAFF_ROLES,
            summary=_("Dieses Gerät für alle: Nichts bleibt liegen."),
        ),
        MenuItem(
            _("System"), "accounts:system", order=940, staff=True, roles=frozenset({Role.ADMINISTRATOR}),
            summary=_("Läuft alles? Was ist liegen geblieben?"),
        ),
    ),
    pages=(
        Page("account_login", EVERYONE),
        Page("accounts:password_login", EVERYONE),
        Page("account_signup", EVERYONE),
        Page("account_reset_password", EVERYONE),
        Page("account_password_reset_completed", EVERYONE),
        Page("account_inactive", EVERYONE),
        Page("account_confirm_login_code", SIGNED_IN),
        Page("account_email_verification_sent", SIGNED_IN),
        Page("account_confirm_password_reset_code", EVERYONE),
        Page("account_complete_password_reset", EVERYONE),
        Page("account_reauthenticate", SIGNED_IN),
        Page("account_change_password", SIGNED_IN),
        Page("account_logout", EVERYONE),
        Page("account_email", SIGNED_IN),
        Page("account_set_password", SIGNED_IN),
        Page("mfa_login_webauthn", SIGNED_IN, axe=False),  # programs of the page get a challenge, others are led away
        Page("mfa_authenticate", SIGNED_IN),
        Page("mfa_reauthenticate", NOBODY),  # none of the personas has a second factor
        Page("mfa_reauthenticate_webauthn", NOBODY),
        Page("mfa_index", SIGNED_IN),
        Page("mfa_add_webauthn", SIGNED_IN),
        Page("mfa_edit_webauthn", SIGNED_IN, kwargs=lambda: {"pk": 0}),
        Page("mfa_remove_webauthn", SIGNED_IN, kwargs=lambda: {"pk": 0}),
        Page("mfa_activate_totp", SIGNED_IN),
        Page("mfa_deactivate_totp", SIGNED_IN),
        Page("mfa_view_recovery_codes", SIGNED_IN),
        Page("mfa_generate_recovery_codes", SIGNED_IN),
        Page("mfa_download_recovery_codes", SIGNED_IN, axe=False),
        Page("socialaccount_connections", SIGNED_IN),
        Page("socialaccount_signup", NOBODY),
        Page("socialaccount_login_cancelled", EVERYONE),
        Page("openid_connect_login", NOBODY, kwargs=lambda: {"provider_id": "none"}, axe=False),
        Page("openid_connect_callback", NOBODY, kwargs=lambda: {"provider_id": "none"}, axe=False),
        *(
            Page(name, NOBODY, kwargs=lambda: {"organization_slug": "none"}, axe=False)
            for name in ("saml_login", "saml_finish_acs", "saml_sls", "saml_metadata")
        ),
        Page("saml_acs", EVERYONE, kwargs=lambda: {"organization_slug": "none"}, axe=False),
        Page("accounts:home", SIGNED_IN),
        Page("accounts:details", SIGNED_IN),
        Page("accounts:sessions", SIGNED_IN),
        Page("accounts:tokens", SIGNED_IN),
        Page("accounts:data", SIGNED_IN),
        Page("accounts:erase", SIGNED_IN),
        Page("accounts:confirm", SIGNED_IN),
        Page("accounts:resume", SIGNED_IN),
        Page("accounts:groups", SIGNED_IN),
        Page("accounts:group_join", SIGNED_IN, kwargs=lambda: {"secret": "example"}),
        Page("accounts:group", NOBODY, kwargs=_a_group),
        Page("accounts:group_leave", NOBODY, kwargs=_a_group),
        Page("accounts:group_member", NOBODY, kwargs=lambda: {**_a_group(), "membership_id": 0}),
        Page("accounts:guest_link", EVERYONE, kwargs=lambda: {"secret": "example"}),
        Page("accounts:guest_code", NOBODY),  # without a contribution that waits there is nothing to confirm
        Page("accounts:erased", EVERYONE),
        Page("accounts:set_up", EVERYONE, kwargs=lambda: {"token": "example"}),
        Page("accounts:export", SIGNED_IN, post_only=True, axe=False),
        Page(
            "accounts:token_end", SIGNED_IN, post_only=True, axe=False,
            kwargs=lambda: {"token_id": "00000000-0000-7000-8000-000000000000"},
        ),
        Page("accounts:demo_login", EVERYONE, post_only=True, axe=False),
        Page("accounts:outbox", EVERYONE if settings.DEMO else NOBODY),
        Page("accounts:staff", STAFF),
        Page("accounts:terminal", STAFF),
        Page("accounts:consents", STAFF),
        Page("accounts:retention", ADMINISTRATORS),
        Page("accounts:roles", ADMINISTRATORS),
        Page("accounts:role_end", ADMINISTRATORS, kwargs=_a_grant),
        Page("accounts:system", ADMINISTRATORS),
        Page("accounts:retry", ADMINISTRATORS, kwargs=lambda: {"delivery_id": 0}, post_only=True, axe=False),
        Page("accounts:audit", ADMINISTRATORS),
        Page("accounts:settings", ADMINISTRATORS),
        Page("accounts:setting", ADMINISTRATORS, kwargs=_a_setting),
    ),
    personal_data=PERSONAL_DATA,
    settings=(
        SettingSpec(
            "accounts.guest_contact_days", _("Kontaktangaben von Gästen löschen nach (Tagen)"), 730,
            hint=_("Danach bleibt der Beitrag, aber niemand kann den Gast mehr erreichen."), kind="number",
        ),
    ),
    scopes=("accounts:read",),
    seed=_seed,
    seed_order=10,
)  # fmt: skip
