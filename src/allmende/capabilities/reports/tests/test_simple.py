"""Plain words: a switch that keeps what was typed and stays on this device."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from allmende.capabilities.reports import builders
from allmende.capabilities.reports.forms.simple import DEEDS, HELP, MEANINGS
from allmende.capabilities.reports.workflow import STEPS, State

NEW = "/meldungen/neu/"
LONGEST = 12


@pytest.fixture
def visitor():
    return Client(headers={"host": "localhost"})


def test_every_state_and_step_has_short_sentences():
    assert set(MEANINGS) == set(State)
    assert set(DEEDS) >= set(STEPS)
    for text in (*MEANINGS.values(), *DEEDS.values(), *HELP.values()):
        for sentence in str(text).rstrip(".").split(". "):
            assert len(sentence.split()) <= LONGEST, sentence


@pytest.mark.django_db
def test_the_switch_keeps_words_and_photo_and_the_next_pages_stay_plain(visitor):
    kind = builders.category(keywords=["laterne"])
    assert "In einfachen Worten" in visitor.get(NEW).content.decode()
    target = io.BytesIO()
    Image.effect_noise((320, 240), 40).convert("RGB").save(target, "JPEG")
    target.seek(0)
    target.name = "lampe.jpg"
    page = visitor.post(NEW, {"step": "1", "go": "simple", "words": "Die Laterne ist aus.", "photo": target})
    shown = page.content.decode()
    assert page.status_code == 200
    assert "Ein kurzer Satz reicht." in shown
    assert "Die Laterne ist aus." in shown
    assert "Ihr Foto ist dabei." in shown
    assert 'lang="de-simple"' in shown
    sent = {"step": "2", "go": "next", "words": "Die Laterne ist aus.", "place": "Hinter dem Haus"}
    third = visitor.post(NEW, sent).content.decode()
    assert "Denn Sie schreiben: „Laterne“." in third
    usual = visitor.post(NEW, {"step": "1", "go": "usual", "words": ""})
    assert 'lang="de-simple"' not in usual.content.decode()
    assert usual.status_code == 200
    assert kind.slug in third


@pytest.mark.django_db
def test_a_reports_page_says_its_steps_plainly_on_this_device_alone(visitor):
    one = builders.move(builders.public(), "begin")
    page = reverse("reports:report", args=[one.number])
    usual = visitor.get(page).content.decode()
    assert "Es wird daran gearbeitet." in usual
    back = visitor.get(reverse("reports:simple"), {"worte": "simple", "next": page})
    assert back["Location"] == page
    plain = visitor.get(page).content.decode()
    assert "Das Amt arbeitet daran." in plain
    assert "Das Amt fängt an." in plain
    assert "Es wird daran gearbeitet." in Client(headers={"host": "localhost"}).get(page).content.decode()
    away = visitor.get(reverse("reports:simple"), {"worte": "usual", "next": "https://evil.example/"})
    assert away["Location"] == NEW
    assert "Es wird daran gearbeitet." in visitor.get(page).content.decode()
