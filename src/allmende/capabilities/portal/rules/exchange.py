"""What is taken from another website's feed, and what is not. Pure: bytes in, values out."""

import html
import re
from calendar import timegm
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import feedparser  # type: ignore[import-untyped]
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.portal.models.exchange import SUMMARY_LIMIT, TITLE_LIMIT
from allmende.core.actor import Role, Viewer
from allmende.core.errors import NotAllowed, NotSignedIn
from allmende.core.texts import Text

SCOPE = "portal"
MOST = 200
"""Items of one reading; who publishes more at once is cut."""
EVERY = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=24)
AHEAD = timedelta(minutes=10)
"""How far a date may lie ahead before it counts as wrong."""

PROBLEMS: Mapping[str, Text] = {
    "address": gettext_lazy("Die Adresse ist keine Adresse im Netz."),
    "private": gettext_lazy("Die Adresse führt in ein internes Netz. Das erlaubt nur, wer das Portal betreibt."),
    "unknown": gettext_lazy("Den Server gibt es nicht."),
    "slow": gettext_lazy("Der Server antwortet zu langsam."),
    "broken": gettext_lazy("Die Verbindung ist abgebrochen."),
    "certificate": gettext_lazy("Das Zertifikat des Servers stimmt nicht."),
    "redirects": gettext_lazy("Die Adresse leitet zu oft weiter."),
    "refused": gettext_lazy("Der Server gibt den Feed nicht heraus."),
    "gone": gettext_lazy("Den Feed gibt es nicht mehr."),
    "huge": gettext_lazy("Der Feed ist größer als 2 MB."),
    "short": gettext_lazy("Der Feed kam nur zum Teil an."),
    "unreadable": gettext_lazy("Was unter der Adresse steht, ist kein Feed."),
    "hostile": gettext_lazy("Der Feed enthält etwas, das Programme überlasten soll."),
}


class Unreadable(Exception):
    """No feed, or one that is meant to harm. `problem` is a word of `PROBLEMS`."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


@dataclass(frozen=True)
class Item:
    """One thing of a feed, as plain text."""

    guid: str
    title: str
    summary: str
    link: str
    published_at: datetime | None


@dataclass(frozen=True)
class Reading:
    """What a feed holds now. Of one that is not whole nothing is taken to be withdrawn."""

    items: list[Item]
    whole: bool


def read(body: bytes, content_type: str, at: datetime) -> Reading:
    """The items of an RSS, RDF or Atom feed, in any encoding that it declares. Raises Unreadable.

    Entity declarations are refused before any parser sees them ("billion laughs", external entities). Markup is taken
    out of titles and texts; only http and https links are kept.
    """
    flat = body.replace(b"\x00", b"").upper()  # UTF-16 and UTF-32 hide nothing this way
    if b"<!ENTITY" in flat:
        raise Unreadable("hostile")
    if flat.count(b"<") > 40 * MOST * 10:
        raise Unreadable("hostile")
    found = feedparser.parse(BytesIO(body), response_headers={"content-type": content_type or "application/xml"})
    if not found.get("version") and not found.entries:
        raise Unreadable("unreadable")
    harmless = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
    whole = not found.bozo or isinstance(found.get("bozo_exception"), harmless)
    items: dict[str, Item] = {}
    for entry in found.entries[:MOST]:
        item = _item(entry, at)
        if item is not None:
            items.setdefault(item.guid, item)
    return Reading(list(items.values()), whole and len(found.entries) <= MOST)


def _item(entry: Any, at: datetime) -> Item | None:
    link = web_address(str(entry.get("link", "")))
    title = plain(str(entry.get("title", "")), TITLE_LIMIT)
    if not link or not title:
        return None
    content = entry.get("summary") or next((row.get("value", "") for row in entry.get("content", [])), "")
    return Item(
        guid=clean(str(entry.get("id") or link))[:500],
        title=title,
        summary=plain(str(content), SUMMARY_LIMIT),
        link=link,
        published_at=_instant(entry.get("published_parsed") or entry.get("updated_parsed"), at),
    )


def _instant(parsed: Any, at: datetime) -> datetime | None:
    """An instant that can be true: not in the future, not before the web. feedparser gives UTC."""
    try:
        found = datetime.fromtimestamp(timegm(parsed), tz=UTC) if parsed else None
    except (OverflowError, ValueError, OSError, TypeError):
        return None
    if found is None or found.year < 1990:  # noqa: PLR2004 - the web is not older
        return None
    return found if found <= at + AHEAD else at


def clean(text: str) -> str:
    """Without signs that neither PostgreSQL nor XML can hold, on one line."""
    return " ".join("".join(sign for sign in text if sign >= " " or sign in "\t\n\r").split())


def plain(text: str, limit: int) -> str:
    """Text without markup, shortened at a word. What looks like markup afterwards is shown, never run."""
    text = re.sub(r"(?is)<(script|style)\b.*?(</\1>|$)", " ", text[: limit * 20])
    flat = clean(html.unescape(re.sub(r"<[^<>]*>", " ", text)))
    if len(flat) <= limit:
        return flat
    cut = flat[: limit - 2]
    return f"{cut.rpartition(' ')[0] or cut} …"


def web_address(text: str) -> str:
    """An http or https address, or nothing."""
    text = text.strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    fine = parts.scheme in {"http", "https"} and parts.hostname and not re.search(r"[\s<>\"\\]", text)
    return text if fine and len(text) <= 1000 else ""  # noqa: PLR2004 - fits the column


def is_ours(item: Item, public_url: str, known: Collection[str]) -> bool:
    """Whether the item came from this very portal: by its id, or because its link leads here. Taken back, it would
    stand here twice.
    """
    return item.guid in known or urlsplit(item.link).hostname == urlsplit(public_url).hostname


def withdrawn(present: Collection[str], oldest: datetime | None, *, guid: str, published_at: datetime) -> bool:
    """Whether a thing that was there is gone: missing although the feed still reaches back as far as its date.

    What is merely older than the feed's oldest thing has scrolled out and stays.
    """
    return guid not in present and oldest is not None and published_at >= oldest


def next_check(failures: int, at: datetime) -> datetime:
    """Every ten minutes; after failures twice as long each time, at most a day."""
    times: int = 2 ** min(failures, 12)
    return at + min(EVERY * times, LONGEST_WAIT)


def may_configure(viewer: Viewer) -> bool:
    return viewer.has(Role.EDITOR, SCOPE) or viewer.has(Role.ADMINISTRATOR)


def require_may_configure(viewer: Viewer) -> None:
    if not viewer.is_signed_in:
        raise NotSignedIn
    if not may_configure(viewer):
        raise NotAllowed(_("Feeds richten die Redaktion und die Verwaltung des Portals ein."))
