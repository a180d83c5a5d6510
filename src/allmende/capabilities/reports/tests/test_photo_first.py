"""The photo comes first: its place is offered, and kept only when somebody says that it is right."""

import io

import pillow_heif
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from allmende.capabilities.reports import seeds
from allmende.capabilities.reports.models import Report
from allmende.core import city
from allmende.engines.media import builders as pictures
from allmende.engines.media import interface as media
from allmende.engines.media.models import Medium

pytestmark = pytest.mark.django_db
NEW = "/meldungen/neu/"
WORDS = "Die Laterne vor der Tür ist aus."


@pytest.fixture(autouse=True)
def kinds():
    seeds.first_start(city.pack())


@pytest.fixture
def visitor():
    return Client(headers={"host": "localhost"})


def degrees(value):
    whole, rest = divmod(abs(value) * 3600, 3600)
    minutes, seconds = divmod(rest, 60)
    return (float(whole), float(minutes), float(seconds))


def taken_at(longitude, latitude):
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: degrees(latitude), 3: "E", 4: degrees(longitude)}
    exif[0x8769] = {36867: "2026:05:02 14:03:11"}
    return SimpleUploadedFile("bild.jpg", pictures.jpeg(80, 60, exif=exif), "image/jpeg")


def send(client, step, **fields):
    return client.post(NEW, {"step": str(step), "go": "next", **fields})


def hidden(page, name):
    return page.split(f'name="{name}" value="')[1].split('"')[0] if f'name="{name}" value="' in page else ""


def test_where_the_photo_was_taken_is_offered_and_taken_with_one_button(visitor):
    longitude, latitude = city.current().centre
    page = send(visitor, 1, words=WORDS, photo=taken_at(longitude, latitude)).content.decode()
    assert "Am Aufnahmeort:" in page
    assert "02.05.2026 14:03" in page
    carried = {name: hidden(page, name) for name in ("photo_ticket", "photo_at", "photo_taken")}
    third = visitor.post(NEW, {"step": "2", "go": "photo", "words": WORDS, "place": "woanders", **carried})
    page = third.content.decode()
    assert "Was für ein Schaden ist es?" in page
    assert "photo_at" not in page
    place = {name: hidden(page, name) for name in ("place", "place_at", "place_for", "photo_ticket")}
    assert place["place"] == place["place_for"]
    assert send(visitor, 4, words=WORDS, category="licht", **place).status_code == 302
    report = Report.objects.get()
    assert report.point == pytest.approx((longitude, latitude), abs=1e-5)
    assert Medium.objects.get().ref == report.ref


def test_a_place_that_nobody_accepts_is_forgotten(visitor):
    longitude, latitude = city.current().centre
    page = send(visitor, 1, words=WORDS, photo=taken_at(longitude, latitude)).content.decode()
    at = hidden(page, "photo_at")
    third = send(visitor, 2, words=WORDS, place="Hinter dem Haus", photo_at=at).content.decode()
    assert at not in third
    assert send(visitor, 4, words=WORDS, place="Hinter dem Haus", category="licht", photo_at=at).status_code == 302
    assert Report.objects.get().point is None


def test_a_photo_from_elsewhere_offers_nothing_and_one_without_words_is_not_lost(visitor):
    assert "Am Aufnahmeort" not in send(visitor, 1, words=WORDS, photo=taken_at(13.4, 52.5)).content.decode()
    wrong = send(visitor, 1, words="", photo=taken_at(*city.current().centre))
    assert wrong.status_code == 422
    page = wrong.content.decode()
    fields = {name: hidden(page, name) for name in ("photo_at", "photo_kept")}
    assert all(fields.values())
    assert "Am Aufnahmeort:" in send(visitor, 1, words=WORDS, **fields).content.decode()


@pytest.mark.parametrize("position", ["", "nan,nan", "1e999,0", "x,y", "12", "181,95", "12.08,50.88,7", "\x00,1"])
def test_a_made_up_position_breaks_nothing(visitor, position):
    for go in ("next", "photo"):
        page = visitor.post(NEW, {"step": "2", "go": go, "words": WORDS, "place": "Am Bach", "photo_at": position})
        assert page.status_code == 200
    assert visitor.post(NEW, {"step": "1", "go": "next", "words": WORDS, "photo_at": position}).status_code == 200


def noted(content):
    return media.noted(io.BytesIO(content))


def test_notes_of_cameras_are_read_in_every_format_and_broken_ones_say_nothing():
    pillow_heif.register_heif_opener()
    exif = Image.Exif()
    exif[0x8825] = {1: "S", 2: (33.0, 27.0, 0.0), 3: "W", 4: (70.0, 40.0, 30.0)}
    image = Image.new("RGB", (40, 30), "#357")
    for kind in ("JPEG", "PNG", "WEBP", "HEIF"):
        assert noted(pictures.encoded(image, kind, exif=exif.tobytes())).place == pytest.approx((-70.675, -33.45)), kind
    for gps in (
        {2: (99.0, 0.0, 0.0), 4: (1.0, 0.0, 0.0)},
        {1: "N", 2: (1.0, 2.0), 4: (1.0,)},
        {2: (0.0,) * 3, 4: (0.0,) * 3},
        {},
    ):
        broken = Image.Exif()
        broken[0x8825] = gps
        assert not noted(pictures.encoded(image, "JPEG", exif=broken.tobytes())).place


def test_damaged_notes_and_other_files_say_nothing_and_raise_nothing():
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (50.0, 52.0, 0.0), 3: "E", 4: (12.0, 5.0, 0.0)}
    good = pictures.jpeg(exif=exif)
    for at in range(20, 200, 7):
        noted(good[:at])
        noted(good[:at] + b"\xff" + good[at + 1 :])
    for other in (b"%PDF-1.7", b"", b"\xff\xd8\xff"):
        assert not noted(other)
