import threading

import pytest
from django.db import IntegrityError, connection, transaction

from allmende.core.actor import SYSTEM, Actor, Grant, Role, Viewer
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound
from allmende.core.models import AuditEntry
from allmende.core.refs import Ref
from allmende.engines.questions import interface as questions
from allmende.engines.questions import queries
from allmende.engines.questions.builders import definition_of, every_kind, question
from allmende.engines.questions.models import Sitting, Version

pytestmark = pytest.mark.django_db(transaction=True)
EDITOR = Actor(viewer=Viewer(grants=frozenset({Grant(Role.EDITOR)})))
THING = Ref("surveys", "survey", "0198b1a0-0000-7000-8000-000000000000")


@pytest.fixture
def at(settings):
    from datetime import UTC, datetime

    return datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def made(at, definition=None):
    return questions.create_questionnaire(
        actor=EDITOR, capability="surveys", definition=definition or every_kind(), at=at
    )


def test_a_version_changes_until_it_is_frozen_and_the_next_one_begins(at):
    first = made(at)
    again = questions.save_version(
        actor=EDITOR, questionnaire_id=first.questionnaire_id, definition=definition_of(question("a", "text")), at=at
    )
    assert (again.pk, again.number, again.revision) == (first.pk, 1, 2)
    questions.freeze_version(actor=EDITOR, version_id=first.pk, at=at)
    second = questions.save_version(
        actor=EDITOR, questionnaire_id=first.questionnaire_id, definition=definition_of(question("b", "text")), at=at
    )
    assert second.number == 2
    assert [one.number for one in questions.versions(first.questionnaire_id)] == [1, 2]
    # an answer to a question that the newer version dropped is read with its own
    old, new = questions.definition(first.pk), questions.definition(second.pk)
    answers = {"a": "still here"}
    assert questions.check(old, answers, at=at).values == answers
    assert questions.check(new, answers, at=at).unknown == {"a"}


def test_the_database_refuses_to_change_what_is_frozen(at):
    version = made(at)
    questions.freeze_version(actor=EDITOR, version_id=version.pk, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(definition={})
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(frozen_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=version.pk).delete()


def test_broken_conditions_are_saved_but_never_frozen(at):
    version = made(at, definition_of(question("a", "text", relevant="${b} = 1")))
    with pytest.raises(Invalid, match="„b“"):
        questions.freeze_version(actor=EDITOR, version_id=version.pk, at=at)
    assert Version.objects.get(pk=version.pk).frozen_at is None


def test_only_editors_build(at):
    for actor in (Actor(), Actor(viewer=Viewer(grants=frozenset({Grant(Role.CLERK)})))):
        with pytest.raises(NotAllowed):
            questions.create_questionnaire(actor=actor, capability="surveys", definition=every_kind(), at=at)
    assert questions.create_questionnaire(actor=SYSTEM, capability="surveys", definition=every_kind(), at=at)


def test_two_who_build_at_once_overwrite_nothing(at):
    version = made(at)
    seen = (1, 1)
    change = {"actor": EDITOR, "questionnaire_id": version.questionnaire_id, "at": at, "seen": seen}
    questions.save_version(**change, definition=definition_of(question("mine", "text")))
    with pytest.raises(Conflict):
        questions.save_version(**change, definition=definition_of(question("yours", "text")))
    assert "mine" in questions.definition(version.pk).by_name


def test_freezing_and_changing_at_once_never_changes_what_is_frozen(at):
    version = made(at, definition_of(question("a", "text")))
    start = threading.Barrier(4)
    failed: list[Exception] = []

    def run(work):
        try:
            start.wait()
            work()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            failed.append(error)
        finally:
            connection.close()

    def change(name):
        return lambda: questions.save_version(
            actor=EDITOR,
            questionnaire_id=version.questionnaire_id,
            definition=definition_of(question(name, "text")),
            at=at,
        )

    works = [change("b"), change("c"), lambda: questions.freeze_version(actor=EDITOR, version_id=version.pk, at=at)]
    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    start.wait()
    for thread in threads:
        thread.join()
    assert failed == []
    found = questions.versions(version.questionnaire_id)
    assert found[0].frozen_at is not None
    assert len(found) <= 2
    assert [one.number for one in found] == list(range(1, len(found) + 1))


# answers in progress


@pytest.fixture
def sitting(at):
    version = made(at)
    questions.freeze_version(actor=EDITOR, version_id=version.pk, at=at)
    return questions.begin_sitting(actor=Actor(), version_id=version.pk, ref=THING, at=at)


def save(sitting, at, step, answers, **more):
    return questions.save_sitting(actor=Actor(), sitting_id=sitting.pk, step=step, answers=answers, at=at, **more)


def test_answers_are_found_again_by_the_code_and_by_nothing_else(sitting, at):
    save(sitting, at, "about", {"age": "thirty"})
    found = questions.resume_sitting(sitting.code.lower().replace("-", " "), at=at)
    assert (found.pk, found.answers, found.step) == (sitting.pk, {"age": "thirty"}, "about")
    assert sitting.code.replace("-", "").encode() not in bytes(found.mark)
    for wrong in ("", "AAAA-AAAA-AAAA", "x" * 1000, "\0", sitting.code[:-1]):
        assert questions.resume_sitting(wrong, at=at) is None


def test_nothing_is_answered_before_the_version_is_frozen(at):
    with pytest.raises(Conflict):
        questions.begin_sitting(actor=Actor(), version_id=made(at).pk, ref=THING, at=at)


def test_two_windows_on_different_steps_do_not_disturb_each_other(sitting, at):
    save(sitting, at, "about", {"age": 3}, seen=0)
    kept = save(sitting, at, "week", {"km": 4}, seen=0)
    assert kept.answers == {"age": 3, "km": 4}


def test_two_windows_on_one_step_lose_nothing(sitting, at):
    save(sitting, at, "about", {"age": 3}, seen=0)
    assert save(sitting, at, "about", {"age": 3}, seen=0).revisions["about"] == 1
    save(sitting, at, "week", {"km": 1}, seen=0, window="mine")
    assert save(sitting, at, "week", {"km": 2}, seen=0, window="mine").answers["km"] == 2
    with pytest.raises(questions.Elsewhere):
        save(sitting, at, "week", {"km": 3}, seen=0, window="yours")
    save(sitting, at, "week", {"km": None})
    with pytest.raises(questions.Elsewhere) as raised:
        save(sitting, at, "about", {"age": 4}, seen=0)
    assert raised.value.answers == {"age": 3}
    assert Sitting.objects.get().answers == {"age": 3}
    assert save(sitting, at, "about", {"age": 4}, seen=raised.value.revision).answers == {"age": 4}
    assert save(sitting, at, "about", {"age": None}).answers == {}


def test_what_is_sent_from_two_windows_counts_once(sitting, at):
    with transaction.atomic():
        assert questions.take_sitting(sitting.pk, at=at).pk == sitting.pk
    with pytest.raises(NotFound), transaction.atomic():
        questions.take_sitting(sitting.pk, at=at)
    with pytest.raises(NotFound):
        save(sitting, at, "about", {"age": 3})


def test_what_nobody_goes_on_with_is_deleted_after_thirty_days(sitting, at):
    from datetime import timedelta

    from allmende.engines.questions.capability import manifest

    save(sitting, at + timedelta(days=10), "about", {"age": 3})
    expire = manifest.personal_data[0].expire
    assert expire(at + timedelta(days=39)) == 0
    assert questions.resume_sitting(sitting.code, at=at + timedelta(days=41)) is None
    assert expire(at + timedelta(days=41)) == 1
    assert not Sitting.objects.exists()


def test_the_audit_never_says_who_answers(sitting, at):
    person = Actor(viewer=Viewer(), key=sitting.pk)
    questions.save_sitting(actor=person, sitting_id=sitting.pk, step="about", answers={"age": 3}, at=at)
    assert {entry.actor_key for entry in AuditEntry.objects.filter(kind="sitting")} == {None}


def test_more_than_a_questionnaire_can_hold_is_refused(sitting, at):
    with pytest.raises(Invalid):
        save(sitting, at, "about", {"age": "x" * 400_000})


def test_the_latest_version_is_the_one_that_is_worked_on(at):
    version = made(at)
    assert queries.latest(version.questionnaire_id).pk == version.pk
    with pytest.raises(NotFound):
        queries.latest(version.pk)
