"""The city's answer is a station of the idea's Trace; it stands and falls with the idea."""

from django.utils import translation
from django.utils.translation import gettext as _

from allmende.capabilities.participation import interface as participation
from allmende.core.events import Stored
from allmende.engines.search import interface as search
from allmende.journeys.tying import tie_things

EVENTS = frozenset(
    {
        "participation.idea_answered",
        "participation.next_step_set",
        "participation.idea_refused",
        "participation.idea_withdrawn",
        "participation.idea_published",
    }
)
"""After each of these an answer may look different in the index: another next step, or hidden with its idea."""


def run(event: Stored) -> None:
    """Shows the answers as they are now, and ties each to its idea; a repeat finds the edges there."""
    with translation.override("de"):
        reason = _("Die Stadt hat auf die Idee geantwortet.")
    for answer, given_at in participation.answers_of(event.ref.id):
        search.index_now(answer)
        tie_things(event.ref, answer, reason=reason, happened_at=given_at)
