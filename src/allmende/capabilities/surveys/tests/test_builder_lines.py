"""Answers of a question in the builder: edited one by one or as text, and what they keep when they move."""

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.surveys.tests.test_builder import SEED, form_of, now, url
from allmende.engines.questions import interface as questions
from allmende.engines.questions.builders import every_kind


@pytest.fixture
def client(db):
    return people.login(Client(headers={"host": "localhost"}), people.editor())


@pytest.fixture
def built(db):
    """A questionnaire of every kind: its id."""
    version = questions.create_questionnaire(
        actor=SEED, capability="surveys", definition=every_kind(), at=timezone.now()
    )
    return version.questionnaire_id


def lines(built, name, key="options"):
    return [(one["name"], one["label"]["de"]) for one in questions.question_of(now(built), name)[2][key]]


def one_by_one(pairs, key="options", **more):
    """Lines as the page sends them: (name of the option that it was, words)."""
    sent = {f"{key}-way": "rows", f"{key}-n": str(len(pairs))}
    for at, (was, label) in enumerate(pairs):
        sent |= {f"{key}-{at}": label, f"{key}-{at}-was": was}
    return {**sent, **more}


def shown_lines(answer, key="options"):
    return [(line.was, line.label) for line in answer.context["form"].lines[key].lines]


def test_answers_are_edited_one_by_one_and_keep_what_they_were(client, built):
    address = url("question", built, "main")
    sent = {name: value for name, value in form_of(client, address).items() if name != "options"}
    before = lines(built, "main")
    assert shown_lines(client.get(address)) == before
    moved = client.post(address, sent | one_by_one(before, again="options:down:0"))
    assert moved.status_code == 200
    assert shown_lines(moved) == [before[1], before[0], *before[2:]]
    assert lines(built, "main") == before, "only shown, not saved"
    more = client.post(address, sent | one_by_one(before, again="options:add"))
    assert shown_lines(more) == [*before, ("", "")]
    fewer = client.post(address, sent | one_by_one(before, again="options:remove:1"))
    assert shown_lines(fewer) == [before[0], *before[2:]]
    # Reworded and moved, and a new one: names, conditions and translations go along as far as they are still true.
    changed = [before[2], (before[0][0], "zu Fuß, auch weit"), ("", "mit der Fähre"), ("", " ")]
    assert client.post(address, sent | one_by_one(changed)).status_code == 302
    options = questions.question_of(now(built), "main")[2]["options"]
    assert [one["name"] for one in options] == [before[2][0], before[0][0], "mit_der_faehre"]
    assert options[0]["label"]["en"]
    assert "en" not in options[1]["label"], "a translation of other words"
    assert options[1]["filter"] == "selected(${modes}, 'walk')"


def test_answers_as_text_and_back_lose_nothing_that_was_typed(client, built):
    address = url("question", built, "main")
    sent = {name: value for name, value in form_of(client, address).items() if name != "options"}
    before = lines(built, "main")
    typed = [before[0], ("", "mit dem Boot"), *before[1:]]
    text = client.post(address, sent | one_by_one(typed, again="options:text")).content.decode()
    joined = "\n".join(label for _was, label in typed)
    assert joined in text.replace("&#x27;", "'")
    back = client.post(address, sent | {"options-way": "text", "options": joined, "again": "options:rows"})
    assert shown_lines(back) == typed


def test_answers_that_stand_twice_or_not_at_all_are_refused_in_place(client, built):
    address = url("question", built, "main")
    sent = {name: value for name, value in form_of(client, address).items() if name != "options"}
    twice = client.post(address, sent | one_by_one([("", "Rot"), ("", "Rot")]))
    assert twice.status_code == 422
    assert "„Rot“ steht zweimal da." in twice.content.decode()
    assert shown_lines(twice) == [("", "Rot"), ("", "Rot")]
    none = client.post(address, sent | one_by_one([("", ""), ("", "")]))
    assert none.status_code == 422
    for number in ("", "-1", "99999999", "x"):
        hostile = client.post(address, sent | {"options-way": "rows", "options-n": number, "again": "options:up:7"})
        assert hostile.status_code == 200
