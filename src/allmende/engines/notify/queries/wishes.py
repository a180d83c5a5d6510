"""When and by which channel people want to hear of what, and where nothing arrives any more."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from uuid import UUID

from allmende.accounts.interface import Recipient
from allmende.core import city, manifest
from allmende.core.actor import Viewer
from allmende.engines.notify import rules
from allmende.engines.notify.models import Device, Notice, Trouble, Wishes


@dataclass(frozen=True)
class Wish:
    """What one person wants; the usual where they said nothing: mail at once, no pushes, no quiet hours."""

    topics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    weekday: int = 0
    quiet: tuple[time, time] | None = None
    feed: UUID | None = None

    def mail(self, topic: str, usual: Wishes.When = Wishes.When.AT_ONCE) -> Wishes.When:
        """`usual` for whoever said nothing about this topic."""
        found = self.topics.get(topic, {}).get("mail", "")
        return Wishes.When(found) if found in Wishes.When.values else usual

    def push(self, topic: str) -> bool:
        """Whoever registered a device wants pushes, but for the topics that they ruled out."""
        return bool(self.topics.get(topic, {}).get("push", True))


def wishes_of(ids: Iterable[UUID]) -> dict[UUID, Wish]:
    """Those of many people in one query; the usual for whoever has no row."""
    wanted = set(ids)
    found = {row.person_id: _wish(row) for row in Wishes.objects.filter(person__in=wanted)} if wanted else {}
    return {person_id: found.get(person_id, Wish()) for person_id in wanted}


def _wish(row: Wishes) -> Wish:
    quiet = (row.quiet_from, row.quiet_until) if row.quiet_from is not None and row.quiet_until is not None else None
    return Wish(row.topics, row.weekday, quiet, row.feed)


def wish_of(person_id: UUID) -> Wish:
    return wishes_of([person_id])[person_id]


def stopped(people: Mapping[UUID, Recipient]) -> set[tuple[UUID, str]]:
    """(person, medium) to whom nothing goes by that way any more, since it came back too often; in one query.

    A new address starts afresh: the mark is for the address that it was made with.
    """
    if not people:
        return set()
    rows = Trouble.objects.filter(person__in=list(people), stopped_at__isnull=False)
    return {(row.person_id, row.medium) for row in rows if bytes(row.address_hash) == _hash(people[row.person_id], row)}


def _hash(recipient: Recipient, row: Trouble) -> bytes:
    letter = row.medium == Trouble.Medium.LETTER
    return rules.address_hash(recipient.postal_address if letter else recipient.email)


def trouble_of(recipient: Recipient) -> set[str]:
    """By which ways nothing reaches this person any more: mail, letter."""
    return {medium for _person_id, medium in stopped({recipient.person_id: recipient})}


def devices_of(viewer: Viewer) -> list[Device]:
    """The browsers that the viewer lets us push to, newest first."""
    if viewer.person_id is None:
        return []
    return list(Device.objects.filter(person=viewer.person_id).order_by("-id"))


def push_is_on() -> bool:
    """Whether the city offers pushes at all; off until the operator decides otherwise."""
    return bool(city.setting("notify.push", default=False))


PUSH_HOSTS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)
"""Where the makers of Chrome, Edge, Firefox and Safari take pushes; nothing is sent anywhere else."""


def push_hosts() -> Collection[str]:
    found = city.setting("notify.push_hosts", default=list(PUSH_HOSTS))
    return [str(host).strip() for host in found if str(host).strip()]


def groups(notices: Iterable[Notice], viewer: Viewer, at: datetime) -> list[tuple[str, str, list[Notice]]]:
    """Notices by the thing that they lead to, things in the order of their first notice: (title, path, notices).

    What the viewer may not see (any more) is left out. A thing without a place in the public index has no title.
    """
    by_ref: dict[Any, list[Notice]] = {}
    for notice in notices:
        by_ref.setdefault(notice.ref, []).append(notice)
    shown = manifest.lookup().resolve(list(by_ref), viewer, at)
    found = []
    for ref, rows in by_ref.items():
        entry = shown.get(ref)
        if entry is not None:
            found.append((entry.title(viewer.language), entry.path(viewer.language), rows))
        elif manifest.may_see(ref, viewer, at):
            found.append(("", "", rows))
    return found
