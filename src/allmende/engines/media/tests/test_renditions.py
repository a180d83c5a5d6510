"""Finer renditions come after the upload; a picture says whose it is, and vanishes when it may no longer be shown."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from PIL import Image as Pillow

from allmende.core.errors import Invalid
from allmende.engines.media import actions, interface, queries, tasks
from allmende.engines.media.actions import files
from allmende.engines.media.builders import encoded, jpeg, some_ref
from allmende.engines.media.models import File, Medium
from allmende.ui import forms as ui

committed = pytest.mark.django_db(transaction=True)


def shown(view) -> str:
    return render_to_string("media/parts/figure.html", {"image": view})


@committed
def test_the_worker_adds_finer_renditions_and_pages_offer_the_best_first():
    ref = some_ref()
    image = interface.take_image(jpeg(2000, 1000), alt="Eine Bank")
    with transaction.atomic():
        interface.attach(image.pk, ref)
        interface.release(ref)
    (view,) = interface.images_of([ref])[ref]
    assert view.avif == ""
    assert re.findall(r"(\d+)w", view.srcset) == ["480", "960"]  # the widest is the worker's
    assert "image/avif" not in shown(view)
    tasks.render(str(image.pk))
    tasks.render(str(image.pk))  # a repeat changes nothing
    (view,) = interface.images_of([ref])[ref]
    page = shown(view)
    assert re.findall(r"(\d+)w", view.avif) == re.findall(r"(\d+)w", view.srcset) == ["480", "960", "1600"]
    assert page.index("image/avif") < page.index("image/webp") < page.index("<img")
    assert 'width="2000" height="1000"' in page  # the page keeps the place free
    assert 'loading="lazy"' in page
    for row in File.objects.filter(medium=image):
        assert files.locate("public", row.path).is_file()
        with Pillow.open(files.locate("public", row.path)) as kept:
            assert kept.size == (row.width, row.height)
    assert view.src.endswith(".jpg")


def test_the_upload_leaves_a_job_for_the_worker(db):
    from procrastinate.contrib.django.models import ProcrastinateJob

    image = interface.take_image(jpeg(), alt="")
    job = ProcrastinateJob.objects.get(task_name=tasks.render.name)
    assert (job.queue_name, job.args) == ("media", {"medium_id": str(image.pk)})


def test_a_picture_that_shows_nothing_needed_has_an_empty_description_and_others_an_honest_one(db):
    refs = [some_ref() for _ in range(3)]
    for ref, words in zip(refs, ({"alt": ""}, {"alt": "", "decorative": True}, {"alt": "Bank"}), strict=True):
        image = interface.take_image(jpeg(), **words)
        interface.attach(image.pk, ref)
    found = interface.images_of(refs)
    assert [found[ref][0].text for ref in refs] == ["Bild ohne Beschreibung", "", "Bank"]


def test_credit_and_licence_stand_below_the_picture(db):
    ref = some_ref()
    image = interface.take_image(jpeg(), alt="Bank", rights=interface.Rights("Stadtarchiv", "CC BY 4.0"), language="de")
    interface.attach(image.pk, ref)
    page = shown(interface.images_of([ref])[ref][0])
    assert "Bild: Stadtarchiv" in re.sub(r"\s+", " ", page)
    assert "CC BY 4.0" in page
    assert 'lang="de"' in page
    for rights, field in (
        (interface.Rights("x" * 201), "image_credit"),
        (interface.Rights("", "x" * 81), "image_licence"),
    ):
        with pytest.raises(Invalid) as refused:
            interface.take_image(jpeg(), alt="", rights=rights)
        assert list(refused.value.fields) == [field]


@committed
def test_an_expired_picture_is_on_no_page_to_the_minute_and_its_address_ends():
    ref, now = some_ref(), timezone.now()
    image = interface.take_image(jpeg(), alt="", rights=interface.Rights(expires_at=now + timedelta(minutes=1)))
    with transaction.atomic():
        interface.attach(image.pk, ref)
        interface.release(ref)
    before, after = now + timedelta(seconds=59), now + timedelta(minutes=1)
    assert ref in interface.images_of([ref], before)
    assert ref not in interface.images_of([ref], after)
    assert actions.expire_published(at=before) == 0
    assert actions.expire_published(at=after) == 1
    assert ref not in interface.images_of([ref])  # pages that ask for no time
    assert not list(files.walk("public"))
    from allmende.core.actor import Viewer

    image.refresh_from_db()
    assert not queries.may_see(image, Viewer(), after)
    with transaction.atomic():
        Medium.objects.filter(pk=image.pk).update(expires_at=now - timedelta(days=1))
        interface.release(ref)  # a release does not bring it back
    assert Medium.objects.get(pk=image.pk).state == "expired"
    assert not list(files.walk("public"))


def test_a_form_that_comes_back_keeps_the_picture_without_place_and_camera(db):
    from django import forms

    from allmende.ui.forms.kept import kept_file, uploads

    class Sent(ui.Form):
        title = forms.CharField(label="Titel")
        photo = interface.PictureField(label="Bild")

    exif = Pillow.Exif()
    exif[0x013B] = "Erika Mustermann"
    sent = encoded(Pillow.new("RGB", (90, 60), "green"), "JPEG", exif=exif)
    assert b"Mustermann" in sent
    before = set(uploads().iterdir())
    form = Sent({}, {"photo": SimpleUploadedFile("Bank.heic", sent, "image/heic")})
    assert not form.is_valid()
    (waiting,) = set(uploads().iterdir()) - before
    assert b"Mustermann" not in waiting.read_bytes()
    assert form.kept["photo"].name == "Bank.jpg"
    again = Sent({"title": "Da", "photo_kept": form.kept["photo"].token})
    assert again.is_valid()
    assert interface.take_image(again.cleaned_data["photo"], alt="").width == 90
    assert kept_file(form.kept["photo"].token) is not None
    assert "15 MB" in str(Sent()["photo"].hint)
    assert "heic" in str(Sent()["photo"])


def test_a_form_says_at_once_what_is_wrong_with_a_file(db):
    from django import forms

    class Sent(ui.Form):
        title = forms.CharField(label="Titel")
        photo = interface.PictureField(label="Bild")

    form = Sent({"title": "Da"}, {"photo": SimpleUploadedFile("a.jpg", b"<svg/>", "image/jpeg")})
    assert not form.is_valid()
    assert "SVG" in form.errors["photo"][0]


def test_a_picture_sent_by_a_form_is_drawn_once(db, monkeypatch):
    from allmende.engines.media.actions import apart

    class Sent(ui.Form):
        photo = interface.PictureField(label="Bild")

    asked, ask = [], apart.ask
    monkeypatch.setattr(apart, "ask", lambda *args, **more: asked.append(args[0]) or ask(*args, **more))
    form = Sent({}, {"photo": SimpleUploadedFile("a.png", jpeg(), "image/png")})
    assert form.is_valid()
    assert form.cleaned_data["photo"].name == "a.jpg"
    image = interface.take_image(form.cleaned_data["photo"], alt="Bank")
    assert asked == ["draw"]
    assert {row.extension for row in image.files.all()} == {"webp", "jpg"}


@committed
def test_pictures_kept_with_all_their_widths_get_only_what_they_lack():
    image = interface.take_image(jpeg(2000, 1000), alt="")
    row = image.files.get(extension="webp", width=960)
    content = files.near(row.path).read_bytes()
    File.objects.create(medium=image, width=1600, height=800, extension="webp", sha256=row.sha256, size=len(content))
    assert actions.render(image.pk) == 3
    assert set(image.files.filter(extension="avif").values_list("width", flat=True)) == {480, 960, 1600}
