"""What groups and contests do, for programs: files and API hold what is public, and nobody's name."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders, queries
from allmende.capabilities.participation.models import Entry, Idea, Place, Placing, PlenaryResult, Task, TopicStore
from allmende.core.actor import SYSTEM

NOW = timezone.now()
DAY = timedelta(days=1)
API = "/api/v1/participation"


def fetched(table):
    answer = Client(headers={"host": "localhost"}).get(f"/mitmachen/offene-daten/{table}.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def asked(path, status=200):
    answer = Client(headers={"host": "localhost"}).get(f"{API}{path}")
    assert answer.status_code == status, answer.content
    return answer.json()


@pytest.fixture
def group(db):
    return builders.group()


def join(group, name, function="member"):
    person = people.person(display_name=name)
    editor = people.actor(people.editor())
    actions.appoint_member(actor=editor, group_id=group.pk, person_id=person.pk, function=function, at=NOW - 20 * DAY)
    return people.actor(person)


@pytest.fixture
def minuted(group):
    """A meeting with two editions of its minutes, and one that is still being written."""
    chair, _member = join(group, "Vorsitz", "chair"), join(group, "Ahorn 12")
    meeting, draft = builders.meeting(group, at=NOW - 9 * DAY), builders.meeting(group, at=NOW - 9 * DAY)
    item = {
        "title": "Bänke", "said": "Es ging um Bänke.", "weighed": "Lehne gegen Preis.",
        "decisions": f"Angebot einholen | Ahorn 12 | {NOW + 30 * DAY:%d.%m.%Y}\nBank bauen",
    }  # fmt: skip
    interests = {"old": "there", "young": "missing"}
    actions.record_attendance(
        actor=chair,
        meeting_id=meeting.pk,
        there=actions.There(members={chair.person_id: ("place", True)}, uncounted=4, offline=2, interests=interests),
        at=NOW,
    )
    for correction in ("", "Die Lehne fehlte."):
        actions.save_minutes(
            actor=chair, meeting_id=meeting.pk, items=[item],
            revision=queries.minutes_of(meeting.pk).revision, at=NOW,
        )  # fmt: skip
        actions.submit_minutes(actor=chair, meeting_id=meeting.pk, at=NOW)
        actions.publish_minutes(actor=chair, meeting_id=meeting.pk, correction=correction, at=NOW)
    secret = {**item, "said": "Noch geheim."}
    actions.save_minutes(actor=chair, meeting_id=draft.pk, items=[secret], revision=0, at=NOW)
    return meeting


def test_minutes_decisions_and_tasks_are_in_the_files_and_no_names(minuted):
    assert [(row["meeting"], row["edition"]) for row in fetched("minutes")] == [
        (str(minuted.number), "1"), (str(minuted.number), "2"),
    ]  # fmt: skip
    first, second = fetched("minutes")
    assert (first["people_place"], first["people_guests"], first["people_offline"]) == ("1", "4", "2")
    assert (first["interests_heard"], first["interests_missing"]) == ("old", "young")
    assert second["correction"] == "Die Lehne fehlte."
    points = fetched("minutes_points")
    assert [(row["edition"], row["point"], row["title"], row["weighed"]) for row in points] == [
        ("1", "1", "Bänke", "Lehne gegen Preis."), ("2", "1", "Bänke", "Lehne gegen Preis."),
    ]  # fmt: skip
    assert [row["text"] for row in fetched("decisions")] == ["Angebot einholen", "Bank bauen"]
    (task,) = fetched("tasks")
    assert (task["number"], task["who"], task["text"]) == (str(Task.objects.get().number), "person", "Angebot einholen")
    assert task["decision"] == fetched("decisions")[0]["id"]
    assert len(fetched("meetings")) == 2
    assert [row["slug"] for row in fetched("groups")] == [minuted.group.slug]
    everything = json.dumps([fetched(name) for name in ("minutes", "minutes_points", "decisions", "tasks", "meetings")])
    for secret in ("Ahorn", "Vorsitz", "Noch geheim."):
        assert secret not in everything


def test_the_export_of_one_project_holds_nothing_of_groups(minuted):
    store = builders.store(minuted.group)
    answer = Client(headers={"host": "localhost"}).get(
        f"/mitmachen/projekte/{store.module.project.number}/offene-daten.zip"
    )
    assert b"Angebot einholen" not in b"".join(answer.streaming_content)


def test_programs_read_meetings_minutes_and_tasks_of_a_group(minuted):
    slug = minuted.group.slug
    meetings = asked(f"/groups/{slug}/meetings")
    assert {row["number"]: row["minutes"] for row in meetings}[minuted.number] == 2
    found = asked(f"/meetings/{minuted.number}/minutes")
    assert (found["edition"], found["editions"], found["correction"]) == (2, 2, "Die Lehne fehlte.")
    assert found["points"][0]["decisions"][1]["text"] == "Bank bauen"
    assert asked(f"/meetings/{minuted.number}/minutes?edition=1")["correction"] == ""
    assert asked(f"/meetings/{minuted.number}/minutes?edition=9", 404)
    unpublished = next(row["number"] for row in meetings if row["number"] != minuted.number)
    assert asked(f"/meetings/{unpublished}/minutes", 404)
    (task,) = asked(f"/groups/{slug}/tasks")
    assert (task["who"], task["text"], task["done_at"]) == ("person", "Angebot einholen", None)
    assert "Ahorn" not in json.dumps([meetings, found, task])
    assert asked("/groups/gibt-es-nicht/tasks", 404)


@pytest.fixture
def contest(group):
    project = actions.create_project(
        actor=people.actor(people.editor()),
        group_id=group.pk,
        blueprint="contest",
        data=actions.ProjectData(title={"de": "Wettbewerb"}, contract=builders.CONTRACT),
        opens_at=NOW - 5 * DAY,
        closes_at=NOW + DAY,
        at=NOW - 6 * DAY,
    )
    return TopicStore.objects.get(module__project=project).contest


def hand_in(contest, client=None, **more):
    body = {"store": contest.store.number, "title": "Ein Rad für alle", "text": "Zum Leihen.", **more}
    client = client or Client(headers={"host": "localhost"})
    return client.post(f"{API}/ideas", json.dumps(body), content_type="application/json")


def test_a_program_says_as_whom_an_entry_is_handed_in(contest):
    contest.groups = ["business", "pupils"]
    contest.save()
    refused = hand_in(contest)
    assert refused.status_code == 422
    assert "entrant" in refused.json()["errors"]
    assert hand_in(contest, entrant="club").status_code == 422
    assert hand_in(contest, entrant="pirate").status_code == 422
    taken = hand_in(contest, entrant="pupils")
    assert taken.status_code == 201, taken.content
    assert Idea.objects.get(number=taken.json()["number"]).entry.entrant == "pupils"
    found = asked(f"/contests/{contest.store.number}")
    assert found["groups"] == ["business", "pupils"]
    assert (found["entries"], found["placing"]) == ([], None), "nothing before all become public together"
    assert [row["weight"] for row in found["criteria"]] == [row.weight for row in contest.criteria.all()]


def test_entries_and_places_are_read_once_they_are_public(contest):
    ideas = [builders.idea(contest.store, entry=actions.EntryData(entrant="everybody"), at=NOW) for _ in range(2)]
    moderator = people.actor(people.moderator("participation"))
    for idea in ideas:
        actions.release_idea(actor=moderator, object_id=idea.pk, at=NOW)
    assert fetched("contest_entries") == []
    TopicStore.objects.filter(pk=contest.store_id).update(closes_at=NOW - DAY / 2)
    actions.publish_entries(actor=SYSTEM, store_id=contest.store_id, at=NOW)
    assert [row["idea"] for row in fetched("contest_entries")] == [str(idea.number) for idea in ideas]
    first, second = Entry.objects.order_by("idea__number")
    PlenaryResult.objects.create(
        contest=contest,
        held_on=NOW.date(),
        voters=9,
        votes={str(first.pk): 4, str(second.pk): 5},
        reason="Gezählt.",
        at=NOW,
    )
    placing = Placing.objects.create(contest=contest, decision="Beschlossen.", reason="Die Jury überzeugt.", at=NOW)
    Place.objects.create(placing=placing, entry=first, place=1, why="Der Preis.")
    Place.objects.create(placing=placing, entry=second)
    assert [(row["idea"], row["votes"], row["voters"]) for row in fetched("contest_votes")] == [
        (str(first.idea.number), "4", "9"), (str(second.idea.number), "5", "9"),
    ]  # fmt: skip
    # in no order that is promised: both were written within one millisecond
    assert sorted((row["idea"], row["place"], row["why"]) for row in fetched("contest_places")) == [
        (str(first.idea.number), "1", "Der Preis."), (str(second.idea.number), "", ""),
    ]  # fmt: skip
    assert [row["decision"] for row in fetched("contest_placings")] == ["Beschlossen."]
    assert [row["store"] for row in fetched("contests")] == [str(contest.store.number)]
    assert len(fetched("contest_criteria")) == contest.criteria.count()
    found = asked(f"/contests/{contest.store.number}")
    assert found["placing"]["decision"] == "Beschlossen."
    assert [(row["idea"], row["entrant"], row["place"]) for row in found["entries"]] == [
        (first.idea.number, "everybody", 1), (second.idea.number, "everybody", None),
    ]  # fmt: skip
    actions.hold_idea(actor=moderator, object_id=second.idea_id, reason="Wird geprüft.", at=NOW)
    for table in ("contest_votes", "contest_places", "contest_entries"):
        assert [row["idea"] for row in fetched(table)] == [str(first.idea.number)]
