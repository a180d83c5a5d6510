"""An ASGI request as a WSGI environment (PEP 3333), and the checks that have to come before it.

Headers are what an attacker writes. So a name with an underscore is dropped (it would collide with the same name
with a hyphen), `Proxy` is dropped (CVE-2016-5385), and what only a proxy may say is dropped unless one we trust has
said it.
"""

import io
import sys
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from allmende.project.shell.http import Headers, Scope

PROXY_HEADERS = frozenset(
    (b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-port", b"x-forwarded-proto", b"x-real-ip")
)
SINGLE_HEADERS = frozenset((b"host", b"content-length", b"content-type", b"authorization"))
_names: dict[bytes, str] = {}
_MANY_NAMES = 1024


class Proxies:
    """The proxies whose word about the client counts: addresses and networks from `TRUSTED_PROXIES`."""

    def __init__(self, trusted: tuple[str, ...]) -> None:
        self.socket = "unix" in trusted
        self.networks: list[IPv4Network | IPv6Network] = [
            ip_network(entry, strict=False) for entry in trusted if entry != "unix"
        ]
        self._known: dict[str, bool] = {}

    def trusted(self, scope: Scope) -> bool:
        """Whether the peer of this connection is one of them; a peer on a Unix socket only with the entry `unix`."""
        client = scope.get("client")
        if not client or not client[0]:
            return self.socket
        if not self.networks:
            return False
        peer: str = client[0]
        known = self._known.get(peer)
        if known is None:
            try:
                address = ip_address(peer)
                known = any(address in network for network in self.networks)
            except ValueError:
                known = False
            if len(self._known) > _MANY_NAMES:
                self._known.clear()
            self._known[peer] = known
        return known


def _environ_name(name: bytes) -> str:
    """`HTTP_ACCEPT` for `accept`; empty when the header must not pass. Remembered, since the same few come always."""
    known = _names.get(name)
    if known is None:
        known = "" if b"_" in name or name == b"proxy" else "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        if len(_names) < _MANY_NAMES:
            _names[name] = known
    return known


def contradictory(headers: Headers) -> bool:
    """Whether a header that exists once came twice: which one counts would be up to whoever reads it."""
    seen = set()
    for name, _ in headers:
        if name in SINGLE_HEADERS:
            if name in seen:
                return True
            seen.add(name)
    return False


def build(scope: Scope, body: IO[bytes], length: int, *, trusted: bool, request_id: str) -> dict[str, Any]:
    """The environment of one request whose body has been read completely (`length` bytes)."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    path = raw.partition(b"?")[0]
    if b"%" in path:
        path = unquote_to_bytes(path)
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    version = scope.get("http_version", "1.1")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", ""),
        "PATH_INFO": path.decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1] or 0),
        "SERVER_PROTOCOL": "HTTP/" + (version if "." in version else version + ".0"),
        "REMOTE_ADDR": str(client[0]),
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }
    for name, value in scope["headers"]:
        key = _environ_name(name)
        if not key or (name in PROXY_HEADERS and not trusted):
            continue
        text = value.decode("latin-1")
        if key in environ:
            environ[key] += ("; " if name == b"cookie" else ",") + text
        else:
            environ[key] = text
    # The body has been read to its end, however it was sent.
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    given_length = environ.pop("HTTP_CONTENT_LENGTH", None)
    content_type = environ.pop("HTTP_CONTENT_TYPE", None)
    if length or given_length is not None:
        environ["CONTENT_LENGTH"] = str(length)
    if content_type is not None:
        environ["CONTENT_TYPE"] = content_type
    if not trusted or "HTTP_X_REQUEST_ID" not in environ:
        environ["HTTP_X_REQUEST_ID"] = request_id
    return environ


def no_body() -> IO[bytes]:
    """The input of a request without body."""
    return io.BytesIO()
