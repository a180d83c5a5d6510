"""Events of the city pack (`events.toml`) as marked examples, through the actions.

```toml
[[series]]   # days = ["TU", "TH"], starts_in_days, weeks, time, minutes; review and chapters go to what is over
[[events]]   # in_days, time, minutes or days_long (whole days); capacity, guests, cancelled, review, chapters
# both: title, summary, description, kind, department, place, address, district, access, online, languages, aids,
#       aids_on_request, aids_days_before, group (slug of a group of participation)
```
"""

import tomllib
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from allmende.accounts import interface as accounts
from allmende.capabilities.portal.actions import calendar as actions
from allmende.capabilities.portal.models import CalendarEvent
from allmende.capabilities.portal.rules.calendar import recurrence
from allmende.core import city, manifest
from allmende.core.actor import Actor, Channel, Grant, Role, Viewer
from allmende.core.city import CityPack
from allmende.core.refs import Ref

NAMES = (
    "Linde 7",
    "Familie Birke",
    "Radlerin",
    "Ahorn 12",
    "Gartenfreund",
    "Werkbank",
    "Oma Inge",
    "Pendler",
    "Elster",
)
"""Names of people who are not real."""


class Example:
    """Fills the calendar; days count from `now`."""

    def __init__(self, pack: CityPack, now: datetime) -> None:
        path = pack.folder / "events.toml"
        self.content: dict[str, Any] = tomllib.loads(path.read_text()) if path.is_file() else {}
        self.now = now
        self.zone = city.current().zone
        editor = accounts.demo_person("editor")
        assert editor is not None, "accounts are seeded first"
        self.editor = Actor(
            viewer=Viewer(editor.pk, frozenset({Grant(Role.EDITOR)})),
            key=accounts.key_of(editor.pk),
            channel=Channel.SEED,
        )

    def fill(self) -> None:
        for row in self.content.get("series", []):
            self.series(row)
        for row in self.content.get("events", []):
            self.event(row)

    def moment(self, days: int, clock: str) -> datetime:
        day = (self.now + timedelta(days=days)).astimezone(self.zone).date()
        return datetime.combine(day, time.fromisoformat(clock), self.zone)

    def data(
        self, row: dict[str, Any], starts: datetime, ends: datetime, *, all_day: bool = False
    ) -> actions.EventData:
        ahead = row.get("aids_days_before")
        return actions.EventData(
            title=row["title"],
            summary=row.get("summary", {}),
            description=row.get("description", {}),
            kind=row["kind"],
            department=row["department"],
            starts_at=starts,
            ends_at=ends,
            all_day=all_day,
            place=row.get("place", {}),
            address=row.get("address", ""),
            district=row.get("district", ""),
            access=row.get("access", []),
            online_url=row.get("online", ""),
            languages=row.get("languages", ["de"]),
            aids=row.get("aids", []),
            aids_on_request=row.get("aids_on_request", []),
            aids_until=starts - timedelta(days=ahead) if ahead else None,
            registration="capacity" in row,
            capacity=row.get("capacity"),
            about=self.about(row.get("group", "")),
        )

    @staticmethod
    def about(slug: str) -> list[Ref]:
        """The group's reference, by its address: the portal knows nothing else of that room."""
        kind = manifest.index_kinds().get(("participation", "group"))
        if not slug or kind is None:
            return []
        return [
            Ref("participation", "group", id_) for id_ in kind.all_ids() if (kind.url(id_) or "").endswith(f"/{slug}/")
        ]

    def series(self, row: dict[str, Any]) -> None:
        starts = self.moment(row["starts_in_days"], row["time"])
        data = self.data(row, starts, starts + timedelta(minutes=row["minutes"]))
        days = tuple(recurrence.DAYS.index(day) for day in row["days"])
        last = starts.date() + timedelta(weeks=row["weeks"])
        made = actions.plan_series(
            actor=self.editor, data=data, rule=recurrence.Rule(days=days, until=last), is_example=True, at=self.now
        )
        first = CalendarEvent.objects.filter(series=made).earliest("starts_at")
        actions.publish_event(actor=self.editor, event_id=first.pk, scope=actions.ALL, at=self.now)
        for past in CalendarEvent.objects.filter(series=made, ends_at__lte=self.now):
            if past.state == "draft":
                actions.publish_event(actor=self.editor, event_id=past.pk, at=self.now)
            self.review(past, row)

    def event(self, row: dict[str, Any]) -> None:
        if "days_long" in row:
            days = row["in_days"] - self.moment(row["in_days"], "00:00").weekday() + 7  # from a Monday on
            starts, ends = self.moment(days, "00:00"), self.moment(days + row["days_long"], "00:00")
        else:
            starts = self.moment(row["in_days"], row["time"])
            ends = starts + timedelta(minutes=row["minutes"])
        data = self.data(row, starts, ends, all_day="days_long" in row)
        made = actions.plan_event(actor=self.editor, data=data, is_example=True, at=self.now)
        if row.get("draft"):
            return
        actions.publish_event(actor=self.editor, event_id=made.pk, at=self.now)
        for number in range(row.get("guests", 0)):
            actions.take_seat(
                actor=Actor(channel=Channel.SEED),
                event_id=made.pk,
                name=NAMES[number % len(NAMES)],
                guest={"contact_kind": "none", "language": "de"},
                proven=number != 3,  # noqa: PLR2004 - one of them waits for the team
                at=self.now - timedelta(hours=30 - number),
            )
        if "cancelled" in row:
            actions.cancel_event(actor=self.editor, event_id=made.pk, reason=row["cancelled"], at=self.now)
        self.review(made, row)

    def review(self, event: CalendarEvent, row: dict[str, Any]) -> None:
        if "review" in row and event.ends_at <= self.now:
            actions.review_event(
                actor=self.editor,
                event_id=event.pk,
                review=row["review"],
                chapters=row.get("chapters", []),
                at=self.now,
            )


def seed(pack: CityPack) -> None:
    """The examples of the pack, once, on an empty calendar."""
    if not CalendarEvent.objects.exists():
        Example(pack, timezone.now()).fill()
