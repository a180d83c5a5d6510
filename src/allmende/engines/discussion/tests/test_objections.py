"""After a decision: what a report does, what the author is told, how to object, and that somebody else looks again."""

from datetime import timedelta
from uuid import uuid4

import pytest

from allmende.accounts import builders as accounts
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, NotAllowed, NotSignedIn
from allmende.engines.discussion import actions, interface
from allmende.engines.discussion.rules import tokens
from allmende.engines.discussion.tests.conftest import NOW
from allmende.engines.discussion.tests.test_moderation import REFUSAL, refused, released


def test_a_report_changes_nothing_until_somebody_decides(room, resident, moderator, deliver):
    ref = room.bed(author=resident.person_id, state="published")
    reporter = accounts.actor(accounts.person())
    one = interface.report_content(actor=reporter, ref=ref, reason="insult", text="Zeile 2.", at=NOW)
    two = interface.report_content(
        actor=Actor(), ref=ref, reason="other", text="Auch.", guest={"contact_kind": "number"}, at=NOW
    )
    assert one.case == two.case
    assert room.beds[ref.id]["state"] == "published"
    done = released(moderator, one.case)
    assert done.decision == "kept"
    assert room.beds[ref.id]["state"] == "published"
    deliver()
    from allmende.engines.notify.models import Notice

    assert set(Notice.objects.values_list("person_id", flat=True)) == {reporter.person_id, two.reporter_id}
    back = actions.undo_decision(actor=moderator, case_id=done.id, at=NOW)
    assert back.is_public
    assert refused(moderator, back).decision == "refused"
    assert room.beds[ref.id]["state"] == "refused"


def test_the_author_is_told_rule_reason_and_how_to_object_and_somebody_else_looks_again(
    room, resident, moderator, deliver
):
    case = room.waiting(author=resident.person_id)
    refused(moderator, case)
    deliver()
    from allmende.engines.notify.models import Notice

    notice = Notice.objects.get(person=resident.person_id)
    for words in ("Respekt", REFUSAL["reason"], "widersprechen"):
        assert words in notice.body("de")
    assert "object" in notice.body("en")
    stranger = accounts.actor(accounts.person())
    with pytest.raises(NotAllowed):
        actions.object_to_decision(actor=stranger, case_id=case.id, text="Doch.", at=NOW)
    with pytest.raises(NotSignedIn):
        actions.object_to_decision(actor=Actor(), case_id=case.id, text="Doch.", token="geraten", at=NOW)
    again = actions.object_to_decision(actor=resident, case_id=case.id, text="Das war ein Zitat.", at=NOW)
    assert (again.cause, again.previous_id, again.author_id) == ("objection", case.id, resident.person_id)
    assert actions.claim_list(actor=moderator, size=3, at=NOW) is None
    with pytest.raises(NotAllowed):
        released(moderator, again)
    with pytest.raises(Conflict):
        actions.object_to_decision(actor=resident, case_id=case.id, text="Noch einmal.", at=NOW)
    other = accounts.actor(accounts.moderator())
    assert released(other, again).decision == "released"
    assert room.beds[case.object_id]["state"] == "published"


def test_a_guest_objects_with_the_link_from_the_notice_and_not_after_six_months(room, moderator):
    case = room.waiting(author=accounts.guest().pk)
    refused(moderator, case)
    token = tokens.token_for(case.id)
    assert not tokens.opens(token, uuid4())
    with pytest.raises(Conflict):
        actions.object_to_decision(
            actor=Actor(), case_id=case.id, text="Doch.", token=token, at=NOW + timedelta(days=184)
        )
    assert (
        actions.object_to_decision(actor=Actor(), case_id=case.id, text="Doch.", token=token, at=NOW).cause
        == "objection"
    )
