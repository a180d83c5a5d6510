"""The council decides on a part of a paper: the pilot that the part speaks of is decided or is not carried out."""

from contextlib import suppress
from datetime import date, datetime, time

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from allmende.capabilities.pilots import interface as pilots
from allmende.core.actor import SYSTEM
from allmende.core.events import Stored
from allmende.core.refs import Ref
from allmende.journeys.tying import tie_things

EVENTS = frozenset({"council.part_decided"})
DECISIONS = {"accepted": True, "rejected": False}
"""What was put off moves nothing: the proposal waits."""


def run(event: Stored) -> None:
    """Moves the pilot and ties the part to it, dated to the decision; a repeat changes nothing."""
    with suppress(ValueError):
        pilot = pilots.pilot_of(Ref.parse(event.payload["about"]))
        decision = DECISIONS.get(event.payload["decision"])
        if pilot is None or decision is None:
            return
        decided_on = date.fromisoformat(event.payload["decided_on"])
        pilots.take_decision(actor=SYSTEM, pilot_id=pilot.id, accepted=decision, decided_on=decided_on, at=event.at)
        with translation.override("de"):
            reason = (
                _("Der Stadtrat hat beschlossen, den Vorschlag umzusetzen.")
                if decision
                else _("Der Stadtrat hat den Vorschlag abgelehnt.")
            )
        noon = datetime.combine(decided_on, time(12), timezone.get_default_timezone())
        tie_things(event.ref, pilot, reason=reason, happened_at=min(noon, event.at))
