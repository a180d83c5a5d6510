"""Reads mirrored council systems: list by list, page by page, each page in a transaction of its own."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError
from django.utils import timezone
from procrastinate.contrib.django import app

from allmende.capabilities.council import actions
from allmende.capabilities.council.adapters import reader_for
from allmende.capabilities.council.models import Mirror, MirroredList, MirrorRun
from allmende.capabilities.council.ports import Reader, Unreachable
from allmende.capabilities.council.queries import mirrors as queries
from allmende.capabilities.council.rules import mirrors
from allmende.capabilities.council.rules.mapping import Found, Origin, type_of, unfold
from allmende.capabilities.council.rules.records import Record
from allmende.capabilities.council.rules.types import LISTS
from allmende.core.actor import SYSTEM
from allmende.core.errors import Conflict

SECONDS = 8 * 60.0
"""For one reading by the clock; where it stops, the next goes on ten minutes later."""
PAUSES = (1.0, 5.0)
"""Before an address that failed is asked again."""
MOST_PAGES = 200_000
MOST_SINGLES = 2_000
"""Objects that are asked for one by one in a reading."""


class Paused(Exception):
    """The time of this reading is over."""


class Reading:
    """One reading of one system, from `actions.begin_reading` to `actions.end_reading`."""

    def __init__(
        self,
        run: MirrorRun,
        reader: Reader,
        *,
        seconds: float = SECONDS,
        pauses: Sequence[float] = PAUSES,
        tell: Callable[[MirrorRun], object] = lambda _run: None,
    ) -> None:
        self.run, self.reader, self.pauses, self.tell = run, reader, pauses, tell
        self.mirror = run.mirror
        self.ends = time.monotonic() + seconds
        self.origin = Origin("", "")
        self.seen: set[str] = set()
        self.named: set[tuple[str, str]] = set()
        self.whole = run.is_full
        """Everything that is there has been seen, so that what was not seen is gone."""
        self.title = ""

    def go(self) -> MirrorRun:
        """Reads; whatever happens is noted, never raised."""
        state, problem = MirrorRun.State.DONE, ""
        try:
            for body in self._bodies():
                self._body(body)
            self._named()
            if self.whole and not queries.has_neighbour(self.mirror, self.origin.host):
                self._vanished()
        except Paused:
            state = MirrorRun.State.PAUSED
        except (Unreachable, mirrors.Unreadable) as error:
            state, problem = MirrorRun.State.FAILED, error.problem
        except Conflict:  # another reading took over: this one was taken for dead
            raise
        except BaseException:
            self._end(MirrorRun.State.FAILED, "stopped")
            raise
        return self._end(state, problem)

    def _end(self, state: MirrorRun.State, problem: str) -> MirrorRun:
        return actions.end_reading(
            actor=SYSTEM, run_id=self.run.pk, state=state, problem=problem, title=self.title, at=timezone.now()
        )

    def _get(self, url: str) -> Any:
        """What stands at an address. Raises Paused, Unreachable, Unreadable."""
        for pause in (*self.pauses, None):
            if time.monotonic() > self.ends:
                raise Paused
            try:
                fetched = self.reader.fetch(url)
                answer, replaced = mirrors.decode(fetched.body or b"")
            except Unreachable as error:
                if pause is None or not mirrors.is_repeated(error.problem, error.status):
                    raise
                time.sleep(pause)
                continue
            if replaced:
                self._take([], [(url[:500], "encoding")])
            return answer
        raise AssertionError("unreachable")

    def _bodies(self) -> list[Any]:
        """From whatever address was entered: a system, a body, or a list of bodies."""
        answer = self._get(self.mirror.url)
        told = answer.get("id") if isinstance(answer, dict) else None
        base = told if isinstance(told, str) and self.mirror.url.startswith("demo:") else self.mirror.url
        self.origin = Origin.of(base)
        if not isinstance(answer, dict):
            return mirrors.page(answer, base).data
        kind = type_of(answer)
        if kind == "System" or ("oparlVersion" in answer and kind != "Body"):
            name = answer.get("name")
            self.title = name.replace("\x00", "") if isinstance(name, str) else ""
            return self._all_bodies(answer.get("body"))
        return mirrors.page(answer, base).data

    def _all_bodies(self, told: Any) -> list[Any]:
        """The bodies that a system names: by the address of their list, by theirs, or whole."""
        found: list[Any] = []
        for one in told if isinstance(told, list) else [told]:
            if isinstance(one, dict):
                found.append(one)
            elif url := self.origin.key(one):
                found += self._pages(url)
        if not found:
            raise mirrors.Unreadable("oparl")
        return found

    def _pages(self, url: str) -> list[Any]:
        """A short list as a whole."""
        found: list[Any] = []
        visited: set[str] = set()
        while url and url not in visited and len(visited) < MOST_SINGLES:
            visited.add(url)
            page = mirrors.page(self._get(url), url)
            found += page.data
            url = self.origin.following(page.following)
        return found

    def _body(self, body: Any) -> None:
        """A body and all of its lists."""
        found = unfold(body, self.origin, "Body")
        self._keep(found)
        key = self.origin.key(body.get("id")) if isinstance(body, dict) else ""
        if not key or body.get("deleted") is True:
            return
        lists = {row.url: row for row in MirroredList.objects.filter(mirror=self.mirror, body=key)}
        cut_off = any(row.begun_at is not None and row.next_url for row in lists.values())
        origin = Origin(self.origin.scheme, self.origin.host, key)
        if cut_off or any(row.begun_at is None for row in lists.values()):
            self.whole = False  # part of it was read before
        for name, kind in LISTS.items():
            told = body.get(name)
            if isinstance(told, list):  # whole objects where an address should be
                for one in told:
                    self._keep(unfold(one, origin, kind) if isinstance(one, dict) else Found())
                continue
            url = self.origin.key(told)
            row = lists.get(url)
            if url and (row is None or row.begun_at is not None):
                self._list(url, name, origin, row)

    def _list(self, url: str, name: str, origin: Origin, row: MirroredList | None) -> None:
        """A list from where the last reading left it to its end. What fails is noted; the other lists are read."""
        since = row.read_since if row else None
        following = (row.next_url if row else "") or mirrors.asked(url, since)
        visited: set[str] = set()
        while following:
            visited.add(following)
            try:
                page = mirrors.page(self._get(following), following)
            except (Unreachable, mirrors.Unreadable) as error:
                self.whole = False
                if since is not None and getattr(error, "status", 0) in {400, 404, 422} and len(visited) == 1:
                    since, following = None, url  # it does not know „changed since“: then everything
                    continue
                self._take(
                    [], [(following[:500], error.problem)], actions.Step(url, name, origin.body, "", cut_off=True)
                )
                return
            after = self.origin.following(page.following)
            found = Found()
            for one in page.data:
                found += unfold(one, origin, LISTS[name])
            faults = list(found.faults)
            cut_off = False
            if page.following and (not after or after in visited or len(visited) >= MOST_PAGES):
                faults.append((page.following[:500], "circle" if after else "foreign"))
                after, cut_off, self.whole = "", True, False
            self._keep(found, actions.Step(url, name, origin.body, after, cut_off), faults)
            following = after

    def _keep(
        self, found: Found, step: actions.Step | None = None, faults: list[tuple[str, str]] | None = None
    ) -> None:
        self.seen.update(record.key for record in found.records)
        self.named |= found.named
        self._take(found.records, found.faults if faults is None else faults, step)

    def _take(self, records: Sequence[Record], faults: list[tuple[str, str]], step: actions.Step | None = None) -> None:
        """Writes; should one of them be what the database refuses, all the others are written and that one is named."""
        if not records and not faults and step is None:
            return
        now = timezone.now()
        try:
            run = actions.take_page(
                actor=SYSTEM, run_id=self.run.pk, records=records, faults=faults, step=step, at=now
            )  # fmt: skip
        except (DataError, IntegrityError):
            if len(records) > 1:
                middle = len(records) // 2
                self._take(records[:middle], faults)
                self._take(records[middle:], [], step)
            else:
                self.whole = False
                self._take([], [*faults, *((record.key, "value") for record in records)], step)
            return
        self.tell(run)

    def _named(self) -> None:
        """What was only named is asked for at its own address: what objects hold, and what they point to."""
        waiting = queries.not_here(self.named) | queries.loose_ends(self.origin.scheme, self.origin.host)
        for kind, key in sorted(waiting)[:MOST_SINGLES]:
            self._single(kind, key, queries.body_of(self.origin.scheme, self.origin.host))

    def _single(self, kind: str, key: str, body: str) -> None:
        origin = Origin(self.origin.scheme, self.origin.host, body)
        try:
            answer = self._get(key)
        except (Unreachable, mirrors.Unreadable) as error:
            if getattr(error, "status", 0) in {404, 410}:
                self._take([Record(kind, key, deleted=True)], [(key, "gone")])
            else:
                self._take([], [(key, error.problem)])
            return
        expected = next((name for name, known in queries.TYPES.items() if known == kind), "")
        self._keep(unfold(answer, origin, expected))

    def _vanished(self) -> None:
        """What was there and was not seen in a reading of everything: asked for once more, and buried if it is gone."""
        here = queries.mirrored(self.origin.scheme, self.origin.host)
        gone = [(kind, key) for kind, key in here if key not in self.seen]
        if mirrors.too_many_gone(len(gone), len(here)):
            self._take([], [(self.mirror.url[:500], "many_gone")])
            return
        for kind, key in gone[:MOST_SINGLES]:
            if "#" in key:
                self._take([Record(kind, key, deleted=True)], [])
            else:
                self._single(kind, key, queries.body_of(self.origin.scheme, self.origin.host))


def read_mirror(
    mirror: Mirror,
    at: datetime,
    *,
    seconds: float = SECONDS,
    pauses: Sequence[float] = PAUSES,
    tell: Callable[[MirrorRun], object] = lambda _run: None,
) -> MirrorRun:
    """One reading. Raises Conflict while another one is at it."""
    run = actions.begin_reading(actor=SYSTEM, mirror_id=mirror.pk, at=at)
    run = MirrorRun.objects.select_related("mirror").get(pk=run.pk)
    try:
        reader = reader_for(mirror.url)
    except Unreachable as error:
        state = MirrorRun.State.FAILED
        return actions.end_reading(actor=SYSTEM, run_id=run.pk, state=state, problem=error.problem, title="", at=at)
    return Reading(run, reader, seconds=seconds, pauses=pauses, tell=tell).go()


def read_due(at: datetime) -> int:
    """Reads what is due, one after the other; returns how many."""
    due: list[UUID] = queries.due_mirrors(at)
    for mirror in Mirror.objects.filter(pk__in=due).order_by("next_check_at"):
        try:
            read_mirror(mirror, at)
        except Conflict:
            continue
    return len(due)


@app.periodic(cron="*/10 * * * *")
@app.task(name="council.read_mirrors", queue="bulk", queueing_lock="council.read_mirrors")
def every_ten_minutes(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    read_due(timezone.now())
