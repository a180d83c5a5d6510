"""Example strategy of the city pack, through the actions."""

import tomllib
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from allmende.capabilities.strategy import actions
from allmende.capabilities.strategy.models import Field, Goal
from allmende.capabilities.strategy.seeds import texts
from allmende.capabilities.strategy.seeds.people import editor
from allmende.core import manifest
from allmende.core.city import CityPack
from allmende.core.refs import Ref
from allmende.engines.search import interface as search


def things_titled(titles: set[str]) -> dict[str, Ref]:
    """Public things of other rooms by their German titles, asked of the manifests; each is put into the index, so that
    it can be tied before any worker ran.
    """
    found: dict[str, Ref] = {}
    for room, kind in (("participation", "theme"), ("participation", "idea"), ("surveys", "finding")):
        entry = manifest.index_kinds().get((room, kind))
        for id_ in entry.all_ids() if entry else ():
            data = entry.entry(id_) if entry else None
            title = data.titles.get("de", "") if data is not None and data.visibility == "public" else ""
            if title in titles and title not in found:
                found[title] = Ref(room, kind, id_)
                search.index_now(found[title])
    return found


class Example:
    """Fills one city; times count from `now`."""

    def __init__(self, pack: CityPack, now: datetime) -> None:
        path = pack.folder / "strategy.toml"
        self.rows: dict[str, Any] = tomllib.loads(path.read_text()) if path.is_file() else {}
        self.now = now
        self.editor = editor()
        self.guidelines: dict[str, Any] = {}
        self.goals: dict[str, Goal] = {}

    def plan(self) -> None:
        """Guidelines, fields with their goals."""
        made_at = self.now - timedelta(days=self.rows.get("days_ago", 40))
        for place, row in enumerate(self.rows.get("guidelines", []), start=1):
            self.guidelines[row["slug"]] = actions.save_guideline(
                actor=self.editor, title=row["title"], text=row["text"], place=place, is_example=True
            ).pk
        for place, row in enumerate(self.rows.get("fields", []), start=1):
            field = actions.save_field(
                actor=self.editor, title=row["title"], summary=row["summary"], place=place,
                department=row.get("department", ""), is_example=True, at=made_at,
            )  # fmt: skip
            for goal in row.get("goals", []):
                self.goals[goal["slug"]] = actions.save_goal(
                    actor=self.editor,
                    field_id=field.pk,
                    title=goal["title"],
                    summary=goal["summary"],
                    measures=goal.get("measures", []),
                    guideline_ids=[self.guidelines[slug] for slug in goal.get("guidelines", [])],
                    is_example=True,
                    at=made_at,
                )

    def ties(self) -> None:
        """What led to which goal, and what is in none."""
        at = timezone.now()  # after all that was put into the index
        rows = self.rows.get("ties", [])
        named = {title for row in rows for title in row["impulses"]}
        things = things_titled(named)
        for row in rows:
            refs = [things[title] for title in row["impulses"] if title in things]
            if not refs:
                continue
            if "goal" in row:
                actions.order_impulses(
                    actor=self.editor, refs=refs, goal_id=self.goals[row["goal"]].pk, reason=row["reason"], at=at
                )
            else:
                actions.set_aside(actor=self.editor, refs=refs, reason=row["reason"], is_example=True, at=at)


def seed(pack: CityPack) -> None:
    """The examples of the pack, once, on an empty city."""
    if Field.objects.exists():
        return
    example = Example(pack, timezone.now())
    example.plan()
    example.ties()
    texts.fill(example.rows.get("texts", []), example.goals, example.now)
