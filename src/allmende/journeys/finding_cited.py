"""As soon as something rests on a survey's finding, the way leads back to the survey itself.

Only then: a survey has dozens of findings, and those that nothing rests on would bury the ones that led to something.
"""

from django.utils import translation
from django.utils.translation import gettext as _

from allmende.capabilities.surveys import interface as surveys
from allmende.core.events import Stored
from allmende.journeys.tying import tie_things

EVENTS = frozenset({"trace.edge_linked"})


def run(event: Stored) -> None:
    """Ties survey and finding, dated to the publication; a repeat finds the edge there."""
    if (event.ref.capability, event.ref.kind) != ("surveys", surveys.FINDING):
        return
    found = surveys.survey_of(event.ref.id)
    if found is None:
        return
    survey, published_at = found
    with translation.override("de"):
        reason = _("Das kam bei der Umfrage heraus.")
    tie_things(survey, event.ref, reason=reason, happened_at=published_at)
