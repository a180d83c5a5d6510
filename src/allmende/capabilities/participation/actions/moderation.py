"""What moderators do; called by the city's one queue (`engines/discussion`) through the manifest."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.participation import queries, rules, workflow
from allmende.capabilities.participation.actions.contest.entries import held_entry, next_step, unclear
from allmende.capabilities.participation.actions.rows import idea_and_store, note_change
from allmende.capabilities.participation.events import (
    EntryCleared,
    IdeaChangeDecided,
    IdeaEdited,
    IdeaPublished,
    IdeaRefused,
)
from allmende.capabilities.participation.models import Idea, TopicStore
from allmende.capabilities.participation.workflow import State, needs
from allmende.capabilities.participation.workflow.contest import REVEAL_STEP
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Invalid
from allmende.engines.discussion import interface as discussion
from allmende.engines.media import interface as media

FROM_AUTHOR = frozenset({"new", "heuristic", "no_proof"})
"""Causes of a case that come from the author's own writing, not from somebody's report."""


@action
def release_idea(*, actor: Actor, object_id: UUID, reason: str = "", at: datetime) -> Idea:
    """A moderator publishes the idea, or the new words of an idea that is public already."""
    idea, store = idea_and_store(object_id)
    rules.require_may_moderate(idea, actor.viewer, own_group=queries.in_same_group(actor.viewer, idea))
    if idea.is_public and idea.pending_id is not None:
        idea.version_id, idea.pending = idea.pending_id, None
        idea.save()
        discussion.close_case(actor, idea.ref, decision="released", reason=reason, at=at)
        media.release(idea.ref)
        status = note_change(idea, "edit", at=at)
        audit.record(actor, "participation.release_idea", idea.ref, fields=["title", "body"], reason=reason)
        events.publish(actor, IdeaChangeDecided(ref=idea.ref, store_id=store.pk, accepted=True, status_id=status.pk))
        return idea
    rules.require_step("release", idea)
    entry = held_entry(idea)
    if entry is not None:  # nobody sees other entries before the deadline: it waits for `publish_entries`
        entry.cleared_at = at
        entry.save(update_fields=["cleared_at"])
        idea.state = State.SUBMITTED
        idea.next_step, idea.due_at = dict(REVEAL_STEP), store.closes_at
        idea.save()
        discussion.close_case(actor, idea.ref, decision="released", reason=reason, at=at)
        note_change(idea, "clear", at=at)
        audit.record(actor, "participation.release_idea", idea.ref, fields=["cleared_at"], reason=reason)
        events.publish(actor, EntryCleared(ref=idea.ref, store_id=store.pk))
        return idea
    idea.state = State.PUBLISHED
    idea.published_at = idea.published_at or at
    idea.pending = None
    idea.next_step = dict(needs.GROUPING if store.is_need else workflow.STATES[State.PUBLISHED].next_step)
    idea.due_at = workflow.due(State.PUBLISHED, at)
    if store.kind == TopicStore.Kind.CONTEST:
        idea.next_step, idea.due_at = next_step(store)
    idea.save()
    store.count_ideas(+1)
    discussion.close_case(actor, idea.ref, decision="released", reason=reason, at=at)
    media.release(idea.ref)
    note_change(idea, "release", at=at)
    audit.record(actor, "participation.release_idea", idea.ref, fields=["state"], reason=reason)
    events.publish(actor, IdeaPublished(ref=idea.ref, store_id=store.pk))
    return idea


@action
def refuse_idea(*, actor: Actor, object_id: UUID, reason: str, rule: str = "", at: datetime) -> Idea:
    """A moderator does not publish the idea (any more), or not its new words; the author reads why."""
    idea, store = idea_and_store(object_id)
    rules.require_may_moderate(idea, actor.viewer, own_group=queries.in_same_group(actor.viewer, idea))
    if not reason.strip():
        raise Invalid(fields={"reason": _("Bitte sagen Sie der Person, warum ihr Beitrag nicht erscheint.")})
    case = discussion.close_case(actor, idea.ref, decision="refused", reason=reason, rule=rule, at=at)
    if idea.is_public and idea.pending_id is not None and case is not None and case.cause in FROM_AUTHOR:
        idea.pending = None
        idea.save()
        status = note_change(idea, "keep", reason=reason, rule=rule, is_public=False, at=at)
        audit.record(actor, "participation.refuse_idea", idea.ref, fields=["body"], reason=rule)
        events.publish(actor, IdeaChangeDecided(ref=idea.ref, store_id=store.pk, accepted=False, status_id=status.pk))
        return idea
    was_public = idea.is_public
    unclear(idea)
    if idea.state != State.REFUSED:  # after an objection it may stay refused
        rules.require_step("refuse", idea)
    idea.state = State.REFUSED
    idea.next_step, idea.due_at, idea.pending = {}, None, None
    idea.save()
    if was_public:
        store.count_ideas(-1)
    media.withdraw(idea.ref)
    status = note_change(idea, "refuse", reason=reason, rule=rule, at=at)
    audit.record(actor, "participation.refuse_idea", idea.ref, fields=["state"], reason=rule)
    events.publish(actor, IdeaRefused(ref=idea.ref, store_id=store.pk, status_id=status.pk, rule=rule))
    return idea


@action
def hold_idea(*, actor: Actor, object_id: UUID, reason: str = "", at: datetime) -> Idea:
    """Back into checking: not public until somebody decides anew. Undoes a decision of the last minutes."""
    idea, store = idea_and_store(object_id)
    rules.require_may_moderate(idea, actor.viewer, own_group=queries.in_same_group(actor.viewer, idea))
    if not unclear(idea):  # an entry that was checked waits in the very state that it goes back to
        rules.require_step("hold", idea)
    if idea.is_public:
        store.count_ideas(-1)
    idea.state = State.SUBMITTED
    idea.next_step = dict(workflow.STATES[State.SUBMITTED].next_step)
    idea.due_at = discussion.hold_case(actor, idea.ref, at=at, scope=rules.SCOPE).due_at
    idea.save()
    media.withdraw(idea.ref)
    note_change(idea, "hold", at=at)
    audit.record(actor, "participation.hold_idea", idea.ref, fields=["state"], reason=reason)
    events.publish(actor, IdeaEdited(ref=idea.ref, store_id=store.pk, text_version=0))
    return idea


@action
def blank_name(*, actor: Actor, object_id: UUID, name: str, reason: str = "", at: datetime) -> Idea:  # noqa: ARG001 - the queue passes it
    """Replaces a third person's name in every version by „[Name entfernt]“ (practice.md 7)."""
    idea, store = idea_and_store(object_id)
    rules.require_may_moderate(idea, actor.viewer, own_group=queries.in_same_group(actor.viewer, idea))
    found = False
    for version in idea.versions.all():
        title = discussion.without_name(version.title, name, idea.language)
        body = discussion.without_name(version.body, name, idea.language)
        if (title, body) != (version.title, version.body):
            found = True
            version.title, version.body = title, body
            version.save(update_fields=["title", "body"])
    if not found:
        raise Invalid(fields={"name": _("Dieser Name steht nicht im Text. Bitte schreiben Sie ihn genau so wie dort.")})
    idea.save(update_fields=["modified"])
    audit.record(actor, "participation.blank_name", idea.ref, fields=["title", "body"], reason=reason)
    events.publish(actor, IdeaEdited(ref=idea.ref, store_id=store.pk, text_version=0))
    return idea
