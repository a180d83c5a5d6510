"""The council decides on a part of a paper: the pilot that the part speaks of is decided or is not carried out.

What it takes back or puts off is a proposal again, or the pilot's team hears of it (`pilots.take_decision_back`).
"""

from django.utils import translation
from django.utils.translation import gettext as _

from allmende.capabilities.council import interface as council
from allmende.capabilities.pilots import interface as pilots
from allmende.core.actor import SYSTEM
from allmende.core.events import Stored
from allmende.journeys import tying

EVENTS = frozenset({"council.part_decided", "council.part_reopened"})
PART = ("council", "part")
DECISIONS = {"accepted": True, "rejected": False}
"""What was put off moves nothing: the proposal waits."""


def run(event: Stored) -> None:
    """Moves the pilot and ties the part to it, as things stand now; a repeat changes nothing.

    A pilot that the part has led to and no longer decides on loses the decision, unless another part decided so too.
    """
    part = council.part(event.ref.id)
    if part is None:
        return
    pilot = pilots.pilot_of(part.about) if part.about is not None else None
    accepted = DECISIONS.get(part.decision)
    stands = pilot if accepted is not None and part.decided_on is not None else None
    for ref in tying.led_to(part.ref, pilots.PILOT):
        if ref != stands and not tying.leads_here(ref, kind=PART, besides=part.ref):
            pilots.take_decision_back(actor=SYSTEM, pilot_id=ref.id, at=event.at)
    if pilot is None or accepted is None or part.decided_on is None:
        tying.tie_decision(part, None, kind=pilots.PILOT, reason="", at=event.at)
        return
    pilots.take_decision(actor=SYSTEM, pilot_id=pilot.id, accepted=accepted, decided_on=part.decided_on, at=event.at)
    with translation.override("de"):
        reason = (
            _("Der Stadtrat hat beschlossen, den Vorschlag umzusetzen.")
            if accepted
            else _("Der Stadtrat hat den Vorschlag abgelehnt.")
        )
    tying.tie_decision(part, pilot, kind=pilots.PILOT, reason=reason, at=event.at)
