"""Export, erasure, retention."""

from datetime import timedelta

from allmende.accounts import builders as accounts
from allmende.core.actor import Viewer
from allmende.core.models import Event
from allmende.engines.discussion import actions, interface
from allmende.engines.discussion.actions import personal
from allmende.engines.discussion.models import Absence, Case, Duty, Report
from allmende.engines.discussion.tests.conftest import NOW


def test_people_get_all_they_wrote_and_what_was_decided_about_it(room, resident, moderator):
    ref = room.bed()
    made = actions.add_comment(actor=resident, ref=ref, body="Erste.", at=NOW)
    actions.edit_comment(actor=resident, comment_id=made.id, body="Zweite.", at=NOW)
    actions.report_content(actor=resident, ref=ref, reason="other", text="Bitte ansehen.", at=NOW)
    (row,) = personal.export_comments(resident.person_id)
    assert [version["text"] for version in row["versions"]] == ["Erste.", "Zweite."]
    assert [r["text"] for r in personal.export_cases(resident.person_id) if "text" in r] == ["Bitte ansehen."]


def test_whoever_goes_takes_their_words_along_or_leaves_them_without_a_name(room, db):
    ref = room.bed()
    goes, stays = (accounts.actor(accounts.person()) for _ in range(2))
    for actor in (goes, stays):
        first = actions.add_comment(actor=actor, ref=ref, body="Mein Satz.", at=NOW)
        actions.add_comment(
            actor=accounts.actor(accounts.person()), ref=ref, body="Antwort.", parent_id=first.id, at=NOW
        )
    personal.erase_comments(goes.person_id, keep_texts=False)
    personal.erase_comments(stays.person_id, keep_texts=True)
    gone, left = interface.thread(ref, Viewer(), NOW).comments
    assert (gone.text, len(gone.answers)) == ("", 1)
    assert (left.text, left.author) == ("Mein Satz.", "Ohne Namen")
    assert Event.objects.filter(name="discussion.comment_withdrawn").count() == 1
    personal.erase_comments(goes.person_id, keep_texts=False)
    assert Event.objects.filter(name="discussion.comment_withdrawn").count() == 1


def test_erasing_someone_ends_the_check_of_what_they_took_along(room, resident):
    actions.add_comment(actor=resident, ref=room.bed(), body="Hm.", proved=False, at=NOW)
    personal.erase_comments(resident.person_id, keep_texts=False)
    assert Case.objects.get().decision == "withdrawn"


def test_after_two_years_only_kinds_rules_and_times_are_left(room, resident, moderator):
    case = room.waiting(author=resident.person_id)
    report = actions.report_content(actor=resident, ref=case.ref, reason="other", text="Hm.", at=NOW)
    actions.decide_case(actor=moderator, case_id=case.id, decision="refused", rule="respekt", reason="Darum.", at=NOW)
    assert personal.expire_cases(NOW + timedelta(days=729)) == 0
    assert personal.expire_cases(NOW + timedelta(days=731)) == 2
    case.refresh_from_db()
    report = Report.objects.get(pk=report.pk)
    assert (case.reason, case.rule, report.text, report.reporter_id) == ("", "respekt", "", None)


def test_the_roster_forgets(moderator):
    day = NOW.date()
    actions.add_absence(actor=moderator, person_id=moderator.person_id, starts_on=day, ends_on=day, at=NOW)
    actions.add_duty(actor=moderator, person_id=moderator.person_id, starts_on=day, ends_on=day, at=NOW)
    assert len(list(personal.export_roster(moderator.person_id))) == 2
    assert personal.expire_roster(NOW + timedelta(days=367)) == 2
    actions.add_duty(actor=moderator, person_id=moderator.person_id, weekday=1, at=NOW)
    personal.erase_roster(moderator.person_id, keep_texts=False)
    assert not Duty.objects.exists()
    assert not Absence.objects.exists()
