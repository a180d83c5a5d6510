"""For tests: an example room whose things are told of, and people who are reached in every way there is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction

from allmende.accounts import builders as people
from allmende.accounts.models import Person
from allmende.core import events, manifest
from allmende.core.actor import Actor, Role, Viewer
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule, NoticeText
from allmende.core.refs import Ref
from allmende.engines.search.builders import KIND, ROOM, example_room, put_thing, read_entry


@dataclass(frozen=True, kw_only=True)
class ThingChanged(events.DomainEvent):
    """Something happened to an example thing; `author` is whose it is."""

    name: ClassVar[str] = "example.thing_changed"
    author: UUID | None = None


def thing(author: Person | None = None, **changes: Any) -> Ref:
    """An example thing; hidden ones are seen by their author and by administrators only."""
    return put_thing(district=str(author.pk) if author else "", **changes)


def _gate(id_: UUID, viewer: Viewer, _at: datetime) -> bool:
    data = read_entry(id_)
    if data is None:
        return False
    mine = viewer.person_id is not None and data.district == str(viewer.person_id)
    return data.visibility == "public" or mine or viewer.has(Role.ADMINISTRATOR)


def _text(event: Stored, language: str) -> NoticeText | None:
    data = read_entry(event.ref.id)
    if data is None:
        return None
    words = {"de": ("Neues zu „{}“", "Jetzt steht sie im Entwurf."), "en": ("News of “{}”", "It is in the draft now.")}
    subject, body = words[language]
    return NoticeText(subject.format(data.titles["de"]), body, event.ref)


def _people(event: Stored) -> list[UUID]:
    author = event.payload["author"]
    return [UUID(author)] if author and author != "None" else []


RULES = (
    NoticeRule("example.thing_changed", _text, people=_people),
    NoticeRule("example.thing_changed", _text, followed=lambda event: [event.ref]),
)


@contextmanager
def telling_room(rules: tuple[NoticeRule, ...] = RULES) -> Iterator[None]:
    """The example room with a gate and notice rules, for as long as the block lasts."""
    with example_room() as room:
        manifest.registry()[ROOM] = replace(room, gates={KIND: _gate}, notices=rules)
        manifest.notice_rules.cache_clear()
        try:
            yield
        finally:
            manifest.notice_rules.cache_clear()
    manifest.notice_rules.cache_clear()


def happen(ref: Ref, *, author: Person | None = None, by: Person | None = None) -> Stored:
    """Something happens to the thing; returns the stored event."""
    actor = people.actor(by) if by else Actor()
    with transaction.atomic():
        row = events.publish(actor, ThingChanged(ref=ref, author=author.pk if author else None))
    return Stored.of(row)


def by_letter(**fields: Any) -> Person:
    return people.guest(
        contact_kind="letter", postal_address="Am Markt 1\n07545 Gera", display_name="Linde 12", **fields
    )


def by_telephone(**fields: Any) -> Person:
    return people.guest(contact_kind="telephone", telephone="030 23125 007", display_name="Eiche 9", **fields)


def by_number(**fields: Any) -> Person:
    return people.guest(contact_kind="number", display_name="Ulme 3", **fields)
