"""A colleague is on holiday: somebody else can have a decision looked at once more, and it is written down who did."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from allmende.accounts import builders as accounts
from allmende.core.actor import Role
from allmende.core.errors import Conflict, Invalid, NotAllowed
from allmende.core.models import AuditEntry
from allmende.engines.discussion import actions, interface
from allmende.engines.discussion.models import Case
from allmende.engines.discussion.queries import notices, queue
from allmende.engines.discussion.tests.conftest import NOW

LATER = NOW + timedelta(days=8)
WHY = "In Zeile 2 steht ein Name."


@pytest.fixture
def colleague(db):
    return accounts.actor(accounts.moderator())


def decided(room, moderator, *, decision="released", at=NOW, **more):
    case = room.waiting(**more)
    refusal = {"rule": "respekt", "reason": "Bitte freundlicher."} if decision == "refused" else {}
    return actions.decide_case(actor=moderator, case_id=case.id, decision=decision, at=at, **refusal)


@pytest.mark.parametrize("decision", ["released", "refused"])
def test_a_second_moderator_has_a_decision_looked_at_again(room, moderator, colleague, decision):
    first = decided(room, moderator, decision=decision)
    again = actions.check_again(actor=colleague, case_id=first.id, reason=WHY, at=LATER)
    assert (again.state, again.cause, again.entered_by_id, again.is_public) == ("open", "again", None, False)
    assert room.beds[first.object_id]["state"] == "held"
    first.refresh_from_db()
    assert (first.state, first.decision) == ("decided", decision)  # what was decided stays written down
    other = "refused" if decision == "released" else "released"
    reasons = {"rule": "respekt", "reason": "Der Name gehört nicht hierher."} if other == "refused" else {}
    done = actions.decide_case(actor=colleague, case_id=again.id, decision=other, at=LATER, **reasons)
    assert (done.decision, done.decided_by_id) == (other, colleague.person_id)
    assert room.beds[first.object_id]["state"] == ("refused" if other == "refused" else "published")


def test_a_comment_that_stays_goes_off_the_page_and_the_audit_says_by_whom_and_why(room, resident, colleague):
    made = actions.add_comment(actor=resident, ref=room.bed(), body="Anna Beispiel war das.", at=NOW)
    report = actions.report_content(actor=resident, ref=made.this, reason="privacy", text="Ein Name.", at=NOW)
    on_holiday = accounts.actor(accounts.moderator())
    kept = actions.decide_case(actor=on_holiday, case_id=report.case_id, decision="released", at=NOW)
    assert kept.decision == "kept"
    actions.check_again(actor=colleague, case_id=kept.id, reason=WHY, at=LATER)
    made.refresh_from_db()
    assert made.state == "held"
    entry = AuditEntry.objects.get(action="discussion.hold_comment")
    assert (entry.reason, entry.actor_key) == (WHY, colleague.key)


def test_not_ones_own_post_not_without_a_reason_and_not_twice(room, moderator, colleague):
    own = decided(room, moderator, author=colleague.person_id)
    with pytest.raises(NotAllowed):
        actions.check_again(actor=colleague, case_id=own.id, reason=WHY, at=LATER)
    case = decided(room, moderator)
    with pytest.raises(Invalid) as wrong:
        actions.check_again(actor=colleague, case_id=case.id, reason=" ", at=LATER)
    assert "again_reason" in wrong.value.fields
    elsewhere = accounts.actor(accounts.moderator("elsewhere"))
    with pytest.raises(NotAllowed):
        actions.check_again(actor=elsewhere, case_id=case.id, reason=WHY, at=LATER)
    actions.check_again(actor=colleague, case_id=case.id, reason=WHY, at=LATER)
    with pytest.raises(Conflict):
        actions.check_again(actor=moderator, case_id=case.id, reason=WHY, at=LATER)
    assert Case.objects.about(case.ref).undecided().count() == 1


def test_their_group_does_not_take_a_post_of_theirs_back(room, moderator):
    person = accounts.moderator()
    accounts.RoleGrant.objects.create(person=person, role=Role.CLERK, scope="department:umwelt")
    case = decided(room, moderator, groups=("department:umwelt",))
    with pytest.raises(NotAllowed):
        actions.check_again(actor=accounts.actor(person), case_id=case.id, reason=WHY, at=LATER)


def test_ones_own_decision_of_the_last_minutes_is_undone_instead(room, moderator):
    case = decided(room, moderator)
    soon = NOW + timedelta(minutes=4)
    with pytest.raises(Conflict):
        actions.check_again(actor=moderator, case_id=case.id, reason=WHY, at=soon)
    assert actions.undo_decision(actor=moderator, case_id=case.id, at=soon).state == "open"


def test_the_author_reads_why_it_was_looked_at_again(room, moderator, colleague):
    case = decided(room, moderator, author=accounts.person().pk)
    again = actions.check_again(actor=colleague, case_id=case.id, reason=WHY, at=LATER)
    done = actions.decide_case(
        actor=colleague, case_id=again.id, decision="refused", rule="respekt", reason="Ein Name.", at=LATER
    )
    assert "zweite Person aus der Moderation" in " ".join(notices.grounds(done))


def test_decided_posts_are_found_and_taken_up_on_the_page(client, room, moderator):
    at = timezone.now() - timedelta(days=2)
    case = decided(room, moderator, at=at, body="Ein Beet mit Namen.")
    old = decided(room, moderator, at=at - timedelta(days=40), body="Ein altes Beet.")
    accounts.login(client, accounts.moderator())
    listed = client.get(reverse("discussion:queue"), {"nur": "decided"}).content.decode()
    assert "Ein Beet mit Namen." in listed
    assert "freigegeben" in listed
    assert reverse("discussion:case", args=[old.id]) not in listed
    page = reverse("discussion:case", args=[case.id])
    assert "Sehen Sie das anders?" in client.get(page).content.decode()
    empty = client.post(page, {"verb": "again", "again_reason": ""})
    assert empty.status_code == 422
    sent = client.post(page, {"verb": "again", "again_reason": WHY}, follow=True)
    assert sent.redirect_chain[-1][0] == reverse("discussion:case", args=[interface.case_of(case.ref).id])
    assert "wird noch einmal geprüft" in sent.content.decode()
    assert 'value="release"' in sent.content.decode()  # whoever took it up can decide


def test_whoever_looks_again_reads_why_it_was_refused(client, room, moderator):
    case = decided(room, moderator, decision="refused")
    accounts.login(client, accounts.moderator())
    page = client.get(reverse("discussion:case", args=[case.id])).content.decode()
    assert "<dd>Respekt" in page
    assert "Bitte freundlicher." in page


def test_the_list_of_decisions_goes_on_and_leaves_out_what_is_not_ours(room, moderator, colleague):
    cases = [decided(room, moderator, at=NOW - timedelta(hours=n)) for n in range(3)]
    decided(room, moderator, author=colleague.person_id)
    found = list(queue.decided(colleague.viewer, NOW + timedelta(hours=1)))
    assert found == cases
    rest = queue.decided(colleague.viewer, NOW + timedelta(hours=1), after=queue.cursor_of(found[0]))
    assert list(rest) == cases[1:]
