"""What feed readers get: what a person was told, and what everybody may hear of a thing or of all things."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from allmende.accounts.interface import recipients
from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.refs import Ref
from allmende.engines.notify import rules
from allmende.engines.notify.models import Bulletin, Notice, Wishes
from allmende.engines.notify.queries import path_of

LENGTH = 40
NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (section 2.2) cannot hold."""


@dataclass(frozen=True)
class Item:
    """One entry of a feed."""

    id: UUID
    title: str
    body: str
    path: str
    at: datetime


def _clean(text: str) -> str:
    return NO_XML.sub("", text)


def personal_feed(token: str) -> tuple[UUID, str, list[Item]] | None:
    """What the person behind a secret address was told: person, their language, items. None for one that ended."""
    feed = rules.feed_of(token)
    row = Wishes.objects.filter(feed=feed).first() if feed else None
    if row is None:
        return None
    recipient = recipients([row.person_id]).get(row.person_id)
    if recipient is None:
        return None
    language = recipient.language
    notices = Notice.objects.filter(person=row.person_id).exclude(subjects={}).order_by("-id")[:LENGTH]
    items = [
        Item(one.id, _clean(one.subject(language)), _clean(one.body(language)), f"/r/{one.ref}", one.at)
        if one.because != Notice.Because.ACCOUNT
        else Item(one.id, one.subject(language), one.body(language), path_of(one.ref, language), one.at)
        for one in notices
    ]
    return row.person_id, language, items


def thing_feed(ref: Ref, language: str, at: datetime) -> list[Item]:
    """What followers of a public thing were told, newest first."""
    return _items(Bulletin.objects.filter(capability=ref.capability, kind=ref.kind, object_id=ref.id), language, at)


def public_feed(language: str, at: datetime) -> list[Item]:
    """What happened to all public things that can be followed, newest first; each event once."""
    return _items(Bulletin.objects.all(), language, at)


def _items(rows: QuerySet[Bulletin], language: str, at: datetime) -> list[Item]:
    """Leaves out what a visitor may not see (any more), in one query for all of them."""
    found = list(rows.order_by("-id")[: 2 * LENGTH])
    refs = {row.ref for row in found} | {Ref.parse(row.leads_to) for row in found}
    shown = manifest.lookup().resolve(list(refs), Viewer(language=language), at)
    seen: set[tuple[int, str]] = set()
    items = []
    for row in found:
        entry = shown.get(Ref.parse(row.leads_to)) or shown.get(row.ref)
        if entry is None or row.ref not in shown or (row.event, row.rule) in seen:
            continue
        seen.add((row.event, row.rule))
        items.append(
            Item(row.id, _said(row.subjects, language), _said(row.bodies, language), entry.path(language), row.at)
        )
    return items[:LENGTH]


def _said(texts: dict[str, str], language: str) -> str:
    return _clean(texts.get(language) or texts.get(settings.LANGUAGE_CODE, ""))
