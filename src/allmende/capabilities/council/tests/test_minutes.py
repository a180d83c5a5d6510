"""Minutes are laid out from what was recorded, say whether they hold, and keep closed doors closed."""

import io
import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as accounts
from allmende.capabilities.council import actions, builders
from allmende.capabilities.council.models import AgendaItem, Meeting, Minutes
from allmende.capabilities.council.rules.attendance import AttendanceData, Stay
from allmende.capabilities.council.rules.records import Record
from allmende.capabilities.council.rules.tracking import TaskData
from allmende.capabilities.council.rules.votes import Count, VoteData
from allmende.core import city
from allmende.core.actor import Role
from allmende.core.errors import Invalid, NotAllowed


@pytest.fixture
def council(begun_city):
    """A meeting that was held: one of two members was there, voted, and a task follows."""
    made = builders.council()
    body = {"body": builders.key("body")}
    seat = {"person": builders.key("missing"), "organization": builders.key("council")}
    builders.take(
        [
            Record("person", builders.key("missing"), {"name": "Mitglied Drei"}, body),
            Record("membership", builders.key("seat-missing"), {"role": "Mitglied"}, seat),
            builders.changed(made, "item", resolution_text="Die Wege werden gebaut."),
        ]
    )
    held = timezone.now() - timedelta(days=30)
    Meeting.objects.filter(pk=made.meeting.pk).update(start=held, end=held + timedelta(hours=2))
    made.meeting.refresh_from_db()
    there = {UUID(builders.key("one")): Stay(until=held + timedelta(hours=1))}
    now = timezone.now()
    actions.record_attendance(
        actor=builders.OFFICE, meeting_id=made.meeting.pk, data=AttendanceData(there, "second_call"), at=now
    )
    vote = VoteData("open", "simple", Count(1), 2, "minutes", {}, {})
    actions.record_vote(actor=builders.OFFICE, item_id=made.item.pk, data=vote, at=now)
    task = TaskData("Kies bestellen", next(iter(city.current().departments)), timezone.localdate() + timedelta(days=9))
    actions.assign_task(actor=builders.OFFICE, item_id=made.item.pk, data=task, at=now)
    return made


def keep(council: builders.Council, *, released: bool = True, approved: int | None = None, note: str = "") -> Minutes:
    day = None if approved is None else timezone.localdate() + timedelta(days=approved)
    data = actions.MinutesData(note, released, day)
    return actions.keep_minutes(actor=builders.OFFICE, meeting_id=council.meeting.pk, data=data, at=timezone.now())


def page(path: str, client: Client | None = None) -> str:
    response = (client or Client()).get(path)
    assert response.status_code == 200, path
    return re.sub(r"\s+", " ", response.content.decode())


def test_minutes_tell_who_was_there_how_it_was_voted_and_what_follows(council):
    keep(council, note="Ein Gast sprach.")
    shown = page(f"{council.meeting.path}niederschrift/")
    for words in (
        "Mitglied Eins",
        "bis ",
        "1 Ja, 0 Nein",
        "Die Wege werden gebaut.",
        "Kies bestellen",
        "Ein Gast sprach.",
    ):
        assert words in shown, words
    assert shown.index("Wer nicht da war") < shown.index("Mitglied Drei")
    assert "noch nicht genehmigt" in shown
    assert f'href="{council.meeting.path}niederschrift/"' in page(council.meeting.path)
    keep(council, approved=-2)
    shown = page(f"{council.meeting.path}niederschrift/")
    assert "noch nicht genehmigt" not in shown
    assert "Genehmigt am" in shown


def test_a_draft_is_read_by_the_office_alone(council):
    office = accounts.login(Client(), accounts.with_role(Role.COUNCIL_OFFICE))
    address = f"{council.meeting.path}niederschrift/"
    keep(council, released=False)
    for client in (Client(), accounts.login(Client(), accounts.editor())):
        assert client.get(address).status_code == 404
        assert client.get(f"{address}datei.pdf").status_code == 404
    assert "Entwurf" in page(address, office)
    assert address not in page(council.meeting.path)
    keep(council)
    assert page(address)
    keep(council, released=False)
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize(("form", "begins"), [("pdf", b"%PDF"), ("docx", b"PK"), ("odt", b"PK")])
def test_minutes_are_taken_away_as_files(council, form, begins):
    keep(council)
    answer = Client().get(f"{council.meeting.path}niederschrift/datei.{form}")
    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    assert Client().get(f"{council.meeting.path}niederschrift/datei.exe").status_code == 404


def test_what_was_behind_closed_doors_stands_in_a_file_of_the_office_alone(council):
    AgendaItem.objects.filter(pk=builders.key("hidden")).update(resolution_text="Das Grundstück wird gekauft.")
    keep(council)
    address = f"{council.meeting.path}niederschrift/"
    office = accounts.login(Client(), accounts.with_role(Role.COUNCIL_OFFICE))
    assert builders.HIDDEN not in page(address)
    assert builders.HIDDEN not in page(address, office)
    for form in ("datei.docx", "datei.odt"):
        assert b"Grundst" not in unpacked(Client().get(address + form).content)
    closed = office.get(f"{address}intern.pdf")
    assert closed.status_code == 200
    assert closed["Cache-Control"] == "private, no-store"
    assert closed.content.startswith(b"%PDF")
    assert Client().get(f"{address}intern.pdf").status_code in {302, 401}
    assert accounts.login(Client(), accounts.editor()).get(f"{address}intern.pdf").status_code == 403
    from allmende.capabilities.council.queries.minutes import closed_items

    assert [one.resolution_text for one in closed_items(council.meeting)] == ["Das Grundstück wird gekauft."]


def unpacked(content: bytes) -> bytes:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def test_minutes_that_cannot_be_are_refused(council):
    with pytest.raises(Invalid):
        keep(council, released=False, approved=-1)
    for day in (1, -300):
        with pytest.raises(Invalid) as refused:
            keep(council, approved=day)
        assert refused.value.fields.keys() == {"approved_on"}
    actor = accounts.actor(accounts.editor())
    data = actions.MinutesData("", is_released=True, approved_on=None)
    with pytest.raises(NotAllowed):
        actions.keep_minutes(actor=actor, meeting_id=council.meeting.pk, data=data, at=timezone.now())


def test_the_office_writes_and_releases_by_form_and_followers_are_told_once(council, deliver):
    from allmende.engines.notify import interface as notify

    reader = accounts.person()
    notify.follow(actor=accounts.actor(reader), ref=council.organization.ref, at=timezone.now())
    deliver()
    before = notify.Notice.objects.filter(person=reader).count()
    office = accounts.login(Client(), accounts.with_role(Role.COUNCIL_OFFICE))
    address = f"{council.meeting.path}niederschrift/bearbeiten/"
    assert accounts.login(Client(), accounts.editor()).get(address).status_code == 403
    told = {"note": "Ein Gast sprach.", "is_released": "on", "approved_on": "31.31.2026"}
    wrong = office.post(address, told)
    assert wrong.status_code == 422
    assert "Ein Gast sprach." in wrong.content.decode()
    assert office.post(address, {**told, "approved_on": ""}).status_code == 302
    assert office.post(address, {**told, "approved_on": timezone.localdate().isoformat()}).status_code == 302
    assert "Genehmigt am" in page(f"{council.meeting.path}niederschrift/")
    deliver()
    assert notify.Notice.objects.filter(person=reader).count() == before + 1


def test_minutes_cost_the_same_however_long_the_agenda_is(council, django_assert_max_num_queries):
    keep(council)
    points = [
        Record(
            "agenda_item",
            builders.key(f"p{n}"),
            {"name": f"Punkt {n}", "place": 10 + n},
            {"meeting": builders.key("meeting")},
        )
        for n in range(30)
    ]
    builders.take(points)
    with django_assert_max_num_queries(15):
        assert "Punkt 29" in page(f"{council.meeting.path}niederschrift/")
