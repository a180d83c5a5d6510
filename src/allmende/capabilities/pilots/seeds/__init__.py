"""Example pilots of the city pack, through the actions; each is marked as an example. Days count from now."""

import tomllib
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from allmende.accounts import interface as accounts
from allmende.capabilities.pilots import actions
from allmende.capabilities.pilots.actions import Evidence, IndicatorData, Money, PilotData, Where
from allmende.capabilities.pilots.models import Pilot
from allmende.core import manifest
from allmende.core.actor import Actor, Channel, Grant, Role, Viewer
from allmende.core.city import CityPack
from allmende.core.refs import Ref
from allmende.engines.search import interface as search

WAY = {
    "proposed": ("publish",),
    "decided": ("publish", "decide"),
    "running": ("publish", "decide", "start"),
    "finished": ("publish", "decide", "start", "finish"),
    "stopped": ("publish", "decide", "stop"),
    "declined": ("publish", "decline"),
}
"""The steps to each state."""
KINDS = (("strategy", "goal"), ("participation", "theme"), ("participation", "idea"), ("surveys", "finding"))
AGO = 90
"""So many days ago the first was proposed; the steps follow."""


def editor() -> Actor:
    """One of the demonstration's people."""
    found = accounts.demo_person("editor")
    assert found is not None, "accounts are seeded first"
    viewer = Viewer(found.pk, frozenset({Grant(Role.EDITOR)}))
    return Actor(viewer=viewer, key=accounts.key_of(found.pk), channel=Channel.SEED)


def things_titled(titles: set[str]) -> dict[str, Ref]:
    """Public things of other rooms by their German titles, goals without their code; each is put into the index, so
    that it can be tied before any worker ran.
    """
    found: dict[str, Ref] = {}
    for room, kind in KINDS:
        entry = manifest.index_kinds().get((room, kind))
        for id_ in entry.all_ids() if entry else ():
            data = entry.entry(id_) if entry else None
            title = data.titles.get("de", "") if data is not None and data.visibility == "public" else ""
            plain = title.partition(" ")[2] if kind == "goal" else title
            if plain in titles and plain not in found:
                found[plain] = Ref(room, kind, id_)
                search.index_now(found[plain])
    return found


class Example:
    """Fills one city."""

    def __init__(self, pack: CityPack, now: datetime) -> None:
        path = pack.folder / "pilots.toml"
        self.rows: list[dict[str, Any]] = tomllib.loads(path.read_text())["pilots"] if path.is_file() else []
        self.now = now
        self.editor = editor()
        named = {title for row in self.rows for title in row.get("answers", [])}
        named |= {title for row in self.rows for one in row.get("indicators", []) for title in one.get("goals", [])}
        self.things = things_titled(named)

    def day(self, offset: int) -> date:
        return timezone.localdate(self.now) + timedelta(days=offset)

    def fill(self) -> None:
        for row in self.rows:
            pilot = self.make(row)
            self.lead(pilot, row)
            for number, one in enumerate(row.get("milestones", []), start=1):
                self.plan(pilot, one, number)
            self.move(pilot, row)
            for number, one in enumerate(row.get("milestones", []), start=1):
                self.reach(pilot, one, number)
            for one in row.get("indicators", []):
                self.measure(pilot, one)

    def make(self, row: dict[str, Any]) -> Pilot:
        planned, spent = (amount and amount * 100 for amount in row.get("money", [None, None]))
        money = Money(planned, spent, row.get("funding"))
        data = PilotData(
            title=row["title"],
            summary=row["summary"],
            text=row.get("text", {}),
            department=row["department"],
            partners=row.get("partners", []),
            contact=row.get("contact", {}),
            contact_telephone=row.get("telephone", ""),
            money=money,
            reach=row.get("reach", {}),
            people=row.get("people"),
            ratings=row.get("ratings", {}),
            risks=row.get("risks", []),
            where=Where(row.get("place", ""), row.get("district", "")),
        )
        at = self.now - timedelta(days=AGO)
        return actions.save_pilot(actor=self.editor, data=data, is_example=True, at=at)

    def lead(self, pilot: Pilot, row: dict[str, Any]) -> None:
        refs = [self.things[title] for title in row.get("answers", []) if title in self.things]
        if refs:
            actions.add_origins(
                actor=self.editor, pilot_id=pilot.pk, refs=refs, reason=row["why"], at=timezone.now()
            )  # after all that was put into the index

    def plan(self, pilot: Pilot, one: dict[str, Any], number: int) -> None:
        made = actions.save_milestone(
            actor=self.editor, pilot_id=pilot.pk, title=one["title"], planned_on=self.day(one["planned"]), at=self.now
        )
        assert made is not None
        assert made.place == number

    def reach(self, pilot: Pilot, one: dict[str, Any], number: int) -> None:
        """Says when it was reached, or that it comes later, as things stand today."""
        if "reached" not in one and "moved" not in one:
            return
        actions.save_milestone(
            actor=self.editor,
            pilot_id=pilot.pk,
            place=number,
            title=one["title"],
            planned_on=self.day(one.get("moved", one["planned"])),
            reached_on=self.day(one["reached"]) if "reached" in one else None,
            reason=one.get("reason"),
            at=self.now,
        )

    def move(self, pilot: Pilot, row: dict[str, Any]) -> None:
        for number, verb in enumerate(WAY.get(row["state"], ())):
            at = self.now - timedelta(days=AGO - 20 * number)
            actions.move_pilot(actor=self.editor, pilot_id=pilot.pk, verb=verb, reason=row.get("reason"), at=at)

    def measure(self, pilot: Pilot, one: dict[str, Any]) -> None:
        made = actions.save_indicator(
            actor=self.editor,
            pilot_id=pilot.pk,
            data=IndicatorData(
                title=one["title"],
                unit=one["unit"],
                formula=one["formula"],
                source=one["source"],
                direction=one["direction"],
                baseline=Decimal(str(one["baseline"][1])),
                baseline_on=self.day(one["baseline"][0]),
                target=Decimal(str(one["target"][1])),
                target_on=self.day(one["target"][0]),
                goals=[self.things[title] for title in one.get("goals", []) if title in self.things],
            ),
            is_example=True,
            at=timezone.now(),
        )
        for days, number, *corrects in one.get("values", []):
            actions.record_value(
                actor=self.editor,
                indicator_id=made.pk,
                measured_on=self.day(days),
                value=Decimal(str(number)),
                evidence=Evidence(one["evidence"]),
                reason=str(corrects[0]) if corrects else "",
                at=self.now,
            )


def seed(pack: CityPack) -> None:
    """The examples of the pack, once, on an empty city."""
    if not Pilot.objects.exists():
        Example(pack, timezone.now()).fill()
