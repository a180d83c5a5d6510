"""Videos are told by their bytes, lose the camera's notes, and play in every browser or are refused in plain words."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from allmende.core.errors import Invalid
from allmende.engines.media.actions.films import take_film
from allmende.engines.media.builders import box, jpeg, mp4, tags, webm

pytestmark = pytest.mark.django_db
PLACE = "+50.8803+012.0833/Erika Mustermann"
FRAMES = [Pillow.new("RGB", (64, 48), colour) for colour in ("red", "blue", "green")]


@pytest.fixture
def kept(tmp_path):
    def keep(content: bytes) -> Path:
        path = tmp_path / "film"
        path.write_bytes(content)
        return path

    return keep


@pytest.mark.parametrize("measured", [False, True])
def test_an_mp4_keeps_its_pictures_and_loses_place_and_owner(kept, measured):
    sent = mp4(place=PLACE, measured=measured)
    assert sent.count(PLACE.encode()) >= 4
    path = kept(sent)
    film = take_film(path)
    assert (film.extension, film.width, film.height, film.seconds) == ("mp4", 640, 360, 12.0)
    content = path.read_bytes()
    assert len(content) == len(sent)  # nothing has moved: the tables of the film still fit
    assert content.count(PLACE.encode()) == 2  # only inside the codecs' own boxes, put there by the sample
    assert b"\xa9xyz" not in content
    assert content.index(b"mdat") == sent.index(b"mdat")
    assert take_film(path) == film


def test_a_webm_keeps_its_pictures_and_loses_place_and_owner(kept):
    sent = webm(FRAMES, extra=tags(PLACE))
    assert PLACE.encode() in sent
    path = kept(sent)
    film = take_film(path)
    assert (film.extension, film.width, film.height, film.seconds) == ("webm", 64, 48, 1.5)
    assert PLACE.encode() not in path.read_bytes()
    assert path.stat().st_size == len(sent)
    assert take_film(path) == film


def test_a_film_taken_upright_is_higher_than_wide(kept):
    film = take_film(kept(mp4(turned=True)))
    assert (film.width, film.height) == (360, 640)


REFUSED = {
    "empty": (b"", "leer"),
    "hevc": (mp4(codec=b"hvc1"), "H.264"),
    "quicktime": (box(b"ftyp", b"qt  \0\0\0\0qt  ") + mp4()[24:], "H.264"),
    "matroska": (b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska" + bytes(80), "H.264"),
    "picture": (jpeg(), "Bild"),
    "page": (b"<html><video></html>", "kein Video"),
    "without pictures": (mp4()[: mp4().index(b"mdat") - 4], "nicht vollständig"),
    "half": (mp4()[:-500], "nicht vollständig"),
    "half a webm": (webm(FRAMES)[:-50], "nicht vollständig"),
    "box longer than the file": (box(b"ftyp", b"mp42\0\0\0\0mp42isom") + b"\xff\xff\xff\xffmoov", "nicht vollständig"),
    "box of no length": (box(b"ftyp", b"mp42\0\0\0\0mp42isom") + b"\x00\x00\x00\x04moov", "nicht vollständig"),
    "no track": (box(b"ftyp", b"mp42\0\0\0\0mp42isom") + box(b"moov", b"") + box(b"mdat", b""), "H.264"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_not_every_browser_plays_is_refused_in_words_that_help(kept, name):
    content, words = REFUSED[name]
    with pytest.raises(Invalid, match=words):
        take_film(kept(content))


def test_a_film_larger_than_the_city_allows_is_refused(kept, monkeypatch):
    from allmende.engines.media.actions import films

    monkeypatch.setattr(films, "limit", lambda: 1000)
    with pytest.raises(Invalid, match="größer"):
        take_film(kept(mp4()))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["mp4", "webm"]), st.integers(0, 2**32), st.integers(1, 40))
def test_a_damaged_film_is_a_film_or_a_sentence(kept, name, seed, damages):
    chance = random.Random(seed)
    content = bytearray(mp4(place=PLACE) if name == "mp4" else webm(FRAMES, extra=tags(PLACE)))
    for _ in range(damages):
        content[chance.randrange(12, len(content))] = chance.randrange(256)
    try:
        take_film(kept(bytes(content)))
    except Invalid as refused:
        assert str(refused)  # noqa: PT017 - either end is right
