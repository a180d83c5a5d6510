"""What the office of a council without another system relies on: organisations, people and seats over time."""

import contextlib
import json
import threading
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allmende.accounts import builders as accounts
from allmende.capabilities.council import actions, builders
from allmende.capabilities.council.actions import register as register_actions
from allmende.capabilities.council.models import (
    KINDS,
    Body,
    Meeting,
    Membership,
    Organization,
    Person,
    Presence,
    Thing,
)
from allmende.capabilities.council.queries import invitations, votes
from allmende.capabilities.council.queries import register as queries
from allmende.capabilities.council.rules import register as rules
from allmende.capabilities.council.rules.attendance import AttendanceData, Stay
from allmende.capabilities.council.rules.register import Period, Seat
from allmende.core.actor import Actor, Role, Viewer
from allmende.core.errors import Conflict, Invalid, NotFound, NotSignedIn
from allmende.core.models import AuditEntry, Event
from allmende.engines.search import interface as search

DAY = timedelta(days=1)
days = st.none() | st.dates(date(1990, 1, 1), date(2090, 1, 1))


@pytest.fixture
def council(begun_city):
    return builders.council()


def key(name: str) -> UUID:
    return UUID(builders.key(name))


def office() -> Client:
    return accounts.login(Client(), accounts.with_role(Role.COUNCIL_OFFICE))


def keep(kind: str, row: Thing | None = None, **fields: Any) -> Any:
    told = {**({"body_id": key("body")} if kind not in {"body", "membership"} else {}), **fields}
    at, pk = timezone.now(), row.pk if row is not None else None
    return actions.keep_entry(actor=builders.OFFICE, kind=kind, key=pk, fields=told, at=at)


def seat(person: str, organization: str = "council", row: Membership | None = None, **fields: Any) -> Membership:
    told = {"role": "Mitglied", "voting_right": True, "on_behalf_of_id": None, "start_date": None, "end_date": None}
    return keep("membership", row, **{**told, "person_id": key(person), "organization_id": key(organization), **fields})


def group(**fields: Any) -> Organization:
    told = {"name": "Ausschuss für Kultur", "organization_type": "Gremium", "start_date": None, "end_date": None}
    return keep("organization", **{**told, "sub_organization_of_id": key("council"), **fields})


def get(path: str) -> dict[str, Any]:
    response = Client().get(path)
    assert response.status_code == 200
    return json.loads(response.content)


@given(days, days, days, days)
def test_two_periods_overlap_exactly_when_they_share_a_day(one, two, three, four):
    first, second = Period(*sorted((one or date.min, two or date.max))), Period(three, four)
    if three is not None and four is not None and four < three:
        second = Period(four, three)
    starts = [day for day in (first.start, second.start) if day is not None]
    latest = max(starts) if starts else date.min
    assert first.overlaps(second) == (first.holds(latest) and second.holds(latest))
    assert first.overlaps(second) == second.overlaps(first)


@pytest.mark.parametrize(
    ("start", "end", "known", "field"),
    [
        (date(2026, 5, 2), date(2026, 5, 1), Seat(), "end_date"),
        (date(1, 1, 1), None, Seat(), "start_date"),
        (date(2026, 5, 1), None, Seat([Period(date(2024, 1, 1), date(2026, 5, 1))]), "start_date"),
        (date(2026, 5, 2), None, Seat([Period(date(2024, 1, 1), date(2026, 5, 1))]), ""),
        (date(2020, 5, 2), None, Seat(organization=Period(date(2024, 1, 1))), "start_date"),
        (date(2026, 5, 2), None, Seat(organization=Period(None, date(2024, 1, 1))), "start_date"),
        (None, date(2026, 5, 1), Seat(recorded=[date(2026, 5, 2)]), "end_date"),
        (date(2026, 5, 3), None, Seat(recorded=[date(2026, 5, 2)]), "start_date"),
        (None, date(2026, 5, 1), Seat(recorded=[date(2026, 5, 2)], covered=[date(2026, 5, 2)]), ""),
        (None, date(2026, 5, 2), Seat(recorded=[date(2026, 5, 2)]), ""),
    ],
)
def test_a_seat_that_cannot_be_is_refused_at_its_field(start, end, known, field):
    assert set(rules.seat_faults(Period(start, end), known)) == ({field} if field else set())


def test_what_the_office_enters_everybody_reads_and_programs_too(council, deliver):
    made = group(name="Ausschuss für Kultur und Sport")
    one = keep("person", name="Dr. Ada Beispiel", family_name="Beispiel", title=["Dr."], status=[])
    seat_of_one = keep(
        "membership", person_id=one.pk, organization_id=made.pk, role="Vorsitz", voting_right=True,
        on_behalf_of_id=None, start_date=timezone.localdate() - DAY, end_date=None,
    )  # fmt: skip
    deliver()
    page = Client().get(made.path).content.decode()
    assert "Dr. Ada Beispiel" in page
    assert "Vorsitz" in page
    told = get(one.oparl_path)
    assert told["membership"][0]["id"] == seat_of_one.oparl_id
    assert told["title"] == ["Dr."]
    assert get(made.oparl_path)["membership"] == [seat_of_one.oparl_id]
    assert search.Entry.objects.filter(object_id=made.pk).exists()
    assert set(AuditEntry.objects.filter(object_id=one.pk).values_list("action", flat=True)) == {"council.keep_person"}


def test_a_member_who_left_before_the_meeting_is_not_invited_and_has_no_vote(council):
    meeting = council.meeting
    last = timezone.localtime(meeting.start).date() - DAY
    assert [one.name for one in invitations.members_of(meeting)] == ["Mitglied Eins"]
    mine = Membership.objects.get(pk=key("seat-1"))
    seat("one", row=mine, end_date=last)
    assert invitations.members_of(meeting) == []
    assert votes.entitled_in(meeting) == {}
    after = get(Person.objects.get(pk=key("one")).oparl_path)
    assert after["membership"][0]["endDate"] == last.isoformat()
    again = seat("one", start_date=last + DAY, role="Vorsitz")
    assert set(votes.entitled_in(meeting)) == {key("one")}
    assert votes.entitled_in(meeting)[key("one")].pk == again.pk


def test_a_seat_never_ends_before_a_meeting_where_its_member_was_present(council):
    held = timezone.now() - timedelta(days=3)
    Meeting.objects.filter(pk=council.meeting.pk).update(start=held, end=held + timedelta(hours=1))
    data = AttendanceData({key("one"): Stay()}, "majority")
    actions.record_attendance(actor=builders.OFFICE, meeting_id=council.meeting.pk, data=data, at=timezone.now())
    mine, day = Membership.objects.get(pk=key("seat-1")), timezone.localtime(held).date()
    with pytest.raises(Invalid) as refused:
        seat("one", row=mine, end_date=day - DAY)
    assert "als anwesend" in refused.value.fields["end_date"]
    with pytest.raises(Conflict):
        actions.remove_entry(actor=builders.OFFICE, kind="membership", key=mine.pk, reason="Irrtum")
    seat("one", row=mine, end_date=day)
    assert Presence.objects.count() == 1


def test_who_changes_the_role_ends_one_seat_and_begins_another(council):
    today = timezone.localdate()
    mine = Membership.objects.get(pk=key("seat-1"))
    with pytest.raises(Invalid) as refused:
        seat("one", start_date=today, role="Vorsitz")
    assert set(refused.value.fields) == {"start_date"}
    seat("one", row=mine, end_date=today - DAY)
    seat("one", start_date=today, role="Vorsitz")
    page = Client().get(council.organization.path).content.decode()
    assert "Vorsitz" in page
    with pytest.raises(Invalid):
        seat("two", row=mine)
    with pytest.raises(Invalid):
        seat("one", "committee", row=mine)


def test_an_organisation_is_never_part_of_itself(council):
    top, part = Organization.objects.get(pk=key("council")), Organization.objects.get(pk=key("committee"))
    told = {"name": "Stadtrat", "organization_type": "Gremium", "start_date": None, "end_date": None}
    for above in (part.pk, top.pk):
        with pytest.raises(Invalid) as refused:
            keep("organization", top, **told, sub_organization_of_id=above)
        assert set(refused.value.fields) == {"sub_organization_of"}
    assert queries.below(top.pk) >= {top.pk, part.pk}


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("body", {"name": "Gera", "ags": "1605200"}, "ags"),
        ("body", {"name": "Gera", "website": "javascript:alert(1)"}, "website"),
        ("organization", {"name": "X", "organization_type": "Bande"}, "organization_type"),
        ("organization", {"name": " ", "organization_type": "Gremium"}, "name"),
        ("term", {"name": "X", "start_date": date(2026, 1, 2), "end_date": date(2026, 1, 1)}, "end_date"),
        ("location", {"description": "Rathaus", "latitude": 50.0, "longitude": None}, "longitude"),
        ("location", {"description": "Rathaus", "latitude": 95.0, "longitude": 12.0}, "latitude"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(kind, fields, field):
    assert set(rules.entry_faults(kind, fields)) == {field}


def test_what_another_system_keeps_and_what_is_gone_cannot_be_changed(council):
    Organization.objects.filter(pk=key("committee")).update(source_url="https://ris.example/o/1")
    actions.withdraw_thing(actor=builders.OFFICE, kind="person", thing_id=key("two"), reason="Irrtum")
    for kind, name in (("organization", "committee"), ("person", "two"), ("meeting", "meeting"), ("file", "file")):
        with pytest.raises(NotFound):
            keep(kind, KINDS[kind].objects.get(pk=key(name)), name="Anders")
        assert office().get(f"/stadtrat/verzeichnis/{kind}/{key(name)}/").status_code == 404
    with pytest.raises(Invalid):
        seat("two", "committee")
    seat("one", "committee")


def test_a_slip_is_taken_back_and_what_others_rest_on_stays(council):
    slip = keep("person", name="Doppelt")
    actions.remove_entry(actor=builders.OFFICE, kind="person", key=slip.pk, reason="doppelt eingetragen")
    assert get(slip.oparl_path)["deleted"] is True
    assert Client().get(slip.path).status_code == 404
    for kind, name in (("person", "one"), ("organization", "council"), ("organization", "committee")):
        with pytest.raises(Conflict):
            actions.remove_entry(actor=builders.OFFICE, kind=kind, key=key(name), reason="weg")
    with pytest.raises(NotFound):
        actions.remove_entry(actor=builders.OFFICE, kind="body", key=key("body"), reason="weg")


def test_only_the_office_writes_and_nothing_is_written_twice(council):
    with pytest.raises(NotSignedIn):
        actions.keep_entry(actor=Actor(viewer=Viewer()), kind="person", key=None, fields={}, at=timezone.now())
    before = Event.objects.count()
    one = Person.objects.get(pk=key("one"))
    keep("person", one, name=one.name)
    assert Event.objects.count() == before
    assert Person.objects.get(pk=one.pk).modified == one.modified


def test_the_office_enters_a_whole_council_with_the_forms(begun_city):
    client, root = office(), "/stadtrat/verzeichnis/"
    assert "Beginnen Sie mit der Stadt" in client.get(root).content.decode()

    def enter(kind: str, **fields: str) -> Any:
        model: Any = KINDS[kind]
        known = set(model.objects.values_list("pk", flat=True))
        response = client.post(f"{root}{kind}/neu/", fields)
        assert response.status_code == 302, response.content.decode()
        return model.objects.exclude(pk__in=known).get()

    enter("body", name="Stadt Beispiel", ags="16052000", website="https://stadt.example")
    hall = enter("location", description="Rathaus", street_address="Markt 1", latitude="50.88", longitude="12.08")
    enter("term", name="Wahlperiode 2024–2029", start_date="2024-06-01", end_date="31.05.2029")
    top = enter("organization", name="Stadtrat", organization_type="Gremium", location=str(hall.pk))
    side = enter("organization", name="Fraktion Fluss", organization_type="Fraktion")
    one = enter("person", name="Ada Beispiel", family_name="Beispiel", title="Dr., Prof.")
    asked = {"person": str(one.pk), "organization": str(top.pk), "start_date": "2024-06-01", "voting_right": "true"}
    mine = enter("membership", role="Mitglied", on_behalf_of=str(side.pk), **asked)
    assert (mine.on_behalf_of_id, mine.voting_right, one.title) == (side.pk, True, ["Dr.", "Prof."])
    refused = client.post(f"{root}membership/neu/", {**asked, "role": "Vorsitz"})
    assert refused.status_code == 422
    assert "sitzt die Person dort schon" in refused.content.decode()
    assert 'value="Vorsitz"' in refused.content.decode(), "what was typed stays"
    mask = client.get(f"{root}membership/{mine.pk}/").content.decode()
    assert 'value="2024-06-01"' in mask
    changed = client.post(f"{root}membership/{mine.pk}/", {"role": "Mitglied", "end_date": "2025-06-30"})
    assert changed.url == f"{root}person/{one.pk}/"
    mine.refresh_from_db()
    assert mine.end_date == date(2025, 6, 30)
    assert "beendet" in client.get(changed.url).content.decode()
    shown = client.get(root).content.decode()
    for name in ("Stadt Beispiel", "Rathaus", "Wahlperiode 2024–2029", "Stadtrat", "Fraktion Fluss", "Ada Beispiel"):
        assert name in shown
    gone = client.post(f"{root}location/{hall.pk}/herausnehmen/", {"reason": "Versehen"})
    assert gone.url == root
    assert "Rathaus" not in client.get(root).content.decode()
    assert Body.objects.public().count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_protected", [True, False])
def test_two_clerks_never_give_somebody_the_same_seat_twice(monkeypatch, is_protected):
    """Both have looked before one has written: only waiting for one another helps."""
    call_command("start_city")
    builders.council()
    Membership.objects.all().delete()
    both, refused, real = threading.Barrier(2), [], rules.seat_faults

    def looked(*asked: Any) -> Any:
        found = real(*asked)
        with contextlib.suppress(threading.BrokenBarrierError):  # the other one waits
            both.wait(timeout=0.5 if is_protected else 30)
        return found

    monkeypatch.setattr(register_actions.register, "seat_faults", looked)
    if not is_protected:
        monkeypatch.setattr(register_actions, "wait_for_others", lambda: None)

    def run() -> None:
        try:
            seat("one")
        except Invalid as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Membership.objects.count(), len(refused)) == ((1, 1) if is_protected else (2, 0))
