"""Pages of an opinion map: from statement to bridge without scripts, in place, with stale answers, as files."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.surveys.actions import opinion as actions
from allmende.capabilities.surveys.models import Conversation, Voice
from allmende.capabilities.surveys.tests.test_opinion import crowd, data, draw
from allmende.core.actor import SYSTEM
from allmende.engines.discussion.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk():
    at = timezone.now() - timedelta(days=2)
    made = actions.save_conversation(actor=people.actor(people.editor()), data=data(), at=at)
    return actions.open_conversation(actor=people.actor(people.editor()), conversation_id=made.pk, at=at)


def test_from_statement_to_bridge_without_scripts(talk, client):
    crowd(talk)
    draw(talk)
    start = f"/umfragen/meinungen/{talk.number}/mitmachen/"
    answer = client.post(start)
    assert answer.status_code == 302
    here = answer["Location"]
    for turn in range(8):
        page = client.get(here).content.decode()
        number = re.search(r'name="number" value="(\d+)"', page)[1]
        assert page.count('name="choice"') == 3
        assert f"zu {turn} von 8 Aussagen" in page
        answer = client.post(here, {"number": number, "choice": "agree"})
        assert answer["Location"] == here
    assert "Sie haben zu allem etwas gesagt" in client.get(here).content.decode()
    assert Voice.objects.filter(choices={str(number): 1 for number in range(1, 9)}).count() == 21
    assert client.get(f"/umfragen/meinungen/{talk.number}/aussagen/").status_code == 200


def test_with_htmx_only_the_next_statement_comes(talk, client):
    here = client.post(f"/umfragen/meinungen/{talk.number}/mitmachen/")["Location"]
    page = client.post(here, {"number": "1", "choice": "pass"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert 'id="statement"' in page
    assert 'data-focus="#statement"' in page


def test_a_stale_or_senseless_answer_is_told_and_loses_nothing(talk, client):
    here = client.post(f"/umfragen/meinungen/{talk.number}/mitmachen/")["Location"]
    for sent in ({}, {"number": "1"}, {"number": "99", "choice": "agree"}, {"number": "³", "choice": "agree"}):
        answer = client.post(here, sent, follow=True)
        assert answer.status_code == 200
    assert not Voice.objects.exists()


def test_single_answers_are_given_out_only_where_that_was_said(talk, client):
    path = f"/umfragen/meinungen/{talk.number}/daten/"
    assert client.get(f"{path}comments.csv").status_code == 200
    assert client.get(f"{path}votes.csv").status_code == 403
    Conversation.objects.filter(pk=talk.pk).update(gives_votes=True)
    assert client.get(f"{path}votes.csv").status_code == 403
    actions.close_conversation(actor=SYSTEM, conversation_id=talk.pk, at=talk.closes_at)
    assert client.get(f"{path}votes.csv").status_code == 200
    assert client.get(f"{path}other.csv").status_code == 404


def test_anybody_reports_a_statement_and_it_stays_until_somebody_decided(talk, client):
    statement = talk.statements.get(number=1)
    address = reverse("discussion:report", args=["surveys", "statement", statement.pk])
    assert address in client.get(f"/umfragen/meinungen/{talk.number}/aussagen/").content.decode()
    here = client.post(f"/umfragen/meinungen/{talk.number}/mitmachen/")["Location"]
    assert "Diese Aussage melden" in client.get(here).content.decode()
    page = client.get(address).content.decode()
    assert f'href="/umfragen/meinungen/{talk.number}/"' in page
    sent = {"reason": "insult", "text": "Das beleidigt.", "contact_kind": "none"}
    assert client.post(address, sent).status_code == 200
    assert Case.objects.get(object_id=statement.pk).cause == "reported"
    statement.refresh_from_db()
    assert statement.state == "shown"
