"""The operator's map style, fetched by the city's own server and kept: no visitor's browser ever asks another host.

A style (MapLibre Style Specification) names tiles, glyphs, sprites and data by address. Each becomes an address of ours
with a number; only what the style itself names is ever fetched.
"""

import hashlib
import json
import re
import threading
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings

LARGEST = 8 * 1024 * 1024
"""Bytes of one file of a style."""
TIMEOUT = 6.0
FRESH = 7 * 24 * 3600
"""Seconds after which a kept file is fetched again; it is still used while the other side is away."""
MOST_KEPT = 512 * 1024 * 1024
AT_ONCE = 2
"""Fetches of one process at a time, so that a slow tile server cannot hold all pages."""
TYPES = {
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"RIFF": "image/webp",
    b"{": "application/json",
    b"[": "application/json",
}
PROTOBUF = "application/x-protobuf"
GZIP = b"\x1f\x8b"

_turns = threading.BoundedSemaphore(AT_ONCE)
_styles: dict[str, tuple[float, "Style"]] = {}


class UnreachableError(Exception):
    """The other side does not answer, answers nonsense, or too many ask at once."""


@dataclass
class Style:
    """A style with our addresses in it; `templates` holds what they stand for, by number: (kind, address)."""

    document: dict[str, Any]
    templates: list[tuple[str, str]] = field(default_factory=list)


def folder() -> Path:
    found: Path = settings.CONFIG.city_home / "cache" / "tiles"
    return found


def style(address: str, ours: Callable[[int], str]) -> Style:
    """The operator's style; `ours` makes the address of a number. Kept for an hour in each process."""
    kept = _styles.get(address)
    if kept is None or time.monotonic() - kept[0] > 3600:  # noqa: PLR2004 - seconds
        kept = (time.monotonic(), _rewritten(address, ours))
        _styles.clear()
        _styles[address] = kept
    return kept[1]


def part(found: Style, number: int, rest: str) -> bytes:
    """One file that the style names; raises LookupError for what it does not name, UnreachableError."""
    kind, template = found.templates[number] if 0 <= number < len(found.templates) else ("", "")
    if kind == "tiles" and (place := re.fullmatch(r"(\d{1,2})/(\d{1,8})/(\d{1,8})", rest)):
        for name, value in zip("zxy", place.groups(), strict=True):
            template = template.replace(f"{{{name}}}", value)
        return fetch(template.replace("{ratio}", ""))
    if kind == "glyphs" and (place := re.fullmatch(r"([^/\0]{1,200})/(\d{1,6}-\d{1,6})", rest)):
        return fetch(template.replace("{fontstack}", quote(place[1])).replace("{range}", place[2]))
    if kind == "sprite" and (place := re.fullmatch(r"sprite((?:@2x)?\.(?:json|png))", rest)):
        return fetch(template + place[1])
    if kind == "data" and rest == "data":
        return fetch(template)
    raise LookupError(rest)


def content_type(body: bytes) -> str:
    """What the bytes are, by themselves; the other side's word is not asked."""
    return next((name for start, name in TYPES.items() if body.startswith(start)), PROTOBUF)


def _rewritten(address: str, ours: Callable[[int], str]) -> Style:
    found = Style(_json(address))
    document = found.document

    def number(kind: str, template: str) -> str:
        found.templates.append((kind, _absolute(address, template)))
        return ours(len(found.templates) - 1)

    for source in document.get("sources", {}).values():
        if isinstance(source.get("url"), str):
            described = _json(_absolute(address, source.pop("url")))
            kept = ("tiles", "minzoom", "maxzoom", "bounds", "attribution", "scheme")
            source.update({key: described[key] for key in kept if key in described})
        if isinstance(source.get("tiles"), list):
            source["tiles"] = [number("tiles", str(tile)) + "{z}/{x}/{y}" for tile in source["tiles"]]
        if isinstance(source.get("data"), str):
            source["data"] = number("data", source["data"]) + "data"
    if isinstance(document.get("glyphs"), str):
        document["glyphs"] = number("glyphs", document["glyphs"]) + "{fontstack}/{range}"
    sprite = document.get("sprite")
    if isinstance(sprite, str):
        document["sprite"] = number("sprite", sprite) + "sprite"
    elif isinstance(sprite, list):
        for one in sprite:
            one["url"] = number("sprite", str(one["url"])) + "sprite"
    return found


def _absolute(base: str, address: str) -> str:
    """As a browser would read it; braces of templates stay."""
    return urljoin(base, address)


def _json(address: str) -> dict[str, Any]:
    try:
        document = json.loads(fetch(address))
    except (ValueError, RecursionError) as error:
        raise UnreachableError(address) from error
    if not isinstance(document, dict):
        raise UnreachableError(address)
    return document


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows only to the host that the style names."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if urlsplit(newurl).netloc != urlsplit(req.full_url).netloc:
            raise UnreachableError(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(address: str) -> bytes:
    """The file, kept or from the other side; what is old is better than nothing. Raises UnreachableError."""
    if urlsplit(address).scheme not in {"http", "https"}:
        raise UnreachableError(address)
    name = hashlib.sha256(address.encode()).hexdigest()
    path = folder() / name[:2] / name
    if path.is_file() and time.time() - path.stat().st_mtime < FRESH:
        return path.read_bytes()
    try:
        body = _get(address)
    except UnreachableError:
        if path.is_file():
            return path.read_bytes()
        raise
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{threading.get_ident()}")
    fresh.write_bytes(body)
    fresh.replace(path)
    return body


def _get(address: str) -> bytes:
    request = urllib.request.Request(address, headers={"Accept-Encoding": "identity", "User-Agent": "Allmende"})  # noqa: S310 - scheme checked
    opener = urllib.request.build_opener(_SameHost)
    if not _turns.acquire(timeout=TIMEOUT / 2):
        raise UnreachableError(address)
    try:
        with opener.open(request, timeout=TIMEOUT) as answer:
            body: bytes = answer.read(LARGEST + 1)
    except urllib.error.HTTPError as error:
        if error.code in {204, 404}:
            return b""  # an empty tile
        raise UnreachableError(address) from error
    except (OSError, HTTPException, ValueError) as error:
        raise UnreachableError(address) from error
    finally:
        _turns.release()
    if body.startswith(GZIP):
        try:
            body = zlib.decompressobj(wbits=31).decompress(body, LARGEST + 1)
        except zlib.error as error:
            raise UnreachableError(address) from error
    if len(body) > LARGEST:
        raise UnreachableError(address)
    return body


def tidy(most: int = MOST_KEPT) -> int:
    """Forgets the files that were fetched longest ago until the rest fits; returns how many."""
    files = sorted((path for path in folder().rglob("*") if path.is_file()), key=lambda path: -path.stat().st_mtime)
    size = gone = 0
    for path in files:
        size += path.stat().st_size
        if size > most:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
