"""What other websites answer, untrusted: no private addresses, no endless answers, no surprises by redirect."""

import http.client
import socket
import ssl
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urljoin, urlsplit

REDIRECTS = 3
CHUNK = 64 * 1024
PORTS = {"http": 80, "https": 443}
OK, NOT_MODIFIED, GONE = 200, 304, 410
TAKEN = frozenset({200, 201, 202, 204})
"""What is said to something that was sent and has arrived."""
MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Fetched:
    """An answer. `body` is None when nothing is new since the last time (HTTP 304)."""

    body: bytes | None
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    link: str = ""
    """The header `Link` (RFC 8288), where a server names the next page."""


class Unreachable(Exception):
    """Nothing was fetched. `problem` is one of the words below, never the other side's own text; `status` is that of
    HTTP, 0 if none came.

    address, private, unknown, slow, broken, certificate, redirects, refused, gone, huge, short
    """

    def __init__(self, problem: str, status: int = 0) -> None:
        self.problem, self.status = problem, status
        super().__init__(problem)


@dataclass(frozen=True)
class Bounds:
    """What a fetch may cost, and how it introduces itself."""

    agent: str
    accept: str
    most_bytes: int
    seconds: float
    """For the whole exchange, redirects included."""


def allowed(address: str) -> bool:
    """Whether an IP address is one of the public internet (RFC 6890): no private, local, shared or reserved one.

    An IPv6 address that only wraps an IPv4 one (mapped, 6to4, NAT64) is judged by what it wraps.
    """
    found = ip_address(address)
    if found.version == 6:  # noqa: PLR2004
        wrapped = found.ipv4_mapped or found.sixtofour
        if wrapped is None and found.packed.startswith(bytes.fromhex("0064ff9b")):
            wrapped = ip_address(found.packed[-4:])  # type: ignore[assignment]
        if wrapped is not None:
            return allowed(str(wrapped))
    return found.is_global and not found.is_multicast


class Fetcher:
    """Asks over http and https. The name is looked up once, judged, and the connection goes to that very address.

    A name that answers otherwise a second later (DNS rebinding) gains nothing. `allow_private` is for operators whose
    official website stands in the same network; they say so by environment.
    """

    def __init__(self, bounds: Bounds, *, allow_private: bool = False) -> None:
        self.bounds = bounds
        self.allow_private = allow_private

    def fetch(self, url: str, *, etag: str = "", last_modified: str = "") -> Fetched:
        """Raises Unreachable; never takes longer, never holds more than the bounds say."""
        ends = time.monotonic() + self.bounds.seconds
        headers = {"User-Agent": self.bounds.agent, "Accept": self.bounds.accept, "Accept-Encoding": "identity"}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        for _hop in range(REDIRECTS + 1):
            answer = self._ask(url, headers, ends)
            if isinstance(answer, Fetched):
                return answer
            url = answer
        raise Unreachable("redirects")

    def send(self, url: str, body: bytes, content_type: str, *, headers: Mapping[str, str] | None = None) -> Fetched:
        """Posts a body, once: neither repeated nor led elsewhere. Raises Unreachable.

        After "slow", "broken" or "short" nobody knows whether it has arrived.
        """
        ends = time.monotonic() + self.bounds.seconds
        own = {"User-Agent": self.bounds.agent, "Accept": self.bounds.accept, "Accept-Encoding": "identity"}
        answer = self._ask(url, {**own, "Content-Type": content_type, **(headers or {})}, ends, body)
        if isinstance(answer, Fetched):
            return answer
        raise Unreachable("redirects")

    def _ask(self, url: str, headers: dict[str, str], ends: float, body: bytes | None = None) -> Fetched | str:
        """The answer, or the address that it points to."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
        except ValueError:
            raise Unreachable("address") from None
        if parts.scheme not in PORTS or not host or parts.username or parts.password:
            raise Unreachable("address")
        connection = self._connected(parts.scheme, host, port, ends)
        try:
            path = parts.path or "/"
            target = path + (f"?{parts.query}" if parts.query else "")
            connection.request("GET" if body is None else "POST", target, body=body, headers=headers)
            with connection.getresponse() as response:  # it may hold the socket by now
                if response.status in MOVED:
                    return self._joined(url, response.headers.get("Location", ""))
                return self._read(response, connection, ends, TAKEN if body is not None else {OK})
        except TimeoutError:
            raise Unreachable("slow") from None
        except (OSError, http.client.HTTPException, ValueError):
            raise Unreachable("broken") from None
        finally:
            connection.close()

    @staticmethod
    def _joined(url: str, location: str) -> str:
        try:
            return urljoin(url, location)
        except ValueError:
            raise Unreachable("address") from None

    def _connected(self, scheme: str, host: str, port: int, ends: float) -> http.client.HTTPConnection:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise Unreachable("unknown") from None
        address = str(found[0][4][0])
        if not self.allow_private and not all(allowed(str(row[4][0]).split("%")[0]) for row in found):
            raise Unreachable("private")
        left = ends - time.monotonic()
        if left <= 0:
            raise Unreachable("slow")
        connection = http.client.HTTPConnection(host, port, timeout=left)
        try:
            connection.sock = socket.create_connection((address, port), timeout=left)
            if scheme == "https":
                connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=host)
        except OSError as error:
            connection.close()
            reasons = {TimeoutError: "slow", ssl.SSLError: "certificate"}
            raise Unreachable(
                next((word for kind, word in reasons.items() if isinstance(error, kind)), "broken")
            ) from None
        return connection

    def _read(
        self,
        response: http.client.HTTPResponse,
        connection: http.client.HTTPConnection,
        ends: float,
        good: Collection[int],
    ) -> Fetched:
        marks = {
            "etag": (response.headers.get("ETag") or "")[:300],
            "last_modified": (response.headers.get("Last-Modified") or "")[:100],
            "link": (response.headers.get("Link") or "")[:4000],
        }
        if response.status == NOT_MODIFIED:
            return Fetched(None, **marks)
        if response.status == GONE:
            raise Unreachable("gone", GONE)
        if response.status not in good or response.headers.get("Content-Encoding", "identity") != "identity":
            raise Unreachable("refused", response.status)
        body = bytearray()
        while True:
            left = ends - time.monotonic()
            if left <= 0:
                raise Unreachable("slow")
            if connection.sock is not None:
                connection.sock.settimeout(left)
            part = response.read1(CHUNK)
            if not part:
                break
            body += part
            if len(body) > self.bounds.most_bytes:
                raise Unreachable("huge")
        if response.length:  # less came than was announced
            raise Unreachable("short")
        return Fetched(bytes(body), response.headers.get("Content-Type", "")[:200], **marks)
