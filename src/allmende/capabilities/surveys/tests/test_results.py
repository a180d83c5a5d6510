"""Results from the answers to the pages: asked for, computed, looked through, published, and alone when answers go."""

import csv
import io
import json
import zipfile
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from allmende.capabilities.surveys import actions, builders, queries
from allmende.capabilities.surveys.handlers import results as handlers
from allmende.capabilities.surveys.models import Cut, Evaluation, Finding, Response, Survey, Topic
from allmende.core import city
from allmende.core.actor import SYSTEM, Actor, Grant, Role, Viewer
from allmende.core.errors import Conflict, Invalid, NotAllowed
from allmende.core.models import AuditEntry, Event, Setting

pytestmark = pytest.mark.django_db(transaction=True)
K = 5
EDITOR = builders.EDITOR


def options(*names):
    return [{"name": name, "label": {"de": f"Antwort {name}", "en": f"Answer {name}"}} for name in names]


ASKED = {
    "title": {"de": "Unterwegs"},
    "languages": ["de", "en"],
    "sections": [
        {
            "name": "all",
            "questions": [
                {"name": "mode", "kind": "select_one", "label": {"de": "Womit?", "en": "How?"},
                 "options": options("bike", "car")},
                {"name": "age", "kind": "select_one", "label": {"de": "Wie alt?", "en": "How old?"},
                 "options": options("u18", "18_29", "30_44", "45_64", "65plus")},
                {"name": "km", "kind": "decimal", "label": {"de": "Wie weit?", "en": "How far?"}},
                {"name": "spot", "kind": "place", "label": {"de": "Wo?", "en": "Where?"}},
                {"name": "words", "kind": "longtext", "label": {"de": "Was noch?", "en": "What else?"}},
                {"name": "secret", "kind": "select_one", "label": {"de": "Krank?", "en": "Ill?"}, "sensitive": True,
                 "options": options("yes", "no")},
            ],
        }
    ],
}  # fmt: skip
AGES = ("u18", "18_29", "30_44", "45_64", "65plus")
TEXTS = (
    "Der Bus fährt abends zu selten, bitte öfter einen Bus am Abend.",
    "Abends fährt kein Bus mehr in die Stadt.",
    "Ein Radweg am Fluss fehlt, der Radweg hört einfach auf.",
    "Der Radweg ist zu schmal und voller Löcher.",
)


def person(number):
    return {
        "mode": "bike" if number % 5 < (4 if number % 2 else 1) else "car",
        "age": AGES[number % 2 + 1],
        "km": number % 12 + 0.5,
        "spot": {"lon": 12.08 + (number % 3) * 0.0001, "lat": 50.88, "label": "hier", "how": "map"},
        **({"words": TEXTS[number % 4]} if number < 24 else {}),
        "secret": "yes" if number % 3 else "no",
    }


@pytest.fixture
def census(db):
    """Margins as a city pack brings them."""
    shares = {"u18": 0.16, "18_29": 0.11, "30_44": 0.18, "45_64": 0.28, "65plus": 0.27}
    value = {"title": {"de": "Beispiel"}, "margins": {"age": shares}}
    Setting.objects.update_or_create(key="city.census", defaults={"value": value})
    city.forget()
    yield
    Setting.objects.filter(key="city.census").delete()
    city.forget()


@pytest.fixture
def closed(db):
    """A survey of two hundred answers that is over."""
    now = timezone.now()
    row = builders.survey(at=now, version_id=builders.version(ASKED, now).pk)
    Survey.objects.filter(pk=row.pk).update(state="closed", key=None, closed_at=now)
    Response.objects.bulk_create(
        Response(survey=row, version_id=row.version_id, answers=person(number), day=now.date()) for number in range(200)
    )
    row.refresh_from_db()
    return row


def computed(row, groups=("age",), weigh_by=()):
    actions.ask_results(actor=EDITOR, survey_id=row.pk, at=timezone.now(), groups=list(groups), weigh_by=list(weigh_by))
    handlers.prepare(Event.objects.filter(name="surveys.results_wanted").order_by("-sequence").first())
    return {one.variable: one for one in Finding.objects.filter(survey=row)}


def published(row, **asked):
    found = computed(row, **asked)
    actions.publish_results(actor=EDITOR, survey_id=row.pk, at=timezone.now())
    return found


def test_a_job_computes_draws_and_keeps_all_of_it(closed):
    found = computed(closed)
    assert found["mode"].table["answers"] == 200
    assert [row["count"] for row in found["mode"].table["rows"]] == [100, 100]
    assert "<svg" in found["mode"].charts["de"]
    assert "style" not in found["mode"].charts["de"]
    assert "Answer bike" in found["mode"].charts["en"]
    assert found["spot"].table["fields"][0]["count"] >= K
    assert "12.08" not in json.dumps(found["mode"].table)
    cut = Cut.objects.get(finding=found["mode"], group="age")
    assert cut.table["chance"]["verdict"] == "more_than_chance"
    assert not Cut.objects.filter(finding=found["secret"]).exists()
    assert Evaluation.objects.get(survey=closed).wanted_at is None


def test_computing_anew_keeps_ids_addresses_and_words_of_the_editors(closed):
    first = computed(closed)
    actions.judge_finding(actor=EDITOR, finding_id=first["km"].pk, held=True, note={"de": "Vorsicht", "en": ""})
    again = computed(closed)
    assert {name: (row.pk, row.place) for name, row in first.items()} == {
        name: (row.pk, row.place) for name, row in again.items()
    }
    assert again["km"].is_held
    assert again["km"].note == {"de": "Vorsicht"}


def test_columns_are_read_from_the_file_and_made_anew_when_answers_change(closed):
    computed(closed)
    place = queries.columns_place(closed.pk)
    assert place.is_file()
    assert str(settings.MEDIA_ROOT) in str(place)
    assert "public" not in place.parts
    Response.objects.filter(survey=closed).first().delete()
    assert computed(closed)["mode"].table["answers"] == 199


def test_weights_bring_the_sample_to_the_census_and_say_how(closed, census):
    found = computed(closed, weigh_by=("age",))
    told = Evaluation.objects.get(survey=closed).weighting
    assert told["effective"] < 200
    assert {one["question"] for one in told["missing"]} == {"age"}
    ages = {row["names"][0]: row["share"] for row in found["age"].table["rows"]}
    assert ages["18_29"] == pytest.approx(0.11 / 0.29, abs=0.006)
    assert found["age"].table["effective"] == pytest.approx(told["effective"], abs=2.5)


def test_results_are_asked_for_by_editors_after_the_end(closed):
    resident = Actor(viewer=Viewer(None, frozenset()))
    with pytest.raises(Exception):  # noqa: B017, PT011  NotSignedIn or NotAllowed, by who asks
        actions.ask_results(actor=resident, survey_id=closed.pk, at=timezone.now())
    Survey.objects.filter(pk=closed.pk).update(state="open")
    with pytest.raises(Conflict):
        actions.ask_results(actor=EDITOR, survey_id=closed.pk, at=timezone.now())


def test_after_publication_groups_and_weights_stay(closed):
    published(closed)
    for change in ({"groups": ["mode"]}, {"weigh_by": ["age"]}):
        with pytest.raises(Invalid):
            actions.ask_results(actor=EDITOR, survey_id=closed.pk, at=timezone.now(), **change)


def test_by_a_sensitive_question_nothing_is_told_apart(closed):
    with pytest.raises(Invalid):
        actions.ask_results(actor=EDITOR, survey_id=closed.pk, at=timezone.now(), groups=["secret"])


def test_results_survive_the_deletion_of_the_answers(closed, client):
    found = published(closed)
    actions.delete_raw_data(actor=EDITOR, survey_id=closed.pk, at=timezone.now())
    handlers.forget(Event.objects.filter(name="surveys.raw_data_deleted").get())
    assert not queries.columns_place(closed.pk).exists()
    assert client.get(f"/umfragen/{closed.number}/ergebnisse/").status_code == 200
    assert client.get(f"/umfragen/{closed.number}/ergebnisse/{found['mode'].place}/").status_code == 200
    with pytest.raises(Conflict):
        actions.ask_results(actor=EDITOR, survey_id=closed.pk, at=timezone.now())


class TestPages:
    def test_nobody_reads_results_before_they_are_published(self, closed, client):
        found = computed(closed)
        assert client.get(f"/umfragen/{closed.number}/ergebnisse/").status_code == 404
        assert client.get(f"/umfragen/{closed.number}/ergebnisse/{found['mode'].place}/").status_code == 404
        assert client.get(f"/umfragen/{closed.number}/ergebnisse/datei/csv/").status_code == 404

    def test_what_is_held_back_stands_nowhere(self, closed, client):
        found = computed(closed)
        actions.judge_finding(actor=EDITOR, finding_id=found["km"].pk, held=True, note={})
        actions.publish_results(actor=EDITOR, survey_id=closed.pk, at=timezone.now())
        assert "Wie weit?" not in client.get(f"/umfragen/{closed.number}/ergebnisse/").content.decode()
        assert client.get(f"/umfragen/{closed.number}/ergebnisse/{found['km'].place}/").status_code == 404
        assert "Wie weit?" not in client.get(f"/umfragen/{closed.number}/ergebnisse/datei/csv/").content.decode()

    def test_chart_and_table_stand_in_the_page_itself(self, closed, client):
        published(closed)
        page = client.get(f"/umfragen/{closed.number}/ergebnisse/").content.decode()
        assert page.count("<svg viewBox") >= 3
        assert "Am häufigsten:" in page
        assert "Der Unterschied ist größer, als der Zufall erklären würde" in page

    def test_by_a_group_as_a_link(self, closed, client):
        published(closed)
        assert "Antwort 18_29" in client.get(f"/umfragen/{closed.number}/ergebnisse/?nach=age").content.decode()
        assert client.get(f"/umfragen/{closed.number}/ergebnisse/?nach=secret").status_code == 404

    @pytest.mark.parametrize("path", ["", "?nach=age", "1/"])
    def test_few_queries_however_many_questions(self, closed, client, path, django_assert_max_num_queries):
        published(closed)
        with django_assert_max_num_queries(15):
            assert client.get(f"/umfragen/{closed.number}/ergebnisse/{path}").status_code == 200


class TestFiles:
    def get(self, row, form):
        response = Client().get(f"/umfragen/{row.number}/ergebnisse/datei/{form}/")
        assert response.status_code == 200
        return response.content

    def rows(self, row):
        return list(csv.DictReader(io.StringIO(self.get(row, "csv").decode("utf-8-sig")), delimiter=";"))

    def test_csv_holds_the_cells_of_the_pages(self, closed):
        published(closed)
        rows = self.rows(closed)
        modes = {row["answer"]: row for row in rows if row["variable"] == "mode" and not row["group"]}
        assert modes["bike"]["count"] == "100"
        assert float(modes["bike"]["share"]) == 0.5
        assert all(int(row["count"]) == 0 or int(row["count"]) >= K for row in rows if row["count"])
        assert not [row for row in rows if row["variable"] == "secret" and row["group"]]

    def test_excel_spss_and_parquet_say_the_same(self, closed, tmp_path):
        import pyarrow.parquet
        import pyreadstat

        published(closed)
        expected = [row["count"] for row in self.rows(closed)]
        with zipfile.ZipFile(io.BytesIO(self.get(closed, "xlsx"))) as book:
            assert book.testzip() is None
        parquet = pyarrow.parquet.read_table(io.BytesIO(self.get(closed, "parquet")))
        assert [str(value) if value is not None else "" for value in parquet.column("count").to_pylist()] == expected
        (tmp_path / "x.sav").write_bytes(self.get(closed, "sav"))
        found, meta = pyreadstat.read_sav(tmp_path / "x.sav", output_format="dict")
        assert meta.number_rows == len(expected)
        assert "Frage" in meta.column_labels[1]
        assert [int(value) for value in found["place"]] == [int(row["place"]) for row in self.rows(closed)]

    def test_the_codebook_is_ddi_and_a_tagged_pdf(self, closed):
        published(closed)
        root = ET.fromstring(self.get(closed, "xml"))
        assert root.tag == "{ddi:codebook:2_5}codeBook"
        names = [var.get("name") for var in root.iter("{ddi:codebook:2_5}var")]
        assert names[:3] == ["mode", "age", "km"]
        assert self.get(closed, "pdf").startswith(b"%PDF")

    def test_the_notebook_computes_the_published_figures_anew(self, closed, census, tmp_path, monkeypatch, capsys):
        published(closed, weigh_by=("age",))
        book = json.loads(self.get(closed, "ipynb"))
        assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
        (tmp_path / f"umfrage-{closed.number}.csv").write_bytes(self.get(closed, "csv"))
        monkeypatch.chdir(tmp_path)
        room = {}
        for cell in book["cells"]:
            if cell["cell_type"] == "code":
                exec(cell["source"], room)
        assert "chi2=" in capsys.readouterr().out

    def test_there_is_no_file_of_another_kind(self, closed, client):
        published(closed)
        assert client.get(f"/umfragen/{closed.number}/ergebnisse/datei/exe/").status_code == 404


class TestTopics:
    def test_suggested_named_moved_released(self, closed):
        row = computed(closed)["words"]
        assert actions.suggest_topics(actor=EDITOR, finding_id=row.pk, at=timezone.now()) >= 2
        first, *others = Topic.objects.filter(finding=row)
        assert first.words
        row.refresh_from_db()
        assert row.table["rows"] == []
        actions.save_topic(actor=EDITOR, topic_id=first.pk, title={"de": "Busse am Abend"}, released=True)
        row.refresh_from_db()
        assert [one["count"] for one in row.table["rows"]] == [first.count]
        for other in others:
            actions.move_answers(actor=EDITOR, finding_id=row.pk, answers=other.members, target_id=first.pk)
        row.refresh_from_db()
        assert Topic.objects.filter(finding=row).count() == 1
        assert row.table["rows"][0]["count"] == first.count + sum(one.count for one in others)
        assert TEXTS[0] not in json.dumps(row.table)

    def test_a_topic_of_few_is_not_shown(self, closed):
        row = computed(closed)["words"]
        keys = sorted(queries.texts_of(row))[:3]
        actions.move_answers(actor=EDITOR, finding_id=row.pk, answers=keys, target_id=None, new=True)
        topic = Topic.objects.get(finding=row)
        actions.save_topic(actor=EDITOR, topic_id=topic.pk, title={"de": "Selten"}, released=True)
        row.refresh_from_db()
        assert row.table["rows"] == []


class TestIndex:
    def test_findings_can_be_found_and_cited_once_published(self, closed, client, deliver):
        found = published(closed)
        deliver()
        response = client.get(f"/r/surveys/finding/{found['mode'].pk}")
        assert response.status_code in {301, 302, 308}
        assert response.url.endswith(f"/umfragen/{closed.number}/ergebnisse/{found['mode'].place}/")


class TestResearch:
    def test_only_the_research_has_single_answers_and_says_what_for(self, closed):
        researcher = Actor(viewer=Viewer(closed.pk, frozenset({Grant(Role.EDITOR, "surveys-research")})))
        with pytest.raises(NotAllowed):
            actions.hand_out_answers(
                actor=Actor(viewer=Viewer(closed.pk, frozenset({Grant(Role.EDITOR)}))),
                survey_id=closed.pk, reason="Ich bin neugierig", at=timezone.now(),
            )  # fmt: skip
        with pytest.raises(Invalid):
            actions.hand_out_answers(actor=researcher, survey_id=closed.pk, reason="so", at=timezone.now())
        actions.hand_out_answers(actor=researcher, survey_id=closed.pk, reason="Modell der Wege", at=timezone.now())
        assert AuditEntry.objects.filter(action="surveys.hand_out_answers", object_id=closed.pk).count() == 1


def test_a_wave_is_compared_with_the_one_before(closed):
    published(closed)
    now = timezone.now()
    later = builders.survey(at=now, version_id=closed.version_id, wave_of=closed.pk)
    Survey.objects.filter(pk=later.pk).update(state="closed", key=None, closed_at=now + timedelta(days=1))
    Response.objects.bulk_create(
        Response(
            survey=later, version_id=later.version_id, answers={"mode": "bike" if n % 4 else "car"}, day=now.date()
        )
        for n in range(200)
    )
    before = computed(later)["mode"].before
    assert before["rows"][0]["gap"] == pytest.approx(0.25)
    assert before["rows"][0]["sure"]


def test_the_event_of_the_close_asks_for_results(closed):
    class Closed:
        ref, at = closed.ref, timezone.now()

    handlers.compute(Closed())
    assert Event.objects.filter(name="surveys.results_wanted").count() == 1
    assert SYSTEM.channel == "system"
