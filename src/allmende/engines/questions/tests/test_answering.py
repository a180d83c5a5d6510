import io
import json
import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation
from PIL import Image

from allmende.core.actor import Actor, Grant, Role, Viewer
from allmende.core.refs import Ref
from allmende.engines.media.models import Medium
from allmende.engines.questions import interface as questions
from allmende.engines.questions.builders import every_kind, option
from allmende.engines.questions.interface import answering
from allmende.engines.questions.models import Sitting

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
EDITOR = Actor(viewer=Viewer(grants=frozenset({Grant(Role.EDITOR)})))
THING = Ref("surveys", "survey", UUID("0198b1a0-0000-7000-8000-000000000000"))
ABOUT = {"q-agreed-here": "1", "q-age-here": "1", "q-modes-here": "1"}
RIGHT = ABOUT | {"q-agreed": "1", "q-age": "36", "q-modes": ["bus", "other"], "q-modes__other": "Roller"}


def begun(definition=None):
    version = questions.create_questionnaire(
        actor=EDITOR, capability="surveys", definition=definition or every_kind(), at=AT
    )
    questions.freeze_version(actor=EDITOR, version_id=version.pk, at=AT)
    return questions.begin_sitting(actor=Actor(), version_id=version.pk, ref=THING, at=AT)


@pytest.fixture
def sitting():
    return begun()


@pytest.fixture
def go(rf):
    def run(sitting, step, data=None, *, language="de", plain=False, **headers):
        request = rf.get("/x/") if data is None else rf.post("/x/", data, headers=headers)
        request.at, request.viewer = AT, Viewer(language=language)
        request.actor = Actor(viewer=request.viewer)
        kept = Sitting.objects.get(pk=sitting.pk)
        with translation.override(language):
            return answering.ask(
                request,
                sitting=kept,
                definition=questions.definition(kept.version_id),
                step=step,
                address=lambda name: f"/x/{name}/",
                template="questions/parts/ask.html",
                plain=plain,
            )

    return run


def answers(sitting):
    return Sitting.objects.get(pk=sitting.pk).answers


def fieldset(response, name):
    found = re.search(rf'<fieldset[^>]*data-asked="{name}"[^>]*>', response.content.decode())
    return found[0] if found else ""


def test_somebody_is_led_from_page_to_page_without_script(go, sitting):
    page = go(sitting, "about")
    assert page.status_code == 200
    text = page.content.decode()
    assert "Wie alt sind Sie?" in text
    assert "Damit wir Altersgruppen vergleichen." in text
    assert " hidden disabled" in fieldset(page, "main")
    assert "hidden" not in fieldset(page, "age")
    with_main = RIGHT | {"q-main-here": "1", "q-main": ""}
    on = go(sitting, "about", with_main)
    assert (on.status_code, on["Location"]) == (302, "/x/week/")
    assert answers(sitting) == {"agreed": True, "age": "36", "modes": ["bus", "other"], "modes__other": "Roller"}
    assert 'value="Roller"' in go(sitting, "about").content.decode()


def test_a_question_that_an_answer_on_this_page_brings_up_is_shown_next(go, sitting):
    again = go(sitting, "about", RIGHT | {"next": "1"})
    assert again.status_code == 200
    assert "weitere Fragen" in again.content.decode()
    assert "hidden" not in fieldset(again, "main")
    assert "errors-title" not in again.content.decode()


def test_what_is_wrong_is_said_and_what_was_typed_stays(go, sitting):
    wrong = go(sitting, "about", ABOUT | {"q-age": "dreißig", "q-modes": ["none"], "next": "1"})
    text = wrong.content.decode()
    assert wrong.status_code == 422
    assert 'href="#id_q-age"' in text
    assert 'href="#id_q-agreed"' in text
    assert 'value="dreißig"' in text
    assert 'aria-describedby="id_q-age_helptext id_q-age_error"' in text
    assert answers(sitting) == {"age": "dreißig", "modes": ["none"]}


def test_back_keeps_what_was_typed_however_wrong(go, sitting):
    back = go(sitting, "week", {"q-km-here": "1", "q-km": "weit", "back": "1"})
    assert (back.status_code, back["Location"]) == (302, "/x/about/")
    assert answers(sitting) == {"km": "weit"}


def test_a_page_that_is_not_asked_any_more_leads_on(go, sitting):
    go(sitting, "about", ABOUT | {"q-agreed": "1", "q-modes": ["none"]})
    assert go(sitting, "week")["Location"] == "/x/about/"
    assert go(sitting, "about", ABOUT | {"q-agreed": "1", "q-modes": ["none"]})["Location"] == "/x/trips/"


def test_while_one_types_the_draft_is_kept_and_conditions_are_told(go, sitting):
    reply = go(sitting, "about", ABOUT | {"q-modes": ["bike", "bus"], "seen": "0"}, **{"X-Draft": "1"})
    told = json.loads(reply.content)
    assert told == {
        "shown": ["agreed", "age", "modes", "main"],
        "sections": ["about"],
        "offered": {"main": ["bike", "bus"]},
        "rounds": {},
        "texts": {},
        "seen": 1,
    }
    assert answers(sitting) == {"modes": ["bike", "bus"]}


def test_two_windows_lose_nothing_and_are_told(go, sitting):
    go(sitting, "about", RIGHT | {"seen": "0"})
    other = RIGHT | {"q-age": "40", "q-main-here": "1", "seen": "0"}
    reply = go(sitting, "about", other, **{"X-Draft": "1"})
    assert reply.status_code == 409
    assert "anderen Fenster" in json.loads(reply.content)["message"]
    page = go(sitting, "about", other)
    text = page.content.decode()
    assert page.status_code == 409
    assert 'value="40"' in text
    assert "Im anderen Fenster steht: 36 Jahre." in text
    assert answers(sitting)["age"] == "36"
    seen = re.search(r'name="seen" value="(\d+)"', text)[1]
    assert go(sitting, "about", other | {"seen": seen}).status_code == 302
    assert answers(sitting)["age"] == "40"


def test_a_ranking_is_moved_by_buttons_without_script(go, sitting):
    ranks = {"q-order-here": "1", "q-order-fast": "1", "q-order-safe": "2", "q-order-cheap": "3"}
    moved = go(sitting, "week", ranks | {"again": "up:order:safe"}).content.decode()
    chosen = dict(re.findall(r'<select[^>]*name="q-order-(\w+)".*?<option value="(\d)" selected', moved))
    assert chosen == {"safe": "1", "fast": "2", "cheap": "3"}
    twice = go(sitting, "week", ranks | {"q-order-safe": "1"})
    assert twice.status_code == 422
    assert "denselben Platz" in twice.content.decode()
    assert go(sitting, "week", ranks).status_code == 302
    assert answers(sitting)["order"] == ["fast", "safe", "cheap"]


def test_rounds_are_added_and_removed_by_buttons(go, sitting):
    one = {"q-trips-n": "1", "q-trips-0-day-here": "1", "q-trips-0-day": "22.11.2026"}
    more = go(sitting, "trips", one | {"again": "add:trips"}).content.decode()
    assert 'name="q-trips-1-day"' in more
    assert answers(sitting)["trips"][0] == {"day": "2026-11-22"}
    two = one | {"q-trips-n": "2", "q-trips-1-day-here": "1", "q-trips-1-day": "2026-11-23"}
    go(sitting, "trips", two | {"again": "remove:trips:0"})
    assert answers(sitting)["trips"] == [{"day": "2026-11-23"}]


def test_a_route_is_a_list_of_places(go, sitting):
    way = {"q-way-here": "1", "q-way-points": "[]"}
    picked = {"q-way-via": "Markt", "q-way-via_at": "p:12.083000,50.878000", "q-way-via_for": "Markt"}
    go(sitting, "places", way | picked | {"again": "point:way"})
    points = json.dumps([[12.083, 50.878, "Markt"]])
    go(sitting, "places", way | picked | {"q-way-points": points, "again": "point:way"})
    kept = answers(sitting)
    assert len(kept["way"]) == 2
    assert kept["way__labels"][0] == "Markt"
    page = go(sitting, "places").content.decode()
    assert "Punkt 2 entfernen" in page
    sent = json.dumps([[*point, "x"] for point in kept["way"]])
    go(sitting, "places", way | {"q-way-points": sent, "again": "unpoint:way:0"})
    assert len(answers(sitting)["way"]) == 1


def test_hostile_points_of_a_route_are_not_taken(go, sitting):
    for points in ("[" * 50_000, "{}", '[["a", 1, "x"]]', "[[1]]", "\0", '[[1e999, 0, "x"]]'):
        assert go(sitting, "places", {"q-way-here": "1", "q-way-points": points}).status_code < 500


def test_a_picture_is_kept_with_the_draft_whatever_else_is_wrong(go, sitting):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(file, "PNG")
    data = {
        "q-photo-here": "1",
        "q-photo": SimpleUploadedFile("x.png", file.getvalue(), "image/png"),
        "q-name-here": "1",
        "q-name": "x" * 200,
    }
    page = go(sitting, "places", data)
    assert page.status_code == 422
    medium = Medium.objects.get(pk=answers(sitting)["photo"])
    assert medium.ref == sitting.this
    assert "Ein Bild ist gespeichert." in page.content.decode()
    go(sitting, "places", {"q-photo-here": "1", "q-photo-remove": "1"})
    assert "photo" not in answers(sitting)


def test_plain_wording_and_languages_are_marked(go, sitting):
    assert "Ihr Alter" in go(sitting, "about", plain=True).content.decode()
    english = go(sitting, "about", language="en").content.decode()
    assert '<span lang="en" dir="auto">How old are you?</span>' in english


def test_right_to_left_script_and_emoji_come_back_as_they_were(go, sitting):
    go(sitting, "places", {"q-words-here": "1", "q-words": "ما رأيك؟\r\n👩‍🦽🚲 \ud800\0".replace("\ud800", "")})
    assert answers(sitting)["words"] == "ما رأيك؟\r\n👩‍🦽🚲 "
    assert "ما رأيك؟" in go(sitting, "places").content.decode()


def test_answers_that_are_named_in_later_texts_are_escaped(go):
    data = every_kind()
    data["sections"][0]["questions"][0] = {"name": "who", "kind": "text", "label": {"de": "Wer?"}}
    data["sections"][1]["questions"][0] = {"name": "told2", "kind": "note", "label": {"de": "Hallo ${who}"}}
    sitting = begun(data)
    go(sitting, "about", {"q-who-here": "1", "q-who": "<script>x</script>"})
    text = go(sitting, "week").content.decode()
    assert "Hallo &lt;script&gt;" in text


def test_everything_is_read_once_more_before_it_is_sent(go, rf, sitting):
    go(sitting, "about", RIGHT | {"q-main-here": "1", "q-main": "bus"})
    request = rf.get("/x/")
    request.at, request.viewer = AT, Viewer()
    kept = Sitting.objects.get(pk=sitting.pk)
    found = answering.review(
        request, sitting=kept, definition=questions.definition(kept.version_id), address=lambda name: f"/x/{name}/"
    )
    lines = {line.name: line for _step, _url, parts in found.pages for *_section, rows in parts for line in rows}
    assert lines["age"].text == "36 Jahre"
    assert lines["modes"].text == "mit Bus oder Bahn; Etwas anderes: Roller"
    assert found.complete


def test_long_lists_of_choices_open_and_one_page_holds_all(go):
    data = every_kind() | {"layout": "one"}
    data["sections"][0]["questions"][3] = {
        "name": "town",
        "kind": "select_one",
        "label": {"de": "Wo?"},
        "options": [option(f"t{at}", f"Ort {at}", f"Town {at}") for at in range(30)],
    }
    sitting = begun(data)
    assert go(sitting, "all").content.decode().count("<option") > 30
    assert go(sitting, "nowhere")["Location"] == "/x/all/"
    assert go(sitting, "all", {"q-agreed-here": "1"}).status_code == 422


def test_somebody_goes_on_in_this_browser_and_elsewhere(rf, sitting):
    from django.http import HttpResponse

    answer = answering.remember(HttpResponse(), sitting)
    request = rf.get("/x/")
    request.at, request.user = AT, AnonymousUser()
    request.COOKIES.update({name: morsel.value for name, morsel in answer.cookies.items()})
    found = answering.sitting_of(request, sitting.ref)
    assert (found.pk, found.code) == (sitting.pk, sitting.code)
    assert answering.sitting_of(request, Ref("surveys", "survey", sitting.pk)) is None
    assert all(morsel["httponly"] for morsel in answer.cookies.values())
    assert answering.resumed(request, answering.ResumeForm({"code": sitting.code.lower()})).pk == sitting.pk
    for wrong in ("AAAA-AAAA-AAAA", "short", ""):
        form = answering.ResumeForm({"code": wrong})
        assert answering.resumed(request, form) is None
        assert "code" in form.errors
