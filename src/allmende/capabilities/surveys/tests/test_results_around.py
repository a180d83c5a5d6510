"""Results beside what is around them: the job that computes, the survey before, the city map, files of places."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from allmende.capabilities.surveys import actions, builders, queries
from allmende.capabilities.surveys.models import Evaluation, Finding, Response, Survey
from allmende.capabilities.surveys.rules.waves import CHANCE, certain, chance_of
from allmende.capabilities.surveys.tests.test_results import ASKED, EDITOR, computed, person, published
from allmende.core import manifest
from allmende.core.actor import Viewer

pytestmark = pytest.mark.django_db(transaction=True)
WAITING = "Die Antworten werden gerade ausgewertet"
DRAWING = "Das Bild wird gerade gezeichnet."


def asked(answers, **fields):
    """A survey that is over, with these answers."""
    now = timezone.now()
    version_id = fields.pop("version_id", None) or builders.version(ASKED, now).pk
    row = builders.survey(at=now, version_id=version_id, **fields)
    Survey.objects.filter(pk=row.pk).update(state="closed", key=None, closed_at=now)
    Response.objects.bulk_create(
        Response(survey=row, version_id=row.version_id, answers=one, day=now.date()) for one in answers
    )
    row.refresh_from_db()
    return row


@pytest.fixture
def over(db):
    return asked([person(number) for number in range(200)])


def text_of(answer):
    """Files of the map are streamed."""
    return b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()


def layer_of(client):
    return json.loads(text_of(client.get("/karte/ebenen/umfragen.geojson")))["features"]


def page_of(client, row, rest=""):
    return client.get(f"/umfragen/{row.number}/ergebnisse/{rest}").content.decode()


class TestWaiting:
    def test_published_too_early_the_page_says_so_and_the_job_is_there_at_once(self, over, client, deliver):
        actions.publish_results(actor=EDITOR, survey_id=over.pk, at=timezone.now())
        assert WAITING in page_of(client, over)
        deliver()
        page = page_of(client, over)
        assert WAITING not in page
        assert page.count("<svg viewBox") >= 3
        assert "Am häufigsten:" in page
        found = manifest.lookup().find("Womit", Viewer(), timezone.now())
        assert Finding.objects.get(survey=over, variable="mode").ref in [one.ref for one in found], (
            "announced after all"
        )

    def test_the_close_alone_is_enough(self, over, client, deliver):
        Survey.objects.filter(pk=over.pk).update(state="open", key=b"k" * 32, closed_at=None)
        row = queries.survey(over.pk)
        actions.close_survey(actor=builders.SYSTEM, survey_id=row.pk, at=row.ends_at + timedelta(minutes=1))
        deliver()
        assert Evaluation.objects.get(survey=over).prepared_at is not None
        assert Finding.objects.filter(survey=over).exists()

    def test_without_its_charts_a_result_says_that_they_are_coming(self, over, client, deliver):
        evaluation = actions.ask_results(actor=EDITOR, survey_id=over.pk, at=timezone.now())
        prepared = queries.prepare(over, evaluation, queries.definition_of(over.version_id))
        actions.keep_results(actor=EDITOR, survey_id=over.pk, prepared=prepared, at=timezone.now())
        actions.publish_results(actor=EDITOR, survey_id=over.pk, at=timezone.now())
        page = page_of(client, over)
        assert DRAWING in page
        assert "<svg viewBox" not in page
        deliver()
        page = page_of(client, over)
        assert DRAWING not in page
        assert "<svg viewBox" in page

    def test_what_went_wrong_is_said_in_words_to_everybody_else_too(self, over, client):
        actions.ask_results(actor=EDITOR, survey_id=over.pk, at=timezone.now())
        actions.note_fault(actor=builders.SYSTEM, survey_id=over.pk, fault="MemoryError")
        actions.publish_results(actor=EDITOR, survey_id=over.pk, at=timezone.now())
        page = page_of(client, over)
        assert "Das ist noch nicht gelungen." in page
        assert "MemoryError" not in page


class TestParts:
    def test_what_an_editor_says_afterwards_stands_on_the_page_at_once(self, over, client):
        found = published(over)
        assert "Vorsicht damit" not in page_of(client, over)
        actions.judge_finding(actor=EDITOR, finding_id=found["mode"].pk, held=False, note={"de": "Vorsicht damit"})
        assert "Vorsicht damit" in page_of(client, over)
        actions.judge_finding(actor=EDITOR, finding_id=found["mode"].pk, held=False, note={})
        assert "Vorsicht damit" not in page_of(client, over)

    def test_until_something_changes_nothing_is_read_again(self, over, client, django_assert_max_num_queries):
        found = published(over)
        before = page_of(client, over)
        with django_assert_max_num_queries(3):
            assert page_of(client, over) == before
        actions.judge_finding(actor=EDITOR, finding_id=found["mode"].pk, held=True, note={})
        heading = f'id="frage-{found["mode"].place}"'
        assert heading in before
        assert heading not in page_of(client, over)
        Finding.objects.filter(pk=found["mode"].pk).update(is_held=False)  # past every action: seen all the same
        assert page_of(client, over) == before

    def test_each_language_and_each_group_has_its_own(self, over, client):
        published(over)
        german, by_age = page_of(client, over), page_of(client, over, "?nach=age")
        english = client.get(f"/en/umfragen/{over.number}/ergebnisse/").content.decode()
        assert "Antwort bike" in german
        assert "Answer bike" in english
        assert "Am häufigsten:" not in english
        assert "Antwort 18_29 (" in by_age
        assert "Antwort 18_29 (" not in german


class TestWaves:
    @pytest.fixture
    def later(self, over):
        published(over)
        answers = [{"mode": "bike" if number % 4 else "car", "km": number % 12 + 0.5} for number in range(200)]
        row = asked(answers, version_id=over.version_id, wave_of=over.pk)
        published(row)
        return row

    def test_first_what_changed_then_everything_folded_away(self, later, client):
        page = page_of(client, later)
        summary = page[page.index("Was sich geändert hat") : page.index("Wie ist gerechnet?")]
        assert summary.index("gestiegen um 25 Punkte") < summary.index("<h2", 10)
        named = re.search(r"Verglichen mit der Umfrage davor: (\d+) Antworten\.", summary)
        assert int(named[1]) == sum(len(row.before.get("rows", ())) for row in Finding.objects.filter(survey=later))
        assert summary.count("<details") == sum(bool(row.before) for row in Finding.objects.filter(survey=later))
        assert "<details open" not in summary
        assert "2 von 2 Antworten anders" in summary

    def test_on_its_own_page_the_comparison_is_open_and_can_be_linked(self, later, client):
        row = Finding.objects.get(survey=later, variable="mode")
        assert 'open id="vorher"' in page_of(client, later, f"{row.place}/")
        assert f"/ergebnisse/{row.place}/#vorher" in page_of(client, later)

    def test_what_changes_in_the_earlier_one_stands_on_the_later_page_at_once(self, over, later, client, deliver):
        deliver()
        assert "gestiegen um 25 Punkte" in page_of(client, later)
        mode = Finding.objects.get(survey=over, variable="mode")
        actions.judge_finding(actor=EDITOR, finding_id=mode.pk, held=True, note={})
        deliver()
        assert "gestiegen um 25 Punkte" not in page_of(client, later)
        actions.judge_finding(actor=EDITOR, finding_id=mode.pk, held=False, note={})
        deliver()
        assert "gestiegen um 25 Punkte" in page_of(client, later)

    def test_it_follows_a_calculation_anew_also_when_the_later_answers_are_gone(self, over, later, client, deliver):
        deliver()
        Survey.objects.filter(pk=later.pk).update(raw_deleted_at=timezone.now())
        Response.objects.filter(survey=later).delete()
        fewer = list(Response.objects.filter(survey=over).values_list("pk", flat=True)[:80])
        Response.objects.filter(survey=over).update(answers={"mode": "car"})
        Response.objects.filter(pk__in=fewer).update(answers={"mode": "bike"})
        queries.forget_columns(over.pk)
        actions.ask_results(actor=EDITOR, survey_id=over.pk, at=timezone.now())
        deliver()
        rows = Finding.objects.get(survey=later, variable="mode").before["rows"]
        assert {row["names"][0]: row["before"] for row in rows}["bike"] == pytest.approx(0.4)
        assert "gestiegen um 35 Punkte" in page_of(client, later)

    def test_by_a_group_there_is_no_comparison(self, over, client):
        published(over)
        assert "Was sich geändert hat" not in page_of(client, over)

    def test_of_many_answers_that_stayed_the_same_none_is_named(self):
        barely = {"gap": 0.04, "low": 0.001, "high": 0.079, "sure": True}
        clearly = {"gap": -0.3, "low": -0.38, "high": -0.22, "sure": True}
        assert certain([("one", barely)]) == [("one", barely)]
        assert certain([(str(n), barely) for n in range(20)] + [("this", clearly)]) == [("this", clearly)]
        assert chance_of(clearly) < CHANCE / 1000
        assert chance_of({"gap": 0.0, "low": -0.1, "high": 0.1}) == 1
        assert certain([]) == []


class TestPlaces:
    def test_a_question_about_places_stands_on_the_city_map_where_most_named_it(self, over, client, deliver):
        found = published(over)
        deliver()
        (row,) = layer_of(client)
        assert row["properties"]["title"] == "Wo?"
        top = found["spot"].table["fields"][0]
        assert row["geometry"]["coordinates"] == pytest.approx(top["centre"])
        assert f"/umfragen/{over.number}/ergebnisse/{found['spot'].place}/" in row["properties"]["url"]
        listed = client.get("/karte/?ebene=umfragen").content.decode()
        assert "Orte aus Umfragen" in listed
        assert "Wo?" in listed

    def test_nobodys_own_place_is_on_any_map(self, over, client, deliver):
        """All that leaves the house are middles of hexagons, whatever was answered."""
        published(over)
        deliver()
        said = {(round(12.08 + n * 0.0001, 6), 50.88) for n in range(3)}
        for path in ("/karte/ebenen/umfragen.geojson", f"/umfragen/{over.number}/ergebnisse/datei/geojson/"):
            text = text_of(client.get(path))
            assert not any(f"{lon},{lat}" in text.replace(" ", "") for lon, lat in said), path

    def test_what_is_held_back_leaves_the_map(self, over, client, deliver):
        found = published(over)
        deliver()
        actions.judge_finding(actor=EDITOR, finding_id=found["spot"].pk, held=True, note={})
        deliver()
        assert layer_of(client) == []

    def test_fields_come_as_a_file_with_the_same_counts(self, over, client):
        found = published(over)
        answer = client.get(f"/umfragen/{over.number}/ergebnisse/datei/geojson/")
        assert answer["Content-Type"] == "application/geo+json"
        features = json.loads(answer.content)["features"]
        assert [one["properties"]["people"] for one in features] == [
            one["count"] for one in found["spot"].table["fields"]
        ]
        for one in features:
            (ring,) = one["geometry"]["coordinates"]
            assert ring[0] == ring[-1]
            assert len(ring) == 7

    def test_without_places_there_is_no_such_file(self, client):
        row = asked([{"mode": "bike" if number % 2 else "car"} for number in range(60)])
        computed(row)
        actions.publish_results(actor=EDITOR, survey_id=row.pk, at=timezone.now())
        assert client.get(f"/umfragen/{row.number}/ergebnisse/datei/geojson/").status_code == 404
        assert "geojson" not in page_of(client, row)

    def test_the_page_leads_to_the_city_map(self, over, client):
        found = published(over)
        page = page_of(client, over, f"{found['spot'].place}/")
        assert "Auf der Stadtkarte ansehen" in page
        assert "ebene=umfragen" in page
        assert "Auf der Stadtkarte ansehen" not in page_of(client, over, f"{found['mode'].place}/")
