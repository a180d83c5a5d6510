"""Age groups: asked only where a project says so, never required, never shown, counted from five people on."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.accounts.interface import erase_person
from allmende.capabilities.participation import actions, builders
from allmende.capabilities.participation.actions import personal_data
from allmende.capabilities.participation.models import Idea, StatedAge
from allmende.capabilities.participation.queries import analysis as reading
from allmende.capabilities.participation.queries.analysis import Dimension, Kind
from allmende.core import city
from allmende.core.errors import Invalid, NotFound
from allmende.engines.discussion import builders as talk

NOW = timezone.now()
LATER = NOW + timedelta(days=1)
NEW = "/mitmachen/ideen/neu/"


@pytest.fixture
def store(db):
    return builders.store(asks_age=True)


@pytest.fixture
def project(store):
    return store.module.project


def client(person=None):
    made = Client(headers={"host": "localhost"})
    return made if person is None else people.login(made, person)


def sent(store, **more):
    return {
        "store": store.number, "title": "Eine Bank", "body": "Im Schatten.", "district": "", "place": "",
        "contact_kind": "number", "_once": uuid4().hex, **more,
    }  # fmt: skip


def test_only_a_project_that_asks_has_the_question_and_nobody_has_to_answer(store):
    silent = builders.store()
    assert "age_group" not in client().get(f"{NEW}?speicher={silent.number}").content.decode()
    page = client().get(f"{NEW}?speicher={store.number}").content.decode()
    assert "Wie alt sind Sie?" in page
    assert "So sehen wir, welche Altersgruppen noch fehlen." in page
    assert client().post(NEW, sent(store)).status_code == 302
    assert not StatedAge.objects.exists()
    assert client().post(NEW, sent(store, age_group="26_40")).status_code == 302
    assert StatedAge.objects.get().group == "26_40"
    assert client().post(NEW, sent(store, age_group="77")).status_code == 422
    with pytest.raises(Invalid):
        builders.idea(silent, age_group="26_40")


def test_the_paper_form_asks_where_the_project_does(store):
    silent = builders.store()
    for form, there in ((store, True), (silent, False)):
        page = client().get(f"/mitmachen/speicher/{form.number}/papier/").content.decode()
        assert ("65 Jahre und älter" in page) is there
        assert client().get(f"/mitmachen/speicher/{form.number}/papier.pdf").content.startswith(b"%PDF")


def test_what_was_stated_stands_nowhere(store):
    person = people.person()
    idea = builders.published(store, author=person, age_group="65")
    for address in (
        f"/mitmachen/ideen/{idea.number}/",
        f"/api/v1/participation/ideas/{idea.number}",
        f"/mitmachen/speicher/{store.number}/",
    ):
        for reader in (client(), client(people.moderator("participation"))):
            answer = reader.get(address).content.decode()
            assert "65 Jahre" not in answer
            assert "age_group" not in answer
    files = client().get("/mitmachen/offene-daten/ideas.jsonl")
    assert "age" not in json.loads(b"".join(files.streaming_content).splitlines()[0])


def test_people_state_change_and_delete_their_own(store, project):
    person = people.person()
    browser, address = client(person), f"/mitmachen/projekte/{project.number}/altersgruppe/"
    assert client().get(address).status_code == 401
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"age_group": "16_25"}).status_code == 302
    assert StatedAge.objects.get(person=person).group == "16_25"
    assert "16 bis 25 Jahre" in browser.get("/mitmachen/meine/").content.decode()
    browser.post(address, {"age_group": "26_40"})
    assert StatedAge.objects.get(person=person).group == "26_40"
    browser.post(address, {"age_group": ""})
    assert not StatedAge.objects.exists()
    silent = builders.store().module.project
    assert browser.get(f"/mitmachen/projekte/{silent.number}/altersgruppe/").status_code == 404
    with pytest.raises(NotFound):
        actions.state_age(actor=people.actor(person), project_id=silent.pk, group="65", at=NOW)


def test_editors_decide_whether_it_is_asked(store, project):
    editor = client(people.editor())
    page = editor.get(f"/mitmachen/speicher/{store.number}/aendern/").content.decode()
    assert 'name="asks_age"' in page
    data = builders.data(NOW, asks_age=False)
    actions.save_store(
        actor=people.actor(people.editor()), group_id=store.group_id, store_id=store.pk, data=data, at=NOW
    )
    project.refresh_from_db()
    assert not project.asks_age


def counted(store, kind):
    found = reading.analysis([store.pk], LATER, city.current().zone).of(kind)
    table = next(one for one in found.breakdowns if one.dimension == Dimension.AGE)
    return {key: cells[-1] for key, cells in zip([*table.keys, "all"], table.cells, strict=True)}


def test_contributions_comments_and_supports_are_counted_by_age_from_five_people_on(store):
    shown = builders.published(store, district="lusan", at=NOW)
    for group, count in (("26_40", 6), ("65", 5), ("16_25", 3)):
        for _ in range(count):
            person = people.person()
            builders.published(store, author=person, age_group=group, at=NOW)
            talk.comment(shown.ref, author=person, written_at=NOW)
            actions.support_idea(actor=people.actor(person), idea_id=shown.pk, at=NOW)
    for kind in (Kind.COMMENTS, Kind.SUPPORTS):
        found = counted(store, kind)
        assert found["16_25"] is None
        assert found["all"] == 14
        assert [found["26_40"], found["65"]].count(None) == 1, "one more is hidden, else 14 - 6 - 5 would tell"
    found = counted(store, Kind.CONTRIBUTIONS)
    assert (found["16_25"], found["all"]) == (None, 15)


def test_comments_and_supports_are_told_apart_by_phase_district_and_way(store):
    near, far = (builders.published(store, district=name, at=NOW) for name in ("lusan", "tinz"))
    for number in range(11):
        idea = near if number < 6 else far
        person = people.person()
        talk.comment(idea.ref, author=person, written_at=NOW, channel="web" if number % 2 else "email")
        actions.support_idea(actor=people.actor(person), idea_id=idea.pk, at=NOW)
    talk.comment(near.ref, "Danke, das prüfen wir.", is_official=True, department="umwelt", written_at=NOW)
    found = reading.analysis([store.pk], LATER, city.current().zone)
    for kind in (Kind.COMMENTS, Kind.SUPPORTS):
        tables = {one.dimension: one for one in found.of(kind).breakdowns}
        sums = {
            one: dict(zip(table.keys, [row[-1] for row in table.cells], strict=False)) for one, table in tables.items()
        }
        assert sums[Dimension.DISTRICT] == {"lusan": 6, "tinz": 5}
        assert sums[Dimension.PHASE] == {"collect": 11}
    assert found.of(Kind.COMMENTS).line == [11, 11], "what an office says is no participation"
    ways = {one.dimension: one for one in found.of(Kind.COMMENTS).breakdowns}[Dimension.CHANNEL]
    assert dict(zip(ways.keys, [row[-1] for row in ways.cells], strict=False)) == {"email": 6, "web": 5}
    page = client(people.moderator("participation")).get("/mitmachen/auswertung/").content.decode()
    assert 'id="comments-district"' in page
    assert 'id="supports-age"' in page
    text = client(people.moderator("participation")).get("/mitmachen/auswertung.csv").content.decode()
    assert "comments.district;lusan;" in text


def test_what_is_said_about_a_project_that_only_talks_is_counted(db):
    project = actions.create_project(
        actor=people.actor(people.editor()),
        group_id=builders.group().pk,
        blueprint="consultation",
        data=actions.ProjectData(title={"de": "Entwurf"}, contract=builders.CONTRACT, asks_age=True),
        opens_at=NOW - timedelta(days=5),
        closes_at=NOW + timedelta(days=5),
        at=NOW - timedelta(days=6),
    )
    for _ in range(6):
        person = people.person()
        actions.state_age(actor=people.actor(person), project_id=project.pk, group="65", at=NOW)
        talk.comment(project.ref, author=person, written_at=NOW)
    found = reading.analysis([], LATER, city.current().zone, project_ids=[project.pk]).of(Kind.COMMENTS)
    assert found.line == [6, 6]
    ages = next(one for one in found.breakdowns if one.dimension == Dimension.AGE)
    assert dict(zip(ages.keys, [row[-1] for row in ages.cells], strict=False)) == {"65": 6}
    page = client(people.moderator("participation")).get(f"/mitmachen/projekte/{project.number}/auswertung/")
    assert 'id="comments-age"' in page.content.decode()


def test_a_program_and_a_clerk_state_it_only_where_it_is_asked(store):
    silent = builders.store()
    body = {"store": store.number, "title": "Eine Bank", "text": "Im Schatten.", "age_group": "41_64"}
    for number, status in ((store.number, 201), (silent.number, 422)):
        answer = client().post(
            "/api/v1/participation/ideas", json.dumps({**body, "store": number}), content_type="application/json"
        )
        assert answer.status_code == status, answer.content
    assert [row["asks_age"] for row in client().get("/api/v1/participation/stores").json()].count(True) == 1
    clerk = client(people.clerk("umwelt"))
    entered = {
        "channel": "paper", "received_on": f"{timezone.localtime():%Y-%m-%d}", "language": "de", "category": "",
        "age_group": "65",
    }  # fmt: skip
    assert clerk.post("/mitmachen/erfassen/", sent(silent, **entered)).status_code == 422
    assert clerk.post("/mitmachen/erfassen/", sent(store, **entered)).status_code == 302
    assert sorted(StatedAge.objects.values_list("group", flat=True)) == ["41_64", "65"]


def test_it_goes_with_its_person_and_after_two_years(store):
    person = people.person()
    builders.published(store, author=person, age_group="65", at=NOW)
    assert [row["age_group"] for row in personal_data.export_ages(person.pk)] == ["65"]
    erase_person(person.pk, keep_texts=True)
    assert not StatedAge.objects.exists()
    builders.published(store, author=people.person(), age_group="65", at=NOW)
    assert personal_data.expire_ages(NOW + timedelta(days=729)) == 0
    assert personal_data.expire_ages(NOW + timedelta(days=730)) == 1
    assert Idea.objects.count() == 2
