"""What the public index, the moderators and the receipt get to see."""

from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders, index
from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.ids import uuid7
from allmende.engines.search.interface import entry, find

NOW = timezone.now()
VISITOR = Viewer()


def test_a_released_idea_is_found_and_a_waiting_one_is_not(db, deliver):
    waiting = builders.idea(title="Zitronenbaum im Hof")
    public = builders.published(title="Apfelbaum am Weg")
    deliver()
    at = timezone.now()
    assert entry(public.ref, VISITOR, at) is not None
    assert entry(waiting.ref, VISITOR, at) is None
    assert find("Zitronenbaum", VISITOR, at, language="de").total == 0
    moderator = people.actor(people.moderator("participation")).viewer
    assert entry(waiting.ref, moderator, at) is not None
    found = find("Apfelbäume", VISITOR, at, language="de")
    assert [row.ref for row in found.entries] == [public.ref]


def test_an_entry_says_next_step_office_and_date_in_both_languages(db):
    data = index.idea_entry(builders.published().pk)
    assert data.next_step.keys() >= {"de", "en"}
    assert data.office["en"] == "Environment office"
    assert data.due is not None
    assert data.state_labels == {"de": "veröffentlicht", "en": "published"}
    assert data.figures == {"supports": 0, "comments": 0}


def test_answers_to_questions_carry_no_number_of_supports(db):
    assert "supports" not in index.idea_entry(builders.published(builders.store(kind="future_question")).pk).figures


def test_refused_and_withdrawn_ideas_leave_the_index(db, deliver):
    author = people.person()
    idea = builders.published(author=author)
    deliver()
    actions.withdraw_idea(actor=people.actor(author), idea_id=idea.pk, at=timezone.now())
    deliver()
    assert entry(idea.ref, VISITOR, timezone.now()) is None


def test_every_kind_gives_its_things_and_their_address(db, client):
    rows = {
        "idea": builders.published(),
        "store": builders.store(),
        "group": builders.group(),
        "meeting": builders.meeting(),
    }  # fmt: skip
    for name, row in rows.items():
        kind = manifest.index_kinds()["participation", name]
        assert row.pk in set(kind.all_ids())
        data = kind.entry(row.pk)
        assert data.url == kind.url(row.pk)
        assert data.titles.keys() >= {"de"}
        assert client.get(data.url, headers={"host": "localhost"}).status_code == 200
        assert kind.entry(uuid7()) is None
        assert kind.url(uuid7()) is None


def test_moderators_read_the_persons_own_words(db, django_assert_num_queries):
    ideas = [builders.idea(title=f"Idee {number}", place="Markt") for number in range(3)]
    kind = manifest.moderated_kinds()["participation", "idea"]
    with django_assert_num_queries(2):
        found = kind.previews([idea.pk for idea in ideas])
    first = found[ideas[0].pk]
    assert (first.title, first.scope, first.author_person_id) == ("Idee 0", "participation", ideas[0].author_id)
    assert first.body.endswith("Markt")
