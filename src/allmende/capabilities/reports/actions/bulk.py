"""Many reports at once: each goes through the single action, and what did not work is told one by one."""

import dataclasses
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from allmende.capabilities.reports.models import Report
from allmende.core.actor import Actor, Idempotency
from allmende.core.errors import DomainError

MOST = 100


@dataclass(frozen=True)
class Outcome:
    """What became of one of them; `problem` is empty where it worked."""

    report: Report
    problem: str = ""


def for_each(actor: Actor, reports: Sequence[Report], deed: Callable[[Actor, Report], object]) -> list[Outcome]:
    """Does it to one after the other, each in a transaction of its own. A form sent twice does nothing twice."""
    found = []
    for report in reports[:MOST]:
        try:
            deed(_own_key(actor, report.pk), report)
        except DomainError as error:
            found.append(Outcome(report, str(error.message)))
        else:
            found.append(Outcome(report))
    return found


def _own_key(actor: Actor, report_id: UUID) -> Actor:
    """The sender's key counts for every report by itself."""
    actor = actor.plain()
    if actor.idempotency is None:
        return actor
    key = hashlib.sha256(f"{actor.idempotency.key}:{report_id}".encode()).hexdigest()
    return dataclasses.replace(actor, idempotency=Idempotency(key, actor.idempotency.body_hash))
