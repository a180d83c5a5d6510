"""Faces and number plates are covered for good before a photo is shown."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import ImageChops, ImageDraw

from allmende.accounts import builders as people
from allmende.capabilities.reports import actions, builders
from allmende.capabilities.reports.builders import clerk, desk, move, report
from allmende.core.actor import Role
from allmende.core.errors import Conflict, NotFound
from allmende.engines.media import builders as pictures
from allmende.engines.media import interface as media
from allmende.engines.media.models import File, Medium


def plate() -> bytes:
    """Grey, with a black and white pattern in the middle that nobody must be able to read afterwards."""
    picture = Pillow.new("RGB", (400, 300), "#888888")
    draw = ImageDraw.Draw(picture)
    for place in range(0, 120, 6):
        draw.rectangle((140 + place, 120, 142 + place, 160), fill="black" if place % 12 else "white")
    return pictures.encoded(picture, "PNG")


share = st.floats(0, 1, allow_nan=False)


@given(left=share, top=share, width=share, height=share)
@settings(max_examples=40)
def test_a_part_holds_a_few_blocks_only_and_all_around_it_nothing_changes(left, top, width, height):
    made = Pillow.open(io.BytesIO(media.pixelated(plate(), [media.Part(left, top, width, height)])))
    assert made.size == (400, 300)
    edges = (int(left * 400) + 9, int(top * 300) + 9, int((left + width) * 400) - 9, int((top + height) * 300) - 9)
    if edges[2] - edges[0] > 40 and edges[3] - edges[1] > 40:
        inner = made.crop(edges)
        levels = inner.convert("L").quantize(64).getcolors()
        assert len([count for count, _colour in levels if count > inner.width * inner.height / 12]) <= 16
    outside = ImageChops.difference(made.convert("L"), Pillow.open(io.BytesIO(plate())).convert("L"))
    ImageDraw.Draw(outside).rectangle(
        (left * 400 - 17, top * 300 - 17, (left + width) * 400 + 17, (top + height) * 300 + 17), fill=0
    )
    assert outside.getextrema()[1] < 90  # JPEG rings around the bars, but they are still there


def client_of(person=None):
    client = Client(headers={"host": "localhost"})
    if person is not None:
        client.force_login(person)
    return client


def sent(**sides):
    return {
        f"{side}_1": str(value) for side, value in {"left": 30, "top": 35, "width": 40, "height": 25, **sides}.items()
    }


@pytest.mark.django_db
def test_a_clerk_covers_a_plate_and_the_old_picture_is_never_public_again():
    image = media.take_image(plate(), alt="Auto mit Kennzeichen")
    one = move(report(image_id=image.pk), "check", publish=True, publish_image=True)
    handed = actions.hand_over(
        actor=clerk(), report_id=one.pk, at=timezone.now(),
        data=actions.HandoverData("Werke", "a@werke.example", "Bitte ansehen.", with_images=True),
    )  # fmt: skip
    office = client_of(people.with_role(Role.CLERK, f"department:{builders.OFFICE}"))
    address = reverse("reports:blur", args=[one.number, image.pk])
    assert address in office.get(reverse("reports:handle", args=[one.number])).content.decode()
    assert "Bereich 1: Prozent von links" in office.get(address).content.decode()
    for wrong in ({}, sent(width=0), {"left_1": "3"}, sent(left="nan"), sent(height=101)):
        assert office.post(address, wrong).status_code == 422
    assert office.post(address, sent()).status_code == 302
    (shown,) = media.images_of([one.ref])[one.ref]
    assert (shown.id != image.pk, shown.alt, shown.released) == (True, "Auto mit Kennzeichen", False)
    image.refresh_from_db()
    assert (image.state, image.object_id) == (Medium.State.PRIVATE, None)
    covered = Pillow.open(io.BytesIO(media.content_of(shown.id, one.ref)[0])).convert("L").crop((140, 122, 260, 158))
    low, high = covered.getextrema()
    assert high - low < 120
    handed.refresh_from_db()
    assert handed.images == [str(shown.id)]
    assert office.get(address).status_code == 404
    assert "<picture>" not in client_of().get(reverse("reports:report", args=[one.number])).content.decode()
    old_files = set(File.objects.filter(medium=image).values_list("sha256", flat=True))
    assert old_files.isdisjoint(File.objects.filter(medium=shown.id).values_list("sha256", flat=True))
    with pytest.raises(NotFound):
        media.content_of(image.pk, one.ref)


@pytest.mark.django_db
def test_two_who_cover_the_same_picture_do_not_double_it():
    image = media.take_image(plate(), alt="Auto")
    one = report(image_id=image.pk)
    for raises in (False, True):
        made = media.take_image(media.pixelated(plate(), [media.Part(0.1, 0.1, 0.5, 0.5)]), alt="Auto")
        call = {"actor": desk(), "report_id": one.pk, "image_id": image.pk, "made_id": made.pk, "at": timezone.now()}
        if raises:
            with pytest.raises(Conflict):
                actions.replace_image(**call)
        else:
            actions.replace_image(**call)
    assert len(media.images_of([one.ref])[one.ref]) == 1
    assert client_of(people.person()).get(reverse("reports:blur", args=[one.number, image.pk])).status_code in {
        403,
        404,
    }
