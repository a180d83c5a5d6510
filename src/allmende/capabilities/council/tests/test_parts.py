"""What is decided one by one: written by the office, decided on one page, told to everybody, and of a hidden paper to
nobody.
"""

import json
import re
import threading
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as accounts
from allmende.capabilities.council import actions, builders
from allmende.capabilities.council import interface as council_interface
from allmende.capabilities.council.models import Meeting, Paper, Part
from allmende.capabilities.council.rules.parts import DecisionData, PartData, Written
from allmende.core.actor import Role
from allmende.core.errors import Invalid, NotAllowed, NotFound
from allmende.core.models import AuditEntry, Event
from allmende.engines.notify import interface as notify
from allmende.engines.search.interface import Entry

TITLES = ("Bänke am Fluss", "Licht am Steg", "Ein Kiosk")


@pytest.fixture
def council(begun_city):
    made = builders.council()
    held = timezone.now() - timedelta(days=30)
    Meeting.objects.filter(pk=made.meeting.pk).update(start=held, end=held + timedelta(hours=2))
    made.meeting.refresh_from_db()
    return made


@pytest.fixture
def parts(council):
    return builders.parts(council.paper, *((title, "") for title in TITLES))


@pytest.fixture
def hidden(council):
    return Paper.objects.get(pk=builders.key("hidden-paper"))


def office() -> Client:
    return accounts.login(Client(), accounts.with_role(Role.COUNCIL_OFFICE))


def page(path: str, client: Client | None = None) -> str:
    response = (client or Client()).get(path)
    assert response.status_code == 200, path
    return re.sub(r"\s+", " ", response.content.decode())


def decided_events() -> list[str]:
    rows = Event.objects.filter(name="council.part_decided").order_by("sequence")
    return [row.payload["decision"] for row in rows]


def sent(client: Client, path: str, **changes: str) -> dict[str, str]:
    """What the form at this address would send as it stands, with changes."""
    shown = client.get(path).content.decode()
    found = dict(re.findall(r'<input type="hidden" name="(seen_[^"]+)" value="([^"]*)"', shown))
    typed = re.findall(r'<input type="(?:text|number|date)" name="([^"]+)"(?: value="([^"]*)")?', shown)
    chosen = re.findall(r'<input type="radio" name="([^"]+)" value="([^"]*)"[^>]*checked', shown)
    return {**found, **dict(typed), **dict(chosen), **changes}


def test_parts_and_their_decisions_stand_on_the_paper_in_the_index_and_for_programs(council, parts, deliver):
    shown = page(council.paper.path)
    assert "Über jeden Teil wird für sich entschieden." in shown
    builders.decide(parts[0], "accepted", days_ago=3)
    builders.decide(parts[1], "rejected", days_ago=3)
    deliver()
    shown = page(council.paper.path)
    assert "1 angenommen, 1 abgelehnt, 1 noch offen" in shown
    assert [title for title in re.findall(r'<span lang="de">([^<]+)</span></h3>', shown) if title in TITLES] == [
        *TITLES
    ]
    entry = Entry.objects.get(object_id=parts[0].pk)
    assert entry.state_labels["de"] == "Teil einer Vorlage · angenommen"
    assert entry.url == f"{council.paper.path}#teil-{parts[0].number}"
    assert f'id="teil-{parts[0].number}"' in shown
    assert Client().get(f"/r/{parts[0].ref}")["Location"].endswith(entry.url)
    said = json.loads(Client().get(council.paper.oparl_path).content)["allmende:parts"]
    day = (timezone.localdate() - timedelta(days=3)).isoformat()
    assert said == [
        {"order": 1, "title": TITLES[0], "decision": "accepted", "decided": day},
        {"order": 2, "title": TITLES[1], "decision": "rejected", "decided": day},
        {"order": 3, "title": TITLES[2]},
    ]
    told = council_interface.part(parts[0].pk)
    assert told is not None
    assert (told.paper, told.title, told.decision, told.about) == (council.paper.ref, TITLES[0], "accepted", None)
    assert AuditEntry.objects.filter(action="council.decide_part").count() == 2


def test_a_change_moves_the_date_that_programs_see(council, parts):
    before = Paper.objects.get(pk=council.paper.pk).modified
    builders.decide(parts[0], "accepted")
    assert Paper.objects.get(pk=council.paper.pk).modified > before


def test_the_same_decision_again_changes_nothing_and_a_correction_is_told_and_counted(council, parts):
    builders.decide(parts[0], "rejected")
    edition = parts[0].edition
    builders.decide(parts[0], "rejected")
    assert (parts[0].edition, decided_events()) == (edition, ["rejected"])
    builders.decide(parts[0], "accepted")
    assert (parts[0].corrections, decided_events()) == (1, ["rejected", "accepted"])
    assert "berichtigt" in page(council.paper.path)
    builders.decide(parts[0], "")
    assert (parts[0].decision, parts[0].decided_on, parts[0].told) == ("", None, False)
    assert Event.objects.filter(name="council.part_reopened").count() == 1
    assert AuditEntry.objects.filter(action="council.decide_part", object_id=parts[0].pk).count() == 3


def test_what_was_not_public_is_told_nowhere_until_the_paper_is(council, hidden, deliver):
    deliver()
    (part,) = builders.parts(hidden, ("Geheimer Teil", ""))
    before = Event.objects.count()
    builders.decide(part, "accepted")
    deliver()
    assert Event.objects.count() == before
    assert council_interface.part(part.pk) is None
    assert not Entry.objects.filter(object_id=part.pk, removed_at=None).exists()
    assert Client().get(f"/r/{part.ref}").status_code == 404
    assert office().get(f"{hidden.path}teile/").status_code == 404
    assert office().get(f"{hidden.path}entscheidungen/").status_code == 404
    for path in (council.paper.path, "/stadtrat/vorlagen/", "/stadtrat/vorlagen/neu.rss", "/suche/?q=Geheimer"):
        assert "Geheimer Teil" not in page(path)
    builders.take([builders.published(council, "hidden-paper")])
    deliver()
    assert decided_events() == ["accepted"]
    assert "Geheimer Teil" in page(hidden.path)
    assert Entry.objects.filter(object_id=part.pk, removed_at=None).exists()
    builders.take([builders.published(council, "hidden-paper")])
    deliver()
    assert decided_events() == ["accepted"], "told once"


def test_what_is_withdrawn_takes_its_parts_along(council, parts, deliver):
    builders.decide(parts[0], "accepted")
    deliver()
    actions.withdraw_thing(actor=builders.OFFICE, kind="paper", thing_id=council.paper.pk, reason="Irrtum")
    deliver()
    assert not Entry.objects.filter(kind="part", removed_at=None).exists()
    assert council_interface.part(parts[0].pk) is None
    assert "Bänke am Fluss" not in Client().get(council.paper.oparl_path).content.decode()
    with pytest.raises(NotFound):
        builders.decide(parts[1], "accepted")


def test_nobody_but_the_office_writes_or_decides(council, parts):
    actor = accounts.actor(accounts.editor())
    with pytest.raises(NotAllowed):
        actions.write_parts(actor=actor, paper_id=council.paper.pk, data=Written([]), at=timezone.now())
    with pytest.raises(NotAllowed):
        actions.decide_parts(actor=actor, paper_id=council.paper.pk, decisions={}, at=timezone.now())
    for path in (f"{council.paper.path}teile/", f"{council.paper.path}entscheidungen/"):
        assert Client().get(path).status_code in {302, 401}
        assert accounts.login(Client(), accounts.editor()).get(path).status_code == 403
        assert path not in page(council.paper.path)
        assert path in page(council.paper.path, office())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"decision": "maybe"}, "decision_"),
        ({"decided_on": None}, "decided_on"),
        ({"decided_on": "tomorrow"}, "decided_on"),
        ({"item_id": "elsewhere"}, "meeting"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_at_its_field(council, parts, changes, field):
    day = timezone.localdate()
    values = {"decision": "accepted", "decided_on": day, "item_id": None, **changes}
    if values["decided_on"] == "tomorrow":
        values["decided_on"] = day + timedelta(days=1)
    if values["item_id"] is not None:
        values["item_id"] = parts[1].pk
    data = DecisionData(**values, seen=parts[0].edition)
    with pytest.raises(Invalid) as refused:
        actions.decide_parts(
            actor=builders.OFFICE, paper_id=council.paper.pk, decisions={parts[0].pk: data}, at=timezone.now()
        )
    assert [name.startswith(field) for name in refused.value.fields] == [True]
    assert not Part.objects.exclude(decision="").exists()


def test_a_part_of_another_paper_is_not_decided_here(council, parts, hidden):
    data = DecisionData("accepted", timezone.localdate(), seen=1)
    with pytest.raises(NotFound):
        actions.decide_parts(
            actor=builders.OFFICE, paper_id=hidden.pk, decisions={parts[0].pk: data}, at=timezone.now()
        )


def test_the_office_pastes_a_list_orders_it_and_takes_out(council):
    clerk, path = office(), f"{council.paper.path}teile/"
    assert clerk.post(path, {"new": ""}).status_code == 422
    pasted = "1. Bänke am Fluss\n\n3.2 Licht am Steg\n- Ein Kiosk\n12 neue Bäume"
    assert clerk.post(path, {"new": pasted})["Location"] == council.paper.path
    made = {part.title: part for part in Part.objects.order_by("place")}
    assert list(made) == [*TITLES, "12 neue Bäume"]
    told = sent(clerk, path)
    told[f"place_{made['12 neue Bäume'].pk}"] = "2"
    told[f"remove_{made['Ein Kiosk'].pk}"] = "on"
    told[f"title_{made['Licht am Steg'].pk}"] = "Warmes Licht am Steg"
    told[f"text_{made['Licht am Steg'].pk}"] = "Es blendet niemanden."
    assert clerk.post(path, told)["Location"] == council.paper.path
    rows = Part.objects.filter(place__isnull=False).order_by("place").values_list("title", flat=True)
    assert list(rows) == ["Bänke am Fluss", "12 neue Bäume", "Warmes Licht am Steg"]
    assert "Es blendet niemanden." in page(council.paper.path)
    wrong = clerk.post(path, sent(clerk, path, **{f"title_{made['Licht am Steg'].pk}": " ", "new": "Ein Brunnen"}))
    assert wrong.status_code == 422
    assert "Ein Brunnen" in wrong.content.decode()


def test_what_is_decided_is_not_taken_out(council, parts):
    builders.decide(parts[0], "accepted")
    data = Written([], {parts[0].pk: parts[0].edition})
    with pytest.raises(Invalid):
        actions.write_parts(actor=builders.OFFICE, paper_id=council.paper.pk, data=data, at=timezone.now())


def test_all_decisions_are_entered_on_one_page_with_the_meeting_of_the_paper(council, parts):
    clerk, path = office(), f"{council.paper.path}entscheidungen/"
    shown = page(path, clerk)
    assert "Sitzung des Stadtrats" in shown
    told = sent(clerk, path, meeting=str(council.item.pk))
    told |= {f"decision_{parts[0].pk}": "accepted", f"decision_{parts[1].pk}": "postponed"}
    assert clerk.post(path, told)["Location"] == council.paper.path
    held = timezone.localtime(council.meeting.start).date()
    rows = {part.title: part for part in Part.objects.all()}
    assert (rows[TITLES[0]].decision, rows[TITLES[0]].decided_on) == ("accepted", held)
    assert (rows[TITLES[1]].decision, rows[TITLES[1]].item_id) == ("postponed", council.item.pk)
    assert rows[TITLES[2]].decision == ""
    shown = page(council.paper.path)
    assert "1 angenommen, 1 vertagt, 1 noch offen" in shown
    assert council.meeting.path in shown
    later = sent(clerk, path, meeting="", decided_on="", **{f"decision_{parts[2].pk}": "rejected"})
    wrong = clerk.post(path, later)
    assert wrong.status_code == 422
    assert "an welchem Tag" in wrong.content.decode()
    again = sent(clerk, path, meeting="", decided_on=timezone.localdate().isoformat(), again="on")
    assert clerk.post(path, again).status_code == 302
    assert set(Part.objects.exclude(decision="").values_list("decided_on", flat=True)) == {timezone.localdate()}


def test_two_clerks_at_one_list_keep_each_others_decisions(council, parts):
    first, second, path = office(), office(), f"{council.paper.path}entscheidungen/"
    day = timezone.localdate().isoformat()
    one = sent(first, path, meeting="", decided_on=day, **{f"decision_{parts[0].pk}": "accepted"})
    other = sent(second, path, meeting="", decided_on=day, **{f"decision_{parts[1].pk}": "rejected"})
    clash = {**other, f"decision_{parts[0].pk}": "rejected"}
    assert first.post(path, one).status_code == 302
    assert second.post(path, other).status_code == 302
    found = dict(Part.objects.values_list("title", "decision"))
    assert found == {TITLES[0]: "accepted", TITLES[1]: "rejected", TITLES[2]: ""}
    refused = second.post(path, clash)
    assert refused.status_code == 422
    assert "hat jemand anderes hier etwas eingetragen: angenommen" in refused.content.decode()
    seen = dict(re.findall(r'<input type="hidden" name="(seen_[^"]+)" value="([^"]*)"', refused.content.decode()))
    assert second.post(path, {**clash, **seen}).status_code == 302
    assert Part.objects.get(pk=parts[0].pk).decision == "rejected"


def test_two_clerks_who_write_keep_each_others_words(council, parts):
    first, second, path = office(), office(), f"{council.paper.path}teile/"
    one, other = sent(first, path), sent(second, path)
    name = f"title_{parts[0].pk}"
    assert first.post(path, {**one, name: "Bänke und Tische"}).status_code == 302
    assert first.post(path, {**sent(first, path), "new": "Ein Steg"}).status_code == 302
    refused = second.post(path, {**other, name: "Hocker"})
    assert refused.status_code == 422
    assert "Bänke und Tische" in refused.content.decode()
    assert "Hocker" in refused.content.decode()
    seen = dict(re.findall(r'<input type="hidden" name="(seen_[^"]+)" value="([^"]*)"', refused.content.decode()))
    assert second.post(path, {**other, **seen, name: "Hocker"}).status_code == 302
    assert list(Part.objects.order_by("place").values_list("title", flat=True)) == ["Hocker", *TITLES[1:], "Ein Steg"]


@pytest.fixture
def one_part(transactional_db):
    call_command("start_city")
    (part,) = builders.parts(builders.council().paper, ("Bänke", ""))
    return part


def at_once(deed) -> list[str]:
    """Two clerks at the same moment, each with another decision: what came of it."""
    said: list[str] = []

    def run(decision: str) -> None:
        try:
            said.append(deed(decision))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(decision,)) for decision in ("accepted", "rejected")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


def test_without_the_lock_two_decisions_at_the_same_moment_both_seem_to_hold(one_part):
    """As it would be without the protection: looked at first, written afterwards."""
    both_have_looked = threading.Barrier(2, timeout=20)

    def deed(decision: str) -> str:
        row = Part.objects.get(pk=one_part.pk)
        both_have_looked.wait()
        if row.edition != one_part.edition:
            return "refused"
        Part.objects.filter(pk=row.pk).update(
            decision=decision, decided_on=timezone.localdate(), edition=row.edition + 1
        )
        return decision

    assert at_once(deed) == ["accepted", "rejected"]


def test_of_two_decisions_at_the_same_moment_one_holds_and_the_other_is_told_so(one_part):
    gate = threading.Barrier(2, timeout=20)

    def deed(decision: str) -> str:
        data = DecisionData(decision, timezone.localdate(), seen=one_part.edition)
        gate.wait()
        try:
            actions.decide_parts(
                actor=builders.OFFICE, paper_id=one_part.paper_id, decisions={one_part.pk: data}, at=timezone.now()
            )
        except Invalid:
            return "refused"
        return decision

    said = at_once(deed)
    one_part.refresh_from_db()
    assert said == sorted(["refused", one_part.decision])
    assert decided_events() == [one_part.decision]


def test_followers_hear_once_of_all_that_was_decided_together(council, parts, deliver):
    reader = accounts.person()
    notify.follow(actor=accounts.actor(reader), ref=council.paper.ref, at=timezone.now())
    deliver()
    before = notify.Notice.objects.filter(person=reader).count()
    day = timezone.localdate()
    decisions = {part.pk: DecisionData("accepted", day, seen=part.edition) for part in parts}
    actions.decide_parts(actor=builders.OFFICE, paper_id=council.paper.pk, decisions=decisions, at=timezone.now())
    deliver()
    told = notify.Notice.objects.filter(person=reader)
    assert told.count() == before + 1
    assert not Event.objects.filter(payload__icontains="Bänke").exists()


def test_pages_cost_the_same_however_many_parts(council, django_assert_max_num_queries):
    made = builders.parts(council.paper, *((f"Teil Nr. {number}", "") for number in range(40)))
    builders.decide(made[0], "accepted")
    clerk = office()
    for path, client in (
        (council.paper.path, Client()),
        (council.paper.oparl_path, Client()),
        (f"{council.paper.path}teile/", clerk),
        (f"{council.paper.path}entscheidungen/", clerk),
    ):
        with django_assert_max_num_queries(15):
            assert client.get(path).status_code == 200


def test_too_many_parts_are_refused(council):
    rows = [(None, 0, PartData(f"Teil {number}")) for number in range(61)]
    with pytest.raises(Invalid) as refused:
        actions.write_parts(actor=builders.OFFICE, paper_id=council.paper.pk, data=Written(rows), at=timezone.now())
    assert set(refused.value.fields) == {"new"}


def test_a_reference_that_is_no_thing_of_the_city_is_refused(council):
    for about in ("kaputt", f"council/paper/{council.paper.pk}", "pilots/pilot/0190b3a0-0000-7000-8000-000000000000"):
        rows = [(None, 0, PartData("Teil", about=about))]
        with pytest.raises(Invalid):
            actions.write_parts(actor=builders.OFFICE, paper_id=council.paper.pk, data=Written(rows), at=timezone.now())
