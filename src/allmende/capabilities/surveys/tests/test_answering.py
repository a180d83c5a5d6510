"""An answer counts once, and nothing that is stored leads from it to whoever gave it."""

import threading
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from django.db import connection

from allmende.accounts import builders as accounts
from allmende.capabilities.surveys import actions, builders, queries, tasks
from allmende.capabilities.surveys.actions import answering as answering_actions
from allmende.capabilities.surveys.models import Invitation, QuotaCount, ResidentMark, Response, Survey, WaitingResponse
from allmende.capabilities.surveys.rules import answering
from allmende.core.actor import SYSTEM, Actor, Channel, Grant, Idempotency, Role, Viewer
from allmende.core.errors import Closed, Conflict, DomainError, Invalid, NotAllowed, NotSignedIn
from allmende.core.models import AuditEntry, Event, IdempotencyKey

pytestmark = pytest.mark.central

NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
END = NOW + timedelta(days=10)
CLERK = Actor(viewer=Viewer(uuid4(), frozenset({Grant(Role.CLERK, "department:umwelt")})), key=uuid4())


def made(**fields):
    return builders.survey(at=NOW, **fields)


def send(survey, at=NOW, actor=None, **sent):
    return builders.answer(survey, at=at, actor=actor, **sent)


def test_an_answer_is_checked_and_kept_without_person_and_time_of_day(db):
    survey = made()
    somebody = Actor(viewer=Viewer(uuid4()), key=uuid4(), request_id="request-1")
    send(survey, actor=actions.nameless(somebody), answers={"name": "Erna"}, began_at=NOW - timedelta(seconds=100))
    (kept,) = WaitingResponse.objects.all()
    assert kept.answers == {"name": "Erna"}
    assert (kept.day, kept.seconds_taken, kept.channel) == (NOW.date(), 90, "web")
    entry = AuditEntry.objects.get(action="surveys.submit_response")
    assert (entry.actor_key, entry.request_id, entry.on_behalf_of) == (None, "", None)
    assert entry.object_id == survey.pk, "the audit names the survey, not the answer"
    assert not Event.objects.filter(name__contains="response").exists()


def test_answers_that_break_the_questionnaires_rules_are_named_by_question(db):
    survey = made()
    with pytest.raises(Invalid) as refused:
        send(survey, answers={"age": "viele"})
    assert set(refused.value.fields) == {"age"}
    assert not WaitingResponse.objects.exists()


def test_before_and_after_its_time_nothing_is_taken_but_by_whoever_began_in_time(db):
    survey = made(grace_minutes=30)
    early = Survey.objects.get(pk=survey.pk).opens_at - timedelta(seconds=1)
    for at, began in ((early, None), (END, None), (END, END), (END + timedelta(minutes=30), END - timedelta(hours=1))):
        with pytest.raises(Closed):
            send(survey, at=at, began_at=began)
    send(survey, at=END + timedelta(minutes=29), began_at=END - timedelta(minutes=1))
    send(survey, at=END - timedelta(microseconds=1))
    assert WaitingResponse.objects.count() == 2


def test_a_code_counts_once_and_only_if_it_was_printed(db):
    survey = made(access="code")
    (code, other) = actions.make_codes(actor=builders.EDITOR, survey_id=survey.pk, number=2, at=NOW)
    with pytest.raises(NotAllowed):
        send(survey, code="ABCD")
    with pytest.raises(NotAllowed):
        send(survey)
    send(survey, code=f" {answering.grouped(code).lower()} ")
    with pytest.raises(Conflict):
        send(survey, code=code)
    send(survey, code=other)
    assert WaitingResponse.objects.count() == 2
    assert queries.invited(survey) == queries.surveys.Invited(2, 2, 0)
    assert code.encode() not in b"".join(bytes(row.mark) for row in Invitation.objects.all())


def at_once(number, work):
    """Runs `work(n)` in so many threads that start together; returns what each said."""
    gate, said = threading.Barrier(number), []

    def one(n):
        try:
            gate.wait()
            said.append(work(n))
        except DomainError as error:
            said.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return said


def careless(survey, code):
    """As it would be without the protection: looked up first, marked afterwards."""
    own = answering.code_mark(bytes(survey.key), code)
    if Invitation.objects.get(survey=survey, mark=own).used:
        raise Conflict
    met.wait()  # both have looked, as two tabs do
    Invitation.objects.filter(survey=survey, mark=own).update(used=True)


met = threading.Barrier(2)


@pytest.mark.django_db(transaction=True)
def test_two_tabs_with_one_code_count_once_and_without_the_protection_twice(monkeypatch):
    survey = made(access="code")
    first, second = actions.make_codes(actor=builders.EDITOR, survey_id=survey.pk, number=2, at=NOW)

    def sending(code):
        return lambda n: send(survey, code=code, answers={"name": f"Tab {n}"}) and "taken"

    with monkeypatch.context() as patch:
        patch.setattr(answering_actions, "use_code", careless)
        assert at_once(2, sending(first)) == ["taken", "taken"], "the race is real"
    assert WaitingResponse.objects.count() == 2
    assert sorted(at_once(2, sending(second))) == ["Conflict", "taken"]
    assert WaitingResponse.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_quota_is_never_overfilled_however_many_come_at_once():
    survey = made(quota=3)
    said = at_once(6, lambda _n: send(survey) and "taken")
    assert sorted(said) == ["Full"] * 3 + ["taken"] * 3
    assert WaitingResponse.objects.count() == 3
    assert QuotaCount.objects.get().count == 3


def test_enough_answers_of_one_kind_close_politely_for_that_kind_only(db):
    survey = made(quotas=[{"question": "main", "option": "bike", "most": 1}])
    riding = {"modes": ["bike", "bus"], "main": "bike"}
    send(survey, answers=riding)
    with pytest.raises(actions.Full):
        send(survey, answers=riding)
    send(survey, answers={"modes": ["bike", "bus"], "main": "bus"})
    assert WaitingResponse.objects.count() == 2


def test_a_resident_counts_once_and_the_mark_is_made_with_a_key_that_goes(db):
    survey = made(access="verified")
    person = uuid4()
    with pytest.raises(NotSignedIn):
        send(survey)
    send(survey, resident=person)
    with pytest.raises(Conflict):
        send(survey, resident=person)
    assert queries.has_answered(Survey.objects.get(pk=survey.pk), person)
    (row,) = ResidentMark.objects.all()
    assert bytes(row.mark) != sha256(str(person).encode()).digest(), "not to be guessed from the person's id"


def transaction_numbers(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT xmin::text, id FROM {table}")
        return {str(id_): number for number, id_ in cursor.fetchall()}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("access", ["code", "verified"])
def test_after_mixing_no_order_number_or_time_ties_answers_to_codes_and_people(access):
    """While answers wait, the database's transaction numbers do tie them: the test first shows that it looks right."""
    survey = made(access=access)
    if access == "code":
        marks = actions.make_codes(actor=builders.EDITOR, survey_id=survey.pk, number=12, at=NOW)
        table = "surveys_invitation"
    else:
        marks, table = [uuid4() for _each in range(12)], "surveys_residentmark"
    for number, one in enumerate(marks):
        who = {"code": one} if access == "code" else {"resident": one}
        actor = Actor(idempotency=Idempotency(f"key-{number}", sha256(bytes([number])).digest()))
        send(survey, actor=actions.nameless(actor), answers={"name": f"Antwort {number}"}, **who)
    waiting = transaction_numbers("surveys_waitingresponse")
    assert set(waiting.values()) <= set(transaction_numbers(table).values()), "the same transactions, so far"

    former = {str(row.pk) for row in WaitingResponse.objects.all()}
    assert actions.mix_responses(actor=SYSTEM, survey_id=survey.pk, at=NOW) == 12
    assert not WaitingResponse.objects.exists()
    mixed = transaction_numbers("surveys_response")
    assert len(mixed) == 12
    assert len(set(mixed.values())) == 1, "one transaction wrote them all"
    assert not set(mixed.values()) & set(transaction_numbers(table).values())
    assert not set(mixed) & former, "and their ids are new"
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers ->> 'name' FROM surveys_response ORDER BY ctid")
        lying = [name for (name,) in cursor.fetchall()]
        cursor.execute("SELECT answers ->> 'name' FROM surveys_response ORDER BY id")
        by_id = [name for (name,) in cursor.fetchall()]
    came = [f"Antwort {number}" for number in range(12)]
    assert sorted(lying) == sorted(came)
    assert came not in (lying, by_id), "they lie in another order than they came (1 in 479,001,600 fails)"
    kept = IdempotencyKey.objects.all()
    assert {(row.result_model, row.result_id) for row in kept} == {("surveys.survey", str(survey.pk))}


def test_few_answers_wait_until_there_are_others_to_hide_among(db):
    survey = made()
    for _each in range(answering.FEWEST_TO_MIX - 1):
        send(survey)
    assert queries.to_mix() == []
    assert actions.mix_responses(actor=SYSTEM, survey_id=survey.pk, at=NOW) == 0
    assert queries.response_count(survey) == 9
    send(survey)
    tasks.mix(0)
    assert (Response.objects.count(), WaitingResponse.objects.count()) == (10, 0)


def test_the_close_writes_all_anew_and_destroys_codes_keys_and_remembered_requests(db):
    survey = made(access="code")
    codes = actions.make_codes(actor=builders.EDITOR, survey_id=survey.pk, number=14, at=NOW)
    for number, code in enumerate(codes[:11]):
        actor = Actor(idempotency=Idempotency(f"key-{number}", b"x" * 32))
        send(survey, actor=actions.nameless(actor), code=code)
    actions.mix_responses(actor=SYSTEM, survey_id=survey.pk, at=NOW)
    send(survey, code=codes[11], actor=CLERK.via(Channel.PAPER))
    before = set(Response.objects.values_list("pk", flat=True))
    with pytest.raises(Closed):
        actions.close_survey(actor=SYSTEM, survey_id=survey.pk, at=END)
    closed = actions.close_survey(actor=SYSTEM, survey_id=survey.pk, at=END + timedelta(hours=1))
    assert (closed.state, closed.key, closed.answered) == ("closed", None, 12)
    assert closed.channels == {"web": 11, "paper": 1}
    assert not before & set(Response.objects.values_list("pk", flat=True)), "the last small batch hides among all"
    assert not WaitingResponse.objects.exists()
    assert not Invitation.objects.exists()
    assert not IdempotencyKey.objects.filter(result_model="surveys.survey").exists()
    assert [event.name for event in Event.objects.filter(name="surveys.survey_closed")] == ["surveys.survey_closed"]
    with pytest.raises(Closed):
        send(closed, at=END + timedelta(hours=2))


def test_a_paper_takes_the_same_path_with_its_channel_and_names_the_clerk_not_the_answer(db):
    survey = made()
    with pytest.raises(NotSignedIn):
        send(survey, actor=Actor(channel=Channel.PAPER))
    with pytest.raises(Invalid):
        send(survey, actor=CLERK.via(Channel.PAPER), answers={"age": "viele"})
    send(survey, actor=CLERK.via(Channel.PAPER), answers={"age": 40}, began_at=NOW - timedelta(minutes=3))
    (row,) = WaitingResponse.objects.all()
    assert (row.channel, row.seconds_taken) == ("paper", None)
    entry = AuditEntry.objects.get(action="surveys.submit_response")
    assert (entry.actor_key, entry.channel) == (CLERK.key, "paper")


def test_a_repeated_request_counts_once(db):
    survey = made()
    actor = actions.nameless(Actor(idempotency=Idempotency("the-same", b"y" * 32)))
    assert send(survey, actor=actor).pk == send(survey, actor=actor).pk == survey.pk
    assert WaitingResponse.objects.count() == 1


def test_reminders_go_to_addresses_with_unused_codes_and_the_others_are_forgotten(db):
    survey = made(access="code")
    addresses = ["erna@example.org", "otto@example.org", "erna@example.org"]
    sent = actions.invite_by_mail(actor=builders.EDITOR, survey_id=survey.pk, addresses=addresses, at=NOW)
    assert [one.address for one in sent] == addresses[:2]
    stored = b"".join(bytes(row.sealed) for row in Invitation.objects.all())
    assert b"example.org" not in stored
    send(survey, code=sent[0].code)
    assert Invitation.objects.get(used=True).sealed is None, "who has answered has no address here any more"
    found = actions.remind_by_mail(actor=builders.EDITOR, survey_id=survey.pk, at=NOW)
    assert found == [sent[1]]
    assert queries.invited(survey) == queries.surveys.Invited(2, 1, 1)


def test_many_at_once_are_checked_like_any_other_and_one_fault_takes_none(db):
    survey = made()
    good = actions.Batched(answers={"age": 40}, day=NOW.date())
    with pytest.raises(Invalid) as refused:
        actions.import_responses(
            actor=builders.EDITOR, survey_id=survey.pk, channel=Channel.PAPER, at=NOW,
            batch=[good, actions.Batched(answers={"age": -1}, day=NOW.date())],
        )  # fmt: skip
    assert "Antwort 2" in str(refused.value.message)
    assert not Response.objects.exists()
    actions.import_responses(
        actor=builders.EDITOR, survey_id=survey.pk, channel=Channel.PAPER, at=NOW, batch=[good] * 3
    )
    assert [row.channel for row in Response.objects.all()] == ["paper"] * 3
    coded = made(access="code")
    with pytest.raises(NotAllowed):
        actions.import_responses(actor=builders.EDITOR, survey_id=coded.pk, channel=Channel.PAPER, at=NOW, batch=[good])


def test_an_erased_person_leaves_no_mark_in_surveys_that_run(db):
    from allmende.capabilities.surveys.actions.personal_data import erase_marks, export_marks

    survey = made(access="verified")
    person, other, keep_texts = accounts.person(), accounts.person(), True
    for one in (person, other):
        send(survey, resident=one.pk)
    assert [row["survey"] for row in export_marks(person.pk)] == [survey.number]
    erase_marks(person.pk, keep_texts)
    assert list(export_marks(person.pk)) == []
    assert ResidentMark.objects.count() == 1
    assert WaitingResponse.objects.count() == 2, "nobody knows which answer was theirs"
