"""The council decides on a part of a paper: the pilot that the part speaks of is decided or is not carried out."""

from django.utils import translation
from django.utils.translation import gettext as _

from allmende.capabilities.council import interface as council
from allmende.capabilities.pilots import interface as pilots
from allmende.core.actor import SYSTEM
from allmende.core.events import Stored
from allmende.journeys.tying import tie_decision

EVENTS = frozenset({"council.part_decided", "council.part_reopened"})
DECISIONS = {"accepted": True, "rejected": False}
"""What was put off moves nothing: the proposal waits."""


def run(event: Stored) -> None:
    """Moves the pilot and ties the part to it, as things stand now; a repeat changes nothing.

    What was corrected to „postponed“, or taken back, leaves the pilot where it is: nobody knows what has begun since.
    """
    part = council.part(event.ref.id)
    if part is None:
        return
    pilot = pilots.pilot_of(part.about) if part.about is not None else None
    accepted = DECISIONS.get(part.decision)
    if pilot is None or accepted is None or part.decided_on is None:
        tie_decision(part, None, kind=pilots.PILOT, reason="", at=event.at)
        return
    pilots.take_decision(actor=SYSTEM, pilot_id=pilot.id, accepted=accepted, decided_on=part.decided_on, at=event.at)
    with translation.override("de"):
        reason = (
            _("Der Stadtrat hat beschlossen, den Vorschlag umzusetzen.")
            if accepted
            else _("Der Stadtrat hat den Vorschlag abgelehnt.")
        )
    tie_decision(part, pilot, kind=pilots.PILOT, reason=reason, at=event.at)
