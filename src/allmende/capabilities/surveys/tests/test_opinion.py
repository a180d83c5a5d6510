"""Opinion maps from the first vote to the frozen result: one voice one vote, nobody is found, claims are counted."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.accounts import interface as accounts
from allmende.capabilities.surveys.actions import opinion as actions
from allmende.capabilities.surveys.actions import opinion_data
from allmende.capabilities.surveys.actions.opinion_import import ImportData, import_conversation
from allmende.capabilities.surveys.models import CONTRACT_FIELDS, Conversation, DrawnMap, Statement, Voice
from allmende.capabilities.surveys.queries import drawing
from allmende.capabilities.surveys.queries import opinion as reading
from allmende.capabilities.surveys.rules.opinion import access, polis
from allmende.capabilities.surveys.seeds import opinion as seeds
from allmende.capabilities.surveys.tests.test_opinion_map import WHOLE
from allmende.core.actor import SYSTEM, Actor, Viewer
from allmende.core.errors import Closed, Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from allmende.core.models import AuditEntry, Event
from allmende.engines.discussion import interface as discussion

pytestmark = pytest.mark.django_db

FIRST = tuple(f"Das ist Aussage Nummer {number}." for number in range(1, 9))
GUEST = Actor()


@pytest.fixture
def editor():
    return people.actor(people.editor())


def data(**changed):
    at = timezone.now()
    values = {
        "title": {"de": "Wie wollen wir wohnen?", "en": "How do we want to live?"},
        "summary": {"de": "Wozu"},
        "contract": {name: {"de": f"Antwort zu {name}"} for name in CONTRACT_FIELDS},
        "department": "umwelt",
        "opens_at": at - timedelta(days=1),
        "closes_at": at + timedelta(days=5),
        "statements": FIRST,
    }
    return actions.ConversationData(**{**values, **changed})


@pytest.fixture
def talk(editor):
    at = timezone.now() - timedelta(days=2)
    made = actions.save_conversation(actor=editor, data=data(), at=at)
    return actions.open_conversation(actor=people.actor(people.editor()), conversation_id=made.pk, at=at)


def say(talk, number, choice, *, token="", actor=GUEST, at=None):
    return actions.give_opinion(
        actor=actor, conversation_id=talk.pk, number=number, choice=choice, token=token, at=at or timezone.now()
    )


def crowd(talk, size=40):
    """Two opinions of equal size, and the first statement that both share."""
    for number in range(size):
        token = access.new_token(talk)
        for statement in range(1, 9):
            say(talk, statement, 1 if statement == 1 or number % 2 else -1, token=token)


def draw(talk, at=None):
    return actions.keep_map(actor=SYSTEM, conversation_id=talk.pk, drawing=drawing.draw(talk), at=at or timezone.now())


# Before


def test_nothing_opens_without_contract_dates_and_something_to_talk_about(editor):
    second = people.actor(people.editor())
    at = timezone.now()
    for changed in ({"contract": {}}, {"opens_at": None}, {"statements": FIRST[:4]}):
        made = actions.save_conversation(actor=editor, data=data(**changed), at=at)
        with pytest.raises(Invalid):
            actions.open_conversation(actor=second, conversation_id=made.pk, at=at)
    made = actions.save_conversation(actor=editor, data=data(contract={}), at=at)
    with pytest.raises(IntegrityError, match="surveys_conversation_contract"), transaction.atomic():
        Conversation.objects.filter(pk=made.pk).update(state="open", key=b"x" * 32)


def test_a_second_person_opens_and_then_nothing_changes(editor):
    made = actions.save_conversation(actor=editor, data=data(), at=timezone.now())
    with pytest.raises(NotAllowed):
        actions.open_conversation(actor=editor, conversation_id=made.pk, at=timezone.now())
    actions.open_conversation(actor=people.actor(people.editor()), conversation_id=made.pk, at=timezone.now())
    with pytest.raises(Conflict):
        actions.save_conversation(actor=editor, data=data(), conversation_id=made.pk, at=timezone.now())


# Votes


def test_the_last_answer_of_a_voice_counts(talk):
    token = access.new_token(talk)
    say(talk, 1, 1, token=token)
    say(talk, 1, -1, token=token)
    voice = say(talk, 2, 0, token=token)
    assert voice.choices == {"1": -1, "2": 0}
    assert Voice.objects.get().casts == 3


def test_with_an_account_one_is_one_voice_on_every_device(talk):
    resident = people.actor(people.person())
    say(talk, 1, 1, actor=resident, token=access.ACCOUNT)
    say(talk, 2, 1, actor=resident, token=access.new_token(talk))
    assert Voice.objects.get().choices == {"1": 1, "2": 1}


@pytest.mark.parametrize("token", ["", "konto", "x" * 28, "x", "é" * 28])
def test_nobody_makes_up_a_way_in(talk, token):
    with pytest.raises((NotFound, NotSignedIn)):
        say(talk, 1, 1, token=token)
    assert not Voice.objects.exists()


def test_a_token_of_one_conversation_opens_no_other(talk, editor):
    other = actions.save_conversation(actor=editor, data=data(), at=timezone.now())
    other = actions.open_conversation(actor=people.actor(people.editor()), conversation_id=other.pk, at=timezone.now())
    with pytest.raises(NotFound):
        say(other, 1, 1, token=access.new_token(talk))


def test_outside_of_the_time_and_beside_the_statements_nothing_is_taken(talk):
    token = access.new_token(talk)
    for at in (talk.opens_at - timedelta(seconds=1), talk.closes_at):
        with pytest.raises(Closed):
            say(talk, 1, 1, token=token, at=at)
    with pytest.raises(Conflict):
        say(talk, 99, 1, token=token)
    with pytest.raises(Invalid):
        say(talk, 1, 2, token=token)
    say(talk, 1, 1, token=token, at=talk.closes_at - timedelta(microseconds=1))


def test_audit_and_events_know_no_voice(talk):
    resident = people.actor(people.person())
    say(talk, 1, 1, actor=resident, token=access.ACCOUNT)
    voice = Voice.objects.get()
    entry = AuditEntry.objects.get(action="surveys.give_opinion")
    event = Event.objects.get(name="surveys.opinion_given")
    assert entry.actor_key is None
    assert entry.request_id == ""
    assert event.actor_key is None
    assert event.payload == {}
    for row in (entry, event):
        assert voice.pk not in {row.object_id, row.id}
    assert resident.person_id.bytes not in bytes(voice.mark)


def test_where_an_account_is_needed_no_guest_takes_part(editor):
    made = actions.save_conversation(actor=editor, data=data(who="account"), at=timezone.now())
    made = actions.open_conversation(actor=people.actor(people.editor()), conversation_id=made.pk, at=timezone.now())
    with pytest.raises(NotSignedIn):
        say(made, 1, 1, token=access.new_token(made))
    say(made, 1, 1, actor=people.actor(people.person()))


# What comes next


def test_everybody_gets_every_statement_once(talk):
    token = access.new_token(talk)
    own = reading.own_mark(talk, Viewer(), token)
    seen = []
    while (sitting := reading.sitting(talk, own)).statement is not None:
        assert reading.sitting(talk, own).statement == sitting.statement
        seen.append(sitting.statement.number)
        say(talk, sitting.statement.number, 1, token=token)
    assert sorted(seen) == list(range(1, 9))
    assert reading.sitting(talk, own, asked=3).said == 1
    assert reading.sitting(talk, own, asked=99).statement is None


def test_one_learns_alone_where_one_stands(talk):
    crowd(talk)
    draw(talk)
    token = access.new_token(talk)
    own = reading.own_mark(talk, Viewer(), token)
    for number in range(1, 9):
        sitting = reading.sitting(talk, own)
        assert (sitting.near is None) == (number <= 7)
        say(talk, number, 1, token=token)
    groups = DrawnMap.objects.get().axes["centres"]
    assert len(groups) == 2
    assert reading.sitting(talk, own).near in {0, 1}


def test_the_number_of_queries_does_not_grow(talk, django_assert_num_queries):
    crowd(talk, 4)
    token = access.new_token(talk)
    say(talk, 1, 1, token=token)
    own = reading.own_mark(talk, Viewer(), token)
    with django_assert_num_queries(3):
        reading.sitting(talk, own)


# Statements


def test_a_guests_statement_waits_and_is_asked_about_once_it_is_released(talk, deliver):
    token = access.new_token(talk)
    made = actions.add_statement(
        actor=GUEST, conversation_id=talk.pk, text="  Mehr\nBänke \u202e bitte. ", token=token, at=timezone.now()
    )
    assert made.state == "waiting"
    assert "\n" not in made.text
    assert discussion.case_of(made.ref) is not None
    with pytest.raises(Conflict):
        say(talk, made.number, 1, token=token)
    moderator = people.actor(people.moderator())
    actions.release_statement(actor=moderator, object_id=made.pk, at=timezone.now())
    say(talk, made.number, 1, token=token)
    assert not Voice.objects.exclude(choices={str(made.number): 1}).exists()
    deliver()


def test_the_author_is_told_and_does_not_decide(talk, deliver):
    writer = people.moderator()
    made = actions.add_statement(
        actor=people.actor(writer), conversation_id=talk.pk, text="Mehr Bäume.", at=timezone.now()
    )
    with pytest.raises(NotAllowed):
        actions.release_statement(actor=people.actor(writer), object_id=made.pk, at=timezone.now())
    moderator = people.actor(people.moderator())
    with pytest.raises(Invalid):
        actions.refuse_statement(actor=moderator, object_id=made.pk, reason=" ", rule="respekt", at=timezone.now())
    actions.refuse_statement(
        actor=moderator, object_id=made.pk, reason="Das steht schon da.", rule="respekt", at=timezone.now()
    )
    deliver()
    from allmende.engines.notify.models import Notice

    assert Notice.objects.filter(person=writer).exists()


@pytest.mark.parametrize("text", ["", " \n ", "x" * 201, FIRST[2], FIRST[2].upper()])
def test_empty_long_and_repeated_statements_are_refused(talk, text):
    with pytest.raises(Invalid):
        actions.add_statement(
            actor=GUEST, conversation_id=talk.pk, text=text, token=access.new_token(talk), at=timezone.now()
        )


def test_doubles_are_merged_and_no_answer_is_lost(talk):
    only, both = access.new_token(talk), access.new_token(talk)
    say(talk, 2, -1, token=only)
    say(talk, 2, -1, token=both)
    say(talk, 3, 1, token=both)
    double = Statement.objects.get(conversation=talk, number=2)
    moderator = people.actor(people.moderator())
    for wrong in (2, 99):
        with pytest.raises(Invalid):
            actions.merge_statement(actor=moderator, statement_id=double.pk, into=wrong, at=timezone.now())
    actions.merge_statement(actor=moderator, statement_id=double.pk, into=3, at=timezone.now())
    said = sorted(voice.choices["3"] for voice in Voice.objects.all())
    assert said == [-1, 1]
    with pytest.raises(Conflict):
        say(talk, 2, 1, token=only)


# The map


def test_the_map_says_what_was_counted_and_nobody_is_alone_in_it(talk, client):
    crowd(talk)
    kept = draw(talk)
    result = kept.result
    assert (result["people"], result["votes"], result["placed"]) == (40, 320, 40)
    assert [group["people"] for group in result["groups"]] == [20, 20]
    assert [one["statement"] for one in result["bridges"]] == [1]
    assert result["tallies"]["1"] == [[20, 0, 0], [20, 0, 0]]
    assert set(result["divides"]) <= set(range(2, 9))
    page = client.get(f"/umfragen/meinungen/{talk.number}/").content.decode()
    assert "40 Menschen haben mitgemacht und 320 Antworten gegeben." in page
    assert page.index("Darin sind sich alle Gruppen einig") < page.index("Diese Gruppen zeigen sich")
    assert page.index("Diese Gruppen zeigen sich") < page.index('<svg class="opinion-map"')
    assert "20 von 20 stimmen zu" in page


def test_small_groups_are_never_told(talk):
    for number in range(30):
        token = access.new_token(talk)
        for statement in range(1, 9):
            if statement < 8 or number < 4:
                say(talk, statement, 1 if statement == 1 or number % 2 else -1, token=token)
    result = draw(talk).result
    assert "8" not in result["tallies"]
    numbers = [n for tally in result["tallies"].values() for counts in tally for n in [sum(counts)]]
    assert min(numbers) >= 5
    assert all(people >= 5 for *_place, people in result["spots"])


def test_a_map_is_drawn_anew_only_when_enough_came(talk):
    at = timezone.now()
    assert reading.to_draw(at) == []
    crowd(talk, 12)
    assert reading.to_draw(at) == [talk.pk]
    draw(talk, at)
    token = access.new_token(talk)
    for number in range(1, 9):
        say(talk, number, 1, token=token)
    assert reading.to_draw(at + timedelta(hours=1)) == []
    say(talk, 1, -1, token=token)
    say(talk, 1, 1, token=token)
    assert reading.to_draw(at + timedelta(minutes=9)) == []
    assert reading.to_draw(at + timedelta(minutes=10)) == [talk.pk]


def test_what_is_taken_out_leaves_the_map_at_once(talk):
    at = timezone.now()
    crowd(talk)
    before = draw(talk, at).result
    number = before["bridges"][0]["statement"]
    others = [one for one in range(1, 9) if one != number]
    taken = Statement.objects.get(conversation=talk, number=number)
    moderator = people.actor(people.moderator())
    actions.merge_statement(actor=moderator, statement_id=taken.pk, into=others[-1], at=at)
    after = DrawnMap.objects.get().result
    assert after["votes"] == before["votes"] - sum(map(sum, before["tallies"][str(number)]))
    assert str(number) not in after["tallies"]
    claims = [*after["bridges"], *(mark for group in after["groups"] for mark in group["marks"])]
    assert number not in {one["statement"] for one in claims} | set(after["divides"])
    assert reading.to_draw(at) == [talk.pk], "the groups too, and nobody has answered since"
    token = access.new_token(talk)
    say(talk, others[0], 1, token=token)
    assert reading.to_draw(at + timedelta(hours=1)) == [], "now it would show that one answer"
    for choice in (-1, 1):
        for other in others:
            say(talk, other, choice, token=token)
    assert reading.to_draw(at) == [talk.pk]
    assert "without" not in draw(talk, at).result
    assert reading.to_draw(at) == []


def test_at_the_close_the_key_goes_and_the_map_stands_still(talk, deliver):
    crowd(talk, 20)
    before = set(Voice.objects.values_list("pk", flat=True))
    said = sorted(str(sorted(choices.items())) for choices in Voice.objects.values_list("choices", flat=True))
    with pytest.raises(Closed):
        actions.close_conversation(actor=SYSTEM, conversation_id=talk.pk, at=timezone.now())
    end = talk.closes_at
    assert reading.to_close(end) == [talk.pk]
    actions.close_conversation(actor=SYSTEM, conversation_id=talk.pk, at=end)
    actions.close_conversation(actor=SYSTEM, conversation_id=talk.pk, at=end)
    closed = Conversation.objects.get()
    assert closed.key is None
    assert not before & set(Voice.objects.values_list("pk", flat=True))
    assert not Voice.objects.exclude(mark=None).exists()
    assert said == sorted(str(sorted(choices.items())) for choices in Voice.objects.values_list("choices", flat=True))
    assert reading.to_draw(end) == [talk.pk]
    kept = draw(closed, end)
    assert kept.is_final
    assert reading.to_draw(end) == []
    Voice.objects.all().delete()
    again = draw(closed, end)
    assert again.result == kept.result
    deliver()


# Files


def test_files_with_faults_and_without_origin_are_not_taken_in(editor):
    broken = polis.read_polis({})
    with pytest.raises(Invalid):
        import_conversation(actor=editor, read=broken, data=ImportData("", "x"), at=timezone.now())
    whole = polis.read_polis({name: text.encode() for name, text in WHOLE.items()})
    with pytest.raises(Invalid):
        import_conversation(actor=editor, read=whole, data=ImportData("", " "), at=timezone.now())
    with pytest.raises(NotAllowed):
        import_conversation(
            actor=people.actor(people.person()), read=whole, data=ImportData("", "x"), at=timezone.now()
        )
    assert not Conversation.objects.exists()


# People


def test_export_and_erasure_reach_what_is_a_persons(talk):
    person = people.person()
    actor = people.actor(person)
    say(talk, 1, -1, actor=actor)
    say(talk, 1, 1, token=access.new_token(talk))
    made = actions.add_statement(actor=actor, conversation_id=talk.pk, text="Mehr Licht.", at=timezone.now())
    (row,) = opinion_data.export_opinions(person.pk)
    assert row["answers"] == [{"statement": FIRST[0], "choice": -1}]
    (row,) = opinion_data.export_statements(person.pk)
    assert row["text"] == "Mehr Licht."
    accounts.erase_person(person.pk, keep_texts=False)
    assert Voice.objects.get().choices == {"1": 1}
    made.refresh_from_db()
    assert made.author_id is None
    assert "Licht" not in made.text


def test_single_votes_go_after_a_year_and_the_map_stays(talk):
    crowd(talk, 12)
    actions.close_conversation(actor=SYSTEM, conversation_id=talk.pk, at=talk.closes_at)
    draw(Conversation.objects.get(), talk.closes_at)
    assert opinion_data.expire_opinions(talk.closes_at + timedelta(days=364)) == 0
    assert opinion_data.expire_opinions(talk.closes_at + timedelta(days=366)) == 12
    assert DrawnMap.objects.get().result["people"] == 12
    assert reading.to_draw(talk.closes_at + timedelta(days=367)) == []


def test_the_examples_have_groups_and_bridges():
    from allmende.core.city import pack

    assert pack() is not None
    drawn = seeds.voices()
    assert len(drawn) == seeds.PEOPLE
    assert drawn == seeds.voices()
