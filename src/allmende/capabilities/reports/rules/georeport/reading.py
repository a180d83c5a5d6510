"""What another system answers, untrusted: bytes in, values out. XML, since every server speaks it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]
from django.utils.dateparse import parse_datetime

LONGEST_ID = 100
LONGEST_TEXT = 4000
LONGEST_URL = 1000
MOST_PICTURES = 6
"""Of one update."""
NEXT = re.compile(r'<([^<>]{1,3000})>\s*;[^,]*\brel="?next"?', re.IGNORECASE)


class Unreadable(Exception):
    """No GeoReport."""


@dataclass(frozen=True)
class Answered:
    """What a server says to a report that was sent: a number, or a token for one."""

    number: str
    token: str


@dataclass(frozen=True)
class Heard:
    """One update of a request."""

    update_id: str
    number: str
    status: str
    words: str
    said_at: datetime
    pictures: tuple[str, ...] = ()
    """Addresses of pictures on the web."""


@dataclass(frozen=True)
class Found:
    """A request as a list names it, with what tells whether it is ours."""

    number: str
    status: str
    words: str
    notes: str
    external_id: str
    updated_at: datetime | None


def _root(body: bytes) -> Any:
    try:
        return fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        raise Unreadable from None


def _text(node: Any, name: str, most: int = LONGEST_TEXT) -> str:
    return str(node.findtext(name) or "").replace("\0", "").strip()[:most]


def _when(words: str) -> datetime | None:
    try:
        found = parse_datetime(words)
        return found.astimezone(UTC) if found is not None and found.utcoffset() is not None else None
    except (ValueError, OverflowError):
        return None


def answered(body: bytes) -> Answered:
    """Of the first request in the answer to a POST. Raises Unreadable without number and token."""
    node = _root(body).find("request")
    number, token = ("", "") if node is None else (_text(node, "service_request_id", 101), _text(node, "token", 201))
    if (not number and not token) or len(number) > LONGEST_ID or len(token) > 2 * LONGEST_ID:
        raise Unreadable
    return Answered(number, token)


def services(body: bytes) -> dict[str, str]:
    """Code → name."""
    return {
        _text(one, "service_code", LONGEST_ID): _text(one, "service_name", 200) for one in _root(body).iter("service")
    }


def _pictures(node: Any) -> tuple[str, ...]:
    """What `media_url` names, however often it stands there; six at most, and only what can be an address."""
    found = dict.fromkeys((one.text or "").replace("\0", "").strip() for one in node.iter("media_url"))
    sound = (url for url in found if url.startswith(("http://", "https://")) and len(url) <= LONGEST_URL)
    return tuple(sound)[:MOST_PICTURES]


def updates(body: bytes, at: datetime) -> list[Heard]:
    """Oldest first, whatever the order was. What lacks a number or a state is left out; no clock is ahead of ours."""
    found = []
    for one in _root(body).iter("request_update"):
        update_id, number = _text(one, "update_id", 101), _text(one, "service_request_id", 101)
        status, said = _text(one, "status", 60), _when(_text(one, "updated_datetime", 60))
        if update_id and number and status and len(update_id) <= LONGEST_ID and said is not None:
            found.append(Heard(update_id, number, status, _text(one, "description"), min(said, at), _pictures(one)))
    return sorted(found, key=lambda one: one.said_at)


def requests(body: bytes) -> list[Found]:
    return [
        Found(
            _text(one, "service_request_id", LONGEST_ID), _text(one, "status", 60), _text(one, "description"),
            _text(one, "status_notes"), _text(one, "extended_attributes/external_id", LONGEST_ID),
            _when(_text(one, "updated_datetime", 60)),
        )
        for one in _root(body).iter("request")
    ]  # fmt: skip


def by_status(found: Sequence[Found], at: datetime) -> list[Heard]:
    """Of a server without updates: each state that a request is seen in, as if it had been told."""
    return [
        Heard(f"{one.number}:{one.status}:{said:%Y%m%dT%H%M%S}"[:LONGEST_ID], one.number, one.status, one.notes, said)
        for one in found
        if one.number and one.status
        for said in [min(one.updated_at or at, at)]
        if one.updated_at is not None
    ]


def following(link: str, here: str) -> str:
    """The next page that a `Link` header names (RFC 8288), on the same host; "" for none."""
    found = NEXT.search(link)
    if found is None:
        return ""
    try:
        there = urljoin(here, found[1])
        same = urlsplit(there)[:2] == urlsplit(here)[:2]
    except ValueError:
        return ""
    return there if same else ""
