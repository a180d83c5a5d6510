"""What people see of the calendar: lists, filters, an event's page, what other websites and programs get."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from allmende.accounts import builders as people
from allmende.capabilities.participation import builders as groups
from allmende.capabilities.portal.actions import calendar as actions
from allmende.capabilities.portal.builders import calendar as builders
from allmende.capabilities.portal.models import CalendarEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return people.actor(people.editor())


def text(response):
    return response.content.decode()


def test_the_list_shows_what_comes_soonest_first_and_no_draft(client):
    now = timezone.now()
    late = builders.event(starts_at=now + timedelta(days=9), title={"de": "Spät im Monat"})
    soon = builders.event(starts_at=now + timedelta(days=2), title={"de": "Übermorgen"})
    builders.draft(title={"de": "Noch geheim"})
    page = text(client.get("/kalender/"))
    assert page.index("Übermorgen") < page.index("Spät im Monat")
    assert "Noch geheim" not in page
    for event in (late, soon):
        assert reverse("portal:calendar_event", args=[event.number]) in page


def test_a_meeting_of_a_group_stands_in_the_calendar_by_the_public_index(client, deliver):
    groups.meeting(topic={"de": "Ideen lesen am Fluss"})
    deliver()
    assert "Ideen lesen am Fluss" in text(client.get("/kalender/"))
    assert "Ideen lesen am Fluss" not in text(client.get("/kalender/?kind=evening"))
    assert "Ideen lesen am Fluss" in text(client.get("/kalender/?kind=meeting"))


def test_filters_narrow_every_view_and_the_feed(client):
    builders.event(title={"de": "In Lusan"}, district="lusan", kind="workshop", languages=["de", "en"])
    builders.event(title={"de": "In Bieblach"}, district="bieblach", kind="talk", aids=["sign"])
    for address in ("/kalender/", "/kalender/monat/", "/kalender/kalender.ics", "/kalender/einbetten/liste.json"):
        day = timezone.localtime(timezone.now() + timedelta(days=7))
        place = f"/kalender/monat/{day.year}/{day.month}/" if "monat" in address else address
        for query, wanted, unwanted in (
            ("district=lusan", "In Lusan", "In Bieblach"),
            ("kind=talk", "In Bieblach", "In Lusan"),
            ("language=en", "In Lusan", "In Bieblach"),
            ("language=dgs", "In Bieblach", "In Lusan"),
            ("text=bieblach", "In Bieblach", "In Lusan"),
        ):
            body = text(client.get(f"{place}?{query}"))
            assert wanted in body, (place, query)
            assert unwanted not in body, (place, query)


def test_a_group_narrows_to_its_events_and_meetings(client, deliver):
    mine, other = groups.group(), groups.group()
    groups.meeting(mine, topic={"de": "Unser Treffen"})
    groups.meeting(other, topic={"de": "Anderes Treffen"})
    builders.event(title={"de": "Unser Barcamp"}, about=[mine.ref])
    builders.event(title={"de": "Ohne Gruppe"})
    deliver()
    body = text(client.get(f"/kalender/?group={mine.pk}"))
    assert "Unser Barcamp" in body
    assert "Unser Treffen" in body
    assert "Anderes Treffen" not in body
    assert "Ohne Gruppe" not in body


def test_the_list_goes_on_where_it_ended_without_doubling_or_losing(client):
    now = timezone.now()
    numbers = {builders.event(starts_at=now + timedelta(days=1 + step // 3)).number for step in range(25)}
    first = text(client.get("/kalender/"))
    more = re.search(r'href="(\?after=[^"]+)"', first).group(1)
    second = text(client.get(f"/kalender/{more}", headers={"HX-Request": "true"}))
    assert "<html" not in second
    seen = [int(n) for n in re.findall(r"/kalender/termine/(\d+)/", first + second)]
    assert sorted(seen) == sorted(numbers)


def test_an_event_of_several_days_stands_on_each_of_them(client):
    builders.event(
        title={"de": "Projektwoche im Mai"},
        all_day=True,
        starts_at=datetime(2031, 5, 4, 22, tzinfo=UTC),
        ends_at=datetime(2031, 5, 9, 22, tzinfo=UTC),
    )
    body = text(client.get("/kalender/monat/2031/5/"))
    table = body[body.index("<table") : body.index("</table>")]
    assert table.count("Projektwoche im Mai") == 5


def test_a_full_day_of_the_month_leads_to_its_week(client):
    for hour in range(6):
        builders.event(starts_at=datetime(2031, 5, 14, 8 + hour, tzinfo=UTC), title={"de": f"Nummer {hour}"})
    body = text(client.get("/kalender/monat/2031/5/"))
    table = body[body.index("<table") : body.index("</table>")]
    assert table.count("Nummer") == 3
    assert "/kalender/woche/2031/20/#tag-2031-05-14" in table
    week = text(client.get("/kalender/woche/2031/20/"))
    assert len(set(re.findall(r"Nummer \d", week))) == 6


@pytest.mark.parametrize(
    "address", ["monat/2031/13/", "monat/1031/1/", "woche/2031/54/", "woche/2031/53/", "woche/0/0/"]
)
def test_no_month_and_no_week_that_does_not_exist(client, address):
    assert client.get(f"/kalender/{address}").status_code == 404


def test_what_is_over_stands_in_the_archive_with_its_summary(client, editor):
    past = timezone.now() - timedelta(days=3)
    event = _past(editor, past)
    actions.review_event(
        actor=editor,
        event_id=event.pk,
        review={"de": "Es ging um **Bänke**."},
        recording_url="https://video.example/1",
        chapters=[{"at": 90, "de": "Fragen"}, {"at": 0, "de": "Anfang"}],
        at=timezone.now(),
    )
    assert event.title["de"] in text(client.get("/kalender/vorbei/"))
    page = text(client.get(f"/kalender/termine/{event.number}/"))
    assert "<strong>Bänke</strong>" in page
    assert page.index("Anfang") < page.index("Fragen")
    assert "https://video.example/1#t=90" in page
    assert event.title["de"] not in text(client.get("/kalender/"))


def _past(editor, starts):
    made = actions.plan_event(actor=editor, data=builders.data(starts, starts_at=starts), is_example=True, at=starts)
    return actions.publish_event(actor=editor, event_id=made.pk, at=starts)


def test_an_embargo_holds_to_the_minute_everywhere(client, editor):
    at = timezone.now()
    draft = builders.draft(title={"de": "Erst am Mittag"})
    actions.publish_event(actor=editor, event_id=draft.pk, visible_from=at + timedelta(hours=1), at=at)
    for address in ("/kalender/", "/kalender/kalender.ics", "/kalender/einbetten/liste.json", "/api/v1/portal/events"):
        assert "Erst am Mittag" not in text(client.get(address)), address
    assert client.get(f"/kalender/termine/{draft.number}/").status_code == 404
    until = client.get("/kalender/")["X-Allmende-Until"]
    assert datetime.fromisoformat(until) <= at + timedelta(hours=1)
    CalendarEvent.objects.update(visible_from=at - timedelta(seconds=1))
    assert "Erst am Mittag" in text(client.get("/kalender/"))


def test_machines_read_the_event_in_the_words_of_schema_org(client, editor):
    event = builders.event(
        title={"de": "</script><b>böse</b>"}, online_url="https://video.example/a", registration=True, capacity=5
    )
    page = text(client.get(f"/kalender/termine/{event.number}/"))
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL).group(1)
    data = json.loads(block)
    assert data["@type"] == "Event"
    assert data["name"] == "</script><b>böse</b>"
    assert "<b>böse" not in page
    assert datetime.fromisoformat(data["startDate"]) == event.starts_at.replace(second=0)
    assert data["eventAttendanceMode"].endswith("MixedEventAttendanceMode")
    assert data["remainingAttendeeCapacity"] == 5
    actions.cancel_event(actor=editor, event_id=event.pk, reason="Regen", at=timezone.now())
    page = text(client.get(f"/kalender/termine/{event.number}/"))
    assert "EventCancelled" in page
    assert "Regen" in page


def test_only_the_list_for_frames_may_be_framed_and_it_holds_nothing_to_click_by_trick(client):
    builders.event()
    frame = client.get("/kalender/einbetten/liste/")
    assert "frame-ancestors *" in frame["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame
    assert "<form" not in text(frame)
    assert "<script" not in text(frame)
    assert not frame.cookies
    other = client.get("/kalender/")
    assert "frame-ancestors 'none'" in other["Content-Security-Policy"]
    assert other["X-Frame-Options"] == "DENY"


def test_other_websites_may_read_the_list_and_nobody_is_recognised(client):
    event = builders.event()
    answer = client.get("/kalender/einbetten/liste.json")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    assert not answer.cookies
    assert [row["title"] for row in answer.json()["events"]] == [event.title["de"]]
    page = text(client.get("/kalender/einbetten/"))
    assert "&lt;iframe" in page
    assert "&lt;li&gt;" in page


def test_english_pages_are_english(client):
    event = builders.event()
    page = text(client.get(f"/en/kalender/termine/{event.number}/"))
    assert "Theme evening" in page
    assert "In den eigenen Kalender" not in page
    assert "Theme evening" in text(client.get("/en/kalender/kalender.ics"))


def test_a_month_of_many_events_needs_few_queries(client, django_assert_max_num_queries):
    for step in range(60):
        builders.event(starts_at=datetime(2031, 5, 1 + step % 28, 10, tzinfo=UTC))
    client.get("/kalender/monat/2031/5/")
    for address in ("/kalender/monat/2031/5/", "/kalender/woche/2031/20/", "/kalender/"):
        with django_assert_max_num_queries(12):
            client.get(address)


def test_the_feed_is_a_calendar_that_programs_can_read(client):
    event = builders.event(summary={"de": "Satz; mit, Zeichen\nund Zeile"})
    answer = client.get("/kalender/kalender.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    (found,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert found["DTSTART"].dt == event.starts_at
    assert "Satz; mit, Zeichen\nund Zeile" in found["DESCRIPTION"]
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
