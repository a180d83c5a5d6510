"""Reads: names, scopes, sessions, tokens, the audit."""

import random
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.accounts import rules
from allmende.accounts.federation import Level
from allmende.accounts.models import (
    ApiToken,
    Consent,
    Membership,
    Organisation,
    OutgoingMail,
    Person,
    PersonKey,
    RoleGrant,
    Session,
)
from allmende.core import city, manifest
from allmende.core.actor import Actor, Channel, Grant, Role, Viewer
from allmende.core.models import AuditEntry, Delivery
from allmende.core.refs import Ref
from allmende.core.texts import Text

ANSWER_FOR_A_GROUP = 2
"""People who answer for a group before it writes in its own name (practice.md 6)."""
TREES: tuple[Text, ...] = (
    gettext_lazy("Ahorn"), gettext_lazy("Birke"), gettext_lazy("Buche"), gettext_lazy("Eiche"), gettext_lazy("Erle"),
    gettext_lazy("Esche"), gettext_lazy("Hasel"), gettext_lazy("Kastanie"), gettext_lazy("Kiefer"),
    gettext_lazy("Lärche"), gettext_lazy("Linde"), gettext_lazy("Ulme"), gettext_lazy("Walnuss"), gettext_lazy("Weide"),
)  # fmt: skip


def person_ref(person_id: UUID) -> Ref:
    return Ref("accounts", "person", person_id)


def suggested_name() -> str:
    """A pseudonym for those who think of none: a tree and a number, nothing that says who it is (practice.md 4)."""
    return f"{random.choice(TREES)} {random.randint(1000, 9999)}"  # noqa: S311 - a name, no secret


def person_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Public names in one query, never empty („Gast“, „Ohne Namen“). Whoever was erased is missing."""
    wanted = set(ids)
    if not wanted:
        return {}
    found = Person.objects.filter(pk__in=wanted).only("id", "display_name", "is_under_16", "is_guest")
    return {person.pk: person.label for person in found}


def grants_of(person_id: UUID) -> frozenset[Grant]:
    rows = RoleGrant.objects.filter(person_id=person_id).values_list("role", "scope")
    return frozenset(Grant(Role(role), scope) for role, scope in rows)


def actor_for(person: Person, channel: Channel = Channel.WEB, *, request_id: str = "") -> Actor:
    """The person as an actor outside of a request: at sign-in, in seeds and in tests (two queries)."""
    viewer = Viewer(person.pk, grants_of(person.pk), person.language)
    key = PersonKey.objects.values_list("key", flat=True).get(person_id=person.pk)
    return Actor(viewer=viewer, key=key, channel=channel, request_id=request_id)


def has_administrator() -> bool:
    """Whether anyone administers this city; the people of the demonstration count only in one."""
    rows = RoleGrant.objects.filter(role=Role.ADMINISTRATOR, scope="", person__is_active=True)
    return (rows if settings.DEMO else rows.filter(person__is_demo=False)).exists()


def scope_label(scope: str, language: str) -> str:
    """A scope in words."""
    if not scope:
        return _("die ganze Stadt")
    if scope.startswith("department:"):
        department = city.current().department(scope.removeprefix("department:"))
        return department.name(language) if department else scope
    room = manifest.registry().get(scope)
    return str(room.label) if room else scope


def scopes_for(role: Role, language: str) -> list[tuple[str, str]]:
    """(scope, words) within which the role can be granted here: the city, its capabilities, its departments."""
    kinds = rules.SCOPES_OF[role]
    found = [""] if rules.CITY in kinds else []
    if rules.CAPABILITY in kinds:
        found += [name for name in settings.CAPABILITIES if name in manifest.registry()]
    if rules.DEPARTMENT in kinds:
        found += [f"department:{slug}" for slug in city.current().departments]
    return [(scope, scope_label(scope, language)) for scope in found]


def role_labels(viewer: Viewer) -> list[str]:
    """The viewer's roles in words: „Moderation · die ganze Stadt“."""
    return sorted(f"{grant.role.label} · {scope_label(grant.scope, viewer.language)}" for grant in viewer.grants)


def memberships_of(person_id: UUID, at: datetime) -> QuerySet[Membership]:
    """Organisations the person belongs to now."""
    now = Q(since__lte=at) & (Q(until__isnull=True) | Q(until__gt=at))
    return (
        Membership.objects.filter(now, person_id=person_id)
        .select_related("organisation")
        .order_by("organisation__name")
    )


def person(person_id: UUID) -> Person:
    """Raises Person.DoesNotExist for whoever was erased."""
    return Person.objects.get(pk=person_id)


def members_of(organisation_id: UUID) -> QuerySet[Membership]:
    """Who belongs to a group now, those who answer for it first."""
    return (
        Membership.objects.filter(organisation_id=organisation_id, until__isnull=True)
        .select_related("person")
        .order_by("-is_responsible", "since")
    )


def posting_choices(person_id: UUID | None) -> list[tuple[UUID, str]]:
    """(id, name) of the groups in whose name the person may write: with the right, where two people answer for it."""
    if person_id is None:
        return []
    two = (
        Membership.objects.filter(until__isnull=True, is_responsible=True)
        .values("organisation")
        .annotate(n=Count("id"))
        .filter(n__gte=ANSWER_FOR_A_GROUP)
        .values("organisation")
    )
    mine = Membership.objects.filter(person_id=person_id, until__isnull=True, may_post=True, organisation__in=two)
    return list(mine.order_by("organisation__name").values_list("organisation_id", "organisation__name"))


def groups_of(person_id: UUID | None) -> frozenset[UUID]:
    """Ids of the groups that the person belongs to now: nobody decides on a post of their own group."""
    if person_id is None:
        return frozenset()
    rows = Membership.objects.filter(person_id=person_id, until__isnull=True)
    return frozenset(rows.values_list("organisation_id", flat=True))


def group_scope(organisation_id: UUID) -> str:
    """A group as `core.manifest.Preview.group_scopes` names it."""
    return f"organisation:{organisation_id}"


def group_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of groups in one query, also of those that ended."""
    wanted = set(ids)
    return dict(Organisation.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def consent_of(person_id: UUID, day: date) -> Consent | None:
    """The paper that counts on that day, if there is one."""
    held = Consent.objects.filter(person_id=person_id, signed_on__lte=day).filter(
        Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=day)
    )
    return held.order_by("-signed_on").first()


def sessions_of(person_id: UUID, at: datetime) -> QuerySet[Session]:
    """The person's open sessions, newest first."""
    return Session.objects.filter(person_id=person_id, expire_date__gt=at).defer("session_data").order_by("-since")


WAYS: Mapping[str, Text] = {
    "passkey": gettext_lazy("mit Passkey"),
    "password": gettext_lazy("mit Passwort"),
    "code": gettext_lazy("mit Code"),
    "app": gettext_lazy("mit App"),
    "emergency": gettext_lazy("mit Code für Notfälle"),
}


def way_label(way: str) -> str:
    """How one signed in, in words: „mit Passwort, mit App“. The name of an identity provider stands for itself."""
    return ", ".join(str(WAYS.get(part, part)) for part in way.split("+") if part)


LEVELS: Mapping[int, Text] = {
    Level.NONE: gettext_lazy("nicht geprüft"),
    Level.BASIC: gettext_lazy("einfach geprüft"),
    Level.SUBSTANTIAL: gettext_lazy("gut geprüft"),
    Level.HIGH: gettext_lazy("amtlich geprüft"),
}


def providers(request: HttpRequest | None = None) -> list[dict[str, str]]:
    """The identity providers of this city, with the address where each begins."""
    found = []
    for app in get_adapter().list_apps(request):
        provider = app.get_provider(request)
        found.append({"id": app.provider_id, "name": app.name, "url": provider.get_login_url(request)})
    return sorted(found, key=lambda one: one["name"])


def level_of(person_id: UUID) -> Level:
    """The highest level that a provider whom the city trusts today has verified for the person."""
    trusted = {app.provider_id for app in get_adapter().list_apps(None)}
    rows = SocialAccount.objects.filter(user_id=person_id, provider__in=trusted).values_list("extra_data", flat=True)
    return max((Level(data.get("level", 0)) for data in rows), default=Level.NONE)


def identities_of(person_id: UUID) -> list[dict[str, Any]]:
    """With whom an account is connected, and how far each vouches for the person."""
    names = {app.provider_id: app.name for app in get_adapter().list_apps(None)}
    return [
        {
            "id": row.pk,
            "provider": row.provider,
            "name": names.get(row.provider, row.provider),
            "level_label": LEVELS[row.extra_data.get("level", 0)],
            "since": row.date_joined,
        }
        for row in SocialAccount.objects.filter(user_id=person_id).order_by("date_joined")
    ]


def tokens_of(person_id: UUID) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(person_id=person_id).order_by("-created_at")


def token_scope_label(scope: str) -> str:
    """A program's scope in words, with the name that its documentation uses: „Mitmachen: lesen (…)“."""
    name, _colon, verb = scope.partition(":")
    room = manifest.registry().get(name)
    words = {"read": _("lesen"), "write": _("schreiben")}.get(verb, verb)
    return f"{room.label}: {words} ({scope})" if room else scope


def token_scopes() -> list[str]:
    """All scopes that the rooms offer to programs."""
    return sorted({scope for room in manifest.registry().values() for scope in room.scopes})


def grants(limit: int = 500) -> QuerySet[RoleGrant]:
    """Everyone who holds a role, by role and name."""
    return RoleGrant.objects.select_related("person").order_by("role", "scope", "person__display_name")[:limit]


def audit(filters: Mapping[str, Any], *, before: UUID | None, limit: int = 50) -> list[AuditEntry]:
    """The newest entries first, by keyset. Filters: action (its beginning), key, since, until, object_id."""
    entries = AuditEntry.objects.order_by("-at", "-id")
    if filters.get("action"):
        entries = entries.filter(action__startswith=filters["action"])
    if filters.get("key"):
        entries = entries.filter(Q(actor_key=filters["key"]) | Q(on_behalf_of=filters["key"]))
    if filters.get("since"):
        entries = entries.filter(at__gte=filters["since"])
    if filters.get("until"):
        entries = entries.filter(at__lt=filters["until"])
    if filters.get("object_id"):
        entries = entries.filter(object_id=filters["object_id"])
    if before:
        last = AuditEntry.objects.filter(pk=before).first()
        if last is not None:
            entries = entries.filter(Q(at__lt=last.at) | Q(at=last.at, id__lt=last.id))
    return list(entries[:limit])


def names_of_keys(keys: Iterable[UUID | None]) -> dict[UUID, str]:
    """Pseudonyms → public names, for administrators; a key without a person belongs to someone who was erased."""
    wanted = {key for key in keys if key}
    rows = PersonKey.objects.filter(pk__in=wanted).select_related("person")
    return {row.key: row.person.label for row in rows}


def dead_deliveries(limit: int = 100) -> list[Delivery]:
    return list(
        Delivery.objects.filter(state=Delivery.State.DEAD).select_related("event").order_by("-changed_at")[:limit]
    )


def waiting_mail() -> int:
    return OutgoingMail.objects.count()
