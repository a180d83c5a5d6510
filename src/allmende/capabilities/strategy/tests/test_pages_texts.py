"""The pages of texts: reading, saying something by plain form, answering, comparing."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.strategy import actions, builders
from allmende.capabilities.strategy.builders import LAMPS, said, text
from allmende.capabilities.strategy.forms.source import paragraphs_of
from allmende.capabilities.strategy.models import Feedback, Rival, Text, Wording
from allmende.core.actor import Role
from allmende.engines.discussion import interface as discussion


def client_of(person=None):
    client = Client(headers={"host": "localhost"})
    if person is not None:
        client.force_login(person)
    return client


@pytest.fixture
def team(db):
    return client_of(people.with_role(Role.EDITOR, "strategy"))


def url(name, *args):
    return reverse(f"strategy:{name}", args=args)


def test_every_paragraph_has_a_link_to_say_something_while_it_is_open(db):
    made = text()
    page = client_of().get(url("text", made.number)).content.decode()
    for number in (1, 2, 3):
        assert url("say", made.number, number) in page
        assert f'id="absatz-{number}"' in page
    Text.objects.filter(pk=made.pk).update(
        opens_at=timezone.now() - timedelta(days=9), closes_at=timezone.now() - timedelta(minutes=1)
    )
    assert url("say", made.number, 2) not in client_of().get(url("text", made.number)).content.decode()
    assert "zurzeit nichts sagen" in client_of().get(url("say", made.number, 2)).content.decode()


def test_a_guest_suggests_another_wording_without_an_account(db):
    made = text()
    here = url("say", made.number, 2) + "?art=vorschlag"
    guest = client_of()
    assert LAMPS in guest.get(here).content.decode()
    values = {"wording": LAMPS.replace("sieben", "drei"), "body": "Zu lang.", "contact_kind": "number"}
    answer = guest.post(here, values, follow=True)
    found = Feedback.objects.get()
    assert (found.kind, found.state, found.author.is_guest) == ("wording", "waiting", True)
    assert "Danke, Ihre Rückmeldung ist da" in answer.content.decode()
    assert guest.get(url("feedback", found.number)).status_code == 404, "not before somebody has looked at it"


def test_what_is_missing_is_said_and_what_was_typed_stays(db):
    made = text()
    here = url("say", made.number, 2) + "?art=vorschlag"
    resident = client_of(people.person())
    answer = resident.post(here, {"wording": LAMPS, "body": "Mein Grund."})
    assert answer.status_code == 422
    assert "Mein Grund." in answer.content.decode()


def test_a_suggestion_is_shown_as_a_difference_in_words_too(db):
    made = text()
    found = said(made, wording=LAMPS.replace("sieben", "drei"))
    for page in (url("feedback", found.number), url("paragraph", made.number, 2)):
        body = client_of().get(page).content.decode()
        assert "<del>" in body
        assert "(gestrichen:" in body
        assert "(neu:" in body


def test_whatever_was_said_can_be_reported_and_its_author_reads_why_it_went(db):
    """Notice, decision with its reason, objection (Regulation (EU) 2022/2065, Art. 16, 17, 20)."""
    made = text()
    author = people.person()
    found = said(made, 2, body="Das ist eine Beleidigung.", author=author)
    report = reverse("discussion:report", args=["strategy", "feedback", found.pk])
    pages = (url("paragraph", made.number, 2), url("feedback", found.number))
    for page in pages:
        assert report in client_of().get(page).content.decode()
    assert report not in client_of(author).get(pages[1]).content.decode(), "nobody reports their own words"
    sent = {"reason": "insult", "text": "Das beleidigt.", "contact_kind": "none"}
    assert client_of().post(report, sent).status_code == 200
    case = discussion.case_of(found.ref)
    assert (case.cause, case.scope, case.is_public) == ("reported", "strategy", True)
    assert found.body in client_of().get(pages[0]).content.decode(), "it stands until somebody has decided"

    moderator = people.actor(people.moderator())
    reason = {"decision": "refused", "reason": "Es greift Menschen an.", "rule": "respekt", "at": timezone.now()}
    discussion.decide_case(actor=moderator, case_id=case.pk, **reason)
    assert found.body not in client_of().get(pages[0]).content.decode()
    reasons = reverse("discussion:reasons", args=[case.pk])
    assert "Es greift Menschen an." in client_of(author).get(reasons).content.decode()
    assert client_of(author).post(reasons, {"text": "Das war anders gemeint."}).status_code == 302
    assert discussion.case_of(found.ref).cause == "objection"


def test_support_is_a_form_of_its_own(db):
    found = said(text())
    resident = client_of(people.person())
    assert url("support", found.number) in resident.get(url("feedback", found.number)).content.decode()
    resident.post(url("support", found.number))
    found.refresh_from_db()
    assert found.supports == 1
    resident.post(url("support", found.number))
    found.refresh_from_db()
    assert found.supports == 0


def test_an_author_withdraws_their_own(db):
    author = people.person()
    found = said(text(), author=author)
    assert client_of(people.person()).post(url("withdraw", found.number)).status_code == 403
    client_of(author).post(url("withdraw", found.number))
    found.refresh_from_db()
    assert found.state == "withdrawn"


def test_the_team_answers_many_at_once_and_is_told_of_contradictions(team):
    made = text()
    one, two = (said(made, wording=LAMPS.replace("sieben", word)) for word in ("drei", "zehn"))
    page = team.get(url("answers", made.number)).content.decode()
    assert "Widerspricht:" in page
    answer = team.post(
        url("answers", made.number),
        {"feedback": [str(one.pk), str(two.pk)], "outcome": "adopted", "reason": "Stimmt."},
        follow=True,
    )
    body = answer.content.decode()
    assert "1 Rückmeldung ist beantwortet." in body
    left = Feedback.objects.get(answer=None)
    assert f"dort steht: {left.number}." in body
    merged = "Defekte Leuchten werden in drei bis zehn Tagen repariert."
    page = team.get(url("adopt", left.number)).content.decode()
    assert 'name="revision" value="2"' in page
    team.post(
        url("adopt", left.number), {"body": merged, "revision": 2, "outcome": "partly", "reason": "Ein Mittelweg."}
    )
    assert Wording.objects.filter(body=merged).exists()


def test_a_text_is_made_from_plain_text_and_goes_its_way(team):
    values = {
        "title": "Neuer Text", "summary": "Worum es geht.", "department": "umwelt",
        "opens_on": f"{timezone.localdate()}", "closes_on": f"{timezone.localdate() + timedelta(days=20)}",
        "paragraphs": "# Licht\n\nErster Absatz\nin zwei Zeilen.\n\n- Ein Punkt",
        "what_is_open": "Alles", "decided_already": "Nichts", "who_decides": "Rat", "when_decided": "Bald",
        "what_it_changes": "Viel",
    }  # fmt: skip
    assert team.post(url("text_new"), values).status_code == 302
    made = Text.objects.get()
    shapes = [row.shape for row in Wording.objects.filter(version__text=made)]
    assert shapes == ["heading", "text", "item"]
    assert client_of().get(url("text", made.number)).status_code == 404
    team.post(url("step", made.number, "open"), {"note": "Erste Fassung."})
    assert client_of().get(url("text", made.number)).status_code == 200
    team.post(url("paragraph_write", made.number, 2), {"body": "Kürzer.", "shape": "text", "revision": 1})
    late = team.post(url("paragraph_write", made.number, 2), {"body": "Anders.", "shape": "text", "revision": 1})
    rival = Rival.objects.get()
    assert late.url == url("rival", rival.pk)
    assert "dieselbe Stelle" in team.get(late.url).content.decode()
    team.post(late.url, {"body": "Beides.", "revision": 2})
    team.post(url("paragraph_add", made.number) + "?nach=2", {"body": "Neu.", "shape": "text"})
    team.post(url("leave_out", made.number, 3))
    team.post(url("step", made.number, "evaluate"))
    team.post(url("step", made.number, "open"), {"note": "Zweite."})
    page = client_of().get(url("compare", made.number)).content.decode()
    assert "3 Absätze sind anders." in page
    assert "Zweite." in client_of().get(url("text", made.number)).content.decode()
    assert client_of().get(url("synopsis", made.number, 2)).status_code == 200
    assert client_of().get(url("text", made.number) + "?fassung=1").status_code == 200
    assert client_of().get(url("text", made.number) + "?fassung=9").status_code == 404


def test_plain_text_becomes_paragraphs():
    found = [(one.shape, one.body) for one in paragraphs_of("# A\nb\nc\n\n## D\n* e\n\n\n#kein Titel\n# \n")]
    assert found == [
        ("heading", "A"), ("text", "b\nc"), ("subheading", "D"), ("item", "e"), ("text", "#kein Titel"),
    ]  # fmt: skip


def test_pages_ask_few_questions_however_much_was_said(team, django_assert_max_num_queries):
    made = text(*[f"Absatz über Sache {n}." for n in range(60)])
    rows = [said(made, n % 50 + 1, wording=f"Anders {n}.") for n in range(60)]
    actions.answer_feedback(
        actor=builders.editor(), text_id=made.pk, feedback_ids=[row.pk for row in rows[:20]], outcome="adopted",
        reason="Ja.", at=timezone.now(),
    )  # fmt: skip
    actions.move_text(actor=builders.editor(), text_id=made.pk, verb="evaluate", at=timezone.now())
    actions.move_text(actor=builders.editor(), text_id=made.pk, verb="open", at=timezone.now())
    visitor = client_of()
    for client, address in (
        (visitor, url("text", made.number)),
        (visitor, url("paragraph", made.number, 3)),
        (visitor, url("compare", made.number)),
        (visitor, url("synopsis", made.number, 2)),
        (visitor, url("feedback", rows[30].number)),
        (team, url("text", made.number)),
        (team, url("answers", made.number)),
        (team, url("write", made.number)),
        (team, url("adopt", rows[30].number)),
    ):
        client.get(address)
        with django_assert_max_num_queries(15):
            assert client.get(address).status_code == 200
