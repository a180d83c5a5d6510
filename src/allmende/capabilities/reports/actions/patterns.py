"""Many reports of one kind become an impulse: a thing of its own in the public index, tied to them by the Trace."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.actions.rows import words_of
from allmende.capabilities.reports.events import PatternDrawn, PatternOffered
from allmende.capabilities.reports.models import Pattern
from allmende.capabilities.reports.models.patterns import WORDS_LIMIT
from allmende.capabilities.reports.queries import categories, patterns
from allmende.core import audit, city, events
from allmende.core.actions import action
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Invalid, NotFound
from allmende.core.refs import Ref
from allmende.engines.trace import interface as trace

LEAST = 3
"""Fewer public reports are no pattern."""
MOST_TIED = 100
"""So many of the newest reports are tied to it; a Trace of thousands nobody reads."""
LONGEST_DAYS = 3660


@action
def draw_pattern(
    *, actor: Actor, category: str, district: str = "", days: int, words: str, is_example: bool = False, at: datetime
) -> Pattern:
    """What an office sees in the public reports of a kind (and a district) of the last days. Public at once.

    Raises Invalid with fields: without words, or where there are too few reports.
    """
    kind = categories.by_slug(category)
    if kind is None or kind.elsewhere:
        raise Invalid(fields={"category": _("Bitte wählen Sie, worum es geht.")})
    if actor.channel != Channel.SEED:
        rules.require_may_handle_office(actor.viewer, kind.department)
    if district and district not in city.current().districts:
        raise Invalid(fields={"district": _("Diesen Stadtteil kennen wir nicht.")})
    said = words_of(words, required=True, limit=WORDS_LIMIT)
    since = at - timedelta(days=max(1, min(days, LONGEST_DAYS)))
    rows = patterns.public_ones(kind, district, since, at)
    count = rows.count()
    if count < (1 if is_example else LEAST):
        raise Invalid(fields={"days": _("In dieser Zeit gibt es dazu nur %(n)s öffentliche Meldungen.") % {"n": count}})
    made = Pattern.objects.create(
        category=kind, district=district, department=kind.department, words=said, language=actor.language,
        since=since, until=at, count=count, is_example=is_example,
    )  # fmt: skip
    made.refresh_from_db(fields=["number"])
    with translation.override("de"):
        reason = _("Eine von vielen Meldungen, die zusammen mehr sagen.")
    for report in rows[:MOST_TIED]:
        trace.tie(actor, report.ref, made.ref, reason=reason, happened_at=at, at=at, quiet=True)
    audit.record(actor, "reports.draw_pattern", made.ref, fields=["words", "category", "district"])
    events.publish(actor, PatternDrawn(ref=made.ref))
    return made


@action
def offer_pattern(*, actor: Actor, pattern_id: UUID, target: Ref, at: datetime) -> Pattern:
    """Puts it before whoever collects on the subject; the room of the collection takes it in.

    Raises NotFound, Invalid for what does not collect (any more).
    """
    found = patterns.by_ids([pattern_id]).get(pattern_id)
    if found is None:
        raise NotFound
    rules.require_may_handle_office(actor.viewer, found.department)
    if target not in {ref for ref, _title in patterns.collecting(at)}:
        raise Invalid(fields={"target": _("Dort wird nicht mehr gesammelt. Bitte wählen Sie etwas anderes.")})
    audit.record(actor, "reports.offer_pattern", found.ref, fields=["target"])
    events.publish(actor, PatternOffered(ref=found.ref, target=target))
    return found
