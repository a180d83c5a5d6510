"""The pages: what residents and moderators can do without a script, and what stays closed."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from allmende.accounts import builders as accounts
from allmende.core.actor import Actor
from allmende.engines.discussion import actions, builders, interface
from allmende.engines.discussion.models import Case, Comment, Report
from allmende.engines.discussion.rules import tokens
from allmende.engines.discussion.tests.conftest import NOW, submit_bed

HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(db) -> Client:
    return Client(headers={"host": "localhost"})


@pytest.fixture
def moderating(client):
    person = accounts.moderator()
    accounts.login(client, person)
    client.actor = accounts.actor(person)
    return client


def path(name: str, ref, query: str = "") -> str:
    return reverse(f"discussion:{name}", args=[ref.capability, ref.kind, ref.id]) + query


def text(response) -> str:
    return response.content.decode()


def test_a_visitors_page_holds_no_token_and_leads_to_a_form(client, room):
    ref = room.bed()
    builders.comment(ref, "<b>Hallo</b> مرحبا")
    page = client.get(path("thread", ref))
    assert page.status_code == 200
    assert "csrfmiddlewaretoken" not in text(page)
    assert "sessionid" not in page.cookies
    assert "&lt;b&gt;Hallo&lt;/b&gt;" in text(page)
    assert 'dir="auto"' in text(page)
    assert path("add", ref) in text(page)
    assert "hx-get" not in text(page)


def test_a_visitor_comments_and_is_told_that_somebody_reads_it_first(client, room):
    ref = room.bed()
    assert client.get(path("add", ref)).status_code == 200
    sent = client.post(path("add", ref), {"body": "Gute Idee.", "stance": "pro", "contact_kind": "number"})
    assert sent.status_code == 200
    made = Comment.objects.get()
    assert (made.state, made.stance) == ("held", "pro")  # no proof of work without a script
    assert "wird geprüft" in text(sent)
    assert "G-20" in text(sent)  # the receipt


def test_an_empty_comment_comes_back_with_422_and_what_was_typed(client, room):
    sent = client.post(path("add", room.bed()), {"body": "", "display_name": "Linde", "contact_kind": "none"})
    assert sent.status_code == 422
    assert "<title>Fehler:" in text(sent)
    assert 'value="Linde"' in text(sent)


def test_a_resident_comments_answers_changes_and_withdraws(client, room):
    accounts.login(client, accounts.person())
    ref = room.bed()
    sent = client.post(path("add", ref), {"body": "Erstens."})
    assert sent.status_code == 302
    made = Comment.objects.get()
    assert sent["Location"].endswith(f"#kommentar-{made.id}")
    answer = client.post(path("add", ref, f"?antwort={made.id}"), {"body": "Zweitens."})
    assert answer.status_code == 302
    assert Comment.objects.get(parent=made).level == 2
    edit = reverse("discussion:edit", args=[made.id])
    assert "Erstens." in text(client.get(edit))
    assert client.post(edit, {"body": "Anders."}).status_code == 302
    assert "Anders." in text(client.get(reverse("discussion:comment", args=[made.id])))
    withdraw = reverse("discussion:withdraw", args=[made.id])
    assert client.get(withdraw).status_code == 200
    assert client.post(withdraw).status_code == 302
    made.refresh_from_db()
    assert made.state == "withdrawn"


def test_in_place_the_form_and_the_answer_are_parts_only(client, room):
    accounts.login(client, accounts.person())
    ref = room.bed()
    form = client.get(path("add", ref), headers=HTMX)
    assert "<html" not in text(form)
    assert 'id="kommentar-neu-body"' in text(form)
    sent = client.post(path("add", ref), {"body": "Kurz."}, headers=HTMX)
    assert "<html" not in text(sent)
    assert 'id="kommentar-neu-ziel"' in text(sent)
    assert "veröffentlicht" in sent["HX-Trigger"].encode().decode("unicode_escape")
    wrong = client.post(path("add", ref), {"body": ""}, headers=HTMX)
    assert wrong.status_code == 422


def test_more_comments_come_as_list_items_and_without_a_script_as_a_page(client, room):
    ref = room.bed()
    for number in range(25):
        builders.comment(ref, f"Nummer {number}")
    page = client.get(path("thread", ref))
    assert text(page).count('class="comment"') == 20
    more = page.context["thread"].more_url
    part = client.get(more, headers=HTMX)
    assert text(part).count("<li>") == 5
    assert "<html" not in text(part)
    assert "<html" in text(client.get(more))


@pytest.mark.parametrize("name", ["thread", "add", "report"])
def test_what_nobody_may_see_is_not_there(client, room, name):
    assert client.get(path(name, room.bed(visible=False))).status_code == 404
    assert (
        client.get(path(name, interface.Case(capability="nirgends", kind="nichts", object_id=uuid4()).ref)).status_code
        == 404
    )


def test_where_comments_are_closed_the_typed_text_is_not_lost(client, room):
    ref = room.bed(open=False)
    assert client.get(path("add", ref)).status_code == 409
    sent = client.post(path("add", ref), {"body": "Schon geschrieben.", "contact_kind": "none"})
    assert sent.status_code == 422
    assert "Schon geschrieben." in text(sent)


@pytest.mark.parametrize("answer", ["x", "00000000-0000-0000-0000-000000000000", "\0", "1" * 500])
def test_a_made_up_comment_to_answer_is_not_found(client, room, answer):
    assert client.get(path("add", room.bed()), {"antwort": answer}).status_code == 404


def test_anyone_reports_without_an_account(client, room):
    ref = room.bed(state="published")
    assert client.get(path("report", ref)).status_code == 200
    sent = client.post(path("report", ref), {"reason": "insult", "text": "Zeile 2.", "contact_kind": "none"})
    assert sent.status_code == 200
    assert Report.objects.get().reporter is None
    told = client.post(path("report", ref), {"reason": "other", "text": "Auch.", "contact_kind": "number"})
    assert "G-20" in text(told)
    assert client.post(path("report", ref), {"reason": "", "text": ""}).status_code == 422


def test_the_queue_and_the_ten_minute_list(moderating, room):
    cases = [room.waiting(body=f"Wort {n}") for n in range(3)]
    queue = moderating.get(reverse("discussion:queue"))
    assert queue.status_code == 200
    assert "Was ist zu prüfen?" in text(queue)
    assert all(f"Wort {number}" in text(queue) for number in range(3)), "the words stand in the list"
    started = moderating.post(reverse("discussion:start_list"))
    listed = moderating.get(started["Location"])
    assert "Noch 3 Beiträge" in text(listed)
    for number in range(3):
        assert f"Wort {number}" in text(listed)
    done = moderating.post(
        reverse("discussion:decide_list"), {"case": [str(c.id) for c in cases[:2]], "next": started["Location"]}
    )
    assert done["Location"] == started["Location"]
    listed = moderating.get(started["Location"])
    assert "2 von 3 geprüft" in text(listed)
    case = moderating.get(reverse("discussion:case", args=[cases[2].id]))
    assert "Wort 2" in text(case)
    ended = moderating.post(reverse("discussion:case", args=[cases[2].id]), {"verb": "release"}, follow=True)
    assert "Geschafft" in text(ended)
    undone = moderating.post(reverse("discussion:undo"), {"one": str(cases[0].id)})
    assert undone["Location"] == reverse("discussion:case", args=[cases[0].id])
    cases[0].refresh_from_db()
    assert cases[0].state == "open"


def test_a_moderator_refuses_with_rule_and_reason(moderating, room):
    case = room.waiting()
    page = reverse("discussion:case", args=[case.id])
    wrong = moderating.post(page, {"verb": "refuse", "refuse-reason": "Weil."})
    assert wrong.status_code == 422
    assert "Weil." in text(wrong)
    done = moderating.post(page, {"verb": "refuse", "refuse-rule": "thema", "refuse-reason": "Gehört woanders hin."})
    assert done.status_code == 302
    case.refresh_from_db()
    assert (case.decision, case.rule) == ("refused", "thema")


def test_everything_else_a_moderator_does_with_a_case(moderating, room, resident):
    made = actions.add_comment(
        actor=resident, ref=room.bed(), body="Anna Beispiel war das.", proved=False, at=timezone.now()
    )
    case = interface.case_of(made.this)
    page = reverse("discussion:case", args=[case.id])
    assert moderating.post(page, {"verb": "claim"}).status_code == 302
    wrong = moderating.post(page, {"verb": "name", "name-name": "Berta"})
    assert wrong.status_code == 422
    assert moderating.post(page, {"verb": "name", "name-name": "Anna Beispiel"}).status_code == 302
    assert "[Name entfernt] war das." in text(moderating.get(page))
    assert moderating.post(page, {"verb": "hand", "hand-note": "Bitte ihr"}).status_code == 302
    assert "Bitte ihr" in text(moderating.get(page))
    escalated = moderating.post(page, {"verb": "escalate", "escalate-note": "Drohung"}, follow=True)
    assert "110" in text(escalated)
    assert moderating.post(page, {"verb": "release"}).status_code == 403
    assert moderating.post(page, {"verb": "nonsense"}).status_code == 200


def test_a_public_threat_is_taken_off_the_page_when_it_is_passed_on(moderating, room, resident):
    made = actions.add_comment(actor=resident, ref=room.bed(), body="Eine Drohung.", at=timezone.now())
    case = actions.report_content(actor=Actor(), ref=made.this, reason="insult", text="Drohung", at=timezone.now()).case
    page = reverse("discussion:case", args=[case.id])
    assert "nicht mehr zeigen" in text(moderating.get(page))
    assert moderating.post(page, {"verb": "escalate", "escalate-hide": "on"}).status_code == 302
    made.refresh_from_db()
    case.refresh_from_db()
    assert (made.state, case.state, case.is_public) == ("held", "escalated", False)


def test_a_moderators_own_post_shows_why_there_is_no_button(moderating, room):
    case = room.waiting(author=moderating.actor.person_id)
    page = moderating.get(reverse("discussion:case", args=[case.id]))
    assert "entscheidet jemand anderes" in text(page)
    assert 'value="release"' not in text(page)


def test_the_author_reads_the_reasons_and_objects(client, room, moderator):
    author = accounts.person()
    case = room.waiting(author=author.pk)
    actions.decide_case(
        actor=moderator,
        case_id=case.id,
        decision="refused",
        rule="respekt",
        reason="Bitte freundlicher.",
        at=timezone.now(),
    )
    page = reverse("discussion:reasons", args=[case.id])
    assert client.get(page).status_code == 401
    assert client.get(page, {"schluessel": tokens.token_for(case.id)}).status_code == 200
    accounts.login(client, author)
    assert "Bitte freundlicher." in text(client.get(page))
    assert client.post(page, {"text": ""}).status_code == 422
    assert client.post(page, {"text": "Das war ein Zitat."}).status_code == 302
    assert "Ihr Widerspruch ist bei uns" in text(client.get(page))
    assert Case.objects.get(previous=case).objection == "Das war ein Zitat."
    accounts.login(client, accounts.person())
    assert client.get(page).status_code == 403


def test_the_roster_is_written_by_moderators(moderating, room):
    page = reverse("discussion:roster")
    me = str(moderating.actor.person_id)
    assert moderating.get(page).status_code == 200
    assert moderating.post(page, {"verb": "duty", "person": me, "weekday": "2"}).status_code == 302
    assert "Mittwoch" in text(moderating.get(page))
    assert moderating.post(page, {"verb": "duty", "person": me}).status_code == 422
    assert moderating.post(page, {"verb": "duty", "person": str(uuid4())}).status_code == 422
    away = {"verb": "absence", "absence-starts_on": "2026-12-24", "absence-ends_on": "2026-12-31"}
    assert moderating.post(page, away).status_code == 302
    duty, absence = moderating.get(page).context["lines"][0][0], moderating.get(page).context["absences"][0]
    assert moderating.post(page, {"verb": "remove_duty", "id": str(duty.id)}).status_code == 302
    assert moderating.post(page, {"verb": "remove_absence", "id": str(absence.id)}).status_code == 302
    assert moderating.post(page, {"verb": "remove_duty", "id": "x"}).status_code == 302


def test_the_administrator_sees_danger_and_gives_it_back(client, room, moderator):
    accounts.login(client, accounts.administrator())
    case = room.waiting(body="Eine Drohung.")
    actions.escalate_case(actor=moderator, case_id=case.id, at=timezone.now())
    page = reverse("discussion:escalation")
    assert "Eine Drohung." in text(client.get(page))
    assert client.get(reverse("discussion:case", args=[case.id])).status_code == 200
    assert client.post(page, {"case": str(case.id), "note": "Polizei war da."}).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.note) == ("open", "Polizei war da.")


def test_the_administrator_changes_a_rule(client, db):
    accounts.login(client, accounts.administrator())
    page = reverse("discussion:change_rule", args=["respekt"])
    assert "Respekt" in text(client.get(page))
    assert client.post(page, {"short_de": "", "long_de": ""}).status_code == 422
    assert client.post(page, {"short_de": "Achtung voreinander", "long_de": "Immer."}).status_code == 302
    assert "Achtung voreinander" in text(client.get(reverse("discussion:rules")))


def test_rules_hours_and_log_are_public_in_both_languages(client, room, moderator):
    actions.decide_case(actor=moderator, case_id=room.waiting().id, decision="released", at=NOW)
    for prefix in ("", "/en"):
        rules = client.get(f"{prefix}/moderation/regeln/")
        assert rules.status_code == 200
        log = client.get(f"{prefix}/moderation/protokoll/")
        assert log.status_code == 200
    table = client.get("/moderation/protokoll.csv")
    assert (
        table.content.decode("utf-8-sig").splitlines()[0].startswith("month,capability,kind,cause,decision,rule,count")
    )
    assert client.get("/moderation/protokoll.json").json()["rows"][0]["count"] == 1
    assert client.get("/moderation/protokoll.exe").status_code == 404


def test_pages_ask_few_questions_however_long_the_queue_is(moderating, room):
    for number in range(40):
        room.waiting(body=f"Beitrag {number}")
        builders.comment(room.bed())
    for name in ("queue", "roster", "figures", "rules", "log"):
        with CaptureQueriesContext(connection) as queries:
            assert moderating.get(reverse(f"discussion:{name}")).status_code == 200
        assert len(queries) <= 15, (name, [q["sql"][:90] for q in queries])
    made = [
        actions.add_comment(actor=Actor(), ref=room.bed(), body="Hm.", guest={}, proved=False, at=timezone.now())
        for _ in range(8)
    ]
    Case.objects.filter(capability="garden").delete()
    started = moderating.post(reverse("discussion:start_list"))
    with CaptureQueriesContext(connection) as queries:
        listed = moderating.get(started["Location"])
    assert text(listed).count("case--mine") == len(made)
    assert len(queries) <= 15, [q["sql"][:90] for q in queries]
    with CaptureQueriesContext(connection) as queries:
        moderating.get(reverse("discussion:case", args=[interface.case_of(made[0].this).id]))
    assert len(queries) <= 20, [q["sql"][:120] for q in queries]


def test_the_filters_of_the_queue_stay_and_take_anything(moderating, room):
    submit_bed(actor=Actor(), ref=room.bed())
    page = reverse("discussion:queue")
    assert "Nichts passt" in text(moderating.get(page, {"nur": "overdue", "anlass": "objection"}))
    for query in (
        {"nur": "x"},
        {"bereich": "\0"},
        {"nach": "1.000000_" + "0" * 32},
        {"nach": "99999999999.000000_" + "0" * 32},
    ):
        assert moderating.get(page, query).status_code == 200
