"""Texts: versions, what is said, what is answered, two editors on one paragraph, contradicting suggestions."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.strategy import actions, builders
from allmende.capabilities.strategy.actions import personal_data
from allmende.capabilities.strategy.builders import LAMPS, TREES, said, text
from allmende.capabilities.strategy.models import Answer, Feedback, Rival, Text, Version, Wording
from allmende.capabilities.strategy.queries import feedback as reading
from allmende.capabilities.strategy.queries import texts
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Closed, Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from allmende.engines.discussion.interface import Case
from allmende.engines.notify.interface import Notice, follow_silently
from allmende.engines.trace.interface import Edge

KEEP = (True,)
"""As erasure passes it: the words stay."""


def now():
    return timezone.now()


@pytest.fixture
def editor(db):
    return builders.editor()


def answer(editor, of, *rows, outcome="adopted", reason="Weil es stimmt."):
    ids = [row.pk for row in rows]
    return actions.answer_feedback(
        actor=editor, text_id=of.pk, feedback_ids=ids, outcome=outcome, reason=reason, at=now()
    )


def draft_body(of, number):
    return Wording.objects.get(version__text=of, version__published_at=None, paragraph__number=number).body


def test_a_text_opens_with_contract_and_period_only(editor):
    bare = text(opened=False, contract={})
    with pytest.raises(Conflict):
        actions.move_text(actor=editor, text_id=bare.pk, verb="open", at=now())
    over = text(opened=False, closes_at=now() - timedelta(hours=1))
    with pytest.raises(Conflict):
        actions.move_text(actor=editor, text_id=over.pk, verb="open", at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Text.objects.filter(pk=bare.pk).update(state="consultation")
    opened = text()
    assert opened.state == "consultation"
    assert [one.number for one in texts.versions(opened)] == [1]


def test_a_goal_leads_to_its_paragraph_and_to_the_version(editor):
    goal = builders.goal()
    made = text(LAMPS, goal=goal)
    version = texts.version(made, 1)
    targets = set(Edge.objects.filter(source_id=goal.pk).values_list("target_kind", "target_id"))
    assert targets == {("version", version.pk), ("paragraph", made.paragraphs.get().pk)}


def test_people_say_something_in_its_time_only(db):
    resident = people.person()
    made = text()
    found = said(made, author=resident, shown=False)
    assert found.state == "waiting"
    assert Case.objects.about(found.ref).exists()
    late = text(closes_at=now() - timedelta(minutes=1), opens_at=now() - timedelta(days=3), opened=False)
    Text.objects.filter(pk=late.pk).update(state="consultation")
    Version.objects.filter(text=late).update(published_at=now())
    with pytest.raises(Closed):
        said(late, author=resident)
    with pytest.raises(NotFound):
        said(text(opened=False), author=resident)
    with pytest.raises(NotFound):
        said(made, 99, author=resident)
    with pytest.raises(Invalid):
        said(made, author=resident, wording=LAMPS)


def test_the_same_wording_is_supported_rather_than_said_again(db):
    made = text()
    said(made, wording=LAMPS.replace("sieben", "drei"))
    with pytest.raises(Invalid):
        said(made, wording=LAMPS.replace("sieben", "drei"))


def test_what_came_on_paper_keeps_its_channel_and_its_day(editor):
    made = text()
    paper = replace(editor, channel=Channel.PAPER)
    came = now() - timedelta(hours=3)
    found = actions.give_feedback(
        actor=paper, text_id=made.pk, number=2, said=actions.Said("comment", "Zu spät repariert."),
        guest={"contact_kind": "none"}, received_at=came, at=now(),
    )  # fmt: skip
    assert (found.channel, found.received_at, found.entered_by_id) == ("paper", came, editor.person_id)
    stranger = replace(people.actor(people.person()), channel=Channel.PAPER)
    with pytest.raises(NotAllowed):
        actions.give_feedback(
            actor=stranger, text_id=made.pk, number=2, said=actions.Said("comment", "x"),
            guest={"contact_kind": "none"}, at=now(),
        )  # fmt: skip


def test_moderators_decide_but_not_on_their_own(db):
    moderator = people.moderator("strategy")
    made = text()
    mine = said(made, author=moderator, shown=False)
    with pytest.raises(NotAllowed):
        actions.release_feedback(actor=people.actor(moderator), object_id=mine.pk, at=now())
    with pytest.raises(NotAllowed):
        actions.release_feedback(actor=people.actor(people.person()), object_id=mine.pk, at=now())
    shown = said(made, shown=False)
    actions.release_feedback(actor=people.actor(moderator), object_id=shown.pk, at=now())
    assert made.paragraphs.get(number=2).said == 1
    actions.hold_feedback(actor=people.actor(moderator), object_id=shown.pk, at=now())
    assert made.paragraphs.get(number=2).said == 0


def test_support_counts_each_person_once_and_can_be_taken_back(db):
    found, person = said(text()), people.actor(people.person())

    def support(*, wanted, actor=person):
        return actions.support_feedback(actor=actor, feedback_id=found.pk, supports=wanted, at=now()).supports

    assert [support(wanted=wanted) for wanted in (True, True, False, False)] == [1, 1, 0, 0]
    with pytest.raises(NotSignedIn):
        support(wanted=True, actor=Actor())


def test_an_adopted_wording_is_written_into_the_next_version(editor):
    made = text()
    one = said(made, wording=LAMPS.replace("sieben", "drei"))
    done = answer(editor, made, one)
    assert list(done.answered) == [one]
    assert draft_body(made, 2) == LAMPS.replace("sieben", "drei")
    assert texts.version(made, None).number == 1, "nobody but the team reads it yet"
    with pytest.raises(Conflict):
        answer(editor, made, one)
    actions.move_text(actor=editor, text_id=made.pk, verb="evaluate", at=now())
    actions.move_text(actor=editor, text_id=made.pk, verb="open", note="Schneller.", at=now())
    second = texts.version(made, None)
    assert (second.number, second.note) == (2, "Schneller.")
    assert [change.paragraph.number for change in texts.changes(made, second)] == [2]
    assert Edge.objects.filter(source_id=one.pk, target_id=second.pk).exists()


def test_suggestions_at_two_places_are_both_taken_over(editor):
    made = text()
    one = said(made, wording=LAMPS.replace("sieben", "drei"))
    two = said(made, wording=LAMPS.replace("Defekte", "Kaputte"))
    done = answer(editor, made, one, two)
    assert not done.conflicts
    assert draft_body(made, 2) == "Kaputte Leuchten werden in drei Tagen repariert."


def test_contradicting_suggestions_are_handed_back_and_nothing_is_lost(editor):
    made = text()
    one = said(made, wording=LAMPS.replace("sieben", "drei"))
    two = said(made, wording=LAMPS.replace("sieben", "zehn"))
    actions.support_feedback(actor=people.actor(people.person()), feedback_id=two.pk, supports=True, at=now())
    assert reading.contradictions([one, two]) == {one.pk: [two.number], two.pk: [one.number]}
    done = answer(editor, made, one, two)
    assert [row.pk for row in done.answered] == [two.pk], "most supported first"
    assert [row.pk for row in done.conflicts] == [one.pk]
    one.refresh_from_db()
    assert (one.answer_id, one.wording) == (None, LAMPS.replace("sieben", "drei"))
    with pytest.raises(Conflict):
        actions.adopt_wording(
            actor=editor, feedback_id=one.pk, outcome="partly", reason="Auf Schulwegen.", body="x", revision=1, at=now()
        )
    by_hand = "Defekte Leuchten werden in zehn Tagen repariert, auf Schulwegen in drei."
    actions.adopt_wording(
        actor=editor, feedback_id=one.pk, outcome="partly", reason="Auf Schulwegen.", body=by_hand, revision=2, at=now()
    )
    assert draft_body(made, 2) == by_hand


def test_a_no_changes_nothing_and_needs_a_reason(editor):
    made = text()
    one = said(made)
    with pytest.raises(Invalid):
        answer(editor, made, one, outcome="no", reason=" ")
    answer(editor, made, one, outcome="no", reason="Das steht in der Richtlinie.")
    assert texts.written(made) is None
    with pytest.raises(NotAllowed):
        answer(people.actor(people.moderator("strategy")), made, said(made))
    with pytest.raises(NotFound):
        answer(editor, made, said(text()))
    with pytest.raises(Invalid):
        answer(editor, made)


def test_two_editors_on_one_paragraph_lose_nothing(editor):
    made = text()
    other = builders.editor()
    write = {"text_id": made.pk, "number": 2, "revision": 1}
    assert actions.write_paragraph(actor=editor, body=LAMPS.replace("sieben", "drei"), at=now(), **write) is None
    rival = actions.write_paragraph(actor=other, body=LAMPS.replace("Defekte", "Kaputte"), at=now(), **write)
    assert isinstance(rival, Rival)
    assert draft_body(made, 2) == LAMPS.replace("sieben", "drei")
    assert rival.body == LAMPS.replace("Defekte", "Kaputte")
    assert texts.began_with(texts.rival(rival.pk)) == LAMPS
    actions.move_text(actor=editor, text_id=made.pk, verb="evaluate", at=now())
    with pytest.raises(Conflict):
        actions.move_text(actor=editor, text_id=made.pk, verb="open", at=now())
    with pytest.raises(Conflict):
        actions.settle_rival(actor=other, rival_id=rival.pk, body="Beides.", revision=1, at=now())
    actions.settle_rival(actor=other, rival_id=rival.pk, body="Beides.", revision=2, at=now())
    assert draft_body(made, 2) == "Beides."
    with pytest.raises(Conflict):
        actions.settle_rival(actor=other, rival_id=rival.pk, body="Noch einmal.", revision=3, at=now())


def test_paragraphs_keep_their_numbers_when_some_come_and_go(editor):
    made = text()
    new = actions.add_paragraph(
        actor=editor, text_id=made.pk, after=2, new=actions.NewParagraph("Nachts wird gedimmt."), at=now()
    )
    actions.leave_out(actor=editor, text_id=made.pk, number=3, at=now())
    draft = texts.written(made)
    assert [(row.paragraph.number, row.body) for row in texts.wordings(draft)] == [
        (1, "Licht"), (2, LAMPS), (4, "Nachts wird gedimmt."),
    ]  # fmt: skip
    assert new.number == 4
    found = {(change.paragraph.number, change.old, change.new) for change in texts.changes(made, draft)}
    assert found == {(3, TREES, ""), (4, "", "Nachts wird gedimmt.")}


def test_a_published_version_never_changes(editor):
    made = text()
    before = list(Wording.objects.filter(version=texts.version(made, 1)).values_list("pk", "body", "place"))
    actions.write_paragraph(actor=editor, text_id=made.pk, number=2, body="Ganz anders.", revision=1, at=now())
    actions.leave_out(actor=editor, text_id=made.pk, number=3, at=now())
    after = list(Wording.objects.filter(version=texts.version(made, 1)).values_list("pk", "body", "place"))
    assert after == before


def test_the_synopsis_says_what_was_said_what_changed_and_why(editor):
    made = text()
    taken, refused, open_ = said(made, wording=LAMPS.replace("sieben", "drei")), said(made, 3), said(made, 3)
    answer(editor, made, taken, reason="Drei Tage gehen.")
    answer(editor, made, refused, outcome="no", reason="Zu teuer.")
    actions.move_text(actor=editor, text_id=made.pk, verb="evaluate", at=now())
    with pytest.raises(Conflict):
        actions.move_text(actor=editor, text_id=made.pk, verb="to_council", at=now())
    answer(editor, made, open_, outcome="no", reason="Auch zu teuer.")
    actions.move_text(actor=editor, text_id=made.pk, verb="to_council", at=now())
    rows = texts.synopsis(made, texts.version(made, 2))
    assert [(row.paragraph.number, row.old != row.new, [one.pk for one in row.said]) for row in rows] == [
        (2, True, [taken.pk]),
        (3, False, [refused.pk, open_.pk]),
    ]
    with pytest.raises(Conflict):
        actions.write_paragraph(actor=editor, text_id=made.pk, number=2, body="x", revision=1, at=now())
    with pytest.raises(Invalid):
        actions.move_text(actor=editor, text_id=made.pk, verb="adopt", decision="", at=now())
    done = actions.move_text(actor=editor, text_id=made.pk, verb="adopt", decision="Beschluss 12/2037", at=now())
    assert done.state == "adopted"
    with pytest.raises(Conflict):
        actions.move_text(actor=editor, text_id=made.pk, verb="open", at=now())


def test_author_and_followers_are_told_once_per_answer(editor, deliver):
    author, reader = people.person(), people.person()
    made = text()
    one = said(made, wording=LAMPS.replace("sieben", "drei"), author=author)
    two = said(made, author=author)
    deliver()
    with transaction.atomic():
        follow_silently(reader.pk, one.ref, now())
        follow_silently(author.pk, one.ref, now())
    before = Notice.objects.filter(person=author).count()
    answer(editor, made, one, two, reason="Beides stimmt.")
    deliver()
    assert Answer.objects.count() == 1
    assert Notice.objects.filter(person=author).count() - before == 2, "one for each thing that was said"
    assert Notice.objects.filter(person=reader).count() == 1


def test_erasure_takes_names_and_words_and_leaves_the_answer(db):
    author = people.person()
    made = text()
    shown, waiting = said(made, author=author), said(made, author=author, shown=False)
    assert [row["number"] for row in personal_data.export_feedback(author.pk)] == [shown.number, waiting.number]
    with transaction.atomic():
        personal_data.erase_feedback(author.pk, *KEEP)
    for row in Feedback.objects.all():
        assert (row.author_id, row.author_name) == (None, "")
    shown.refresh_from_db()
    waiting.refresh_from_db()
    assert (shown.state, shown.body) == ("shown", "Bitte genauer.")
    assert (waiting.state, waiting.body) == ("withdrawn", "")


def test_words_that_are_not_public_go_after_six_months(db):
    found = said(text(), shown=False)
    Feedback.objects.filter(pk=found.pk).update(state="refused")
    assert personal_data.expire_feedback(now()) == 0
    assert personal_data.expire_feedback(now() + timedelta(days=190)) == 1
    found.refresh_from_db()
    assert found.body == ""
