"""The people of the demonstration: one per role, named after it, nobody real."""

from allauth.account.models import EmailAddress
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from allmende.accounts import actions, queries
from allmende.accounts.models import Person, RoleGrant
from allmende.core import audit, city
from allmende.core.actor import SYSTEM, Channel, Role
from allmende.core.city import CityPack
from allmende.core.texts import Text

DEMO_PEOPLE: dict[str, tuple[Text, Text, Role | None]] = {
    "resident": (_("Beispiel: Einwohnerin"), _("sagt, was fehlt, und unterstützt Ideen"), None),
    "verified": (
        _("Beispiel: Bestätigter Wohnort"),
        _("stimmt ab, wo nur mitmacht, wer hier wohnt"),
        Role.RESIDENT,
    ),
    "chair": (_("Beispiel: Sprecher einer Arbeitsgruppe"), _("leitet eine Arbeitsgruppe"), None),
    "moderator": (_("Beispiel: Moderation"), _("prüft, was Menschen schreiben"), Role.MODERATOR),
    "clerk": (_("Beispiel: Sachbearbeitung"), _("antwortet für ein Amt"), Role.CLERK),
    "editor": (_("Beispiel: Redaktion"), _("schreibt und veröffentlicht"), Role.EDITOR),
    "administrator": (_("Beispiel: Verwaltung des Portals"), _("gibt Rollen und stellt ein"), Role.ADMINISTRATOR),
}
"""Key → display name, what they do, role. The key is also the address: resident@example.org (RFC 2606)."""


def demo_email(key: str) -> str:
    return f"{key}@example.org"


def clerk_scope() -> str:
    """The office of the demonstration's clerk: the participation team where there is one, else the first."""
    departments = city.current().departments
    slug = "beteiligung" if "beteiligung" in departments else next(iter(departments), "")
    return f"department:{slug}" if slug else "participation"


def demo_person(key: str) -> Person | None:
    """One of the demonstration's people, once they are there."""
    return Person.objects.filter(email=demo_email(key), is_demo=True).first()


def seed(_pack: CityPack) -> None:
    """Brings the people in; doing it again changes nothing."""
    actor = SYSTEM.via(Channel.SEED)
    for key, (name, _what, role) in DEMO_PEOPLE.items():
        person = demo_person(key)
        if person is None:
            with translation.override("de"):
                person = Person.objects.create_user(demo_email(key), display_name=str(name), is_demo=True)
            EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
            audit.record(
                actor, "accounts.open_account", queries.person_ref(person.pk), fields=["email", "display_name"]
            )
        if role is Role.RESIDENT:  # no action gives it: an identity provider, or the city's counter, confirms it
            RoleGrant.objects.get_or_create(person=person, role=role, scope="", defaults={"granted_at": timezone.now()})
        elif role is not None:
            scope = clerk_scope() if role == Role.CLERK else ""
            actions.grant_role(actor=actor, person_id=person.pk, role=role, scope=scope, at=timezone.now())
