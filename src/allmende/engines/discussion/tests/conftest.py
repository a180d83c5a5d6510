"""A small room of its own, so that the engine is tested as any room uses it, without one above it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from allmende.accounts import builders as accounts
from allmende.core import manifest
from allmende.core.actions import action
from allmende.core.actor import Actor, Viewer
from allmende.core.ids import uuid7
from allmende.core.manifest import IndexKind, Manifest, Moderated, Preview
from allmende.core.models import Setting
from allmende.core.refs import Ref
from allmende.engines.discussion import interface

NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
"""A Wednesday morning, within the published hours."""


@dataclass
class Room:
    """Things of a room "garden": beds that people plant, checked before they are public."""

    beds: dict[UUID, dict[str, Any]] = field(default_factory=dict)

    def bed(self, *, author: UUID | None = None, body: str = "Ein Beet für alle.", **more: Any) -> Ref:
        id_ = uuid7()
        values = {
            "author": author,
            "body": body,
            "state": "held",
            "open": True,
            "visible": True,
            "groups": (),
            "own": set(),
        }
        self.beds[id_] = {**values, **more}
        return Ref("garden", "bed", id_)

    def waiting(self, **more: Any) -> interface.Case:
        ref = self.bed(**more)
        return submit_bed(actor=Actor(), ref=ref)

    def preview(self, id_: UUID) -> Preview | None:
        row = self.beds.get(id_)
        if row is None:
            return None
        return Preview(
            title="", body=row["body"], language="de", author="Erle 12", author_person_id=row["author"],
            url=f"/beete/{id_}/", scope="garden", group_scopes=row["groups"],
        )  # fmt: skip

    def gate(self, name: str):
        def may(id_: UUID, viewer: Viewer, _at: datetime) -> bool:
            row = self.beds.get(id_)
            return row is not None and (viewer.person_id in row["own"] if name == "own" else row[name])

        return may


@action
def submit_bed(*, actor: Actor, ref: Ref) -> interface.Case:
    return interface.open_case(actor, ref, scope="garden", cause="new", at=NOW)


@pytest.fixture
def room(monkeypatch) -> Iterator[Room]:
    here = Room()

    @action
    def release(*, actor: Actor, object_id: UUID, reason: str, at: datetime) -> None:
        interface.close_case(actor, Ref("garden", "bed", object_id), decision="released", reason=reason, at=at)
        here.beds[object_id]["state"] = "published"

    @action
    def refuse(*, actor: Actor, object_id: UUID, reason: str, rule: str, at: datetime) -> None:
        interface.close_case(
            actor, Ref("garden", "bed", object_id), decision="refused", reason=reason, rule=rule, at=at
        )
        here.beds[object_id]["state"] = "refused"

    @action
    def hold(*, actor: Actor, object_id: UUID, reason: str, at: datetime) -> None:
        interface.hold_case(actor, Ref("garden", "bed", object_id), at=at, scope="garden")
        here.beds[object_id]["state"] = "held"

    garden = Manifest(
        name="garden",
        label="Garten",
        gates={"bed": here.gate("visible"), "comment:bed": here.gate("open"), "own:bed": here.gate("own")},
        moderated=(Moderated("bed", "Beet", here.preview, release, refuse, hold=hold),),
        index=(IndexKind("bed", "Beet", "Beete", lambda _id: None, list, lambda id_: f"/beete/{id_}/"),),
    )
    caches = (manifest.index_kinds, manifest.moderated_kinds)
    manifest.registry()["garden"] = garden
    for cache in caches:
        cache.cache_clear()
    yield here
    del manifest.registry()["garden"]
    for cache in caches:
        cache.cache_clear()


@pytest.fixture
def moderator(db) -> Actor:
    return accounts.actor(accounts.moderator())


@pytest.fixture
def resident(db) -> Actor:
    return accounts.actor(accounts.person(created_at=datetime(2020, 1, 1, tzinfo=UTC)))


@pytest.fixture
def decide(db):
    """Sets what the city decides."""

    def put(key: str, value: Any) -> None:
        from allmende.core import city

        Setting.objects.update_or_create(key=f"discussion.{key}", defaults={"value": value})
        city.forget()

    return put
