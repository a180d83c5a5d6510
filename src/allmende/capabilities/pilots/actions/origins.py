"""What a pilot answers to: links of the Trace from themes, ideas, goals, findings, with a reason each."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.pilots import rules
from allmende.capabilities.pilots.events import PilotSaved
from allmende.capabilities.pilots.models import Pilot
from allmende.capabilities.pilots.models.portfolio import REASON_LIMIT
from allmende.capabilities.pilots.queries import origins
from allmende.core import audit, events, manifest
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Viewer
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.core.refs import Ref
from allmende.engines.discussion.interface import sentence
from allmende.engines.trace import interface as trace

MOST_AT_ONCE = 50


def _pilot(pilot_id: UUID, actor: Actor) -> Pilot:
    """The pilot, locked. Raises NotFound, NotAllowed."""
    try:
        found = lock(Pilot.objects.all(), pk=pilot_id)
    except Pilot.DoesNotExist:
        raise NotFound from None
    rules.require_may_maintain(actor.viewer, found)
    return found


@action
def add_origins(*, actor: Actor, pilot_id: UUID, refs: Sequence[Ref], reason: str, at: datetime) -> Pilot:
    """These led to the pilot, and why. Whoever brought one in, and its followers, are told by the Trace.

    Takes what everybody can read, of the kinds that the city counts as origins. Raises NotFound, Invalid.
    """
    found = _pilot(pilot_id, actor)
    why = sentence(reason, "reason", REASON_LIMIT)
    wanted = list(dict.fromkeys(refs))
    if not wanted:
        raise Invalid(fields={"origins": _("Bitte wählen Sie mindestens einen Eintrag aus.")})
    if len(wanted) > MOST_AT_ONCE:
        raise Invalid(fields={"origins": _("Bitte wählen Sie höchstens %(n)s auf einmal aus.") % {"n": MOST_AT_ONCE}})
    kinds = set(origins.kinds())
    things = manifest.lookup().resolve(wanted, Viewer(), at)
    if any(ref not in things or (ref.capability, ref.kind) not in kinds for ref in wanted):
        raise NotFound
    for ref in wanted:
        trace.tie(actor, ref, found.ref, reason=why, happened_at=at, at=at, quiet=not found.is_public)
    audit.record(actor, "pilots.add_origins", found.ref, fields=["origins"], reason=why)
    events.publish(actor, PilotSaved(ref=found.ref))
    return found


@action
def take_out(*, actor: Actor, pilot_id: UUID, refs: Sequence[Ref], reason: str, at: datetime) -> Pilot:
    """These did not lead to the pilot after all: the links stay on record with both reasons. Raises Conflict."""
    found = _pilot(pilot_id, actor)
    why = sentence(reason, "reason", REASON_LIMIT)
    if not refs:
        raise Invalid(fields={"origins": _("Bitte wählen Sie mindestens einen Eintrag aus.")})
    if None in [trace.untie(actor, ref, found.ref, reason=why, at=at) for ref in dict.fromkeys(refs)]:
        raise Conflict(_("Inzwischen hat jemand anderes hier etwas geändert. Bitte laden Sie die Seite neu."))
    audit.record(actor, "pilots.take_out", found.ref, fields=["origins"], reason=why)
    events.publish(actor, PilotSaved(ref=found.ref))
    return found
