"""Surveys and draft texts as parts of a project: chosen by the editors, linked on the page, one edge of the Trace."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders
from allmende.capabilities.participation.models import CONTRACT_FIELDS
from allmende.capabilities.surveys import builders as surveys
from allmende.core.errors import Conflict, Invalid, NotAllowed
from allmende.engines.search.interface import Entry, index_now
from allmende.engines.trace.interface import Edge

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ASKS = "Fragen beantworten"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def made(now):
    """A project around a survey, announced."""
    return actions.create_project(
        actor=people.actor(people.editor()),
        group_id=builders.group().pk,
        blueprint="survey",
        data=actions.ProjectData(title={"de": "Wie kommen wir voran?"}, contract=builders.CONTRACT),
        opens_at=now - DAY,
        closes_at=now + 20 * DAY,
        at=now,
    )


@pytest.fixture
def asked(now):
    """A survey that runs, as the index knows it."""
    survey = surveys.survey(at=now)
    index_now(survey.ref)
    return survey


def place(made, thing, at, person=None):
    module = made.modules.get(order=0)
    return actions.place_part(actor=people.actor(person or people.editor()), module_id=module.pk, thing=thing, at=at)


def page_of(made):
    return Client(headers={"host": "localhost"}).get(f"/mitmachen/projekte/{made.number}/").content.decode()


def links(made):
    return Edge.objects.filter(source_id=made.pk, retracted_at=None)


def test_as_long_as_nobody_has_said_which_survey_nothing_is_promised(made):
    page = page_of(made)
    assert "steht noch nicht fest" in page
    assert ASKS not in page


def test_the_card_leads_to_the_survey_and_says_how_it_stands(made, asked, now):
    place(made, asked.ref, now)
    page = page_of(made)
    assert f'href="/umfragen/{asked.number}/"' in page
    assert f"Sie können jetzt: {ASKS}" in page
    assert asked.title["de"] in page
    assert [edge.target_id for edge in links(made)] == [asked.pk]


def test_a_survey_that_is_over_is_no_invitation_though_the_phase_runs(made, asked, now):
    place(made, asked.ref, now)
    Entry.objects.filter(object_id=asked.pk).update(open_until=now - DAY)
    page = page_of(made)
    assert f'href="/umfragen/{asked.number}/"' in page
    assert ASKS not in page


def test_another_survey_takes_its_place_and_the_former_edge_is_taken_back(made, asked, now):
    place(made, asked.ref, now)
    other = surveys.survey(at=now)
    index_now(other.ref)
    place(made, other.ref, now)
    place(made, other.ref, now)
    assert [edge.target_id for edge in links(made)] == [other.pk]
    place(made, None, now)
    assert not links(made).exists()


def test_what_is_not_public_or_of_another_kind_is_no_part(made, asked, now):
    store = builders.store()
    index_now(store.ref)
    draft = surveys.survey(at=now)
    for ref in (store.ref, draft.ref):  # the one is no survey, of the other the index knows nothing
        with pytest.raises(Invalid):
            place(made, ref, now)
    with pytest.raises(Conflict):
        actions.place_part(
            actor=people.actor(people.editor()), module_id=made.modules.get(order=1).pk, thing=asked.ref, at=now
        )
    with pytest.raises(NotAllowed):
        place(made, asked.ref, now, people.person())


def test_an_editor_chooses_it_in_the_form_and_it_stays_when_it_is_over(made, asked, now):
    client = people.login(Client(headers={"host": "localhost"}), people.editor())
    address = f"/mitmachen/projekte/{made.number}/aendern/"
    assert asked.title["de"] in client.get(address).content.decode()
    sent = {"title": "Wie kommen wir voran?", "announced": "on", **dict.fromkeys(CONTRACT_FIELDS, "Antwort")}
    assert client.post(address, {**sent, "part_0": "surveys/survey/nonsense"}).status_code == 422
    assert client.post(address, {**sent, "part_0": str(asked.ref)}).status_code == 302
    assert made.modules.get(order=0).leads_to == asked.ref
    Entry.objects.filter(object_id=asked.pk).delete()
    assert client.post(address, {**sent, "part_0": str(asked.ref)}).status_code == 302
    assert made.modules.get(order=0).leads_to == asked.ref


def test_programs_read_where_a_part_lies(made, asked, now):
    place(made, asked.ref, now)
    found = Client(headers={"host": "localhost"}).get(f"/api/v1/participation/projects/{made.number}").json()
    assert [module["thing"] for module in found["modules"]] == [f"/r/{asked.ref}", None]
