"""From who was asked, over what came out, to what rests on it: one thread, and both questions on every page of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import builders as ideas
from allmende.capabilities.surveys import actions, builders
from allmende.capabilities.surveys.models import Finding, Response, Survey
from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.engines.trace.interface import Edge, link_things, retract_edge, trace_of

pytestmark = pytest.mark.django_db
ASKED = "Womit am häufigsten?"


@pytest.fixture
def finding(deliver):
    """Of a survey of forty answers whose results are public."""
    now = timezone.now()
    row = builders.survey(at=now - timedelta(days=3))
    Survey.objects.filter(pk=row.pk).update(state="closed", key=None, closed_at=now)
    answers = [{"modes": ["bike", "bus"], "main": "bike" if number % 3 else "bus"} for number in range(40)]
    Response.objects.bulk_create(
        Response(survey=row, version_id=row.version_id, answers=one, day=now.date()) for one in answers
    )
    actions.ask_results(actor=builders.EDITOR, survey_id=row.pk, at=now)
    deliver()
    actions.publish_results(actor=builders.EDITOR, survey_id=row.pk, at=now)
    deliver()
    return Finding.objects.select_related("survey").get(survey=row, variable="main")


def cite(finding, target):
    return link_things(
        actor=people.actor(people.clerk("umwelt")),
        source=finding.ref,
        target=target,
        reason="Die Sammlung beruht auf diesem Ergebnis.",
        at=timezone.now(),
    )


def address(finding):
    return f"/umfragen/{finding.survey.number}/ergebnisse/{finding.place}/"


def test_a_published_finding_is_found_by_its_words_and_stands_under_a_lasting_address(finding, client):
    found = manifest.lookup().find(ASKED, Viewer(), timezone.now())
    assert finding.ref in [one.ref for one in found]
    answer = client.get(f"/r/{finding.ref}")
    assert answer.status_code in {301, 302}
    assert answer["Location"].endswith(address(finding))


def test_before_anything_rests_on_it_both_questions_are_answered(finding, client):
    page = client.get(address(finding)).content.decode()
    for asked in ("Woher kommt das?", "Was wurde daraus?", "Noch beruft sich nichts auf dieses Ergebnis."):
        assert asked in page
    assert f'href="/umfragen/{finding.survey.number}/"' in page
    assert not Edge.objects.exists(), "a finding that led to nothing is no station of its survey"


def test_what_rests_on_a_finding_leads_back_to_the_survey(finding, client, deliver):
    store, now = ideas.published().store, timezone.now()
    deliver()
    cite(finding, store.ref)
    deliver()
    onward = trace_of(finding.survey.ref, Viewer(), now)
    assert {one.entry.ref for one in onward.outcomes if one.entry} == {finding.ref, store.ref}
    back = trace_of(store.ref, Viewer(), now)
    assert {finding.ref, finding.survey.ref} <= {one.entry.ref for one in back.origins if one.entry}
    page = client.get(address(finding)).content.decode()
    assert store.title["de"] in page
    assert "Noch beruft sich nichts" not in page
    assert ASKED in client.get(f"/umfragen/{finding.survey.number}/").content.decode()


def test_citing_twice_or_anew_makes_one_way_to_the_survey(finding, deliver):
    store = ideas.published().store
    deliver()
    edge = cite(finding, store.ref)
    deliver()
    clerk = people.actor(people.clerk("umwelt"))
    retract_edge(actor=clerk, edge_id=edge.pk, reason="War ein anderes.", at=timezone.now())
    cite(finding, store.ref)
    deliver()
    between = Edge.objects.filter(source_id=finding.survey.pk, target_id=finding.pk)
    assert [(one.happened_at, one.retracted_at) for one in between] == [(finding.survey.published_at, None)]


def test_what_is_held_back_has_no_page_and_no_station(finding, client, deliver):
    actions.judge_finding(actor=builders.EDITOR, finding_id=finding.pk, held=True, note={})
    deliver()
    assert client.get(address(finding)).status_code == 404
    assert finding.ref not in [one.ref for one in manifest.lookup().find(ASKED, Viewer(), timezone.now())]
