"""The key of a public page: everything that it may depend on, and nothing else."""

from collections.abc import Iterable
from urllib.parse import unquote_plus

from allmende.project.shell.http import Scope

LONGEST_QUERY = 300
_REMEMBERED = 4096

type Key = tuple[bytes, bytes, bytes, bytes, bytes, bytes]
"""Host, path, query, display cookies, htmx headers, scheme."""

REFUSED = frozenset((b"authorization", b"content-length", b"transfer-encoding"))
"""Who sends one of these is somebody in particular, or sends something."""


class Keys:
    """Makes keys. `query_keys` are the only query keys with which a page is cached; others may go on forever."""

    def __init__(self, city: str, languages: Iterable[str], query_keys: frozenset[str]) -> None:
        self.query_keys = query_keys
        self._choices: dict[str, frozenset[str]] = {
            f"{city}_theme": frozenset(("light", "dark", "system")),
            f"{city}_size": frozenset(("small", "normal", "large")),
            f"{city}_language": frozenset(languages),
        }
        self._known: dict[bytes, bytes | None] = {}

    def key(self, scope: Scope, *, trusted: bool) -> Key | None:
        """None when this request must be answered by Django itself. `trusted`: the peer is a proxy of ours."""
        if scope["method"] not in ("GET", "HEAD"):
            return None
        query: bytes = scope["query_string"]
        if query and not self._may_be_cached(query):
            return None
        hosts: list[bytes] = []
        cookies: list[bytes] = []
        htmx = b""
        scheme: bytes = scope.get("scheme", "http").encode()
        for name, value in scope["headers"]:
            if name == b"host":
                hosts.append(value)
            elif name == b"cookie":
                cookies.append(value)
            elif name in REFUSED:
                return None
            elif name[:3] == b"hx-":
                htmx += _htmx(name)
            elif trusted and name == b"x-forwarded-proto":
                scheme = value
        display = self._display(cookies[0] if len(cookies) == 1 else b"; ".join(cookies)) if cookies else b""
        if len(hosts) != 1 or display is None:
            return None
        return hosts[0], scope.get("raw_path") or scope["path"].encode(), query, display, htmx, scheme

    def _display(self, header: bytes) -> bytes | None:
        """The display cookies in one order; None when there is any other cookie, or a value of nobody's making."""
        try:
            return self._known[header]
        except KeyError:
            display = self._parse(header)
            if len(self._known) < _REMEMBERED:
                self._known[header] = display
            return display

    def _parse(self, header: bytes) -> bytes | None:
        found: dict[str, str] = {}
        for pair in header.decode("latin-1").split(";"):
            name, _, value = pair.strip().partition("=")
            if name in found or value not in self._choices.get(name, ()):
                return None
            found[name] = value
        return "&".join(f"{name}={found[name]}" for name in sorted(found)).encode()

    def _may_be_cached(self, query: bytes) -> bool:
        if len(query) > LONGEST_QUERY:
            return False
        parts = query.decode("latin-1").split("&")
        return all(unquote_plus(part.partition("=")[0]) in self.query_keys for part in parts)


def _htmx(name: bytes) -> bytes:
    """What of an htmx header belongs to the key; a page that looks at others says so in Vary and is not kept."""
    if name == b"hx-request":
        return b"r"
    return name[3:4] if name in (b"hx-boosted", b"hx-history-restore-request") else b""
