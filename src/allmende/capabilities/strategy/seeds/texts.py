"""Example texts: one in its second version and open to everybody, with what was said and answered meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from allmende.capabilities.strategy import actions
from allmende.capabilities.strategy.models import Feedback, Goal, Text
from allmende.capabilities.strategy.seeds.people import editor, moderator, resident
from allmende.core import city
from allmende.core.actor import Channel


def fill(rows: Sequence[Mapping[str, Any]], goals: Mapping[str, Goal], now: datetime) -> None:
    for row in rows:
        _Example(row, goals, now).make()


class _Example:
    """One text of the pack; days count from `now`."""

    def __init__(self, row: Mapping[str, Any], goals: Mapping[str, Goal], now: datetime) -> None:
        self.row, self.goals, self.now = row, goals, now
        self.editor, self.moderator, self.resident = editor(), moderator(), resident()
        self.made: dict[str, Feedback] = {}

    def _day(self, offset: int) -> datetime:
        zone = city.current().zone
        return datetime.combine((self.now + timedelta(days=offset)).astimezone(zone).date(), time(), zone)

    def make(self) -> None:
        row = self.row
        opens = self._day(row["opens"])
        text = actions.make_text(
            actor=self.editor,
            data=actions.TextData(
                title=row["title"], summary=row["summary"], contract=row["contract"], department=row["department"],
                opens_at=opens, closes_at=self._day(row["closes"] + 1), is_example=True,
            ),
            paragraphs=[
                actions.NewParagraph(
                    one["text"], one.get("shape", "text"), self.goals[one["goal"]].pk if "goal" in one else None
                )
                for one in row["paragraphs"]
            ],
            at=opens - timedelta(days=7),
        )  # fmt: skip
        actions.move_text(actor=self.editor, text_id=text.pk, verb="open", note=row.get("note", ""), at=opens)
        self._say(text, row.get("said", []), opens)
        second = row.get("second")
        if second:
            at = self._day(second["day"])
            self._answer(text, second["answers"], at)
            actions.move_text(actor=self.editor, text_id=text.pk, verb="evaluate", at=at)
            actions.move_text(actor=self.editor, text_id=text.pk, verb="open", note=second["note"], at=at)
            self._say(text, second["said"], at)
        self._draft(text)

    def _say(self, text: Text, rows: Sequence[Mapping[str, Any]], since: datetime) -> None:
        """By residents with and without account, on paper too; checked the day after."""
        for number, one in enumerate(rows, start=1):
            at = since + timedelta(days=1, hours=number)
            said = actions.Said(
                "wording" if "wording" in one else "comment", one.get("text", ""), one.get("wording", "")
            )
            values: dict[str, Any] = {"text_id": text.pk, "number": one["paragraph"], "said": said, "language": "de"}
            guest = {"contact_kind": "none", "display_name": one.get("by", "")}
            if one.get("paper"):
                made = actions.give_feedback(
                    actor=replace(self.editor, channel=Channel.PAPER), guest=guest, received_at=at, is_example=True,
                    at=at, **values,
                )  # fmt: skip
            elif "by" in one:
                visitor = replace(self.resident, viewer=replace(self.resident.viewer, person_id=None), key=None)
                made = actions.give_feedback(actor=visitor, guest=guest, is_example=True, at=at, **values)
            else:
                made = actions.give_feedback(actor=self.resident, is_example=True, at=at, **values)
            self.made[one["slug"]] = made
            if not one.get("waits"):
                actions.release_feedback(actor=self.moderator, object_id=made.pk, at=at + timedelta(days=1))

    def _answer(self, text: Text, rows: Sequence[Mapping[str, Any]], at: datetime) -> None:
        for one in rows:
            actions.answer_feedback(
                actor=self.editor, text_id=text.pk, feedback_ids=[self.made[slug].pk for slug in one["said"]],
                outcome=one["outcome"], reason=one["reason"], at=at,
            )  # fmt: skip

    def _draft(self, text: Text) -> None:
        """The next version has begun, and two of the team have written at the same paragraph."""
        for one in self.row.get("writing", []):
            at = self.now - timedelta(hours=2)
            for body in (one["first"], one["second"]):
                actions.write_paragraph(
                    actor=self.editor, text_id=text.pk, number=one["paragraph"], body=body, revision=1, at=at
                )
