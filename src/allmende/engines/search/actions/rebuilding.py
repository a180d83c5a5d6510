"""The whole index anew, and what does not fit together.

Three steps, each in small transactions, while the index serves: the entries as the rooms tell them, the vocabulary
counted from all that is public, the vectors. May be stopped and begun again at any time.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from allmende.core import audit, manifest
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Conflict
from allmende.core.events import publish
from allmende.core.manifest import EntryData
from allmende.core.refs import Ref
from allmende.engines.search import rules
from allmende.engines.search.actions import vocabulary
from allmende.engines.search.actions.entries import BATCH, Progress, clock, index_many
from allmende.engines.search.events import RebuildStarted
from allmende.engines.search.models import HIDDEN, Entry, Rebuild
from allmende.engines.search.queries import compounds, words

WRITERS = 2
"""Connections that write vectors at the same time; no two get the same entries."""

type Steps = Callable[[str, int, int], object]
"""Called with (step, done, in all); steps are `Rebuild.Step`."""


@dataclass(frozen=True)
class Orphans:
    """What does not fit together: entries whose thing is gone, things that have no entry, entries of no room, entries
    that nobody can find because their vectors are missing.
    """

    without_thing: list[Ref] = field(default_factory=list)
    without_entry: list[Ref] = field(default_factory=list)
    without_words: list[Ref] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.without_thing or self.without_entry or self.without_words)

    @property
    def count(self) -> int:
        return len(self.without_thing) + len(self.without_entry) + len(self.without_words)


def things() -> Iterator[Ref]:
    """Every thing of every indexed kind, as the rooms count them."""
    for (room, name), kind in manifest.index_kinds().items():
        yield from (Ref(room, name, id_) for id_ in kind.all_ids())


def rebuild(
    progress: Progress = lambda _done, _total: None, *, steps: Steps = lambda _step, _done, _total: None
) -> int:
    """Computes every entry anew, also of things that are gone, then vocabulary and vectors; returns how many things."""
    refs = dict.fromkeys(things())
    refs.update(dict.fromkeys(_live()))

    def told(done: int, total: int) -> None:
        progress(done, total)
        steps(Rebuild.Step.THINGS, done, total)

    index_many(refs, told)
    known = recount(lambda done, total: steps(Rebuild.Step.WORDS, done, total))
    rewrite(known, lambda done, total: steps(Rebuild.Step.VECTORS, done, total))
    return len(refs)


def recount(progress: Progress = lambda _done, _total: None) -> dict[str, str]:
    """Counts the vocabulary anew from everything that is public, and takes all compounds apart; returns their parts.

    While this lasts (some seconds for 100,000 things) nothing new is taken in; searching goes on with what was there.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [vocabulary.LOCK])
        now = clock()
        counts: Counter[str] = Counter()
        shown: dict[str, str] = {}
        nouns: dict[str, str] = {}
        counted: list[UUID] = []
        total = _searchable().count()
        for done, entry in enumerate(_texts(), start=1):
            if vocabulary.countable(entry, now):
                found = words.of_entry(entry.titles, entry.summaries, entry.bodies)
                counts.update(found.keys())
                shown.update(found)
                nouns.update({word: written for word, written in found.items() if not written.islower()})
                if not entry.counted:
                    counted.append(entry.pk)
            if done % BATCH == 0 or done == total:
                progress(done, max(done, total))
        shown |= nouns
        cursor.execute(
            "SELECT w FROM unnest(%s::text[]) AS w WHERE to_tsvector('public.city_german', w) = ''", [list(counts)]
        )
        for (word,) in cursor.fetchall():
            del counts[word]
        known = {word: word in nouns for word in counts}
        parts = {word: " ".join(compounds.split(word, known)) for word in counts}
        cursor.execute("DELETE FROM search_word")
        copy = "COPY search_word (word, key, shown, count, noun, parts) FROM STDIN"
        with cursor.copy(copy) as rows:
            for word in sorted(counts):
                rows.write_row([word, words.key(word), shown[word], counts[word], known[word], parts[word]])
        Entry.objects.filter(pk__in=counted).update(counted=True)
    return {word: found for word, found in parts.items() if found}


def rewrite(known: dict[str, str], progress: Progress = lambda _done, _total: None) -> int:
    """Writes the vectors of all live entries where they differ; `known` are the parts of compounds. Returns how many.

    Texts are read and taken apart here while the database works on the batches before, in two connections: most of
    the time goes into its index of words.
    """
    total = _searchable().count()
    written = done = 0
    waiting: deque[Future[int]] = deque()
    with ExitStack() as stack:
        writers = [stack.enter_context(_writer()) for _ in range(WRITERS)]
        for number, batch in enumerate(batched(_texts(), BATCH, strict=False)):
            found = [vocabulary.vector_of(entry, known) for entry in batch]
            if len(waiting) == 2 * WRITERS:  # one that is written, one that lies ready, for each
                written += waiting.popleft().result()
            waiting.append(writers[number % WRITERS](_write, found))
            done += len(batch)
            progress(done, max(done, total))
        written += sum(future.result() for future in waiting)
    vocabulary.bring_in()
    return written


def _write(found: Sequence[tuple[UUID, str, str]]) -> int:
    with transaction.atomic():
        return vocabulary.write_vectors(found)


@contextmanager
def _writer() -> Iterator[Callable[..., "Future[Any]"]]:
    """Runs functions one after another beside this thread, on a connection of their own; inside a transaction that
    others cannot see (tests) in this thread.
    """
    if connection.in_atomic_block:

        def here(function: Callable[..., Any], *args: Any) -> "Future[Any]":
            done: Future[Any] = Future()
            done.set_result(function(*args))
            return done

        yield here
        return
    with ThreadPoolExecutor(1) as beside:
        try:
            yield beside.submit
        finally:
            beside.submit(lambda: connection.close()).result()  # noqa: PLW0108 - that thread's own connection


def _searchable() -> QuerySet[Entry]:
    return Entry.objects.filter(removed_at__isnull=True).exclude(visibility=HIDDEN).order_by("id")


def _texts() -> Iterator[Entry]:
    """All live entries with their texts, a thousand at a time, so that no statement lasts long."""
    wanted = ("titles", "summaries", "bodies", "counted", "visibility", "visible_from", "removed_at")
    last: UUID | None = None
    while rows := list((_searchable().filter(id__gt=last) if last else _searchable()).only(*wanted)[:1000]):
        yield from rows
        last = rows[-1].pk


def refresh_words() -> int:
    """Vocabulary and vectors anew from the texts that the index holds; returns how many vectors changed."""
    return rewrite(recount())


def check() -> Orphans:
    """Compares the index with the rooms. What was made a moment ago may wait for its event; all else is a fault."""
    there, live = set(things()), set(_live())
    unfound = Entry.objects.filter(removed_at__isnull=True).exclude(visibility=HIDDEN).exclude(titles={})
    return Orphans(
        sorted(ref for ref in live - there if _data(ref) is None),
        sorted(ref for ref in there - live if _data(ref) is not None),
        sorted(row.ref for row in unfound.filter(finding__words="").only("capability", "kind", "object_id")),
    )


def _live() -> Iterator[Ref]:
    rows = Entry.objects.filter(removed_at__isnull=True).order_by()
    found = rows.values_list("capability", "kind", "object_id").iterator(chunk_size=5000)
    return (Ref(*row) for row in found)


def _data(ref: Ref) -> EntryData | None:
    kind = manifest.index_kinds().get((ref.capability, ref.kind))
    return kind.entry(ref.id) if kind else None


# Started by staff, carried out by the worker


@action
def start_rebuild(*, actor: Actor, at: datetime) -> Rebuild:
    """Has the worker compute the index anew. One at a time."""
    rules.require_keeper(actor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('search.rebuild', 0))")
    if any(rules.is_running(row.ended_at, row.moved_at, at) for row in Rebuild.objects.filter(ended_at=None)):
        raise Conflict(_("Der Such-Index wird gerade schon neu aufgebaut."))
    row = Rebuild.objects.create(begun_at=at, moved_at=at)
    ref = Ref("search", "rebuild", row.pk)
    audit.record(actor, "search.start_rebuild", ref)
    publish(actor, RebuildStarted(ref=ref))
    return row


def carry_out(rebuild_id: UUID) -> None:
    """Does the work and writes down how far it is, about once a second; another attempt begins at the beginning."""
    row = Rebuild.objects.filter(pk=rebuild_id, ended_at=None).first()
    if row is None:
        return
    told_at = [clock()]
    with _writer() as beside:  # seen by others although the step's own transaction is open

        def tell(step: Rebuild.Step, done: int = 0, total: int = 0, *, ended: bool = False) -> None:
            now = told_at[0] = clock()
            row.step, row.done, row.total, row.moved_at = step, done, total, now
            row.ended_at = now if ended else None
            beside(row.save).result()

        def told(step: str, done: int, total: int) -> None:
            if step != row.step or done == total or (clock() - told_at[0]).total_seconds() >= 1:
                tell(Rebuild.Step(step), done, total)

        try:
            count = rebuild(steps=told)
        except BaseException:
            tell(Rebuild.Step.FAILED, row.done, row.total, ended=True)
            raise
        tell(Rebuild.Step.DONE, count, count, ended=True)


def forget_old_rebuilds(*, at: datetime, kept: int = 10) -> int:
    """Keeps the last ten; returns how many were deleted."""
    old: Iterable[UUID] = (
        Rebuild.objects.filter(begun_at__lt=at).order_by("-begun_at").values_list("pk", flat=True)[kept:]
    )
    return Rebuild.objects.filter(pk__in=list(old)).delete()[0]
