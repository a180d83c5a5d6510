"""Which event tells whom what, in the reader's language. New links are told by the Trace itself."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from allmende.capabilities.strategy.events import GoalEnded, ImpulseSetAside
from allmende.capabilities.strategy.queries import plan
from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule, NoticeText
from allmende.core.refs import Ref

LONGEST_TITLE = 80


def short(text: str) -> str:
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1].rstrip()}…"


def _impulse(event: Stored) -> Iterable[Ref]:
    found = plan.aside(event.ref.id)
    return () if found is None else (found.impulse,)


def set_aside(event: Stored, language: str) -> NoticeText | None:
    """To whoever brought the impulse in, and its followers: why it is in none of the goals."""
    found = plan.aside(event.ref.id)
    if found is None or found.withdrawn_at is not None:
        return None
    shown = manifest.lookup().resolve([found.impulse], Viewer(language=language), timezone.now()).get(found.impulse)
    if shown is None:
        return None
    return NoticeText(
        _("Nicht in der Strategie: „%(title)s“") % {"title": short(shown.title(language))},
        _("Der Grund: %(reason)s") % {"reason": found.reason},
        found.own_ref,
    )


def _goal(event: Stored) -> Iterable[Ref]:
    return (event.ref,)


def goal_ended(event: Stored, language: str) -> NoticeText | None:
    """To its followers."""
    found = plan.goal(event.ref.id)
    if found is None or found.ended_at is None:
        return None
    title = str(found.title.get(language) or found.title.get("de", ""))
    return NoticeText(
        _("Dieses Ziel wird nicht mehr verfolgt: „%(title)s“") % {"title": short(title)},
        _("Der Grund: %(reason)s") % {"reason": found.end_reason},
        found.ref,
    )


RULES = (
    NoticeRule(ImpulseSetAside.name, set_aside, followed=_impulse, owned=_impulse),
    NoticeRule(GoalEnded.name, goal_ended, followed=_goal),
)
