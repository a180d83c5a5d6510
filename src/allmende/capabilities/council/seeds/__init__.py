"""An example council for the cities of the demonstration: functions and groups named after trees, nobody real."""

import hashlib

from django.utils import timezone

from allmende.capabilities.council import actions
from allmende.capabilities.council.models import Body, File
from allmende.capabilities.council.seeds.example import Example
from allmende.core.actor import SYSTEM, Channel
from allmende.core.city import CityPack
from allmende.engines.media import interface as media
from allmende.ui import pdf


def seed(pack: CityPack) -> None:
    """Once, on an empty city, where the pack asks for it."""
    settings = pack.content.get("council")
    if settings is None or Body.objects.exists():
        return
    now = timezone.now()
    example = Example(settings, now)
    actor = SYSTEM.via(Channel.SEED)
    actions.take_in(actor=actor, records=example.records(), at=now, quiet=True, is_example=True)
    for key, heading, text, points in example.documents():
        content = pdf.make(
            "council/pdf/paper.typ",
            {"heading": heading, "facts": [["Art", "Beispiel"]], "paragraphs": [text], "points": points},
            title=heading,
            language="de",
            at=now,
        )
        words = media.Words(heading, text, "de")
        medium = media.take_document(content, words=words, actor=actor, at=now)
        file = File.objects.get(pk=key)
        digest = hashlib.sha512(content).hexdigest()
        actions.attach_document(actor=actor, file_id=file.pk, medium_id=medium.pk, size=len(content), sha512=digest)
