"""A part of a paper that the council decided on by itself leads back to the paper.

Only once it is decided, and only where it is about something in the portal: a paper has dozens of parts, and those
that lead nowhere would bury the ones that do.
"""

from datetime import datetime, time

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from allmende.capabilities.council import interface as council
from allmende.core.events import Stored
from allmende.journeys.tying import tie_things

EVENTS = frozenset({"council.part_decided"})


def run(event: Stored) -> None:
    """Ties paper and part, dated to the first decision that is heard; a repeat finds the edge there."""
    part = council.part(event.ref.id)
    if part is None or part.about is None or part.decided_on is None:
        return
    with translation.override("de"):
        reason = _("Darüber hat der Stadtrat einzeln entschieden.")
    noon = datetime.combine(part.decided_on, time(12), timezone.get_default_timezone())
    tie_things(part.paper, part.ref, reason=reason, happened_at=min(noon, event.at))
