"""Mirroring another council system: which, when, and page by page what it holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from allmende.capabilities.council import events, rules
from allmende.capabilities.council.actions.records import kept, write_all
from allmende.capabilities.council.actions.writing import Writing
from allmende.capabilities.council.models import LooseEnd, Mirror, MirroredList, MirrorRun
from allmende.capabilities.council.rules import mirrors, values
from allmende.capabilities.council.rules.records import Record
from allmende.core import audit
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.core.events import publish

type Fault = tuple[str, str]


def _locked(mirror_id: UUID) -> Mirror:
    try:
        return lock(Mirror.objects.all(), pk=mirror_id)
    except Mirror.DoesNotExist:
        raise NotFound from None


@action
def save_mirror(*, actor: Actor, url: str, at: datetime) -> Mirror:
    """Enters a council system; one that is entered already is read again. Raises Invalid."""
    rules.require_may_keep(actor)
    url = url.strip()
    is_demo = settings.DEMO and url.startswith("demo:")
    if not url or (not is_demo and values.address()(url) != url):
        raise Invalid(fields={"url": _("Bitte geben Sie eine Adresse an, die mit https:// beginnt.")})
    if mirrors.same_host(url, settings.PUBLIC_URL):
        raise Invalid(fields={"url": _("Das ist dieses Portal selbst.")})
    mirror = Mirror.objects.select_for_update().filter(url=url).first() or Mirror(url=url, created_at=at)
    mirror.is_active, mirror.next_check_at, mirror.failures = True, at, 0
    mirror.save()
    audit.record(actor, "council.save_mirror", mirror.ref, fields=["url", "is_active"])
    return mirror


@action
def ask_mirror(*, actor: Actor, mirror_id: UUID, wish: str, at: datetime) -> Mirror:
    """`read` now, `full` (everything, now), `stop` or `start` reading by itself."""
    rules.require_may_keep(actor)
    mirror = _locked(mirror_id)
    if wish not in {"read", "full", "stop", "start"}:
        raise Invalid
    mirror.is_active = wish != "stop"
    mirror.wants_full = mirror.wants_full or wish == "full"
    mirror.next_check_at, mirror.failures = at, 0
    mirror.save()
    audit.record(actor, "council.ask_mirror", mirror.ref, fields=["is_active", "wants_full"], reason=wish)
    return mirror


@action
def begin_reading(*, actor: Actor, mirror_id: UUID, at: datetime) -> MirrorRun:
    """Begins, or goes on where the last reading was cut off. Raises Conflict while another one is at it."""
    rules.require_may_keep(actor)
    mirror = _locked(mirror_id)
    for run in mirror.runs.filter(state=MirrorRun.State.RUNNING):
        if run.heard_at + mirrors.STUCK > at:
            raise Conflict
        run.state, run.ended_at, run.problem = MirrorRun.State.FAILED, at, "stopped"
        run.save()
    lists = list(mirror.lists.select_for_update())
    cut_off = any(one.begun_at is not None for one in lists)
    old = mirror.full_since is None or mirror.full_since + mirrors.FULL_EVERY <= at
    is_full = any(one.read_since is None for one in lists if one.begun_at) if cut_off else mirror.wants_full or old
    if not cut_off:
        for one in lists:
            one.begun_at, one.next_url = at, ""
            one.read_since = None if is_full or one.done_at is None else one.done_at - mirrors.OVERLAP
        MirroredList.objects.bulk_update(lists, ["begun_at", "next_url", "read_since"])
    run = MirrorRun.objects.create(mirror=mirror, is_full=is_full, begun_at=at, heard_at=at)
    mirror.next_check_at = at + mirrors.EVERY
    mirror.save(update_fields=["next_check_at"])
    audit.record(actor, "council.begin_reading", mirror.ref, fields=["runs"])
    return run


@dataclass(frozen=True)
class Step:
    """How far a list is read with this page. `following` empty: to its end."""

    url: str
    name: str
    body: str
    following: str = ""
    cut_off: bool = False
    """The rest could not be read: the list is not at its end, and the next reading asks for the same again."""


@action
def take_page(
    *, actor: Actor, run_id: UUID, records: Sequence[Record], faults: Sequence[Fault], step: Step | None, at: datetime
) -> MirrorRun:
    """Writes what a page held and notes how far the list is read, both or neither."""
    rules.require_may_keep(actor)
    run = lock(MirrorRun.objects.select_related("mirror"), pk=run_id)
    if run.state != MirrorRun.State.RUNNING:
        raise Conflict
    if records:
        writing = write_all(records)
        _count(run, writing)
        batch = kept(writing, at, step.url if step else "")
        audit.record(actor, "council.take_page", batch.ref, fields=sorted({row.kind for row in writing.touched}))
        if writing.touched:
            publish(actor, events.RecordsTakenIn(ref=batch.ref))
        if run.mirror.full_since is not None:  # the first reading of a whole system is no news
            for event in writing.news(at):
                publish(actor, event)
        faults = [*faults, *((record.key, "missing") for record, _name in writing.missing)]
    LooseEnd.objects.filter(target__in=[address for address, _problem in faults]).update(asked_at=at)
    run.heard_at = at
    run.unread += len(faults)
    run.faults = [*run.faults, *map(list, faults)][: mirrors.MOST_FAULTS]
    if step is not None:
        run.pages += 1
        _note(run, step)
    run.save()
    return run


def _count(run: MirrorRun, writing: Writing) -> None:
    run.new += len(writing.new)
    run.different += len(writing.different)
    run.same += writing.same
    run.gone += len(writing.gone)


def _note(run: MirrorRun, step: Step) -> None:
    row, _made = MirroredList.objects.get_or_create(
        mirror=run.mirror,
        url=step.url,
        defaults={"name": step.name, "body": step.body, "begun_at": run.begun_at},
    )
    row.name, row.body, row.next_url = step.name, step.body, step.following
    if not step.following and row.begun_at is not None:
        if not step.cut_off:
            row.done_at = row.begun_at
        row.begun_at = None
    row.save()


@action
def end_reading(
    *, actor: Actor, run_id: UUID, state: MirrorRun.State, problem: str, title: str, at: datetime
) -> MirrorRun:
    """Ends it: `done` (everything was read that can be), `paused` (its time is over) or `failed`."""
    rules.require_may_keep(actor)
    run = lock(MirrorRun.objects.all(), pk=run_id)
    mirror = _locked(run.mirror_id)
    run.state, run.problem, run.ended_at = state, problem, at
    run.save()
    mirror.title = title[:200] or mirror.title
    match state:
        case MirrorRun.State.DONE:
            mirror.failures, mirror.next_check_at = 0, mirrors.next_check(0, at)
            mirror.lists.exclude(begun_at=None).delete()  # no body names them any longer
            if run.is_full:
                mirror.full_since, mirror.wants_full = run.begun_at, False
        case MirrorRun.State.PAUSED:
            mirror.next_check_at = at
        case _:
            mirror.failures = min(mirror.failures + 1, 1000)
            mirror.next_check_at = mirrors.next_check(min(mirror.failures, 10), at)
    mirror.save()
    audit.record(actor, "council.end_reading", mirror.ref, fields=["runs"], reason=problem)
    return run
