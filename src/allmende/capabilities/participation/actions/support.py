"""Supports, and the counters beside an idea."""

from datetime import datetime
from uuid import UUID

from django.db.models import F

from allmende.capabilities.participation import rules
from allmende.capabilities.participation.actions.rows import idea_and_store
from allmende.capabilities.participation.events import IdeaSupported, IdeaUnsupported
from allmende.capabilities.participation.models import Idea, Support
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.engines.discussion import interface as discussion


@action
def support_idea(*, actor: Actor, idea_id: UUID, at: datetime) -> Idea:
    """Counts one person's support. Once; repeating it changes nothing. No signature (ThürEBBG § 30)."""
    idea, store = idea_and_store(idea_id)
    person_id = rules.require_may_support(idea, store, actor.viewer, at)
    if not Support.objects.filter(idea=idea, person_id=person_id).exists():  # the idea's row is locked
        Support.objects.create(idea=idea, person_id=person_id, at=at)
        idea.support_count = F("support_count") + 1
        idea.save(update_fields=["support_count"])
        audit.record(actor, "participation.support_idea", idea.ref, fields=["supports"])
        events.publish(actor, IdeaSupported(ref=idea.ref, store_id=store.pk))
    return idea


@action
def unsupport_idea(*, actor: Actor, idea_id: UUID, at: datetime) -> Idea:
    """Takes the support back, as long as the idea is not answered."""
    idea, store = idea_and_store(idea_id)
    person_id = rules.require_may_support(idea, store, actor.viewer, at)
    gone, _rows = Support.objects.filter(idea=idea, person_id=person_id).delete()
    if gone:
        idea.support_count = F("support_count") - 1
        idea.save(update_fields=["support_count"])
        audit.record(actor, "participation.unsupport_idea", idea.ref, fields=["supports"])
        events.publish(actor, IdeaUnsupported(ref=idea.ref, store_id=store.pk))
    return idea


@action
def count_comments(*, actor: Actor, idea_id: UUID) -> Idea | None:
    """Brings the number of comments up to date after an event of the discussion. Counts anew, so repeats do no harm."""
    idea = Idea.objects.select_for_update(of=("self",)).filter(pk=idea_id).first()
    if idea is None:
        return None
    count = discussion.comment_counts([idea.ref]).get(idea.ref, 0)
    if count != idea.comment_count:
        idea.comment_count = count
        idea.save(update_fields=["comment_count"])
        audit.record(actor, "participation.count_comments", idea.ref, fields=["comment_count"])
    return idea
