"""Planning: series and their dates, changes for one, the following or all; what calendar programs get of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from icalendar import Calendar

from allmende.accounts import builders as people
from allmende.capabilities.portal.actions import calendar as actions
from allmende.capabilities.portal.builders import calendar as builders
from allmende.capabilities.portal.index.calendar import event_entry
from allmende.capabilities.portal.models import CalendarEvent
from allmende.capabilities.portal.rules.calendar.recurrence import Rule
from allmende.capabilities.portal.tasks.calendar import tick
from allmende.core import city
from allmende.core.errors import Closed, Conflict, Invalid, NotAllowed, NotSignedIn
from allmende.core.models import AuditEntry, Event
from allmende.engines.notify.models import Follow, Notice
from allmende.engines.search.models import Entry

NOW = datetime(2031, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def editor(db):
    return people.actor(people.editor())


def evenings(editor, **changes):
    """Tuesdays and Thursdays at five, across the change to summer time on 30 March 2031."""
    starts = datetime(2031, 3, 18, 17, tzinfo=city.current().zone)
    data = builders.data(NOW, starts_at=starts, ends_at=starts + timedelta(minutes=90), **changes)
    series = actions.plan_series(
        actor=editor,
        data=data,
        rule=Rule(days=(1, 3), until=date(2031, 4, 17)),
        left_out=[date(2031, 4, 10)],
        at=NOW,
    )
    return list(series.events.order_by("starts_at"))


def walls(events):
    zone = city.current().zone
    for event in events:
        event.refresh_from_db()
    return [f"{event.starts_at.astimezone(zone):%m-%d %H:%M}" for event in events]


EVENINGS = ["03-18 17:00", "03-20 17:00", "03-25 17:00", "03-27 17:00", "04-01 17:00", "04-03 17:00", "04-08 17:00",
            "04-15 17:00", "04-17 17:00"]  # fmt: skip


def test_a_series_is_a_draft_of_every_date_at_the_hour_on_the_wall(editor):
    events = evenings(editor, aids_until=datetime(2031, 3, 16, 23, tzinfo=UTC), aids_on_request=["sign"])
    assert walls(events) == EVENINGS
    assert {event.state for event in events} == {"draft"}
    zone = city.current().zone
    # The deadline stands as far before each date as before the first: two days, at midnight on the wall.
    assert [event.aids_until.astimezone(zone).strftime("%m-%d %H:%M") for event in events[3:5]] == [
        "03-26 00:00", "03-31 00:00",
    ]  # fmt: skip


def test_one_date_moves_and_the_others_follow_without_it(editor):
    events = evenings(editor)
    actions.publish_event(actor=editor, event_id=events[0].pk, scope=actions.ALL, at=NOW)
    moved = events[2]
    moved.refresh_from_db()
    data = actions.data_of(moved)
    one = replace(data, starts_at=data.starts_at + timedelta(hours=1), ends_at=data.ends_at + timedelta(hours=1))
    actions.change_event(actor=editor, event_id=moved.pk, data=one, at=NOW)
    assert walls(events)[1:4] == ["03-20 17:00", "03-25 18:00", "03-27 17:00"]
    fourth = actions.data_of(events[3])
    later = replace(
        fourth,
        title={"de": "Neuer Name"},
        starts_at=fourth.starts_at + timedelta(hours=2),
        ends_at=fourth.ends_at + timedelta(hours=2),
    )
    actions.change_event(actor=editor, event_id=events[3].pk, data=later, scope=actions.FOLLOWING, at=NOW)
    assert walls(events) == [
        "03-18 17:00", "03-20 17:00", "03-25 18:00", "03-27 19:00", "04-01 19:00", "04-03 19:00", "04-08 19:00",
        "04-15 19:00", "04-17 19:00",
    ]  # fmt: skip
    assert [event.title["de"] == "Neuer Name" for event in events] == [False] * 3 + [True] * 6
    first = actions.data_of(events[0])
    actions.change_event(
        actor=editor, event_id=events[0].pk, data=replace(first, place={"de": "Rathaus"}), scope=actions.ALL, at=NOW
    )
    assert walls(events)[2:4] == ["03-25 18:00", "03-27 17:00"]
    assert [event.place["de"] == "Rathaus" for event in events] == [True, True, False, *[True] * 6]


def test_what_is_over_or_cancelled_stays_as_it_was(editor):
    events = evenings(editor)
    actions.publish_event(actor=editor, event_id=events[0].pk, scope=actions.ALL, at=NOW)
    actions.cancel_event(actor=editor, event_id=events[4].pk, reason="Ostern", at=NOW)
    at = events[1].ends_at + timedelta(hours=1)
    data = actions.data_of(CalendarEvent.objects.get(pk=events[2].pk))
    actions.change_event(
        actor=editor, event_id=events[2].pk, data=replace(data, title={"de": "Neu"}), scope="all", at=at
    )
    for event in events:
        event.refresh_from_db()
    assert [event.title["de"] == "Neu" for event in events] == [False, False, True, True, False, True, True, True, True]
    with pytest.raises(Closed):
        actions.change_event(actor=editor, event_id=events[0].pk, data=data, at=at)
    with pytest.raises(Closed):
        actions.change_event(actor=editor, event_id=events[4].pk, data=data, at=at)


def test_followers_hear_of_a_series_once(editor, deliver):
    from allmende.capabilities.participation import builders as groups

    group, reader = groups.group(), people.person()
    Follow.objects.create(person=reader, capability="participation", kind="group", object_id=group.pk)
    events = evenings(editor, about=[group.ref])
    actions.publish_event(actor=editor, event_id=events[0].pk, scope=actions.ALL, at=NOW)
    deliver()
    (notice,) = Notice.objects.filter(person=reader)
    assert "Reihe" in notice.body("de")


def test_a_calendar_program_learns_of_every_change_and_loses_nothing(editor, client):
    event = builders.event()
    other = builders.event()

    def entry(address):
        found = Calendar.from_ical(client.get(address).content).walk("VEVENT")
        return {str(part["UID"]): part for part in found}

    feed, single = "/kalender/kalender.ics", f"/kalender/termine/{event.number}/termin.ics"
    (before,) = entry(single).values()
    assert str(before["UID"]) in entry(feed)
    assert (int(before["SEQUENCE"]), str(before["STATUS"])) == (0, "CONFIRMED")
    data = actions.data_of(event)
    actions.change_event(
        actor=editor,
        event_id=event.pk,
        data=replace(data, starts_at=data.starts_at + timedelta(days=1), ends_at=data.ends_at + timedelta(days=1)),
        at=timezone.now(),
    )
    (after,) = entry(single).values()
    assert after["UID"] == before["UID"]
    assert int(after["SEQUENCE"]) == 1
    assert after["DTSTART"].dt == data.starts_at + timedelta(days=1)
    actions.cancel_event(actor=editor, event_id=event.pk, reason="Sturm", at=timezone.now())
    gone = entry(feed)[str(before["UID"])]
    assert (int(gone["SEQUENCE"]), str(gone["STATUS"])) == (2, "CANCELLED")
    assert "Sturm" in str(gone["DESCRIPTION"])
    assert len(entry(feed)) == 2
    assert other.pk


def test_whole_days_are_dates_in_the_calendar_entry(editor, client):
    zone = city.current().zone
    event = builders.event(
        all_day=True, starts_at=datetime(2031, 10, 24, tzinfo=zone), ends_at=datetime(2031, 10, 28, tzinfo=zone)
    )
    (found,) = Calendar.from_ical(client.get(f"/kalender/termine/{event.number}/termin.ics").content).walk("VEVENT")
    assert (found["DTSTART"].dt, found["DTEND"].dt) == (date(2031, 10, 24), date(2031, 10, 28))


def test_cancelling_needs_a_reason_and_drafts_are_thrown_away_instead(editor):
    event, draft = builders.event(), builders.draft()
    with pytest.raises(Invalid):
        actions.cancel_event(actor=editor, event_id=event.pk, reason="  ", at=timezone.now())
    with pytest.raises(Conflict):
        actions.cancel_event(actor=editor, event_id=draft.pk, reason="Regen", at=timezone.now())
    with pytest.raises(Conflict):
        actions.discard_event(actor=editor, event_id=event.pk, at=timezone.now())
    actions.discard_event(actor=editor, event_id=draft.pk, at=timezone.now())
    assert not CalendarEvent.objects.filter(pk=draft.pk).exists()


def test_a_copy_is_a_draft_without_people(editor):
    event = builders.event(registration=True, capacity=4)
    builders.seat(event)
    day = (timezone.now() + timedelta(days=30)).date()
    made = actions.copy_event(actor=editor, event_id=event.pk, day=day, at=timezone.now())
    zone = city.current().zone
    assert (made.state, made.taken, made.capacity) == ("draft", 0, 4)
    assert made.starts_at.astimezone(zone).time() == event.starts_at.astimezone(zone).time()
    assert made.number != event.number


def test_only_editors_and_the_office_that_invites(db):
    data = builders.data(timezone.now(), department="kultur")
    for actor, refused in (
        (people.actor(people.clerk("kultur")), None),
        (people.actor(people.editor()), None),
        (people.actor(people.clerk("umwelt")), NotAllowed),
        (people.actor(people.person()), NotAllowed),
        (people.actor(people.administrator()), NotAllowed),
    ):
        if refused is None:
            actions.plan_event(actor=actor, data=data, at=timezone.now())
        else:
            with pytest.raises(refused):
                actions.plan_event(actor=actor, data=data, at=timezone.now())
    from allmende.core.actor import Actor

    with pytest.raises(NotSignedIn):
        actions.plan_event(actor=Actor(), data=data, at=timezone.now())
    # An office cannot take over another's event, nor hand over its own.
    event = builders.event(department="umwelt")
    clerk = people.actor(people.clerk("umwelt"))
    with pytest.raises(NotAllowed):
        actions.change_event(
            actor=clerk, event_id=event.pk, data=replace(actions.data_of(event), department="kultur"), at=timezone.now()
        )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": {"de": " ", "en": "only English"}}, "title"),
        ({"title": {"de": "x" * 161}}, "title"),
        ({"ends_at": datetime(2000, 1, 1, tzinfo=UTC)}, "ends_at"),
        ({"ends_at": datetime(2090, 1, 1, tzinfo=UTC)}, "ends_at"),
        ({"place": {}, "address": ""}, "place"),
        ({"online_url": "javascript:alert(1)"}, "online_url"),
        ({"department": "gibtesnicht"}, "department"),
        ({"district": "atlantis"}, "district"),
        ({"capacity": 0}, "capacity"),
        ({"aids": ["zauberei"]}, "aids"),
        ({"kind": "party"}, "kind"),
        ({"registration_until": datetime(2090, 1, 1, tzinfo=UTC)}, "registration_until"),
    ],
)
def test_each_wrong_field_gets_its_sentence(editor, changes, field):
    with pytest.raises(Invalid) as refused:
        actions.plan_event(actor=editor, data=builders.data(timezone.now(), **changes), at=timezone.now())
    assert field in refused.value.fields


def test_the_database_itself_wants_an_end_after_the_beginning(db):
    event = builders.event()
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarEvent.objects.filter(pk=event.pk).update(ends_at=event.starts_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarEvent.objects.filter(pk=event.pk).update(state="cancelled")


def test_the_index_follows_draft_announced_over_and_cancelled(editor, deliver):
    draft = builders.draft(district="lusan", longitude=12.06, latitude=50.85)
    deliver()
    assert event_entry(draft.pk).visibility == "hidden"
    actions.publish_event(actor=editor, event_id=draft.pk, at=timezone.now())
    deliver()
    entry = Entry.objects.get(object_id=draft.pk)
    assert (entry.visibility, entry.state, entry.happened_at) == ("public", "published", draft.starts_at)
    assert (entry.longitude, entry.district) == (12.06, "lusan")  # for the map
    actions.cancel_event(actor=editor, event_id=draft.pk, reason="Regen", at=timezone.now())
    deliver()
    entry.refresh_from_db()
    assert entry.state == "cancelled"


def test_the_end_is_told_once_and_an_embargo_too(editor, deliver):
    at = timezone.now()
    event = builders.draft()
    actions.publish_event(actor=editor, event_id=event.pk, visible_from=at + timedelta(hours=1), at=at)
    tick(at + timedelta(minutes=30))
    assert not Event.objects.filter(name="portal.event_published").exists()
    for minutes in (61, 62):
        tick(at + timedelta(minutes=minutes))
    assert Event.objects.filter(name="portal.event_published").count() == 1
    for hours in (1, 2):
        tick(event.ends_at + timedelta(hours=hours))
    assert Event.objects.filter(name="portal.event_ended").count() == 1


def test_every_change_leaves_names_of_fields_and_never_their_values(editor):
    event = builders.event(title={"de": "Geheimer Name"})
    builders.seat(builders.event(registration=True), name="Wilma Wunderlich")
    written = str(list(AuditEntry.objects.values())) + str(list(Event.objects.values()))
    assert "Geheimer" not in written
    assert "Wilma" not in written
    assert event.pk
