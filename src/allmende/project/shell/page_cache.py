"""The public page cache of one process: complete answers for visitors without a session.

What may be kept, and for how long, is argued in `docs/decisions/page-cache.md`. In short: Django says that a page is
public and when it will change by itself; the content version says whether anything has changed since it was made; a
page is never shown more than one second after a change.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from enum import Enum

from allmende.project.shell.asked import Asked
from allmende.project.shell.django_pool import Answer
from allmende.project.shell.http import Scope
from allmende.project.shell.page_entry import HIT, STALE, Entry, make_entry
from allmende.project.shell.page_key import Key, Keys
from allmende.project.shell.versions import Versions

logger = logging.getLogger(__name__)

PATIENCE = 0.25
"""Seconds that a visitor waits for the new page before getting the old one, while that is allowed."""

LATE = 5.0
"""Seconds by which one process may hear of a change later than another and still hand over its pages."""

MOST_BYTES = 64 * 1024 * 1024
_REMEMBERED = 4096
_UNCACHED_FOR = 2.0

# What the header Cache-Status says (RFC 9211).
STALE_HIT = b"allmende; hit; detail=stale"
MISS = b"allmende; fwd=miss; stored"
COLLAPSED = b"allmende; fwd=miss; collapsed"
RENEWED = b"allmende; fwd=stale; stored"

type Found = tuple[Entry, bytes]
"""A page, and what is said of how it was found."""
type Ask = Callable[[Scope], Coroutine[None, None, Answer]]


class State(Enum):
    FRESH = 1
    """Nothing has changed since it was made."""
    OLD = 2
    """Something has changed, less than a second ago."""
    DEAD = 3
    """Must not be shown."""


class PageCache:
    """Answers GET requests without cookies of their own from memory; asks Django once for all who wait for a page.

    `busy` says whether Django is making something: then an old page is shown at once, while it may be, and made anew
    later. Alone one waits for the new page; in a crowd that reads, a change does not bring everything to a halt.
    `same` asks the database again what a page was made from, and says when that began if all was told as before: then
    the page is right as it is. `give` hands a page that was made, and when that ended, to the city's other processes,
    which `adopt` it; `confirm` tells them of one that is still right, by its ETag. `copied` are the tables of which
    processes keep copies.
    """

    def __init__(
        self,
        ask: Ask,
        *,
        keys: Keys,
        versions: Versions,
        most_bytes: int = MOST_BYTES,
        busy: Callable[[], bool] = lambda: False,
        give: Callable[[Key, Answer, float], object] = lambda *_: None,
        confirm: Callable[[Key, bytes, float], object] = lambda *_: None,
        same: Callable[[Asked], Coroutine[None, None, float | None]] | None = None,
        copied: frozenset[str] = frozenset(),
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.ask = ask
        self.key = keys.key
        self.versions = versions
        self.most_bytes = most_bytes
        self.busy = busy
        self.give = give
        self.confirm = confirm
        self.same = same
        self.copied = copied
        self.clock = clock
        self.wall = wall
        self.bytes = 0
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._flights: dict[Key, asyncio.Task[Entry | Answer]] = {}
        self._uncached: dict[Key, float] = {}

    def peek(self, key: Key) -> Entry | None:
        """The page if it can be sent at once: the way that nearly every request takes."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        now = self.clock()
        if now >= entry.renew or self.state(entry, now) is not State.FRESH:
            return None
        self._entries.move_to_end(key)
        return entry

    async def find(self, key: Key, scope: Scope) -> Found | Answer | None:
        """The page and how it came; or Django's answer if that is for this client only; or None: ask Django anew.

        Raises what asking Django raises.
        """
        now = self.clock()
        entry = self._entries.get(key)
        state = State.DEAD if entry is None else self.state(entry, now)
        if entry is not None and state is not State.DEAD:
            self._entries.move_to_end(key)
            if state is State.FRESH:
                if now >= entry.renew and not self.busy():
                    self._flight(key, scope, now)
                return entry, HIT
            if now < entry.made + entry.pause or self.busy():
                return entry, STALE_HIT
            return await self._renewed(key, entry, scope, now)
        if self._uncached.get(key, 0.0) > now or (scope["method"] == "HEAD" and key not in self._flights):
            return None
        leader = key not in self._flights
        found = await asyncio.shield(self._flight(key, scope, now))
        if isinstance(found, Entry):
            return found, MISS if leader else COLLAPSED
        return found if leader else None

    async def _renewed(self, key: Key, old: Entry, scope: Scope, now: float) -> Found | None:
        """The new page if it is there soon, else the old one while it may be shown."""
        flight = self._flight(key, scope, now)
        await asyncio.wait((flight,), timeout=PATIENCE)
        if self.state(old, self.clock()) is not State.DEAD and not _succeeded(flight):
            return old, STALE_HIT
        found = await asyncio.shield(flight)
        return (found, RENEWED) if isinstance(found, Entry) else None  # it is no public page any more

    def state(self, entry: Entry, now: float) -> State:
        """Whether the page may be shown at `now`."""
        if now >= entry.expires:
            return State.DEAD
        silent_since = self.versions.known_until()
        if silent_since is not None:
            return State.FRESH if now < max(entry.made, silent_since) + STALE else State.DEAD
        if entry.version == self.versions.current:
            return State.FRESH
        version = self.versions.current
        changed_at = self.versions.changed_at(entry.version, entry.tables)
        if changed_at is None:  # what has changed is not on this page
            entry.version = version
            return State.FRESH
        return State.DEAD if now >= changed_at + STALE else State.OLD

    # How a page is made

    def _flight(self, key: Key, scope: Scope, now: float) -> "asyncio.Task[Entry | Answer]":
        """The one making of this page that is under way; begins it if there is none."""
        task = self._flights.get(key)
        if task is None:
            task = asyncio.create_task(self._make(key, {**scope, "method": "GET"}, now))
            self._flights[key] = task
            task.add_done_callback(lambda done: self._landed(key, done))
        return task

    def _landed(self, key: Key, task: "asyncio.Task[Entry | Answer]") -> None:
        self._flights.pop(key, None)
        if not task.cancelled() and (error := task.exception()):  # asked for here, since those who waited may have left
            logger.debug("A page was not made: %s", type(error).__name__)

    async def _make(self, key: Key, scope: Scope, now: float) -> Entry | Answer:
        version = self.versions.current
        if (right := await self._still_right(key, now)) is not None:
            return right
        answer = await self.ask(scope)
        made, now = answer.begun or now, self.clock()
        entry = make_entry(answer, version=version, made=made, now=now, path=key[1], wall=self.wall)
        self._forget(key)
        if entry is None:
            if len(self._uncached) >= _REMEMBERED:
                self._uncached.clear()
            self._uncached[key] = now + _UNCACHED_FOR
            return answer
        self._uncached.pop(key, None)
        if entry.expires <= now:  # making it took too long to keep it; those who waited for it get it all the same
            return entry
        self._keep(key, entry)
        if answer.begun is not None and self.versions.known_until() is None:
            self.give(key, answer, now)
        return entry

    async def _still_right(self, key: Key, now: float) -> Entry | None:
        """The page that is there, if the database tells the same as when it was made and no time has run out."""
        entry, version = self._entries.get(key), self.versions.current
        if self.same is None or entry is None or entry.asked is None or now >= min(entry.expires, entry.renew):
            return None
        if self.versions.changed_at(entry.version, self.copied) is not None:
            return None
        begun = await self.same(entry.asked)
        if begun is None or self._entries.get(key) is not entry:
            return None
        self._is_right(entry, version, begun)
        if self.versions.known_until() is None:
            self.confirm(key, entry.etag, begun)
        return entry

    def _is_right(self, entry: Entry, version: int, begun: float) -> None:
        entry.version, entry.made = max(entry.version, version), max(entry.made, begun)

    def confirmed(self, key: Key, etag: bytes, begun: float) -> None:
        """Another process has found that this page is still right; see `adopt` for what that says here."""
        entry = self._entries.get(key)
        if entry is not None and entry.etag == etag and self._may_take_over(begun):
            self._is_right(entry, self.versions.version_at(begun), begun)

    def _may_take_over(self, made: float) -> bool:
        """Whether what another process did then counts here: perhaps not, if it works with older copies."""
        return (
            self.versions.known_until() is None
            and self.versions.changed_at(self.versions.version_at(made - LATE), self.copied) is None
        )

    def adopt(self, key: Key, answer: Answer, ended: float) -> None:
        """Keeps a page that another process has made; its clock is ours.

        The numbers of versions are not: the page shows what this process had heard of before its making began; but
        perhaps not what the other one copies, and may have heard of a little later.
        """
        made = answer.begun
        if made is None or not self._may_take_over(made):
            return
        old = self._entries.get(key)
        if old is not None and old.made >= made:
            return
        version = self.versions.version_at(made)
        entry = make_entry(answer, version=version, made=made, now=ended, path=key[1], wall=self.wall)
        if entry is not None and entry.expires > self.clock():
            self._forget(key)
            self._keep(key, entry)

    def _keep(self, key: Key, entry: Entry) -> None:
        self._entries[key] = entry
        self.bytes += entry.size
        while self.bytes > self.most_bytes:
            self._forget(next(iter(self._entries)))

    def _forget(self, key: Key) -> None:
        old = self._entries.pop(key, None)
        if old is not None:
            self.bytes -= old.size


def _succeeded(task: "asyncio.Task[Entry | Answer]") -> bool:
    return task.done() and not task.cancelled() and task.exception() is None
