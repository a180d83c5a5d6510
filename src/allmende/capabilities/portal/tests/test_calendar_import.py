"""Reading in calendar files: any encoding, cut short, hostile, huge; always a sentence, never an error."""

import codecs
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmende.accounts import builders as people
from allmende.capabilities.portal.actions import calendar as actions
from allmende.capabilities.portal.actions.calendar.importing import LARGEST, read
from allmende.capabilities.portal.models import CalendarEvent
from allmende.core.errors import Invalid, NotAllowed

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2031, 3, 1, 9, tzinfo=UTC)


def event(*lines, uid="a@b", summary="Müllers Grüße"):
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{summary}", "LOCATION:Markt", *lines, "END:VEVENT"])


def calendar(*events):
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *events, "END:VCALENDAR", ""]).replace(
        "\r\n\n", "\r\n"
    )


ONE = calendar(event("DTSTART;TZID=Europe/Berlin:20310401T170000", "DTEND;TZID=Europe/Berlin:20310401T183000"))


def dates(text, encoding="utf-8"):
    raw = text if isinstance(text, bytes) else text.encode(encoding)
    return read(raw, department="umwelt", zone=BERLIN)


@pytest.fixture
def editor(db):
    return people.actor(people.editor())


@pytest.mark.parametrize(
    "raw",
    [
        ONE.encode(),
        codecs.BOM_UTF8 + ONE.encode(),
        ONE.encode("utf-16"),
        ONE.encode("utf-16-le"),
        ONE.encode("utf-16-be"),
        codecs.BOM_UTF16_BE + ONE.encode("utf-16-be"),
        ONE.encode("cp1252"),
        ONE.replace("\r\n", "\n").encode(),
        ONE.replace("\r\n", "\r").replace("\n", "\r").encode(),
    ],
)
def test_any_encoding_and_line_end(raw):
    (found,), refused = dates(raw)
    assert found.data.title["de"] == "Müllers Grüße"
    assert found.data.starts_at == datetime(2031, 4, 1, 15, tzinfo=UTC)
    assert not refused


@pytest.mark.parametrize(
    ("lines", "start", "end"),
    [
        (["DTSTART:20310401T150000Z"], "2031-04-01T15:00", "2031-04-01T16:00"),
        (["DTSTART:20310401T170000", "DURATION:PT90M"], "2031-04-01T15:00", "2031-04-01T16:30"),
        (["DTSTART;VALUE=DATE:20310401"], "2031-03-31T22:00", "2031-04-01T22:00"),
        (["DTSTART;VALUE=DATE:20310329", "DTEND;VALUE=DATE:20310331"], "2031-03-28T23:00", "2031-03-30T22:00"),
        (["DTSTART;TZID=W. Europe Standard Time:20310401T170000"], "2031-04-01T15:00", "2031-04-01T16:00"),
        (["DTSTART;TZID=Phantasie/Land:20310401T170000"], "2031-04-01T15:00", "2031-04-01T16:00"),
    ],
)
def test_times_in_every_form_that_programs_write(lines, start, end):
    (found,), _refused = dates(calendar(event(*lines)))
    assert found.data.starts_at == datetime.fromisoformat(f"{start}+00:00")
    assert found.data.ends_at == datetime.fromisoformat(f"{end}+00:00")


def test_a_repetition_with_left_out_and_moved_dates_across_the_change_to_summer_time():
    text = calendar(
        event(
            "DTSTART;TZID=Europe/Berlin:20310318T170000",
            "DTEND;TZID=Europe/Berlin:20310318T183000",
            "RRULE:FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20310410T150000Z",
            "EXDATE;TZID=Europe/Berlin:20310320T170000",
        ),
        event("RECURRENCE-ID;TZID=Europe/Berlin:20310401T170000", "DTSTART;TZID=Europe/Berlin:20310402T190000"),
    )
    found, refused = dates(text)
    assert not refused
    assert [f"{one.data.starts_at.astimezone(BERLIN):%m-%d %H:%M}" for one in found] == [
        "03-18 17:00", "03-25 17:00", "03-27 17:00", "04-02 19:00", "04-03 17:00", "04-08 17:00", "04-10 17:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\x01\x02\xff",
        b"GIF89a",
        b"%PDF-1.7",
        b"<html><body>Anmelden</body></html>",
        ONE.encode()[: len(ONE) // 2],
        ONE.encode()[:-20],
        calendar().encode(),
        b"BEGIN:VCALENDAR\r\n" * 20000 + b"END:VCALENDAR",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n",
        b"A" * (LARGEST + 1),
        calendar(*[event("DTSTART:20310401T150000Z", uid=str(n)) for n in range(501)]).encode(),
    ],
)
def test_a_file_that_cannot_be_read_gets_one_sentence_quickly(raw):
    begin = time.thread_time()
    with pytest.raises(Invalid) as refused:
        dates(raw)
    assert set(refused.value.fields) == {"file"}
    assert time.thread_time() - begin < 5


@pytest.mark.parametrize(
    "lines",
    [
        ["DTSTART:gestern"],
        [],
        ["DTSTART:20310401T150000Z", "RRULE:FREQ=SECONDLY"],
        ["DTSTART:20310401T150000Z", "RRULE:FREQ=DAILY;COUNT=99999999"],
        ["DTSTART:20310401T150000Z", "RRULE:FREQ=DAILY;UNTIL=99991231T235959Z"],
        ["DTSTART:20310401T150000Z", "RRULE:FREQ=WEEKLY;BYDAY=TU"],
        ["DTSTART:20310401T150000Z", "DURATION:P99999999999D"],
    ],
)
def test_one_bad_event_is_named_and_the_good_ones_are_taken(lines):
    good = event("DTSTART:20310402T150000Z", uid="good")
    found, refused = dates(calendar(event(*lines, summary="Kaputt"), good))
    assert [one.uid for one in found] == ["good"]
    assert [title for title, _reason in refused] == ["Kaputt"]
    assert refused[0][1]


def test_a_hostile_zone_costs_nothing():
    rows = ["TZID:Evil", "BEGIN:STANDARD", "DTSTART:00010101T000000", "RRULE:FREQ=SECONDLY", "TZOFFSETFROM:+0000"]
    rows += ["TZOFFSETTO:+0000", "END:STANDARD"]
    zone = "\n".join(["BEGIN:VTIMEZONE", *rows, "END:VTIMEZONE"])
    begin = time.thread_time()
    (found,), _refused = dates(calendar(zone, event("DTSTART;TZID=Evil:20310401T170000")))
    assert time.thread_time() - begin < 2
    assert found.data.starts_at == datetime(2031, 4, 1, 15, tzinfo=UTC)


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_file_damaged_anywhere_is_read_or_refused(data):
    raw = bytearray(ONE.encode())
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    for attempt in (bytes(raw), bytes(raw[:cut])):
        try:
            dates(attempt)
        except Invalid:
            continue


def test_reading_in_twice_changes_nothing_and_a_higher_sequence_does(editor):
    first = actions.import_calendar(actor=editor, raw=ONE.encode(), department="umwelt", at=NOW)
    assert len(first.planned) == 1
    assert first.planned[0].state == "draft"
    again = actions.import_calendar(actor=editor, raw=ONE.encode(), department="umwelt", at=NOW)
    assert (len(again.planned), again.unchanged) == (0, 1)
    newer = ONE.replace("LOCATION:Markt", "LOCATION:Rathaus\r\nSEQUENCE:2").encode()
    changed = actions.import_calendar(actor=editor, raw=newer, department="umwelt", at=NOW)
    assert len(changed.changed) == 1
    made = CalendarEvent.objects.get()
    assert made.place == {"de": "Rathaus"}
    assert actions.import_calendar(actor=editor, raw=newer, department="umwelt", at=NOW).unchanged == 1


def test_a_cancelled_event_is_cancelled_here_and_what_is_over_is_left_out(editor):
    made = actions.import_calendar(actor=editor, raw=ONE.encode(), department="umwelt", at=NOW).planned[0]
    actions.publish_event(actor=editor, event_id=made.pk, at=NOW)
    gone = ONE.replace("LOCATION:Markt", "LOCATION:Markt\r\nSTATUS:CANCELLED\r\nSEQUENCE:3").encode()
    done = actions.import_calendar(actor=editor, raw=gone, department="umwelt", at=NOW)
    assert [event.pk for event in done.cancelled] == [made.pk]
    late = actions.import_calendar(
        actor=editor, raw=ONE.replace("UID:a", "UID:z").encode(), department="umwelt", at=NOW + timedelta(days=99)
    )
    assert len(late.refused) == 1


def test_an_office_reads_in_for_itself_only(db):
    with pytest.raises(NotAllowed):
        actions.import_calendar(
            actor=people.actor(people.clerk("kultur")), raw=ONE.encode(), department="umwelt", at=NOW
        )


def test_the_page_says_what_was_taken_over_and_what_not(client, db):
    people.login(client, people.editor())
    url = "/kalender/pflegen/einlesen/"
    text = calendar(event("DTSTART:20310402T150000Z", uid="good", summary="Gut"), event(summary="Ohne Zeit"))
    file = SimpleUploadedFile("termine.ics", text.encode(), "text/calendar")
    answer = client.post(url, {"file": file, "department": "umwelt"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Gut" in page
    assert "Ohne Zeit" in page
    bad = client.post(url, {"file": SimpleUploadedFile("a.ics", b"nein", "text/calendar"), "department": "umwelt"})
    assert bad.status_code == 422
    assert "keine Kalenderdatei" in bad.content.decode()
