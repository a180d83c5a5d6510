"""The council decides on a contest, or on one of its entries, in a part of a paper: that leads to the placing.

The places themselves are published by whoever runs the contest, beside what jury and plenary said; their form begins
with what the council decided.
"""

from django.utils import translation
from django.utils.translation import gettext as _

from allmende.capabilities.council import interface as council
from allmende.capabilities.participation import interface as participation
from allmende.core.events import Stored
from allmende.journeys.tying import tie_decision

EVENTS = frozenset({"council.part_decided", "council.part_reopened"})


def run(event: Stored) -> None:
    """Ties the part to the placing of the contest, as things stand now; a repeat changes nothing."""
    part = council.part(event.ref.id)
    if part is None:
        return
    with translation.override("de"):
        reasons = {
            "accepted": _("Der Stadtrat hat es so beschlossen."),
            "rejected": _("Der Stadtrat hat es abgelehnt."),
        }
    reason = reasons.get(part.decision, "")  # what was put off decides nothing
    placing = participation.placing_of(part.about) if part.about is not None and reason else None
    tie_decision(part, placing, kind=participation.PLACING, reason=reason, at=event.at)
