"""A photo is answered for quickly and seen by nobody until it is drawn anew; what is no picture is told."""

import io
import random

import pytest
from django.db import transaction
from django.utils import timezone
from PIL import Image

from allmende.accounts import builders as people
from allmende.capabilities.reports import builders
from allmende.capabilities.reports.handlers import photos
from allmende.capabilities.reports.models import Report
from allmende.capabilities.reports.queries import inbox
from allmende.core.actor import Grant, Role, Viewer
from allmende.core.errors import Invalid
from allmende.core.events import Stored
from allmende.core.models import Event
from allmende.engines.media import interface as media
from allmende.engines.media.actions import files, keeping, waiting
from allmende.engines.media.models import File, Medium

pytestmark = pytest.mark.django_db(transaction=True)


def jpeg(width=640, height=480, *, exif=b""):
    target = io.BytesIO()
    Image.effect_noise((width, height), 40).convert("RGB").save(target, "JPEG", exif=exif)
    return target.getvalue()


def placed():
    """A photo with a position in it, as a telephone makes them."""
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 52.0, 30.0), 3: "E", 4: (12.0, 4.0, 30.0)})
    return jpeg(exif=exif.tobytes())


def refused():
    return [Stored.of(row) for row in Event.objects.filter(name=photos.REFUSED)]


def test_until_it_is_drawn_nobody_is_shown_it_and_then_it_holds_no_place():
    kept = media.take_image_later(placed(), alt="Eine Laterne")
    report = builders.report(image_id=kept.pk)
    assert media.images_of([report.ref]) == {}
    assert media.undrawn(report.ref) == 1
    assert files.sent(kept.pk).exists()
    assert files.sent(kept.pk).stat().st_mode & 0o077 == 0
    assert waiting.draw_waiting(kept.pk)
    assert not files.sent(kept.pk).exists()
    (view,) = media.images_of([report.ref])[report.ref]
    assert not view.released
    for row in File.objects.filter(medium=kept.pk):
        with Image.open(files.locate("private", row.path)) as drawn:
            assert not drawn.getexif().get_ifd(0x8825)
    assert not waiting.draw_waiting(kept.pk)  # a repeat does nothing


def test_a_photo_that_nobody_has_seen_does_not_become_public_with_the_report():
    kept = media.take_image_later(jpeg(), alt="Eine Laterne")
    report = builders.report(image_id=kept.pk, kind=builders.category())
    builders.move(report, "check", publish=True, publish_image=True)
    waiting.draw_waiting(kept.pk)
    assert Medium.objects.get(pk=kept.pk).state == Medium.State.PRIVATE


def test_what_is_seen_to_be_no_picture_is_told_at_once():
    whole = jpeg(4000, 3000)
    for bad, words in (
        (b"", "leer"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (whole[: len(whole) // 2], "beschädigt"),
        (whole + b"<html><script>alert(1)</script></html>", "noch etwas anderes"),
        (b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff" + bytes(40) + b"\xff\xd9", "Bildpunkte"),
    ):
        with pytest.raises(Invalid) as told:
            media.take_image_later(bad, alt="x", field="photo")
        assert words in str(told.value.fields["photo"])
    assert not Medium.objects.exists()


def test_a_broken_photo_is_told_to_office_and_reporter_and_the_report_stays():
    person = people.person()
    hollow = jpeg()[:600] + bytes(5000) + b"\xff\xd9"
    hollow = hollow[:2] + b"\xff\xc0\x00\x04\x08\x00" + hollow[2:]
    kept = media.take_image_later(hollow, alt="Eine Laterne")
    report = builders.report(image_id=kept.pk, by=people.actor(person))
    assert not waiting.draw_waiting(kept.pk)
    assert Medium.objects.get(pk=kept.pk).drawing == Medium.Drawing.REFUSED
    (event,) = refused()
    assert event.ref == report.ref
    photos.run(event)
    photos.run(event)
    assert report.updates.filter(verb="photo").count() == 1
    assert "ohne Foto" in photos.told(event, "de").body or "nicht öffnen" in photos.told(event, "de").body
    assert not files.sent(kept.pk).exists()


def test_a_photo_that_broke_before_the_report_was_sent_is_told_with_the_report():
    kept = media.take_image_later(jpeg()[:300] + b"\xff\xd9", alt="Eine Laterne")
    assert not waiting.draw_waiting(kept.pk)
    assert refused() == []
    report = builders.report(image_id=kept.pk)
    assert [event.ref for event in refused()] == [report.ref]
    assert Report.objects.filter(pk=report.pk).exists()


def test_what_was_sent_goes_with_the_photo_and_a_lost_job_is_made_again():
    kept = media.take_image_later(jpeg(), alt="x")
    stray = files.sent(kept.pk).with_name("0" * 32)
    stray.write_bytes(b"x")
    later = timezone.now() + waiting.FORGOTTEN * 2
    waiting.draw_forgotten(later)
    assert files.sent(kept.pk).exists()
    assert not stray.exists()
    report = builders.report(image_id=kept.pk)
    with transaction.atomic():
        media.discard_of(report.ref)
    assert not files.sent(kept.pk).exists()


def scene(seed, *, side=480, quality=90):
    """A view of light and dark parts, and photos of it in any size."""
    parts = Image.frombytes("L", (9, 8), random.Random(seed).randbytes(72))
    target = io.BytesIO()
    parts.resize((side, side * 3 // 4), Image.Resampling.BICUBIC).convert("RGB").save(target, "JPEG", quality=quality)
    return target.getvalue()


def with_photo(content, **fields):
    kept = media.take_image(content, alt="Was dort liegt")
    made = builders.report(image_id=kept.pk, point=(12.0810, 50.8780), place="Markt", **fields)
    keeping.render(kept.pk)
    return made


def test_a_photo_of_the_same_view_is_proposed_whatever_the_kind_and_the_words_are():
    first = with_photo(scene(1), words="Sofa auf dem Weg")
    again = with_photo(scene(1, side=700, quality=60), words="Hier komme ich nicht durch!")
    other = with_photo(scene(2), words="Zerbrochene Flaschen")
    dark = [with_photo(jpeg_of_night(), words=words) for words in ("Finster", "Nacht")]
    desk = builders.desk().viewer
    assert [(one.report.pk, one.same_view) for one in inbox.same_as(again, desk)] == [(first.pk, True)]
    assert inbox.same_as(other, desk) == []
    assert inbox.same_as(dark[0], desk) == []
    stranger = Viewer(person_id=people.clerk("kultur").pk, grants=frozenset({Grant(Role.CLERK, "department:kultur")}))
    assert inbox.same_as(again, stranger) == []


def jpeg_of_night():
    target = io.BytesIO()
    Image.new("RGB", (480, 360), "#0a0a0c").save(target, "JPEG")
    return target.getvalue()
