"""A meeting is prepared: its agenda is put in order, and nobody outside hears of it before they shall."""

import json
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allmende.accounts import builders as accounts
from allmende.capabilities.council import actions, builders
from allmende.capabilities.council.forms.agendas import MeetingForm
from allmende.capabilities.council.models import AgendaItem, Consultation, Meeting, Organization, Paper
from allmende.capabilities.council.queries.agendas import agenda, items_of
from allmende.capabilities.council.rules.agendas import MeetingData, meeting_faults, open_by_default
from allmende.core.actor import Role
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.core.models import AuditEntry, Event
from allmende.engines.search import interface as search

SECRET = "Grundstück am Mühlgraben"
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def council(begun_city):
    return builders.council()


def key(name: str) -> UUID:
    return UUID(builders.key(name))


def data(**changes) -> MeetingData:
    start = timezone.now().replace(microsecond=0) + timedelta(days=30)
    told = {"name": "Sondersitzung", "organization": key("council"), "start": start,
            "end": start + timedelta(hours=2), "place": "Alte Brauerei"}  # fmt: skip
    return MeetingData(**{**told, **changes})


def made(**changes) -> Meeting:
    return actions.make_meeting(actor=builders.OFFICE, data=data(**changes), at=timezone.now())


def add(meeting: Meeting, name: str = "", *, paper: Paper | None = None, is_public: bool = True) -> AgendaItem:
    return actions.add_point(
        actor=builders.OFFICE, number=meeting.number, name=name, paper_id=paper.pk if paper else None,
        is_public=is_public, at=timezone.now(),
    )  # fmt: skip


def announce(meeting: Meeting) -> Meeting:
    return actions.announce_meeting(actor=builders.OFFICE, number=meeting.number, at=timezone.now())


def labels(meeting: Meeting) -> list[str]:
    return [str(one) for one in items_of(meeting)]


def office() -> Client:
    return accounts.login(Client(), accounts.with_role(Role.COUNCIL_OFFICE))


def told_to_everybody(meeting: Meeting) -> str:
    """All that a visitor or a program can read of the meeting, and of everything around it."""
    body = builders.key("body")
    found = []
    for path in (
        "/stadtrat/", "/stadtrat/sitzungen/", meeting.path, "/stadtrat/sitzungen/alle.ics",
        "/stadtrat/vorlagen/neu.rss", "/neues.atom",
        f"{meeting.path}termin.ics", meeting.oparl_path, f"/oparl/1.1/body/{body}/meeting",
        f"/oparl/1.1/body/{body}/agendaItem", f"/oparl/1.1/body/{body}/consultation",
        f"/oparl/1.1/body/{body}/locationList", builders_paper().path,
    ):  # fmt: skip
        response = Client().get(path)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        found.append(content.decode())
    entries = search.Entry.objects.order_by("id").values_list("titles", "summaries", "bodies")
    return "\n".join([*found, json.dumps(list(entries), ensure_ascii=False)])


def builders_paper() -> Paper:
    return Paper.objects.get(pk=builders.key("paper"))


@given(st.booleans(), st.booleans())
def test_only_the_council_meets_in_public_unless_the_standing_orders_say_so(is_committee, open_by_orders):
    assert open_by_default(is_committee=is_committee, open_by_orders=open_by_orders) == (
        not is_committee or open_by_orders
    )


@given(st.datetimes(timezones=st.just(UTC)), st.timedeltas())
def test_any_instant_whatever_is_a_meeting_or_a_sentence(start, lasts):
    now = datetime(2026, 5, 1, tzinfo=UTC)
    try:
        end = start + lasts
    except OverflowError:
        return
    found = meeting_faults(MeetingData("Sitzung", key("council"), start, end, ""), now, {key("council")})
    fits = now < start <= now + timedelta(days=3 * 366) and timedelta(0) < lasts <= timedelta(hours=18)
    assert (not found) == fits


@pytest.mark.parametrize(
    ("day", "starts", "ends"),
    [
        ("9999-12-31", "23:59", "00:01"),
        ("0001-01-01", "00:00", ""),
        ("2026-02-30", "17:00", ""),
        ("\x00", "25:61", "x"),
    ],
)
def test_the_form_survives_every_year(council, day, starts, ends):
    told = {"organization": builders.key("council"), "name": "Sitzung", "day": day, "starts": starts, "ends": ends}
    form = MeetingForm(told, zone=BERLIN, organizations=[Organization.objects.get(pk=builders.key("council"))])
    assert not form.is_valid()
    assert "day" in form.errors
    answer = office().post("/stadtrat/sitzungen/neu/", told)
    assert answer.status_code == 422
    assert not Meeting.objects.filter(name="Sitzung").exists()


def test_a_meeting_past_midnight_ends_on_the_next_day(council):
    told = {"organization": builders.key("council"), "name": "Lange Sitzung", "starts": "22:00", "ends": "01:00"}
    day = timezone.localdate() + timedelta(days=40)
    response = office().post("/stadtrat/sitzungen/neu/", {**told, "day": day.isoformat()})
    meeting = Meeting.objects.get(name="Lange Sitzung")
    assert response["Location"] == f"{meeting.path}tagesordnung/"
    assert meeting.end - meeting.start <= timedelta(hours=4)
    assert not meeting.public


def test_what_is_prepared_is_told_to_nobody(council, deliver):
    meeting = made()
    deliver()
    before = told_to_everybody(meeting)
    add(meeting, "Ein ganz neuer Punkt")
    add(meeting, SECRET, is_public=False)
    add(meeting, paper=council.paper)
    deliver()
    after = told_to_everybody(meeting)
    for words in ("Sondersitzung", "Alte Brauerei", "Ein ganz neuer Punkt", SECRET):
        assert words not in after
    assert after == before
    assert Client().get(meeting.path).status_code == 404
    assert not Event.objects.filter(name="council.meeting_announced").exists()
    for page in ("tagesordnung/", "termin/", "einladen/", "oeffentlich/"):
        assert Client().get(meeting.path + page).status_code in {302, 401}
        assert accounts.login(Client(), accounts.clerk()).get(meeting.path + page).status_code == 403


def test_announced_everybody_reads_the_public_part_and_nothing_else(council, deliver):
    meeting = made()
    add(meeting, "Ein ganz neuer Punkt")
    add(meeting, SECRET, is_public=False)
    add(meeting, paper=council.paper)
    announce(meeting)
    deliver()
    shown = told_to_everybody(meeting)
    for words in ("Sondersitzung", "Alte Brauerei", "Ein ganz neuer Punkt"):
        assert words in shown
    assert SECRET not in shown
    assert "N 1" not in shown
    found = json.loads(Client().get(meeting.oparl_path).content)
    assert [(one["order"], one["number"]) for one in found["agendaItem"]] == [(0, "1"), (1, "2")]
    assert Event.objects.filter(name="council.meeting_announced").count() == 1
    assert AuditEntry.objects.filter(action="council.announce_meeting").count() == 1
    with pytest.raises(NotFound):
        actions.announce_meeting(actor=builders.OFFICE, number=10**9, at=timezone.now())


def test_a_change_behind_closed_doors_moves_no_date_number_or_gap(council, deliver):
    meeting = made()
    first, second = add(meeting, "Eins"), add(meeting, "Zwei")
    hidden = add(meeting, SECRET, is_public=False)
    other = add(meeting, "Auch geheim", is_public=False)
    announce(meeting)
    deliver()

    def public() -> list[object]:
        rows = AgendaItem.objects.public().filter(meeting=meeting).order_by("label")
        moments = Meeting.objects.values_list("modified", "sequence").get(pk=meeting.pk)
        return [*rows.values_list("pk", "label", "modified"), moments, Event.objects.count()]

    before = public()
    common = {"actor": builders.OFFICE, "number": meeting.number, "at": timezone.now()}
    actions.change_point(**common, item_id=hidden.pk, name="Geheim, anders", is_public=False)
    actions.move_point(**common, item_id=other.pk, up=True)
    add(meeting, "Noch etwas Geheimes", is_public=False)
    actions.remove_point(**common, item_id=hidden.pk)
    assert public() == before
    actions.move_point(**common, item_id=second.pk, up=True)
    assert public() != before
    assert labels(meeting)[:2] == ["1 Zwei", "2 Eins"]
    first.refresh_from_db()
    assert first.label == "2"


def test_points_are_ordered_with_buttons_and_without_script(council):
    meeting = made()
    items = [add(meeting, name) for name in ("Eins", "Zwei", "Drei")]
    closed = add(meeting, "Geheimes", is_public=False)
    client, address = office(), f"{meeting.path}tagesordnung/"
    shown = client.get(address).content.decode()
    for verb, item in (("up", items[2]), ("down", items[0]), ("remove", closed)):
        assert f'name="do" value="{verb}:{item.pk}"' in shown
    assert f'value="up:{items[0].pk}"' not in shown
    moved = client.post(address, {"do": f"up:{items[2].pk}"})
    assert moved["Location"] == f"{address}#punkt-{items[2].pk}"
    assert labels(meeting) == ["1 Eins", "2 Drei", "3 Zwei", "N 1 Geheimes"]
    client.post(address, {"do": f"up:{items[0].pk}"})
    client.post(address, {"do": f"remove:{items[2].pk}"})
    assert labels(meeting) == ["1 Eins", "2 Zwei", "N 1 Geheimes"]
    for bad in ("up", "up:", "up:x", f"fly:{items[0].pk}", f"up:{UUID(int=0)}"):
        assert client.post(address, {"do": bad}).status_code == 404


def test_a_committee_prepares_behind_closed_doors_unless_its_orders_say_otherwise(council):
    meeting = made(organization=key("committee"))
    client, address = office(), f"{meeting.path}tagesordnung/"
    assert "tagen nichtöffentlich" in client.get(address).content.decode()
    client.post(address, {"name": "Vorberatung"})
    assert labels(meeting) == ["N 1 Vorberatung"]
    orders = "/stadtrat/gremien/oeffentlichkeit/"
    assert client.post(orders, {"organizations": [builders.key("committee")]}).status_code == 302
    shown = client.get(address)
    assert "tagen nichtöffentlich" not in shown.content.decode()
    assert shown.context["form"].initial["is_public"] is True
    client.post(orders, {"organizations": []})
    assert not Organization.objects.get(pk=builders.key("committee")).open_by_orders
    assert client.post(orders, {"organizations": [builders.key("council")]}).status_code == 422


def test_the_station_of_a_paper_gets_its_day_when_everybody_hears_of_it(council):
    waiting = Consultation.objects.create(paper=council.paper, role="Vorberatung", public=True, was_public=True)
    waiting.organizations.set([council.organization])
    meeting = made()
    item = add(meeting, paper=council.paper)
    waiting.refresh_from_db()
    assert waiting.meeting is None
    announce(meeting)
    waiting.refresh_from_db()
    assert (waiting.meeting, waiting.agenda_item) == (meeting, item)
    assert "Zur Sitzung" in Client().get(council.paper.path).content.decode()
    actions.remove_point(actor=builders.OFFICE, number=meeting.number, item_id=item.pk, at=timezone.now())
    waiting.refresh_from_db()
    assert (waiting.meeting, waiting.agenda_item, waiting.deleted) == (None, None, False)


def test_a_paper_stands_on_an_agenda_once_and_a_closed_one_never_in_public(council):
    meeting = made()
    add(meeting, paper=council.paper)
    with pytest.raises(Invalid) as refused:
        add(meeting, paper=council.paper)
    assert set(refused.value.fields) == {"paper"}
    closed = Paper.objects.get(pk=builders.key("hidden-paper"))
    with pytest.raises(Invalid) as refused:
        add(meeting, paper=closed)
    assert set(refused.value.fields) == {"is_public"}
    item = add(meeting, paper=closed, is_public=False)
    with pytest.raises(Invalid):
        actions.change_point(
            actor=builders.OFFICE, number=meeting.number, item_id=item.pk, name="x", is_public=True, at=timezone.now()
        )


def test_a_public_point_that_goes_behind_closed_doors_is_withdrawn(council):
    meeting = made()
    item, stays = add(meeting, SECRET), add(meeting, "Bleibt")
    announce(meeting)
    change = {"actor": builders.OFFICE, "number": meeting.number, "at": timezone.now()}
    moved = actions.change_point(**change, item_id=item.pk, name=SECRET, is_public=False)
    assert moved.pk != item.pk
    assert SECRET not in told_to_everybody(meeting)
    gone = json.loads(Client().get(item.oparl_path).content)
    assert gone["deleted"] is True
    assert "name" not in gone
    assert Client().get(moved.oparl_path).status_code == 404
    back = actions.change_point(**change, item_id=moved.pk, name="Doch öffentlich", is_public=True)
    assert "Doch öffentlich" in Client().get(meeting.path).content.decode()
    assert {one.pk for one in agenda(meeting.number, timezone.now()).public} == {back.pk, stays.pk}


def test_a_point_that_never_was_public_leaves_no_tombstone(council):
    meeting = made()
    item = add(meeting, "Entwurf eines Punktes")
    actions.change_point(
        actor=builders.OFFICE, number=meeting.number, item_id=item.pk, name="x", is_public=False, at=timezone.now()
    )
    gone = add(meeting, "Auch nur ein Versuch")
    actions.remove_point(actor=builders.OFFICE, number=meeting.number, item_id=gone.pk, at=timezone.now())
    announce(meeting)
    actions.remove_point(actor=builders.OFFICE, number=meeting.number, item_id=item.pk, at=timezone.now())
    for one in (item, gone):
        assert Client().get(one.oparl_path).status_code == 404


def test_moved_or_called_off_is_told_to_followers_of_an_announced_meeting_only(council):
    meeting = made()
    later = data(start=data().start + timedelta(days=1), end=None, place="Rathaus")
    common = {"actor": builders.OFFICE, "number": meeting.number, "at": timezone.now()}
    actions.change_meeting(**common, data=later)
    assert not Event.objects.filter(name="council.meeting_moved").exists()
    announce(meeting)
    assert actions.change_meeting(**common, data=later).sequence == 1
    assert not Event.objects.filter(name="council.meeting_moved").exists()
    off = MeetingData(later.name, later.organization, later.start, None, "Rathaus", cancelled=True)
    assert actions.change_meeting(**common, data=off).sequence == 2
    assert Event.objects.filter(name="council.meeting_moved").count() == 1
    assert "fällt aus" in Client().get(meeting.path).content.decode()


def test_what_has_begun_or_is_kept_elsewhere_stays_as_it_is(council):
    meeting = made()
    with pytest.raises(Conflict):
        actions.add_point(
            actor=builders.OFFICE, number=meeting.number, name="Zu spät", is_public=True,
            at=meeting.start + timedelta(minutes=1),
        )  # fmt: skip
    Meeting.objects.filter(pk=meeting.pk).update(source_url="https://ris.example/meeting/1")
    with pytest.raises(NotFound):
        add(meeting, "Nicht unseres")
    assert office().get(f"{meeting.path}tagesordnung/").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"organization": UUID(int=1)}, "organization"),
        ({"start": datetime(2001, 1, 1, tzinfo=UTC), "end": None}, "day"),
        ({"start": datetime(2999, 1, 1, tzinfo=UTC), "end": None}, "day"),
        ({"end": datetime(2001, 1, 1, tzinfo=UTC)}, "ends"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused_at_its_field(council, wrong, field):
    with pytest.raises(Invalid) as refused:
        made(**wrong)
    assert set(refused.value.fields) == {field}


@pytest.mark.django_db(transaction=True)
def test_two_who_work_on_one_agenda_lose_nothing(monkeypatch):
    call_command("start_city")
    builders.council()
    meeting = made()
    barrier, refused = threading.Barrier(8), []

    def run(place: int) -> None:
        try:
            barrier.wait(timeout=60)
            add(meeting, f"Punkt {place}", is_public=place % 2 == 0)
        except Exception as error:  # noqa: BLE001 - told by the test
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not refused
    found = [one.label for one in items_of(meeting)]
    assert found == ["1", "2", "3", "4", "N 1", "N 2", "N 3", "N 4"]
