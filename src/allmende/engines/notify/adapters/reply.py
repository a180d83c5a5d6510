"""Answers by mail, as mail programs write them (RFC 5322, RFC 2045, RFC 3676), read without trusting a byte of them.

Wanted are the words that somebody wrote anew: quotes, signatures, attachments and everything that a program sends by
itself (RFC 3834) fall away. As in `dsn`, headers stay plain text: header objects stumble over hostile ones.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser
from html.parser import HTMLParser

DEPTH = 6
PARTS = 50
MAX_TEXT = 200_000
"""Characters of a part that are looked at; far more than a comment may have."""

_ADDRESS = re.compile(r"([^\s<>,;:\"()]{1,120})@[^\s<>,;:\"()]{1,250}")
_FROM = re.compile(r"<\s*([^<>\s]{1,320})\s*>|([^\s<>,;\"()]{1,64}@[^\s<>,;\"()]{1,255})")
_RECEIVERS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
_ON_WROTE = re.compile(
    r"^(?:am|on|le|il|el|op|den|dne|w dniu)\b.{4,300}?"
    r"(?:schrieb|wrote|écrit|scritto|escribió|schreef|skrev|napsal|napisał)"
    r".{0,160}:\s*$",
    re.IGNORECASE | re.DOTALL,
)
_CUT = re.compile(
    r"^(?:-{2,}\s*(?:ursprüngliche nachricht|original message|original-nachricht|weitergeleitete nachricht|"
    r"forwarded message).*|_{20,}|-- ?)$",
    re.IGNORECASE,
)
_OUTLOOK = re.compile(r"^(?:von|from):\s.+$", re.IGNORECASE)
_OUTLOOK_NEXT = re.compile(r"^(?:gesendet|sent|datum|date|an|to):\s.+$", re.IGNORECASE)
_PHONE = re.compile(
    r"^(?:(?:von meinem|gesendet (?:von|mit|aus)|sent from|sent with|get outlook|holen sie sich outlook)\b.{0,120}|"
    r"von .{1,60} gesendet\.?)$",
    re.IGNORECASE,
)
_AUTOMATIC = {"bulk", "junk", "list", "auto_reply", "auto-reply"}


@dataclass(frozen=True)
class Reply:
    """A mail that was addressed to a reply address."""

    tokens: Sequence[str]
    """What stands between plus and at sign of the addresses it was sent to."""
    sender: str
    text: str
    """The new words; empty when there are none."""
    attachments: int
    is_automatic: bool
    message_id: str


def read(raw: bytes, local: str) -> Reply | None:
    """The answer in a mail, however broken; None when it was not sent to `local+token`. Raises nothing."""
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(raw.lstrip(b"\r\n"))
        tokens = _tokens(message, local)
        if not tokens:
            return None
        plain, html, attachments = _bodies(message)
        text = plain if plain.strip() else text_of_page(html)
        return Reply(
            tokens=tokens,
            sender=sender_of(message),
            text=new_words(text),
            attachments=attachments,
            is_automatic=looks_automatic(message),
            message_id=header_of(message, "message-id").strip()[:300],
        )
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
        return None  # the parser's own limits


def headers_of(message: Message, name: str) -> list[str]:
    """Every header of that name as plain text; what is no text is replaced."""
    found = [value for key, value in message.raw_items() if key.lower() == name]
    return [str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace") for value in found]


def header_of(message: Message, name: str) -> str:
    found = headers_of(message, name)
    return found[0] if found else ""


def _tokens(message: Message, local: str) -> list[str]:
    prefix = f"{local.lower()}+"
    found: list[str] = []
    for name in _RECEIVERS:
        for value in headers_of(message, name)[:5]:
            named = (part.lower() for part in _ADDRESS.findall(value[:5000]))
            found += [part.removeprefix(prefix) for part in named if part.startswith(prefix)]
    return list(dict.fromkeys(found))[:5]


def sender_of(message: Message) -> str:
    hits = list(_FROM.finditer(header_of(message, "from")[:2000]))
    return (hits[-1][1] or hits[-1][2]).lower() if hits else ""


def looks_automatic(message: Message) -> bool:
    """Programs that answer by themselves are never answered and never post (RFC 3834, sections 2 and 5)."""
    submitted = header_of(message, "auto-submitted").split(";")[0].strip().lower()
    precedence = header_of(message, "precedence").strip().lower()
    returns = headers_of(message, "return-path")
    return (
        submitted not in {"", "no"}
        or precedence in _AUTOMATIC
        or any(headers_of(message, name) for name in ("x-autoreply", "x-autorespond", "list-id", "x-loop"))
        or any(value.strip() == "<>" for value in returns)
        or message.get_content_type() == "multipart/report"
    )


def _bodies(message: Message) -> tuple[str, str, int]:
    """Plain text, HTML, and how many attachments there are."""
    plain, html, attachments = "", "", 0
    for part in parts_of(message):
        kind = part.get_content_type()
        named = "attachment" in header_of(part, "content-disposition").lower()[:200]
        if kind == "text/plain" and not named and not plain:
            plain = text_in(part)
        elif kind == "text/html" and not named and not html:
            html = text_in(part)
        elif named or not kind.startswith(("text/", "multipart/")):
            attachments += 1
    return plain, html, attachments


def parts_of(message: Message, depth: int = 0, count: list[int] | None = None) -> Iterator[Message]:
    count = count if count is not None else [0]
    payload = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message) and depth < DEPTH and count[0] < PARTS:
                yield from parts_of(part, depth + 1, count)
    else:
        count[0] += 1
        yield message


def text_in(part: Message) -> str:
    """The text of a part: the transfer encoding undone, then the charset that it names, else what fits."""
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    named = str(part.get_content_charset() or "")
    for charset in (named, "utf-8", "windows-1252"):
        try:
            return raw.decode(charset or "utf-8")[:MAX_TEXT]
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return raw.decode("utf-8", "replace")[:MAX_TEXT]


class _Words(HTMLParser):
    """The words of a page as lines; what is quoted or never seen is left out."""

    BREAKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "blockquote", "table", "hr"})
    HIDDEN = frozenset({"script", "style", "head", "title", "blockquote", "template", "noscript"})
    VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "area", "base", "col", "embed", "source", "wbr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.BREAKS:
            self.words.append("\n")
        if tag in self.VOID:
            return
        style = " ".join(str(value) for key, value in attrs if key in {"class", "id"}).lower()
        quoted = any(
            name in style for name in ("gmail_quote", "moz-cite", "moz-signature", "yahoo_quoted", "divrplyfwdmsg")
        )
        if self.hidden:
            if tag == self.hidden[0]:
                self.hidden.append(tag)
        elif tag in self.HIDDEN or quoted:
            self.hidden.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.hidden and tag == self.hidden[0]:
            self.hidden.pop()
        if tag in self.BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(re.sub(r"\s+", " ", data))


def text_of_page(html: str) -> str:
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = "".join(reader.words).splitlines()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in lines))


def new_words(text: str) -> str:
    """What somebody wrote anew: without quotes and what introduces them, signature and a telephone's advertising."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept: list[str] = []
    place = 0
    while place < len(lines):
        line = lines[place].rstrip()
        if line.lstrip().startswith(">"):
            place += 1
            continue
        if _CUT.match(line if line == "-- " else line.strip()) and (kept or line.strip() != "--"):
            break
        if _OUTLOOK.match(line.strip()) and any(
            _OUTLOOK_NEXT.match(near.strip()) for near in lines[place + 1 : place + 4]
        ):
            break
        end = _introduces(lines, place)
        if end:
            if not _quoted_below(lines, end):
                break
            place = end
            continue
        if not _PHONE.match(line.strip()):
            kept.append(line)
        place += 1
    words = "\n".join(kept)
    words = "".join(sign for sign in words if sign in "\n\t" or sign.isprintable())
    return re.sub(r"\n{3,}", "\n\n", words).strip()


def _introduces(lines: Sequence[str], place: int) -> int:
    """Where the text goes on after a line such as „Am 3. Mai schrieb …:“, which may be broken; 0 when it is none."""
    for length in (1, 2, 3):
        joined = " ".join(line.strip() for line in lines[place : place + length])
        if _ON_WROTE.match(joined):
            return place + length
    return 0


def _quoted_below(lines: Sequence[str], place: int) -> bool:
    following = next((line for line in lines[place:] if line.strip()), "")
    return following.lstrip().startswith(">")
