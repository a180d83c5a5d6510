"""A drawn picture, a drawn film and a PDF for the demonstration, so that all that media can do can be seen."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import transaction
from PIL import Image as Pillow
from PIL import ImageDraw

from allmende.core import manifest
from allmende.core.actor import Actor, Channel, Grant, Role, Viewer
from allmende.core.city import CityPack
from allmende.core.refs import Ref
from allmende.engines.media import actions, builders, interface
from allmende.engines.media.actions import films, incoming
from allmende.engines.media.models import Medium
from allmende.ui import pdf

WIDTH, HEIGHT = 1600, 1000
ALT = "Beispielbild, gezeichnet: eine Bank unter einem Baum am Fluss"
FRAMES = 24
CAPTIONS = """WEBVTT

00:00.000 --> 00:04.000
Die Sonne steht über dem Fluss.

00:04.000 --> 00:08.000
Sie wandert von links nach rechts.

00:08.000 --> 00:12.000
Am Ende ist es Abend.
"""


def seed(pack: CityPack) -> None:
    """Gives a public contribution a picture, unless one has some already: the one that the pack marks `picture`."""
    if Medium.objects.filter(media_type=Medium.Type.VIDEO).exists():  # other rooms may have brought files before
        return
    actor = Actor(channel=Channel.SEED, viewer=Viewer(None, frozenset({Grant(Role.EDITOR)})))
    _library(actor, pack.city["colours"])
    wanted = {row["title"] for row in pack.content.get("ideas", []) if row.get("picture")}
    ref = _public_contribution(wanted)
    if ref is None:
        return
    image = interface.take_image(_bench(pack.city["colours"]), alt=ALT, actor=actor)
    with transaction.atomic():
        interface.attach(image.id, ref)
        interface.release(ref)


def _library(actor: Actor, colours: dict[str, str]) -> None:
    """A film with captions, transcript, sign track and poster; a linked one; a PDF."""
    frames = list(_day(colours))
    words = interface.Words(
        "Beispiel: Ein Tag am Fluss", "Gezeichnet: Die Sonne wandert in zwölf Sekunden über einen Fluss.", "de"
    )
    video = interface.take_video(
        io.BytesIO(builders.webm(frames)),
        words=words,
        rights=interface.Rights("Beispiel des Portals", "CC0 1.0"),
        actor=actor,
        library=True,
    )
    actions.add_captions(actor=actor, medium_id=video.pk, language="de", content=CAPTIONS.encode())
    path = incoming.received_at_once(io.BytesIO(builders.webm(list(_hands(colours)))))
    actions.add_sign_language(
        actor=actor, medium_id=video.pk, path=path, film=films.take_film(path), scan=Medium.Scan.CLEAN
    )
    picture = interface.draw(builders.encoded(frames[FRAMES // 2], "PNG"))
    actions.set_poster(actor=actor, medium_id=video.pk, picture=picture, alt="Gezeichnet: die Sonne über einem Fluss")
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    linked = interface.Words("Beispiel: Aufzeichnung bei einem Anbieter", "So sieht ein Video aus, das woanders liegt.")
    actions.keep_link(actor=actor, link="https://videos.example.org/aufzeichnung", words=linked, at=at, library=True)
    content = pdf.make(
        "media/pdf/example.typ",
        {"heading": "Beispiel: Bericht", "paragraphs": ["Diese Seite zeigt, wie ein PDF im Portal angeboten wird."]},
        title="Beispiel: Bericht",
        language="de",
        at=at,
    )
    said = interface.Words(
        "Beispiel: Bericht", "Eine Seite mit einem Satz: wie ein PDF im Portal angeboten wird.", "de"
    )
    interface.take_document(content, words=said, actor=actor, library=True)


def _public_contribution(titles: set[str]) -> Ref | None:
    """Of a kind that people write and moderators check, with a page of its own; by title, else the first."""
    first: Ref | None = None
    for (room, kind), indexed in manifest.index_kinds().items():
        if (room, kind) in manifest.moderated_kinds():
            for id_ in indexed.all_ids():
                entry = indexed.entry(id_)
                if entry is not None and entry.visibility == "public":
                    if titles & set(entry.titles.values()):
                        return entry.ref
                    first = first or entry.ref
    return first


def _bench(colours: dict[str, str]) -> bytes:
    """A bench, a tree, a river, in the city's colours."""
    picture = Pillow.new("RGB", (WIDTH, HEIGHT), colours["primary_wash"])
    pen = ImageDraw.Draw(picture)
    pen.ellipse((1220, 110, 1400, 290), fill=colours["sun"])
    pen.polygon([(0, 620), (500, 540), (1100, 600), (1600, 530), (1600, 1000), (0, 1000)], fill="#7fa98f")
    pen.polygon([(0, 730), (700, 690), (1600, 720), (1600, 800), (800, 790), (0, 830)], fill=colours["primary"])
    pen.rectangle((330, 330, 390, 760), fill="#6b4a35")
    for left, top, size in ((150, 130, 300), (290, 70, 320), (260, 210, 280)):
        pen.ellipse((left, top, left + size, top + size), fill="#3f7d5a")
    for top in (640, 690, 770):
        pen.rounded_rectangle((560, top, 1060, top + 34), 8, fill="#8a5a3c")
    for left in (600, 1000):
        pen.rectangle((left, 640, left + 22, 900), fill="#4a3325")
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


def _day(colours: dict[str, str]) -> Iterator[Pillow.Image]:
    """The sun goes over the river."""
    for step in range(FRAMES):
        frame = Pillow.new("RGB", (640, 360), colours["primary_wash"])
        pen = ImageDraw.Draw(frame)
        left = 40 + step * 22
        top = 150 - round(110 * (1 - ((step - 11.5) / 11.5) ** 2))
        pen.ellipse((left, top, left + 64, top + 64), fill=colours["sun"])
        pen.polygon([(0, 230), (240, 205), (460, 225), (640, 200), (640, 360), (0, 360)], fill="#7fa98f")
        pen.polygon([(0, 270), (320, 255), (640, 265), (640, 310), (320, 300), (0, 315)], fill=colours["primary"])
        yield frame


def _hands(colours: dict[str, str]) -> Iterator[Pillow.Image]:
    """Two hands that move: the place of an interpreter, on calm ground."""
    for step in range(FRAMES):
        frame = Pillow.new("RGB", (480, 360), "#d9dee6")
        pen = ImageDraw.Draw(frame)
        pen.ellipse((190, 40, 290, 150), fill="#c99a78")
        pen.rounded_rectangle((140, 165, 340, 360), 60, fill=colours["primary"])
        lift = (step % 6) * 14
        for left in (120 + lift, 300 - lift):
            pen.ellipse((left, 240 - lift, left + 60, 300 - lift), fill="#c99a78")
        yield frame
