"""One drawn picture for the demonstration, so that a contribution with a picture can be seen."""

import io

from django.db import transaction
from PIL import Image as Pillow
from PIL import ImageDraw

from allmende.core import manifest
from allmende.core.actor import Actor, Channel
from allmende.core.city import CityPack
from allmende.core.refs import Ref
from allmende.engines.media import interface
from allmende.engines.media.models import Medium

WIDTH, HEIGHT = 1600, 1000
ALT = "Beispielbild, gezeichnet: eine Bank unter einem Baum am Fluss"


def seed(pack: CityPack) -> None:
    """Gives a public contribution a picture, unless one has some already: the one that the pack marks `picture`."""
    if Medium.objects.exists():
        return
    wanted = {row["title"] for row in pack.content.get("ideas", []) if row.get("picture")}
    ref = _public_contribution(wanted)
    if ref is None:
        return
    actor = Actor(channel=Channel.SEED)
    image = interface.take_image(_bench(pack.city["colours"]), alt=ALT, actor=actor)
    with transaction.atomic():
        interface.attach(image.id, ref)
        interface.release(ref)


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
