"""Keeping the register by hand: who there is, who sits where from when to when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from allmende.capabilities.council import events, rules
from allmende.capabilities.council.actions.burying import bury, touch_holders
from allmende.capabilities.council.actions.records import kept, wait_for_others, write_all
from allmende.capabilities.council.models import (
    KINDS,
    Body,
    Location,
    Membership,
    Organization,
    Person,
    Thing,
)
from allmende.capabilities.council.queries import register as queries
from allmende.capabilities.council.rules import register
from allmende.capabilities.council.rules.records import Record
from allmende.capabilities.council.rules.register import Period
from allmende.core import audit
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.core.events import publish
from allmende.core.ids import uuid7

LINKS: Mapping[str, type[Thing]] = {
    "body_id": Body,
    "organization_id": Organization,
    "person_id": Person,
    "sub_organization_of_id": Organization,
    "on_behalf_of_id": Organization,
    "location_id": Location,
}


@action
def keep_entry(*, actor: Actor, kind: str, key: UUID | None, fields: Mapping[str, Any], at: datetime) -> Thing:
    """Enters something of a kind, or changes it (`key`); everybody reads it from then on. Raises Invalid, NotFound.

    `fields` are columns of ours. One entry after another: two clerks never give somebody the same seat twice.
    """
    rules.require_may_keep(actor)
    wait_for_others()
    row = _ours(kind, key) if key is not None else None
    if faults := _faults(kind, row, fields):
        raise Invalid(fields=faults)
    record = Record(kind, str(key or uuid7()), fields)
    writing = write_all([record])
    found = writing.rows[kind, record.key]
    if not writing.touched:
        return found
    changed = writing.before.get(found.pk, fields)
    batch = kept(writing, at, "")
    audit.record(actor, f"council.keep_{kind}", found.ref, fields=sorted(name.removesuffix("_id") for name in changed))
    publish(actor, events.RecordsTakenIn(ref=batch.ref))
    return found


@action
def remove_entry(*, actor: Actor, kind: str, key: UUID, reason: str) -> None:
    """Takes back what was entered by mistake; a tombstone stays for programs. What ends gets a last day instead.

    Raises NotFound, Conflict.
    """
    rules.require_may_keep(actor)
    wait_for_others()
    row = _ours(kind, key)
    if isinstance(row, Body):
        raise NotFound
    if why := _held(row):
        raise Conflict(why)
    written = timezone.now()
    gone = bury([row], written)
    touch_holders(gone, written)
    audit.record(actor, f"council.remove_{kind}", row.ref, fields=["public"], reason=reason)
    for one in gone:
        publish(actor, events.ThingWithdrawn(ref=one.ref))


def _ours(kind: str, key: UUID) -> Thing:
    try:
        row: Thing = lock(queries.ours(kind), pk=key)
    except KINDS[kind].DoesNotExist:
        raise NotFound from None
    return row


def _faults(kind: str, row: Thing | None, fields: Mapping[str, Any]) -> dict[str, Any]:
    for name, model in LINKS.items():
        asked = fields.get(name)
        if asked is not None and not model.objects.filter(pk=asked, deleted=False).exists():
            return {name.removesuffix("_id"): _("Das gibt es nicht mehr. Bitte wählen Sie neu.")}
    if isinstance(row, Membership) and (fields["person_id"], fields["organization_id"]) != (
        row.person_id, row.organization_id,
    ):  # fmt: skip
        return {"organization": _("Ein Sitz bleibt, wo er ist. Beenden Sie ihn und tragen Sie einen neuen ein.")}
    below = queries.below(row.pk) if isinstance(row, Organization) else ()
    found = register.entry_faults(kind, fields, below=below)
    if kind == "membership" and not found:
        key = row.pk if row is not None else None
        known = queries.seat(fields["person_id"], fields["organization_id"], key)
        found = register.seat_faults(Period(fields["start_date"], fields["end_date"]), known)
    return found


def _held(row: Thing) -> str:
    """Why something cannot be taken back: other things would go with it, or the record would lie."""
    if isinstance(row, Membership):
        known = queries.seat(row.person_id, row.organization_id, row.pk)
        if set(known.recorded) - set(known.covered):
            return _("Die Person ist in einer Sitzung als anwesend oder mit einer Stimme eingetragen. Geben Sie dem "
                     "Sitz stattdessen einen letzten Tag.")  # fmt: skip
    if isinstance(row, (Person, Organization)) and row.memberships.filter(deleted=False).exists():
        return _("Hier sind noch Sitze eingetragen. Geben Sie stattdessen einen letzten Tag an.")
    if isinstance(row, Organization):
        if row.sub_organizations.filter(deleted=False).exists():
            return _("Andere Gremien gehören dazu. Geben Sie stattdessen einen letzten Tag an.")
        if row.meetings.filter(deleted=False).exists() or row.consultations.filter(deleted=False).exists():
            return _("Dieses Gremium hat Sitzungen oder Vorlagen. Geben Sie stattdessen einen letzten Tag an.")
    if isinstance(row, Person) and row.papers.filter(deleted=False).exists():
        return _("Von dieser Person sind Vorlagen. Sie bleibt deshalb im Verzeichnis.")
    return ""
