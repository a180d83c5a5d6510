"""Reading another council system: what its answers are, when to ask again, why something could not be read. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from django.utils.translation import gettext_lazy

from allmende.capabilities.council.rules import values
from allmende.core.texts import Text

EVERY = timedelta(hours=1)
FULL_EVERY = timedelta(days=7)
"""Systems whose `modified` is wrong are looked through as a whole once a week."""
OVERLAP = timedelta(hours=1)
"""„Changed since“ reaches back so far before the last reading: clocks differ, and lists are not read in an instant."""
STUCK = timedelta(minutes=30)
"""A reading of which nothing was heard for so long has died."""
MOST_FAULTS = 200
MOST_GONE = 20
PROBLEMS: Mapping[str, Text] = {
    "address": gettext_lazy("Die Adresse ist keine Adresse im Netz."),
    "private": gettext_lazy("Die Adresse führt in ein internes Netz. Das erlaubt nur, wer das Portal betreibt."),
    "unknown": gettext_lazy("Den Server gibt es nicht."),
    "slow": gettext_lazy("Der Server antwortet zu langsam."),
    "broken": gettext_lazy("Die Verbindung ist abgebrochen."),
    "certificate": gettext_lazy("Das Zertifikat des Servers stimmt nicht."),
    "redirects": gettext_lazy("Die Adresse leitet zu oft weiter."),
    "refused": gettext_lazy("Der Server meldet einen Fehler."),
    "gone": gettext_lazy("Das gibt es dort nicht mehr."),
    "huge": gettext_lazy("Die Antwort ist zu groß."),
    "short": gettext_lazy("Die Antwort kam nur zum Teil an."),
    "json": gettext_lazy("Die Antwort ist kein JSON."),
    "encoding": gettext_lazy("Die Antwort hat falsche Zeichen; sie wurden ersetzt."),
    "oparl": gettext_lazy("Unter der Adresse steht kein System nach OParl."),
    "wrong": gettext_lazy("Das ist kein Objekt nach OParl."),
    "type": gettext_lazy("Diesen Typ gibt es in OParl nicht."),
    "foreign": gettext_lazy("Das gehört zu einem anderen Server."),
    "missing": gettext_lazy("Etwas, wozu es gehört, fehlt."),
    "value": gettext_lazy("Ein Wert ist unmöglich."),
    "much": gettext_lazy("Eigene Angaben des Systems sind zu lang und fehlen hier."),
    "circle": gettext_lazy("Die Seiten der Liste laufen im Kreis."),
    "many_gone": gettext_lazy("Auf einmal fehlt sehr viel. Hier bleibt alles, bis das geklärt ist."),
    "stopped": gettext_lazy("Das Lesen wurde unterbrochen."),
}


class Unreadable(Exception):
    """`problem` is a word of `PROBLEMS`."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


@dataclass(frozen=True)
class Page:
    """A page of a list. `following` is the address of the next one, empty on the last."""

    data: list[Any]
    following: str


def decode(body: bytes) -> tuple[Any, bool]:
    """JSON, and whether its signs had to be replaced (systems that say UTF-8 and mean Latin-1). Raises Unreadable."""
    try:
        text, replaced = body.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        text, replaced = body.decode("cp1252", "replace"), True
    try:
        return json.loads(text, parse_constant=lambda _name: None), replaced
    except (ValueError, RecursionError):
        raise Unreadable("json") from None


def page(answer: Any, url: str) -> Page:
    """A page as OParl has it, or as systems send it: a bare list, or a single object. Raises Unreadable."""
    if isinstance(answer, list):
        return Page(answer, "")
    if not isinstance(answer, Mapping):
        raise Unreadable("oparl")
    data = answer.get("data")
    if not isinstance(data, list):
        if not answer.get("id"):
            raise Unreadable("oparl")
        return Page([answer], "")
    links = answer.get("links")
    told = links.get("next") if isinstance(links, Mapping) else None
    if not told and isinstance(answer.get("pagination"), Mapping):
        told = answer["pagination"].get("next")
    try:
        following = urljoin(url, told) if isinstance(told, str) and told else ""
    except ValueError:
        following = ""
    return Page(data, values.address(2000)(following))


def asked(url: str, since: datetime | None) -> str:
    """The address of a list, of what changed since."""
    if since is None:
        return url
    mark = "&" if urlsplit(url).query else "?"
    return f"{url}{mark}{urlencode({'modified_since': since.astimezone(UTC).isoformat(timespec='seconds')})}"


def same_host(one: str, other: str) -> bool:
    """Whether two addresses lie on one server; „www.“ makes no difference."""
    return urlsplit(one).netloc.lower().removeprefix("www.") == urlsplit(other).netloc.lower().removeprefix("www.")


def next_check(failures: int, at: datetime) -> datetime:
    """An hour later; after failures later each time, once a day at last."""
    return at + min(EVERY * 2**failures, timedelta(hours=24)) if failures else at + EVERY


def too_many_gone(gone: int, there: int) -> bool:
    """A system that suddenly lacks a fifth of all it had has more likely lost its way than its papers."""
    return gone > max(MOST_GONE, there // 5)


def is_repeated(problem: str, status: int) -> bool:
    """Whether asking again may help."""
    return problem in {"slow", "broken", "short"} or status == 429 or status >= 500  # noqa: PLR2004
