"""Building a questionnaire on its pages: every button, two at once, frozen versions, files in and out."""

import json
import zipfile
from io import BytesIO
from itertools import chain

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from allmende.accounts import builders as people
from allmende.capabilities.surveys.actions import builder as building
from allmende.capabilities.surveys.forms.builder.kinds import KINDS
from allmende.capabilities.surveys.forms.builder.starts import STARTS, definition
from allmende.core.actor import SYSTEM, Channel
from allmende.engines.questions import interface as questions
from allmende.engines.questions.builders import every_kind

SEED = SYSTEM.via(Channel.SEED)


@pytest.fixture
def editor(db):
    return people.editor()


@pytest.fixture
def client(editor):
    return people.login(Client(headers={"host": "localhost"}), editor)


@pytest.fixture
def built(db):
    """A questionnaire of every kind: its id."""
    version = questions.create_questionnaire(
        actor=SEED, capability="surveys", definition=every_kind(), at=timezone.now()
    )
    return version.questionnaire_id


def now(built):
    return questions.latest(built).definition


def asked(built):
    return [[one["name"] for one in section["questions"]] for section in now(built)["sections"]]


def url(name, built, *more):
    return reverse(f"surveys:{name}", args=[built, *more])


def step(client, built, verb, name=""):
    return client.post(url("questionnaire_step", built), {"verb": verb, "name": name}, follow=True)


def form_of(client, address):
    """The fields of a page's form as a browser would send them back."""
    form = client.get(address).context["form"]
    sent = {}
    for bound in form:
        value = bound.value()
        if value is not None and value is not False and value not in ("", []):
            sent[bound.html_name] = "on" if value is True else value
    return {**sent, "kind": getattr(form, "kind", "")}


def test_only_editors_build(db, built):
    visitor = Client(headers={"host": "localhost"})
    assert visitor.get(url("questionnaire", built)).status_code in {302, 401}
    resident = people.login(Client(headers={"host": "localhost"}), people.person())
    for name, more in (("questionnaire", ()), ("question", ("age",)), ("questionnaire_file", ("json",))):
        assert resident.get(url(name, built, *more)).status_code == 403
    assert resident.post(url("questionnaire_step", built), {"verb": "delete", "name": "age"}).status_code == 403
    assert "age" in json.dumps(asked(built))


@pytest.mark.parametrize("start", STARTS)
def test_each_template_is_sound_and_can_be_started_from(client, start):
    read = questions.definition_from_json(definition(start, "Probe"))
    assert questions.faults(read) == []
    answer = client.post(reverse("surveys:questionnaire_new"), {"title": "Unsere Fragen", "start": start}, follow=True)
    assert answer.status_code == 200
    assert "Unsere Fragen" in answer.content.decode()
    assert answer.context["built"].definition.title == {"de": "Unsere Fragen"}


def test_the_list_tells_how_many_questions_and_which_version(client, built, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        page = client.get(reverse("surveys:questionnaires"))
    assert "Wie wir unterwegs sind" in page.content.decode()
    with django_assert_max_num_queries(15):
        page = client.get(url("questionnaire", built)).content.decode()
    assert "Wenn Sie bei Frage 3 mehrere Antworten angekreuzt haben" in page


def test_buttons_move_copy_delete_and_bring_back(client, built):
    step(client, built, "up", "age")
    assert asked(built)[0][:2] == ["age", "agreed"]
    step(client, built, "down", "age")
    answer = step(client, built, "copy", "age")
    twin = asked(built)[0][2]
    assert answer.redirect_chain[-1][0].endswith(f"#q-{twin}")
    answer = step(client, built, "delete", "age")
    assert "age" not in asked(built)[0]
    assert "Zurückholen" in answer.content.decode()
    answer = step(client, built, "undo")
    assert asked(built)[0][:2] == ["agreed", "age"]
    assert "Zurückholen" not in answer.content.decode()
    step(client, built, "delete", "week")
    assert "use" not in json.dumps(asked(built))
    step(client, built, "undo")
    assert asked(built)[1][0] == "use"


def test_a_button_for_what_somebody_else_deleted_says_so(client, built):
    answer = step(client, built, "up", "gone_already")
    assert "gibt es" in answer.content.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_can_be_asked(client, built, kind):
    address = f"{url('question_new', built, 'about')}?art={kind}&nach=age"
    assert client.get(address).status_code == 200
    sent = {"label": f"Neu: {kind}", "options": "Rot\nGrün\nBlau", "rows": "Oben\nUnten", "most": "5",
            "calculation": "1 + 1"}  # fmt: skip
    answer = client.post(address, sent)
    assert answer.status_code == 302, answer.context["form"].problems
    names = asked(built)[0]
    made = questions.question_of(now(built), names[names.index("age") + 1])[2]
    assert (made["kind"], made["label"]["de"]) == (kind, f"Neu: {kind}")
    assert client.get(url("question", built, made["name"])).status_code == 200


def test_saving_without_a_change_changes_nothing(client, built):
    before = now(built)
    for name in chain(*asked(built)):
        address = url("question", built, name)
        answer = client.post(address, form_of(client, address))
        assert answer.status_code == 302, (name, answer.context["form"].problems)
    after = now(built)
    # What is set and not spoken of: steps of a number stay, defaults stay, order stays.
    assert after == before


def test_options_keep_names_translations_and_filters_when_lines_change(client, built):
    address = url("question", built, "main")
    sent = form_of(client, address)
    sent["options"] = "zu Fuß\nmit dem Fahrrad\nmit Bus oder Bahn\nmit dem Auto\nmit dem Roller"
    assert client.post(address, sent).status_code == 302
    options = questions.question_of(now(built), "main")[2]["options"]
    assert options[0]["name"] == "walk"
    assert [one["name"] for one in options][2:4] == ["bus", "car"]
    assert options[0]["label"]["en"] == "on foot"
    assert options[0]["filter"] == "selected(${modes}, 'walk')"


def test_a_condition_is_put_together_from_question_comparison_and_answer(client, built):
    address = url("question", built, "km")
    sent = form_of(client, address) | {
        "if_0": "modes", "test_0": "is", "answer_0": "modes/bike", "if_1": "age", "test_1": "at_least", "value_1": "18",
        "joint": "and",
    }  # fmt: skip
    assert client.post(address, sent).status_code == 302
    made = questions.question_of(now(built), "km")[2]
    assert made["relevant"] == "selected(${modes}, 'bike') and ${age} >= 18"
    page = client.get(url("questionnaire", built)).content.decode()
    assert "Wenn Sie bei Frage 3 „mit dem Rad“ angekreuzt haben und Ihre Zahl bei Frage 2 mindestens 18 ist" in page


def test_an_answer_of_another_question_is_refused_in_words(client, built):
    address = url("question", built, "km")
    sent = form_of(client, address) | {"if_0": "modes", "test_0": "is", "answer_0": "main/bike"}
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert "gehört" in answer.content.decode()


def test_broken_and_circular_conditions_are_explained_at_the_question(client, built):
    for name, condition in (("age", "${km} > 1"), ("km", "${age} > 1"), ("mood", "${agge} > 1")):
        address = url("question", built, name)
        sent = form_of(client, address) | {"relevant": condition}
        assert client.post(address, sent).status_code == 302
    page = client.get(url("questionnaire", built)).content.decode()
    assert "warten im Kreis aufeinander" in page
    assert "Meinen Sie „age“?" in page
    assert "Bedingungen stimmen noch nicht" in page
    assert "Meinen Sie „age“?" in client.get(url("question", built, "mood")).content.decode()


def test_a_wrong_short_name_stands_beside_its_field(client, built):
    address = url("question", built, "age")
    answer = client.post(address, form_of(client, address) | {"name": "Mein Alter!"})
    assert answer.status_code == 422
    assert "name" in answer.context["form"].errors
    answer = client.post(address, form_of(client, address) | {"least": "9", "most": "3"})
    assert "least" in answer.context["form"].errors


def test_a_new_short_name_reaches_all_conditions(client, built):
    address = url("question", built, "modes")
    assert client.post(address, form_of(client, address) | {"name": "ways"}).status_code == 302
    assert questions.faults(questions.definition_from_json(now(built))) == []


def test_who_is_slower_is_told_and_loses_nothing(client, built):
    address = url("question", built, "age")
    mine = form_of(client, address) | {"label": "Meine Fassung"}
    theirs = form_of(client, address) | {"label": "Ihre Fassung"}
    assert client.post(address, theirs).status_code == 302
    answer = client.post(address, mine)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "jemand anderes" in page
    assert "Ihre Fassung" in page
    assert "Meine Fassung" in page
    assert questions.question_of(now(built), "age")[2]["label"]["de"] == "Ihre Fassung"
    again = mine | {"seen": answer.context["form"]["seen"].value()}
    assert client.post(address, again).status_code == 302
    assert questions.question_of(now(built), "age")[2]["label"]["de"] == "Meine Fassung"


def test_what_two_do_to_different_questions_both_stands(client, built):
    first, second = url("question", built, "age"), url("question", built, "km")
    one, other = form_of(client, first) | {"label": "Eins"}, form_of(client, second) | {"label": "Zwei"}
    step(client, built, "up", "age")
    assert client.post(first, one).status_code == 302
    assert client.post(second, other).status_code == 302
    assert {questions.question_of(now(built), name)[2]["label"]["de"] for name in ("age", "km")} == {"Eins", "Zwei"}


def test_what_somebody_deleted_meanwhile_can_be_saved_as_new(client, built):
    address = url("question", built, "age")
    mine = form_of(client, address) | {"label": "Doch wichtig"}
    step(client, built, "delete", "age")
    answer = client.post(address, mine)
    assert answer.status_code == 422
    assert "gelöscht" in answer.content.decode()
    assert client.post(address, mine | {"seen": answer.context["form"]["seen"].value()}).status_code == 302
    assert "Doch wichtig" in json.dumps(now(built), ensure_ascii=False)


def test_a_section_that_somebody_deleted_meanwhile_loses_nothing_either(client, built):
    address = url("section", built, "week")
    mine = form_of(client, address) | {"title": "Meine Woche"}
    new = f"{url('question_new', built, 'week')}?art=text"
    step(client, built, "delete", "week")
    answer = client.post(address, mine)
    assert answer.status_code == 422
    assert client.post(address, mine | {"seen": answer.context["form"]["seen"].value()}).status_code == 302
    assert now(built)["sections"][-1]["title"]["de"] == "Meine Woche"
    step(client, built, "delete", "week")
    assert client.post(new, {"label": "Doch noch eine"}).status_code == 302
    assert "Doch noch eine" in json.dumps(now(built), ensure_ascii=False)


def test_two_steps_in_one_instant_both_count(editor, built, monkeypatch):
    """Somebody saves between reading and saving: the step is taken again on what is there then."""
    quicker = iter([True])

    def change(data):
        if next(quicker, False):
            data_now = questions.with_section(now(built), {
                "name": "late", "title": {}, "text": {}, "relevant": "", "repeat": None, "questions": [],
            })  # fmt: skip
            questions.save_version(actor=SEED, questionnaire_id=built, definition=data_now, at=timezone.now())
        return questions.moved(data, "age", -1)

    building.change_questionnaire(actor=people.actor(editor), questionnaire_id=built, change=change, at=timezone.now())
    assert asked(built)[0][0] == "age"
    assert now(built)["sections"][-1]["name"] == "late"


def test_a_frozen_version_stays_and_the_first_change_begins_the_next(client, built):
    first = questions.latest(built)
    questions.freeze_version(actor=SEED, version_id=first.pk, at=timezone.now())
    page = client.get(url("questionnaire", built)).content.decode()
    assert "Diese Fassung ist fest" in page
    assert "neue Fassung" in page
    step(client, built, "up", "age")
    assert [one.number for one in questions.versions(built)] == [1, 2]
    assert questions.version(first.pk).definition == first.definition
    assert "Diese Fassung ist fest" not in client.get(url("questionnaire", built)).content.decode()


def test_sections_are_made_changed_and_repeated(client, built):
    answer = client.post(url("section_new", built), {"title": "Zum Schluss", "repeated": "on", "most": "3"})
    assert answer.status_code == 302
    made = now(built)["sections"][-1]
    assert made["repeat"] == {"count": "", "most": 3}
    address = url("section", built, made["name"])
    sent = form_of(client, address) | {"title": "Ganz zum Schluss", "if_0": "age", "test_0": "more", "value_0": "17"}
    assert client.post(address, sent).status_code == 302
    assert now(built)["sections"][-1]["relevant"] == "${age} > 17"


def test_languages_are_added_and_texts_translated_beside_each_other(client, built):
    address = url("questionnaire_settings", built)
    assert client.post(address, form_of(client, address) | {"languages": ["en", "uk"]}).status_code == 302
    page = client.get(url("questionnaire_translation", built, "uk"))
    assert "fehlt" in page.content.decode()
    name, _where, source = page.context["form"].pairs[0]
    assert source == "Wie wir unterwegs sind"
    assert client.post(url("questionnaire_translation", built, "uk"), {name: "Наші шляхи"}).status_code == 302
    assert now(built)["title"]["uk"] == "Наші шляхи"
    assert now(built)["title"]["en"] == "How we get around"
    assert client.get(url("questionnaire_translation", built, "fr")).status_code == 404


# files


@pytest.mark.parametrize("form", ["xlsx", "json"])
def test_what_is_taken_out_can_be_read_in_again(client, built, form):
    content = client.get(url("questionnaire_file", built, form)).content
    file = SimpleUploadedFile(f"fragen.{form}", content)
    answer = client.post(reverse("surveys:questionnaire_import"), {"file": file, "step": "look"})
    page = answer.content.decode()
    assert "Gefunden: " in page
    assert "Wie alt sind Sie?" in page
    token = answer.context["form"].kept["file"].token
    answer = client.post(reverse("surveys:questionnaire_import"), {"file_kept": token, "step": "do"}, follow=True)
    fresh = answer.context["built"]
    assert fresh.id != built
    assert fresh.data == now(built)


def test_a_json_schema_becomes_a_questionnaire(client, built):
    content = client.get(url("questionnaire_file", built, "schema")).content
    file = SimpleUploadedFile("fragen.schema.json", content)
    answer = client.post(reverse("surveys:questionnaire_import"), {"file": file, "step": "look"})
    assert "Wie alt sind Sie?" in answer.content.decode()
    token = answer.context["form"].kept["file"].token
    answer = client.post(reverse("surveys:questionnaire_import"), {"file_kept": token, "step": "do"}, follow=True)
    assert "age" in chain.from_iterable(asked(answer.context["built"].id))


def test_schema_and_sheet_are_files_too(client, built):
    schema = json.loads(client.get(url("questionnaire_file", built, "schema")).content)
    assert schema["$schema"].endswith("2020-12/schema")
    assert client.get(url("questionnaire_file", built, "pdf")).content.startswith(b"%PDF")
    assert client.get(url("questionnaire_file", built, "exe")).status_code == 404


def test_it_can_be_tried_out_on_the_real_pages_and_nothing_is_kept(client, built):
    address = url("questionnaire_preview", built)
    page = client.get(address).content.decode()
    assert "Wie alt sind Sie?" in page
    assert client.post(address, {"q-agreed-here": "1", "q-modes-here": "1", "next": "1"}).status_code == 422
    sent = {
        "q-agreed-here": "1",
        "q-agreed": "on",
        "q-modes-here": "1",
        "q-modes": "none",
        "q-age-here": "1",
        "q-age": "40",
    }
    answer = client.post(address, sent | {"next": "1"})
    assert answer.status_code == 302
    assert answer["Location"].endswith("?schritt=trips")
    assert client.get(answer["Location"]).status_code == 200
    assert questions.Sitting.objects.count() == 0


def workbook(*rows):
    made = Workbook()
    made.active.title = "survey"
    for row in rows:
        made.active.append(row)
    target = BytesIO()
    made.save(target)
    return target


def test_each_fault_of_a_file_is_shown_with_its_place(client):
    content = workbook(
        ["type", "name", "label"], ["select_one farbe", "f", "Farbe?"], ["hologram", "h", "H"]
    ).getvalue()
    answer = client.post(
        reverse("surveys:questionnaire_import"), {"file": SimpleUploadedFile("f.xlsx", content), "step": "do"}
    )
    page = answer.content.decode()
    assert "Blatt survey, Zeile 2, Spalte A (type)" in page
    assert "Die Art „hologram“ kennen wir nicht." in page
    assert "Übernehmen" not in page
    assert questions.newest_versions("surveys") == []


def test_ten_megabytes_with_macros_are_refused_in_plain_words(client):
    content = workbook(["type", "name", "label"], ["text", "a", "A"])
    with zipfile.ZipFile(content, "a") as bundle:
        bundle.writestr("xl/vbaProject.bin", bytes(10_000_000))
    file = SimpleUploadedFile("f.xlsm", content.getvalue())
    answer = client.post(reverse("surveys:questionnaire_import"), {"file": file, "step": "look"})
    assert answer.status_code == 422
    assert "Makros, also kleine Programme" in answer.content.decode()


@pytest.mark.parametrize("content", [b"{", b"{}", b'{"sections": 1}', b"\xff\xfe{", b"", b"Wie alt?;ja"])
def test_other_files_are_refused_in_words(client, content):
    file = SimpleUploadedFile("f.json", content)
    answer = client.post(reverse("surveys:questionnaire_import"), {"file": file, "step": "do"})
    assert answer.status_code in {200, 422}
    assert questions.newest_versions("surveys") == []
