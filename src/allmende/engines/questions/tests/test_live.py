"""What changes on a page while one types; where one goes on; pictures that live as long as the draft."""

import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image

from allmende.core.actor import Actor, Viewer
from allmende.engines.media import actions as media
from allmende.engines.media.models import Medium
from allmende.engines.questions import actions
from allmende.engines.questions import interface as questions
from allmende.engines.questions.interface import answering
from allmende.engines.questions.models import Sitting
from allmende.engines.questions.tests.test_answering import AT, begun

pytestmark = pytest.mark.django_db(transaction=True)


def de(text):
    return {"de": text}


ONE_PAGE = {
    "title": de("Wege"),
    "languages": ["de"],
    "layout": "one",
    "sections": [
        {
            "name": "first",
            "title": de("Von ${town}"),
            "text": de("Sie fahren in ${town} los.\n\nDanke."),
            "questions": [
                {"name": "town", "kind": "text", "label": de("Wo wohnen Sie?")},
                {"name": "km", "kind": "decimal", "label": de("Wie weit ist es von ${town}?")},
                {"name": "week", "kind": "calculate", "label": {}, "calculation": "${km} * 3"},
                {"name": "told", "kind": "note", "label": de("Das sind ${week} km."), "relevant": "${km} > 0"},
                {
                    "name": "how",
                    "kind": "matrix",
                    "label": de("Wie ist es?"),
                    "rows": [{"name": "here", "label": de("in ${town}")}],
                    "options": [{"name": "good", "label": de("gut")}, {"name": "bad", "label": de("schlecht")}],
                },
            ],
        }
    ],
}
PAGES = {
    "title": de("Drei Seiten"),
    "languages": ["de"],
    "sections": [
        {"name": one, "title": de(one), "questions": [{"name": f"{one}_q", "kind": "text", "label": de("Was?")}]}
        for one in ("eins", "zwei", "drei")
    ],
}
PHOTOS = {
    "title": de("Bilder"),
    "languages": ["de"],
    "sections": [
        {
            "name": "spots",
            "title": de("Stelle"),
            "repeat": {"count": "", "most": 3},
            "questions": [
                {"name": "what", "kind": "text", "label": de("Was ist da?")},
                {"name": "photo", "kind": "file", "label": de("Ein Bild")},
            ],
        }
    ],
}


@pytest.fixture
def go(rf):
    def run(sitting, step, data=None, **headers):
        request = rf.get("/x/") if data is None else rf.post("/x/", data, headers=headers)
        request.at, request.viewer = AT, Viewer()
        request.actor = Actor(viewer=request.viewer)
        kept = Sitting.objects.get(pk=sitting.pk)
        with translation.override("de"):
            return answering.ask(
                request, sitting=kept, definition=questions.definition(kept.version_id), step=step,
                address=lambda name: f"/x/{name}/", template="questions/parts/ask.html",
            )  # fmt: skip

    return run


def test_texts_that_name_answers_and_computed_values_follow_what_one_types(go):
    sitting = begun(ONE_PAGE)
    page = go(sitting, "all").content.decode()
    for place in ("first|title", "first|text", "km|label", "told|label", "how|row-here"):
        assert f'data-words="{place}"' in page, place
    assert 'data-words="town|label"' not in page
    assert re.search(r'data-asked="told"[^>]* hidden', page)
    here = {"q-town-here": "1", "q-km-here": "1", "q-how-here": "1"}
    reply = go(sitting, "all", here | {"q-town": "Gera <b>", "q-km": "2,5", "seen": "0"}, **{"X-Draft": "1"})
    told = json.loads(reply.content)
    assert told["texts"] == {
        "first|title": "Von Gera <b>",
        "first|text": "Sie fahren in Gera <b> los.\n\nDanke.",
        "km|label": "Wie weit ist es von Gera <b>?",
        "told|label": "Das sind 7,5 km.",
        "how|row-here": "in Gera <b>",
    }
    assert "told" in told["shown"]
    again = go(sitting, "all").content.decode()
    assert "Wie weit ist es von Gera &lt;b&gt;?" in again
    assert "Das sind 7,5 km." in again
    assert not re.search(r'data-asked="told"[^>]* hidden', again)


def test_a_table_names_its_columns_once_for_the_eye_and_at_each_choice_for_the_ear(go):
    page = go(begun(ONE_PAGE), "all").content.decode()
    assert '<div class="asked-heads" aria-hidden="true">' in page
    assert re.search(r'<legend lang="de" dir="auto"[^>]*>in </legend>', page)
    assert re.search(r'<label class="kern-label" for="id_q-how-here-0" lang="de" dir="auto">gut</label>', page)


def open_step(sitting):
    kept = Sitting.objects.get(pk=sitting.pk)
    found = answering.open_step(kept, questions.definition(kept.version_id), at=AT)
    return None if found is None else found.name


def test_whoever_comes_back_goes_on_at_the_first_page_they_have_not_gone_on_from(go):
    sitting = begun(PAGES)
    assert open_step(sitting) == "eins"
    go(sitting, "eins", {"q-eins_q-here": "1", "q-eins_q": "x", "seen": "0"}, **{"X-Draft": "1"})
    assert open_step(sitting) == "eins", "typed, but not gone on"
    go(sitting, "eins", {"q-eins_q-here": "1", "q-eins_q": "x", "next": "1"})
    assert open_step(sitting) == "zwei"
    go(sitting, "zwei", {"q-zwei_q-here": "1", "back": "1"})
    assert open_step(sitting) == "zwei"
    go(sitting, "zwei", {"q-zwei_q-here": "1", "next": "1"})
    assert open_step(sitting) == "drei", "a page left empty on purpose is done"
    go(sitting, "drei", {"q-drei_q-here": "1", "next": "1"})
    assert open_step(sitting) is None


COUNTED = {
    "title": de("Fahrräder"),
    "languages": ["de"],
    "layout": "one",
    "sections": [
        {"name": "home", "questions": [{"name": "bikes", "kind": "integer", "label": de("Wie viele?"), "most": 9}]},
        {
            "name": "each",
            "title": de("Rad"),
            "repeat": {"count": "${bikes}", "most": 3},
            "questions": [{"name": "colour", "kind": "text", "label": de("Welche Farbe?"), "required": True}],
        },
    ],
}


def bikes(number, *colours, drawn=None):
    said = {"q-bikes-here": "1", "q-bikes": str(number), "q-each-n": str(len(colours) if drawn is None else drawn)}
    for at, colour in enumerate(colours):
        said |= {f"q-each-{at}-colour-here": "1", f"q-each-{at}-colour": colour}
    return said


def test_a_number_on_the_page_draws_its_repetitions_while_one_types(go):
    sitting = begun(COUNTED)
    assert 'data-asked="each/0/colour"' not in go(sitting, "all").content.decode()
    told = json.loads(go(sitting, "all", bikes(2) | {"seen": "0"}, **{"X-Draft": "1"}).content)
    assert told["rounds"] == {"each": 2}
    assert {"each/0/colour", "each/1/colour"} <= set(told["shown"])
    page = go(sitting, "all").content.decode()  # where the script takes them from
    assert page.count('class="asked-round"') == 2
    fewer = bikes(1, "rot", "blau") | {"seen": str(told["seen"])}
    told = json.loads(go(sitting, "all", fewer, **{"X-Draft": "1"}).content)
    assert told["rounds"] == {"each": 1}
    assert "each/1/colour" not in told["shown"]
    more = bikes(2, "rot", drawn=2) | {"seen": str(told["seen"])}
    go(sitting, "all", more, **{"X-Draft": "1"})
    kept = Sitting.objects.get(pk=sitting.pk).answers["each"]
    assert kept == [{"colour": "rot"}, {"colour": "blau"}], "what was folded away is still there"


def test_without_script_the_page_comes_again_with_the_repetitions(go):
    sitting = begun(COUNTED)
    again = go(sitting, "all", bikes(2) | {"next": "1"})
    assert again.status_code == 200
    assert again.content.decode().count('class="asked-round"') == 2
    missing = go(sitting, "all", bikes(2, "rot", "") | {"next": "1"})
    assert missing.status_code == 422
    assert go(sitting, "all", bikes(2, "rot", "blau") | {"next": "1"}).status_code == 302
    assert go(sitting, "all", bikes(99, "rot", "blau", "grün") | {"next": "1"}).status_code == 422, "most 9"


def test_a_paper_is_typed_in_by_the_same_form_though_nothing_is_kept_in_between():
    definition = questions.definition(begun(COUNTED).version_id)
    (step,) = answering.steps(definition, questions.check(definition, {}, at=AT))

    def typed(said):
        form = answering.StepForm(definition, step, {}, at=AT, language="de", data=said)
        return form, form.is_valid()

    form, _valid = typed(bikes(2))
    assert form.more
    assert [name for name in form.fields if name.startswith("each/")] == ["each/0/colour", "each/1/colour"]
    form, valid = typed(bikes(2, "rot", "blau"))
    assert (valid, form.more) == (True, False)
    assert form.changes["each"] == [{"colour": "rot"}, {"colour": "blau"}]


def picture(colour="green"):
    file = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(file, "PNG")
    return SimpleUploadedFile("x.png", file.getvalue(), "image/png")


def rounds(number):
    return {"q-spots-n": str(number)} | {
        f"q-spots-{at}-{name}-here": "1" for at in range(number) for name in ("what", "photo")
    }


def test_pictures_in_repetitions_live_as_long_as_the_draft(go):
    sitting = begun(PHOTOS)
    go(sitting, "spots", rounds(2) | {"q-spots-0-what": "Loch", "q-spots-0-photo": picture(),
                                      "q-spots-1-photo": picture("red"), "next": "1"})  # fmt: skip
    kept = Sitting.objects.get(pk=sitting.pk).answers["spots"]
    media.expire_unattached(at=AT + timedelta(days=20))
    assert all(Medium.objects.get(pk=one["photo"]).ref == sitting.this for one in kept)
    # One is taken out: it is let go; the other one stays.
    go(sitting, "spots", rounds(2) | {"again": "remove:spots:0"})
    (left,) = Sitting.objects.get(pk=sitting.pk).answers["spots"]
    assert left["photo"] == kept[1]["photo"]
    media.expire_unattached(at=datetime.now(UTC) + timedelta(days=2))
    assert set(Medium.objects.values_list("pk", flat=True)) == {Medium.objects.get(pk=left["photo"]).pk}
    actions.forget_old_sittings(AT + timedelta(days=31))
    assert not Medium.objects.exists()


def test_a_picture_sent_with_the_button_that_removes_another_repetition_lands_in_its_own(go):
    sitting = begun(PHOTOS)
    sent = rounds(2) | {"q-spots-0-what": "a", "q-spots-1-what": "b", "q-spots-1-photo": picture()}
    assert go(sitting, "spots", sent | {"again": "remove:spots:0"}).status_code == 200
    (left,) = Sitting.objects.get(pk=sitting.pk).answers["spots"]
    assert left["what"] == "b"
    assert Medium.objects.get().pk == Medium.objects.get(pk=left["photo"]).pk


def test_a_repetition_that_is_still_empty_can_be_filled_in(go):
    sitting = begun(PHOTOS)
    page = go(sitting, "spots").content.decode()
    assert re.search(r'data-asked="spots/0/what"', page)
    assert not re.search(r'data-asked="spots/0/what"[^>]* hidden', page)
    reply = go(sitting, "spots", rounds(1) | {"seen": "0"}, **{"X-Draft": "1"})
    assert {"spots/0/what", "spots/0/photo"} <= set(json.loads(reply.content)["shown"])
    more = go(sitting, "spots", rounds(1) | {"q-spots-0-what": "Loch", "again": "add:spots"}).content.decode()
    assert not re.search(r'data-asked="spots/1/what"[^>]* hidden', more)
