"""Digital Services Act: notices named where the law asks, whole reasons, redress for both sides, bulk refusals."""

import re

import pytest
from django.test import Client

from allmende.accounts import builders as accounts
from allmende.core.errors import Conflict, NotAllowed
from allmende.engines.discussion import actions, builders, interface
from allmende.engines.discussion.models import Case, Comment, Report
from allmende.engines.discussion.tests.conftest import NOW
from allmende.engines.notify.models import Notice


@pytest.fixture
def comment(room, db):
    return builders.comment(room.bed(state="published"), "Ein strittiger Satz.", author=accounts.person())


def notice(comment, **more):
    return Client().post(
        f"/melden/{comment.this}/",
        {"reason": "illegal", "text": "Der zweite Satz.", "contact_kind": "none", **more},
    )


def test_for_what_is_unlawful_the_form_asks_for_name_and_address_and_lets_people_choose(comment):
    asked = notice(comment)
    assert asked.status_code == 422
    assert "fragt das Gesetz nach Ihrem Namen" in asked.content.decode()
    assert notice(comment, anonymous="on").status_code == 200
    named = {"display_name": "Erika Beispiel", "contact_kind": "email", "email": "erika@example.org"}
    assert notice(comment, **named).status_code == 200
    assert notice(comment, reason="insult").status_code == 200, "elsewhere a name is a matter of choice"
    assert Report.objects.count() == 3
    assert Report.objects.exclude(reporter=None).get().reporter.display_name == "Erika Beispiel"


def test_the_reasons_name_passage_law_cause_and_redress(comment, deliver, moderator):
    actions.report_content(
        actor=accounts.actor(accounts.person()), ref=comment.this, reason="illegal", text="Satz 1", at=NOW
    )
    case = Case.objects.get()
    actions.decide_case(
        actor=moderator, case_id=case.pk, decision="refused", rule="respekt", reason="Das ist eine Beleidigung.",
        fact="Ein strittiger Satz.", law="§ 185 Strafgesetzbuch", at=NOW,
    )  # fmt: skip
    deliver()
    body = Notice.objects.get(person=comment.author, object_id=case.pk).body("de")
    for part in (
        "Stelle: Ein strittiger Satz.", "Gesetz: § 185", "Jemand hat den Beitrag gemeldet", "widersprechen Sie bis",
        "auf Dauer",
    ):  # fmt: skip
        assert part in body
    page = accounts.login(Client(), comment.author).get(f"/moderation/entscheidung/{case.pk}/").content.decode()
    assert "Stelle: Ein strittiger Satz." in page
    assert "Jemand hat den Beitrag gemeldet" in page


def test_a_moderator_gives_passage_and_law_in_the_form(comment):
    actions.report_content(
        actor=accounts.actor(accounts.person()), ref=comment.this, reason="other", text="Satz 1", at=NOW
    )
    case = Case.objects.get()
    client = accounts.login(Client(), accounts.moderator())
    sent = client.post(
        f"/moderation/faelle/{case.pk}/",
        {
            "verb": "refuse", "refuse-rule": "respekt", "refuse-reason": "Bitte freundlicher.",
            "refuse-fact": "Satz 1", "refuse-law": "",
        },
    )  # fmt: skip
    assert sent.status_code == 302, sent.content.decode()
    case.refresh_from_db()
    assert (case.decision, case.fact, case.law) == ("refused", "Satz 1", "")


@pytest.fixture
def kept(comment, moderator):
    """A notice that was answered: the post stays."""
    reporter = accounts.person()
    report = actions.report_content(
        actor=accounts.actor(reporter), ref=comment.this, reason="insult", text="Das verletzt.", at=NOW
    )
    actions.decide_case(actor=moderator, case_id=report.case_id, decision="released", at=NOW)
    return report, reporter


def test_who_gave_notice_objects_and_another_person_decides(kept, comment, moderator, deliver):
    report, reporter = kept
    deliver()
    answer = Notice.objects.get(person=reporter, object_id=report.pk).body("de")
    link = re.search(r"/moderation/meldung/\S+", answer).group()
    assert "Der Beitrag bleibt stehen" in Client().get(link).content.decode(), "by the link, also without account"
    client = accounts.login(Client(), reporter)
    page = f"/moderation/meldung/{report.pk}/"
    assert client.post(page, {"text": "Lesen Sie bitte den Zusammenhang."}).status_code == 302
    assert "Ihr Widerspruch ist bei uns" in client.get(page).content.decode()
    again = Case.objects.get(cause="objection")
    assert (again.is_public, again.previous_id, again.author_id) == (True, report.case_id, comment.author_id)
    with pytest.raises(NotAllowed):
        actions.decide_case(actor=moderator, case_id=again.pk, decision="released", at=NOW)
    other = accounts.actor(accounts.moderator())
    actions.decide_case(actor=other, case_id=again.pk, decision="refused", rule="respekt", reason="Stimmt.", at=NOW)
    deliver()
    comment.refresh_from_db()
    assert comment.state == "refused"
    assert "nicht mehr zu sehen" in Notice.objects.filter(person=reporter).order_by("-id")[0].body("de")
    assert "Nach einem Widerspruch" in Notice.objects.get(person=comment.author, object_id=again.pk).body("de")
    mine = actions.object_to_decision(
        actor=accounts.actor(comment.author), case_id=again.pk, text="Ich sehe das anders.", at=NOW
    )
    assert mine.previous_id == again.pk, "whose post was taken down has an objection of their own"


def test_an_objection_is_possible_once_and_only_for_who_gave_notice(kept):
    report, reporter = kept
    stranger = accounts.actor(accounts.person())
    with pytest.raises(NotAllowed):
        actions.complain(actor=stranger, report_id=report.pk, text="Ich auch.", at=NOW)
    actions.complain(actor=accounts.actor(reporter), report_id=report.pk, text="Bitte noch einmal.", at=NOW)
    with pytest.raises(Conflict):
        actions.complain(actor=accounts.actor(reporter), report_id=report.pk, text="Und noch einmal.", at=NOW)
    assert accounts.login(Client(), accounts.person()).get(f"/moderation/meldung/{report.pk}/").status_code == 403
    assert Client().get(f"/moderation/meldung/{report.pk}/").status_code == 401


def test_several_posts_are_refused_by_one_rule_and_each_author_is_told(room, deliver):
    authors = [accounts.person() for _n in range(3)]
    for author in authors:
        room.waiting(author=author.pk)
    client = accounts.login(Client(), accounts.moderator())
    where = client.post("/moderation/liste/")["Location"]
    ids = [str(id_) for id_ in Case.objects.order_by("id").values_list("id", flat=True)[:2]]
    wrong = client.post(where, {"case": ids, "refuse-rule": "werbung", "refuse-reason": ""})
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert page.count(" checked") >= 2, "what was chosen stays chosen"
    assert not Case.objects.filter(state="decided").exists()
    rule = interface_rule()
    sent = client.post(where, {"case": ids, "refuse-rule": rule, "refuse-reason": "Werbung gehört nicht hierher."})
    assert sent.status_code == 302
    assert sorted(Case.objects.filter(decision="refused").values_list("rule", flat=True)) == [rule, rule]
    assert [row["state"] for row in room.beds.values()].count("refused") == 2
    deliver()
    assert Notice.objects.filter(object_id__in=ids).count() == 2
    assert Comment.objects.count() == 0


def interface_rule() -> str:
    from allmende.engines.discussion.queries.published import rule_keys

    return min(rule_keys())


def test_a_list_of_refusals_leaves_alone_what_is_ones_own(room, db):
    moderator = accounts.moderator()
    mine = room.waiting(author=moderator.pk)
    result = actions.decide_many(
        actor=accounts.actor(moderator), case_ids=[mine.pk], decision="refused", rule=interface_rule(), reason="x",
        at=NOW,
    )  # fmt: skip
    assert (result.done, len(result.refused)) == ([], 1)
    assert interface.case_of(mine.ref).state == "open"
