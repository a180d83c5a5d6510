"""The office answers, says what comes next, and is reminded when it does not; people are told."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders, index, queries, tasks, workflow
from allmende.capabilities.participation.models import OfficialAnswer
from allmende.core import city
from allmende.core.actor import SYSTEM
from allmende.core.errors import Conflict, Invalid, NotAllowed
from allmende.core.models import Event
from allmende.engines.discussion.interface import add_comment
from allmende.engines.notify.interface import Notice, follow

NOW = timezone.now()


@pytest.fixture
def clerk(db):
    return people.actor(people.clerk("umwelt"))


@pytest.fixture
def idea(db):
    return builders.published(author=people.person())


def test_only_the_office_in_charge_answers(idea):
    for someone in (
        people.person(),
        people.clerk("kultur"),
        people.moderator(),
        people.editor(),
        people.administrator(),
    ):
        with pytest.raises(NotAllowed):
            actions.answer_idea(
                actor=people.actor(someone), idea_id=idea.pk, outcome="accepted", text="Ja", at=timezone.now()
            )


def test_an_honest_no_has_reason_alternative_office_and_a_day_to_ask_again(idea, clerk):
    with pytest.raises(Invalid) as refused:
        actions.answer_idea(actor=clerk, idea_id=idea.pk, outcome="no", text=" ", at=timezone.now())
    assert set(refused.value.fields) == {"text", "alternative", "ask_again_on"}
    today = timezone.localdate(NOW)
    with pytest.raises(Invalid) as refused:
        actions.answer_idea(
            actor=clerk, idea_id=idea.pk, outcome="no", text="Nein", alternative="Anders", ask_again_on=today, at=NOW
        )
    assert set(refused.value.fields) == {"ask_again_on"}
    answer = actions.answer_idea(
        actor=clerk,
        idea_id=idea.pk,
        outcome="no",
        text="Dafür fehlt das Geld.",
        alternative="Ein Versuch an drei Stellen.",
        ask_again_on=today + timedelta(days=365),
        at=timezone.now(),
    )
    idea.refresh_from_db()
    assert (idea.state, idea.due_at) == ("answered", None)
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficialAnswer.objects.filter(pk=answer.pk).update(alternative="")


def test_a_yes_is_reported_on_and_the_latest_answer_counts(idea, clerk):
    at = timezone.now()
    actions.answer_idea(actor=clerk, idea_id=idea.pk, outcome="accepted", text="Ja", at=at)
    idea.refresh_from_db()
    assert idea.due_at == at + timedelta(days=workflow.REPORT_DAYS)
    due = timezone.localtime(at).date() + timedelta(days=10)
    actions.answer_idea(
        actor=clerk, idea_id=idea.pk, outcome="partly", text="Zum Teil", next_step={"de": "Wir bauen."}, due_on=due,
        at=at + timedelta(hours=1),
    )  # fmt: skip
    idea.refresh_from_db()
    assert idea.next_step == {"de": "Wir bauen."}
    assert idea.due_at == workflow.end_of(due, city.current().zone)
    page = queries.idea_by_number(idea.number, clerk.viewer, at + timedelta(hours=2))
    assert [answer.text for answer in page.answers] == ["Zum Teil", "Ja"]


def test_what_is_not_public_is_not_answered(clerk):
    waiting = builders.idea()
    with pytest.raises(Conflict):
        actions.answer_idea(actor=clerk, idea_id=waiting.pk, outcome="accepted", text="Ja", at=NOW)
    with pytest.raises(Conflict):
        actions.take_up_idea(actor=clerk, idea_id=waiting.pk, at=NOW)


def test_the_chair_of_the_group_takes_up_and_says_what_comes_next(idea):
    chair, editor = people.person(), people.actor(people.editor())
    actions.appoint_member(
        actor=editor, group_id=idea.store.group_id, person_id=chair.pk, function="chair", at=timezone.now()
    )
    taken = actions.take_up_idea(actor=people.actor(chair), idea_id=idea.pk, at=timezone.now())
    assert taken.state == "in_review"
    with pytest.raises(Conflict):
        actions.take_up_idea(actor=people.actor(chair), idea_id=idea.pk, at=timezone.now())
    due = timezone.localtime().date() + timedelta(days=5)
    changed = actions.set_next_step(
        actor=people.actor(chair), idea_id=idea.pk, texts={"de": "Treffen vor Ort", "en": ""}, due_on=due,
        department="kultur", at=timezone.now(),
    )  # fmt: skip
    assert (changed.next_step, changed.department) == ({"de": "Treffen vor Ort"}, "kultur")
    assert index.idea_entry(idea.pk).office["de"] == "Amt für Bildung und Kultur"
    with pytest.raises(Invalid) as refused:
        actions.set_next_step(
            actor=people.actor(chair), idea_id=idea.pk, texts={"de": " "}, due_on=None, department="mond", at=NOW
        )
    assert set(refused.value.fields) == {"next_step", "due_on", "department"}
    with pytest.raises(NotAllowed):
        actions.set_next_step(
            actor=people.actor(people.person()), idea_id=idea.pk, texts={"de": "x"}, due_on=due, at=NOW
        )


def test_a_late_office_is_reminded_once_and_its_deputy_a_week_later(idea, clerk, deliver):
    deputy = people.clerk("stadtentwicklung")
    deliver()
    late = idea.due_at + timedelta(hours=1)

    def reminded() -> list[tuple[str, bool]]:
        rows = Event.objects.filter(name="participation.next_step_overdue").order_by("sequence")
        return [(row.payload["department"], row.payload["for_deputy"]) for row in rows]

    assert tasks.remind_offices(idea.due_at - timedelta(seconds=1)) == 0
    for at in (late, late + timedelta(days=1), late + timedelta(days=6)):
        tasks.remind_offices(at)
    assert reminded() == [("umwelt", False)]
    for at in (late + timedelta(days=7), late + timedelta(days=30)):
        tasks.remind_offices(at)
    assert reminded() == [("umwelt", False), ("stadtentwicklung", True)]
    with pytest.raises(NotAllowed):
        actions.remind_of_idea(actor=clerk, idea_id=idea.pk, at=late)
    # A new date begins anew.
    due = timezone.localtime(late).date() + timedelta(days=60)
    actions.set_next_step(actor=clerk, idea_id=idea.pk, texts={"de": "Später"}, due_on=due, at=late)
    idea.refresh_from_db()
    assert (idea.reminded_at, idea.deputy_reminded_at) == (None, None)
    del deputy


def test_reminders_reach_the_people_of_the_office(idea, clerk, deliver):
    idea.due_at = timezone.now() - timedelta(days=1)
    idea.save()
    tasks.remind_offices(timezone.now())
    deliver()
    notice = Notice.objects.get(person_id=clerk.person_id)
    assert notice.subjects["de"].startswith("Überfällig: ")
    assert notice.subjects["en"].startswith("Overdue: ")


def test_a_store_that_is_not_summed_up_is_remembered(db):
    store = builders.store(opens_at=NOW - timedelta(days=100), closes_at=NOW - timedelta(days=90))
    tasks.remind_offices(NOW)
    assert Event.objects.get(name="participation.store_overdue").payload["department"] == "umwelt"
    del store


def test_the_author_hears_of_every_step_and_followers_of_what_the_office_does(clerk, deliver):
    author, fan = people.person(), people.actor(people.person())
    idea = builders.published(author=author, title="Eine Bank")
    deliver()
    follow(actor=fan, ref=idea.ref, at=timezone.now())
    actions.take_up_idea(actor=clerk, idea_id=idea.pk, at=timezone.now())
    deliver()
    actions.answer_idea(actor=clerk, idea_id=idea.pk, outcome="accepted", text="Ja, gern.", at=timezone.now())
    deliver()

    def told(person_id) -> list[str]:
        rows = Notice.objects.filter(person_id=person_id, rule__startswith="participation").order_by("id")
        return [row.subjects["de"] for row in rows]

    assert told(author.pk) == [
        "Veröffentlicht: „Eine Bank“",
        "In Bearbeitung: „Eine Bank“",
        "Die Stadt hat geantwortet: „Eine Bank“",
    ]
    assert told(fan.person_id) == told(author.pk)[1:]
    assert "Ja, gern." in Notice.objects.filter(person_id=author.pk).latest("id").bodies["de"]
    assert told(clerk.person_id) == []


def test_a_guest_is_told_that_it_arrived_and_under_which_number(db, deliver):
    idea = builders.idea(guest={"contact_kind": "email", "email": "gast@example.org"})
    deliver()
    notice = Notice.objects.get(person=idea.author)
    assert notice.subjects["de"].startswith("Eingegangen: ")
    assert "G-" in notice.bodies["de"]


def test_a_refusal_is_explained_once(db, deliver):
    author = people.person()
    idea = builders.idea(author=author)
    moderator = people.actor(people.moderator("participation"))
    actions.refuse_idea(actor=moderator, object_id=idea.pk, reason="Werbung.", rule="respekt", at=timezone.now())
    deliver()
    assert ["Werbung." in row.bodies["de"] for row in Notice.objects.filter(person=author)] == [True]


def test_members_hear_of_meetings(db, deliver):
    group, member = builders.group(), people.actor(people.person())
    actions.join_group(actor=member, group_id=group.pk, at=timezone.now())
    meeting = builders.meeting(group)
    editor = people.actor(people.editor())
    actions.cancel_meeting(actor=editor, meeting_id=meeting.pk, reason="Der Raum ist zu.", at=timezone.now())
    deliver()
    subjects = list(Notice.objects.filter(person_id=member.person_id).order_by("id").values_list("subjects", flat=True))
    assert [subject["en"].split(":")[0] for subject in subjects][-1] == "Cancelled"


def test_the_number_of_comments_follows_the_thread(idea, deliver):
    someone = people.actor(people.person(created_at=NOW - timedelta(days=30)))
    for text in ("Gute Idee.", "Noch etwas."):
        add_comment(actor=someone, ref=idea.ref, body=text, at=timezone.now())
    deliver()
    idea.refresh_from_db()
    assert idea.comment_count == 2
    actions.count_comments(actor=SYSTEM, idea_id=idea.pk)
    idea.refresh_from_db()
    assert idea.comment_count == 2
