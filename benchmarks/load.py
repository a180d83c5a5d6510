"""`allmende-load`, the load client of all our benchmarks: HTTP/1.1 over raw sockets, keep-alive, one process.

Why not an existing one: the good ones are compiled programs that no package index we install from carries, and a
benchmark that needs more than Python and make is not repeated by anybody. The client counts bytes and status codes and
parses nothing else, so that most of the machine is left to the server. Its own cost is part of every figure
and the same on both sides of every ratio.
"""

import base64
import json
import math
import resource
import select
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

NAME = "allmende-load 1"

BUFFER = 256 * 1024
SHARED = b"\0shared\0"
"""Where in a request the bytes stand that many have in common."""


@dataclass
class Outcome:
    """What came back. Latencies in seconds; in an open arrival they count from the moment the request was due."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    bytes: int = 0
    outdated: int = 0
    """Answers for which the page cache had no page that was up to date (header Cache-Status, RFC 9211)."""

    @property
    def requests(self) -> int:
        return len(self.latencies)

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.requests / self.seconds

    @property
    def errors(self) -> int:
        """Answers that are neither success nor redirect."""
        return sum(count for status, count in self.statuses.items() if status >= 400)

    def percentile(self, share: float) -> float:
        """Latency in seconds that `share` (0 to 1) of the answers did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


def get(path: str, headers: str = "", host: str = "localhost") -> bytes:
    """The bytes of a GET request."""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n".encode()


def with_fresh(requests: Sequence[bytes], fresh: Sequence[bytes], every: int) -> Iterator[bytes]:
    """The requests in turn, over and over; each `every`-th is one of `fresh` instead, none of them sent twice."""
    source = cycle(requests)
    for request in fresh:
        for _ in range(every - 1):
            yield next(source)
        yield request
    raise RuntimeError("there were not enough fresh addresses")


class Connection:
    """One keep-alive connection with at most one request on its way."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)  # noqa: FBT003 - the socket's own signature
        self.buffer = bytearray(BUFFER)
        self.view = memoryview(self.buffer)
        self.filled = 0
        self.left = -1
        self.status = 0
        self.outdated = False
        self.size = 0
        self.begun = 0.0
        self.unsent = b""

    def send(self, request: bytes, at: float) -> None:
        """Sends a request; `at` is the moment from which its latency counts."""
        self.begun = at
        self.filled = 0
        self.left = -1
        self.unsent = request
        self.push()

    def push(self) -> bool:
        """Sends on what the other side would not take at once (photographs); True when nothing is left."""
        try:
            taken = self.socket.send(self.unsent)
        except BlockingIOError:
            taken = 0
        self.unsent = self.unsent[taken:] if taken < len(self.unsent) else b""
        return not self.unsent

    def receive(self) -> bool:
        """Takes what has come; True when the answer is complete."""
        if self.left >= 0:
            count = self.socket.recv_into(self.buffer)
            if not count:
                raise ConnectionError("the server closed the connection in the middle of an answer")
            self.left -= count
            self.size += count
            return self.left <= 0
        count = self.socket.recv_into(self.view[self.filled :])
        if not count:
            raise ConnectionError("the server closed the connection instead of answering")
        self.filled += count
        end = self.buffer.find(b"\r\n\r\n", 0, self.filled)
        if end < 0:
            return False
        head = bytes(self.view[:end]).lower()
        self.status = int(head[9:12])
        self.outdated = b"; fwd=" in head or b"; detail=stale" in head
        at = head.find(b"\r\ncontent-length:")
        if at < 0 and self.status not in (204, 304):
            raise ConnectionError("an answer without Content-Length")
        length = int(head[at + 17 : (head.find(b"\r\n", at + 2) + 1 or len(head) + 1) - 1]) if at >= 0 else 0
        if self.status in (204, 304):
            length = 0
        self.left = end + 4 + length - self.filled
        self.size = self.filled
        return self.left <= 0


def closed_loop(
    address: tuple[str, int], source: Iterator[bytes], *, clients: int = 8, seconds: float = 5.0, warm: float = 1.0
) -> Outcome:
    """`clients` connections, each sending its next request as soon as the last one is answered.

    The first `warm` seconds are not counted.
    """
    connections = {c.socket.fileno(): c for c in (Connection(address) for _ in range(clients))}
    poll = select.epoll()
    now = time.perf_counter()
    start, stop = now + warm, now + warm + seconds
    for number, connection in connections.items():
        poll.register(number, select.EPOLLIN)
        connection.send(next(source), now)
    outcome = Outcome(seconds)
    latencies, statuses = outcome.latencies, outcome.statuses
    clock = time.perf_counter
    while now < stop:
        events = poll.poll(10)
        if not events:
            raise TimeoutError("no answer for 10 seconds")
        for number, _ in events:
            connection = connections[number]
            if connection.receive():
                now = clock()
                if start <= now < stop:
                    latencies.append(now - connection.begun)
                    statuses[connection.status] = statuses.get(connection.status, 0) + 1
                    outcome.bytes += connection.size
                    outcome.outdated += connection.outdated
                connection.send(next(source), now)
    for connection in connections.values():
        connection.socket.close()
    poll.close()
    return outcome


def open_arrival(
    address: tuple[str, int], source: Iterator[bytes], *, rate: float, seconds: float = 5.0, most: int = 256
) -> Outcome:
    """`rate` requests per second, evenly spaced, whether or not earlier ones are answered.

    A request that is due waits when `most` connections are busy, and that wait counts: a latency is measured from
    the moment at which the request was due.
    """
    poll = select.epoll()
    connections: dict[int, Connection] = {}
    idle: list[Connection] = []
    outcome = Outcome(seconds)
    begin = time.perf_counter()
    total, sent = int(rate * seconds), 0
    while outcome.requests < total:
        now = time.perf_counter()
        while sent < total and begin + sent / rate <= now and (idle or len(connections) < most):
            if not idle:
                connection = Connection(address)
                connections[connection.socket.fileno()] = connection
                poll.register(connection.socket.fileno(), select.EPOLLIN)
                idle.append(connection)
            connection = idle.pop()
            connection.send(next(source), begin + sent / rate)
            if connection.unsent:
                poll.modify(connection.socket.fileno(), select.EPOLLIN | select.EPOLLOUT)
            sent += 1
        due = begin + sent / rate - time.perf_counter() if sent < total and len(idle) + most > len(connections) else 1.0
        for number, what in poll.poll(max(0.0, min(due, 1.0))):
            connection = connections[number]
            if what & select.EPOLLOUT and connection.push():
                poll.modify(number, select.EPOLLIN)
            if what & ~select.EPOLLOUT and connection.receive():
                now = time.perf_counter()
                outcome.latencies.append(now - connection.begun)
                outcome.statuses[connection.status] = outcome.statuses.get(connection.status, 0) + 1
                outcome.bytes += connection.size
                idle.append(connection)
        if time.perf_counter() > begin + seconds + 60:
            raise TimeoutError("the server is more than a minute behind")
    outcome.seconds = time.perf_counter() - begin
    for connection in connections.values():
        connection.socket.close()
    poll.close()
    return outcome


def each_once(
    address: tuple[str, int], requests: Sequence[bytes], *, clients: int | None = None
) -> tuple[Outcome, list[int]]:
    """Each request once, and what each was answered, in the order of the requests.

    `clients` connections send them one after the other; None: a connection for each, opened before the first is sent,
    so that all arrive in the same instant. Nothing is cut off: it ends when all are answered. A latency counts from
    the moment of sending; in the same instant, from the first one's.
    """
    waiting = list(range(len(requests)))[::-1]
    connections = [Connection(address) for _ in range(min(clients or len(requests), len(requests)))]
    poll = select.epoll()
    busy: dict[int, tuple[Connection, int]] = {}
    statuses = [0] * len(requests)
    outcome = Outcome(0.0)
    begin = time.perf_counter()
    for connection in connections:
        poll.register(connection.socket.fileno(), select.EPOLLIN)
        busy[connection.socket.fileno()] = connection, waiting[-1]
        connection.send(requests[waiting.pop()], begin)
    while busy:
        events = poll.poll(60)
        if not events:
            raise TimeoutError("no answer for a minute")
        for number, _ in events:
            connection, which = busy[number]
            if not connection.receive():
                continue
            now = time.perf_counter()
            outcome.latencies.append(now - connection.begun)
            outcome.statuses[connection.status] = outcome.statuses.get(connection.status, 0) + 1
            outcome.bytes += connection.size
            statuses[which] = connection.status
            if waiting:
                busy[number] = connection, waiting[-1]
                connection.send(requests[waiting.pop()], now)
            else:
                del busy[number]
    outcome.seconds = time.perf_counter() - begin
    for connection in connections:
        connection.socket.close()
    poll.close()
    return outcome, statuses


def raised_file_limit() -> None:
    """A connection for each of many clients needs as many open files."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def main() -> None:
    """Carries out the order on standard input (JSON) and writes the outcome to standard output (JSON)."""
    order: dict[str, Any] = json.load(sys.stdin)
    address = (order.pop("host"), order.pop("port"))
    headers = order.pop("headers", "")
    requests = [get(path, headers) for path in order.pop("paths")]
    fresh = [get(path, headers) for path in order.pop("fresh", [])]
    every = order.pop("every", 0)
    source = with_fresh(requests, fresh, every) if fresh else cycle(requests)
    kind = order.pop("kind")
    answered: list[int] = []
    shared = base64.b64decode(order.pop("shared", ""))
    written = order.pop("requests", [])
    """Requests as they are, each sent once; an open arrival needs rate times seconds of them. `shared` are bytes that
    stand in many of them: a photograph.
    """
    whole = (text.encode().replace(SHARED, shared) for text in written)
    if kind == "each":
        raised_file_limit()
        outcome, answered = each_once(address, list(whole), **order)
    else:
        source = whole if written else source
        outcome = {"closed": closed_loop, "open": open_arrival}[kind](address, source, **order)
    json.dump(
        {
            "answered": answered,
            "rate": outcome.rate,
            "requests": outcome.requests,
            "seconds": outcome.seconds,
            "bytes": outcome.bytes,
            "outdated": outcome.outdated / max(1, outcome.requests),
            "statuses": outcome.statuses,
            "p50": outcome.percentile(0.5),
            "p95": outcome.percentile(0.95),
            "p99": outcome.percentile(0.99),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
