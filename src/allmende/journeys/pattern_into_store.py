"""Many reports that an office put before a working group stand in its topic store, as what led to its question."""

from django.utils import translation
from django.utils.translation import gettext as _

from allmende.capabilities.participation import interface as participation
from allmende.core.actor import SYSTEM
from allmende.core.errors import NotFound
from allmende.core.events import Stored
from allmende.core.refs import Ref

EVENTS = frozenset({"reports.pattern_offered"})


def run(event: Stored) -> None:
    """Puts it there since the office did so; a repeat finds it there, and a store that is gone takes nothing."""
    target = Ref.parse(event.payload["target"])
    if (target.capability, target.kind) != ("participation", "store"):
        return
    with translation.override("de"):
        reason = _("Viele Meldungen gehören zu dem, was hier gesammelt wird.")
    try:
        participation.take_impulse(actor=SYSTEM, store_id=target.id, impulse=event.ref, reason=reason, at=event.at)
    except NotFound:
        return
