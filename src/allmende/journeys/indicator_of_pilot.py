"""An indicator is a station of its pilot's Trace: what was tried led to what is measured."""

from django.utils import translation
from django.utils.translation import gettext as _

from allmende.capabilities.pilots import interface as pilots
from allmende.core.events import Stored
from allmende.journeys.tying import tie_things

EVENTS = frozenset({"pilots.indicator_saved", "pilots.pilot_moved"})
"""The second, since indicators of a draft are no station before the pilot is public."""


def run(event: Stored) -> None:
    """Writes the edges, dated to when each indicator was made; a repeat finds them there."""
    pilot = pilots.pilot_of(event.ref)
    if pilot is None:
        return
    with translation.override("de"):
        reason = _("Daran wird gemessen, was der Pilot bewirkt.")
    for indicator, made_at in pilots.indicators_of(pilot):
        tie_things(pilot, indicator, reason=reason, happened_at=made_at)
