"""Export, erasure, retention: what belongs to a person, and what stays."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from allmende.accounts import builders as people
from allmende.accounts.interface import erase_person
from allmende.capabilities.participation import actions, builders, index
from allmende.capabilities.participation.actions import personal_data
from allmende.capabilities.participation.models import GroupMember, Idea, IdeaDraft, Support
from allmende.core import manifest
from allmende.engines.discussion.interface import case_of

NOW = timezone.now()


def everything(person) -> dict:
    return {data.kind: list(data.export(person.pk)) for data in personal_data.PERSONAL_DATA}


def a_busy_person():
    person = people.person(display_name="Linde 7")
    actor = people.actor(person)
    own = builders.published(author=person, title="Meine Bank", place="Markt 3")
    waiting = builders.idea(author=person, title="Noch eine Bank")
    other = builders.published()
    actions.support_idea(actor=actor, idea_id=other.pk, at=timezone.now())
    actions.join_group(actor=actor, group_id=other.store.group_id, at=timezone.now())
    actions.save_draft(actor=actor, draft_id=uuid4(), fields={"title": "Entwurf"}, at=timezone.now())
    return person, own, waiting, other


def test_an_export_holds_everything_the_room_knows(db):
    person, own, waiting, other = a_busy_person()
    found = everything(person)
    assert {row["number"] for row in found["idea"]} == {own.number, waiting.number}
    assert found["idea"][0]["versions"][0]["title"] == "Meine Bank"
    assert [row["idea"] for row in found["support"]] == [other.number]
    assert [row["title"] for row in found["draft"]] == ["Entwurf"]
    assert [row["function"] for row in found["membership"]] == ["member"]


def test_erasure_keeps_public_words_without_a_name_if_the_author_chose_so(db, deliver):
    person, own, waiting, other = a_busy_person()
    erase_person(person.pk, keep_texts=True)
    own, waiting, other = (Idea.objects.select_related("version").get(pk=row.pk) for row in (own, waiting, other))
    assert (own.version.title, own.author_id, own.author_name, own.state) == ("Meine Bank", None, "", "published")
    assert (waiting.version.title, waiting.state) == ("", "withdrawn")
    assert case_of(waiting.ref).decision == "withdrawn"
    assert other.support_count == 0
    assert not Support.objects.exists()
    assert not IdeaDraft.objects.exists()
    assert not GroupMember.objects.filter(person_id=person.pk).exists()
    assert [kind for kind, rows in everything(person).items() if rows] == []


def test_erasure_with_the_words_leaves_the_place_on_the_trace_and_nothing_else(db, deliver, client):
    person, own, _waiting, _other = a_busy_person()
    deliver()
    erase_person(person.pk, keep_texts=False)
    deliver()
    own = Idea.objects.select_related("version").get(pk=own.pk)
    assert (own.version.title, own.version.body, own.place, own.state) == ("", "", "", "published")
    assert index.idea_entry(own.pk).titles == {"de": "[Text entfernt]", "en": "[text removed]"}
    page = client.get(f"/mitmachen/ideen/{own.number}/", headers={"host": "localhost"})
    assert page.status_code == 200
    assert b"Meine Bank" not in page.content
    assert b"Markt 3" not in page.content
    for room in manifest.registry().values():
        for kind in room.index:
            if room.name == "participation" and kind.kind == "idea":
                assert kind.entry(own.pk).summaries == {"de": ""}


def test_erasing_twice_does_no_harm(db):
    person, *_rest = a_busy_person()
    erase_person(person.pk, keep_texts=True)
    erase_person(person.pk, keep_texts=True)


def test_refused_texts_go_after_six_months_and_drafts_after_thirty_days(db):
    author = people.person()
    idea = builders.idea(author=author, title="Werbung")
    moderator = people.actor(people.moderator("participation"))
    actions.refuse_idea(actor=moderator, object_id=idea.pk, reason="Werbung", rule="respekt", at=NOW)
    actions.save_draft(actor=people.actor(author), draft_id=uuid4(), fields={"title": "x"}, at=NOW)
    assert personal_data.expire_ideas(NOW + timedelta(days=180)) == 0
    assert personal_data.expire_ideas(NOW + timedelta(days=184)) == 1
    assert personal_data.expire_ideas(NOW + timedelta(days=185)) == 0
    idea.refresh_from_db()
    assert idea.author is None
    assert idea.versions.get().title == ""
    assert personal_data.expire_drafts(NOW + timedelta(days=29)) == 0
    assert personal_data.expire_drafts(NOW + timedelta(days=30)) == 1
