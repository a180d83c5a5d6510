"""Keeping the election calendar."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.portal.events.elections import ElectionPeriodRemoved, ElectionPeriodSaved
from allmende.capabilities.portal.models.elections import ElectionPeriod
from allmende.capabilities.portal.rules import elections as rules
from allmende.core import audit, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid, NotFound


@action
def save_period(
    *,
    actor: Actor,
    title: Mapping[str, str],
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    period_id: UUID | None = None,
    is_example: bool = False,
) -> ElectionPeriod:
    """Enters a period of restraint, or changes one. Raises Invalid with fields."""
    rules.require_may_plan(actor.viewer)
    wrong: dict[str, str] = {}
    if not title.get("de", "").strip():
        wrong["title"] = _("Bitte sagen Sie, was gewählt wird.")
    if not reason.strip():
        wrong["reason"] = _("Bitte nennen Sie den Grund. Wer etwas veröffentlichen will, liest ihn.")
    if ends_at <= starts_at:
        wrong["ends_at"] = _("Das Ende liegt vor dem Anfang.")
    if wrong:
        raise Invalid(fields=wrong)
    row = ElectionPeriod()
    if period_id is not None:
        try:
            row = lock(ElectionPeriod.objects.all(), pk=period_id)
        except ElectionPeriod.DoesNotExist:
            raise NotFound from None
    row.title = {language: text.strip() for language, text in title.items() if text.strip()}
    row.starts_at, row.ends_at, row.reason = starts_at, ends_at, reason.strip()[:300]
    row.is_example = row.is_example or is_example
    row.save()
    audit.record(actor, "portal.save_period", row.ref, fields=["title", "starts_at", "ends_at", "reason"])
    events.publish(actor, ElectionPeriodSaved(ref=row.ref))
    return row


@action
def remove_period(*, actor: Actor, period_id: UUID, reason: str = "", at: datetime) -> ElectionPeriod:
    """Takes out a period that has not begun. One that runs is ended by its date, so that the calendar stays true."""
    rules.require_may_plan(actor.viewer)
    try:
        row = lock(ElectionPeriod.objects.all(), pk=period_id)
    except ElectionPeriod.DoesNotExist:
        raise NotFound from None
    if row.starts_at <= at:
        raise Conflict(_("Diese Zeit hat schon begonnen. Bitte ändern Sie stattdessen ihr Ende."))
    ref = row.ref
    row.delete()
    audit.record(actor, "portal.remove_period", ref, reason=reason)
    events.publish(actor, ElectionPeriodRemoved(ref=ref))
    return row
