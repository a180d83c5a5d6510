"""What all parts of the shell share: the ASGI types, and short answers that need neither Django nor a template."""

import itertools
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

type Scope = MutableMapping[str, Any]
type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type App = Callable[[Scope, Receive, Send], Awaitable[None]]
type Headers = list[tuple[bytes, bytes]]

_process = secrets.token_hex(6)
_numbers = itertools.count(1)


def new_request_id() -> str:
    """Id of one request in logs and answers: random per process, counted within it, 14 to 40 characters."""
    return f"{_process}-{next(_numbers):x}"


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer: status, lower-case header names, and the whole body."""

    status: int
    headers: Headers
    body: bytes = b""

    async def send(self, send: Send, *, head: bool = False) -> None:
        """Sends the answer; for a HEAD request without the body, but with the length it would have."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"" if head else self.body})


# Shown when Django cannot be asked: it is busy, it failed, or the request is too large to be given to it. The words
# address nobody, so that they fit a city that says „du“ and one that says „Sie“.
_texts = {
    400: (
        "Diese Anfrage ist unvollständig.",
        "Bitte die Seite neu laden und noch einmal versuchen.",
        "This request is incomplete.",
        "Please reload the page and try again.",
    ),
    404: (
        "Diese Datei gibt es hier nicht.",
        "Vielleicht wurde sie entfernt. Über die Startseite geht es weiter.",
        "There is no such file here.",
        "It may have been removed. The start page will help you on.",
    ),
    405: (
        "Das geht an dieser Adresse nicht.",
        "Bitte zurückgehen und noch einmal versuchen.",
        "This address does not allow that.",
        "Please go back and try again.",
    ),
    408: (
        "Die Übertragung hat zu lange gestockt.",
        "Bitte die Verbindung prüfen und noch einmal senden.",
        "The transfer has stalled for too long.",
        "Please check your connection and send it again.",
    ),
    413: (
        "Das ist zu groß für uns.",
        "Bitte kleinere Dateien wählen oder weniger auf einmal senden.",
        "This is too large for us.",
        "Please choose smaller files or send less at once.",
    ),
    500: (
        "Hier ist bei uns etwas schiefgegangen.",
        "Der Fehler liegt bei uns, wir haben ihn vermerkt. Bitte später noch einmal versuchen.",
        "Something went wrong on our side.",
        "It is not your fault. We have noted it. Please try again later.",
    ),
    503: (
        "Gerade sind sehr viele Menschen hier.",
        "Bitte in wenigen Sekunden noch einmal versuchen.",
        "A great many people are here right now.",
        "Please try again in a few seconds.",
    ),
}


def plain(status: int, *, request_id: str = "", extra: Headers | None = None) -> Reply:
    """A page in German and English that needs nothing: no database, no style sheet, no script."""
    german, german_help, english, english_help = _texts[status]
    note = f"<p><small>{status} {HTTPStatus(status).phrase} {request_id}</small></p>"
    body = (
        f'<!doctype html><html lang="de"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{german}</title><main><h1>{german}</h1><p>{german_help}</p>"
        f'<p><a href="/">Zur Startseite</a></p><hr>'
        f'<div lang="en"><h2>{english}</h2><p>{english_help}</p><p><a href="/en/">To the start page</a></p></div>'
        f"{note}</main></html>"
    ).encode()
    headers: Headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (
            b"content-security-policy",
            b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
        *(extra or []),
    ]
    if request_id:
        headers.append((b"x-request-id", request_id.encode()))
    return Reply(status, headers, body)
