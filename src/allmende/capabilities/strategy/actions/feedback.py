"""What people say to a paragraph: giving, checking, supporting, taking back."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _

from allmende.accounts import interface as accounts
from allmende.capabilities.strategy.actions.texts import words_of
from allmende.capabilities.strategy.events import FeedbackDecided, FeedbackGiven, FeedbackSupported
from allmende.capabilities.strategy.models import Feedback, Paragraph, Support, Text, Wording
from allmende.capabilities.strategy.models.feedback import COMMENT_LIMIT
from allmende.capabilities.strategy.queries import texts as reading
from allmende.capabilities.strategy.rules import SCOPE
from allmende.capabilities.strategy.rules import texts as access
from allmende.capabilities.strategy.workflow.texts import Heard, Kind
from allmende.core import audit, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Closed, Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from allmende.engines.discussion import interface as discussion
from allmende.engines.notify import interface as notify


@dataclasses.dataclass(frozen=True)
class Said:
    """What somebody says: a comment, or another wording with a reason."""

    kind: str
    body: str = ""
    wording: str = ""


def _words(said: Said, now: Wording) -> tuple[str, str]:
    """Comment and wording as they are kept. Raises Invalid with fields."""
    body = discussion.tidy(said.body).strip()
    if len(body) > COMMENT_LIMIT:
        raise Invalid(fields={"body": _("Bitte kürzen Sie den Text auf %(n)s Zeichen.") % {"n": COMMENT_LIMIT}})
    if said.kind == Kind.COMMENT:
        if not body:
            raise Invalid(fields={"body": _("Bitte schreiben Sie, was Sie dazu sagen möchten.")})
        return body, ""
    wording = words_of(said.wording, "wording")
    if wording == now.body:
        raise Invalid(fields={"wording": _("Das ist der jetzige Wortlaut. Bitte ändern Sie, was anders heißen soll.")})
    return body, wording


@action
def give_feedback(
    *,
    actor: Actor,
    text_id: UUID,
    number: int,
    said: Said,
    guest: Mapping[str, Any] | None = None,
    organisation_id: UUID | None = None,
    language: str = "",
    proven: bool = True,
    received_at: datetime | None = None,
    is_example: bool = False,
    at: datetime,
) -> Feedback:
    """Somebody says something to the paragraph `number` of the last published version; moderators check it first.

    `guest` holds the arguments of `accounts.interface.guest` for whoever is not signed in, and for whoever staff write
    for (then the actor's channel says how it came, and `received_at` when). Raises Closed outside of the consultation,
    Invalid with fields.
    """
    text = Text.objects.filter(pk=text_id).first()
    if text is None or not access.may_see(text, actor.viewer):
        raise NotFound
    by_hand = actor.channel in access.HAND_CHANNELS
    if by_hand:
        access.require_may_enter(actor.viewer)
    received_at = received_at or at
    access.require_open(text, min(received_at, at) if by_hand else at)
    now = reading.wording(reading.version(text, None), number)
    body, wording = _words(said, now)
    if wording and Feedback.objects.filter(paragraph=now.paragraph, state=Heard.SHOWN, wording=wording).exists():
        raise Invalid(fields={"wording": _("Das hat schon jemand vorgeschlagen. Sie können es dort unterstützen.")})
    sender = actor
    if guest is not None:
        author_id = accounts.guest(**guest).pk
        key = accounts.key_of(author_id)
        sender = actor.via(actor.channel, on_behalf_of=key) if by_hand else dataclasses.replace(actor, key=key)
    elif actor.person_id is not None and not by_hand:
        author_id = actor.person_id
    else:
        raise Invalid(_("Bitte sagen Sie, wie wir antworten dürfen, oder wählen Sie „keine Nachricht“."))
    signed = accounts.sign_as(actor.viewer, organisation_id) if organisation_id is not None else ""
    made = Feedback.objects.create(
        text=text,
        paragraph=now.paragraph,
        version=now.version,
        kind=Kind(said.kind).value,
        body=body,
        wording=wording,
        author_id=author_id,
        author_name=signed or accounts.person(author_id).public_name,
        organisation_id=organisation_id,
        entered_by_id=actor.person_id if by_hand else None,
        channel=actor.channel.value,
        language=language or actor.language,
        received_at=received_at,
        is_example=is_example,
    )
    discussion.open_case(actor, made.ref, scope=SCOPE, cause="new" if proven else "no_proof", at=at)
    notify.issue_receipt(made.ref, author_id, at)
    if author_id == actor.person_id:
        notify.follow_silently(author_id, made.ref, at)
    audit.record(sender, "strategy.give_feedback", made.ref, fields=["body", "wording"])
    events.publish(actor, FeedbackGiven(ref=made.ref, text_id=text.pk, channel=actor.channel.value))
    return made


def _locked(feedback_id: UUID) -> Feedback:
    """Raises NotFound."""
    try:
        return lock(Feedback.objects.select_related("text", "paragraph"), pk=feedback_id)
    except Feedback.DoesNotExist:
        raise NotFound from None


def _moderated(actor: Actor, feedback_id: UUID) -> Feedback:
    """The row, for a moderator who has not written it."""
    access.require_may_moderate(actor.viewer)
    found = _locked(feedback_id)
    if found.author_id is not None and found.author_id == actor.person_id:
        raise NotAllowed(_("Über den eigenen Beitrag entscheidet jemand anders."))
    return found


def _set(actor: Actor, found: Feedback, state: Heard, at: datetime) -> None:
    """Writes the state and counts the paragraph's voices anew."""
    found.state = state.value
    if state is Heard.SHOWN and found.shown_at is None:
        found.shown_at = at
    found.save()
    paragraph = lock(Paragraph.objects.all(), pk=found.paragraph_id)
    paragraph.said = Feedback.objects.filter(paragraph=paragraph, state=Heard.SHOWN).count()
    paragraph.save(update_fields=["said"])
    events.publish(actor, FeedbackDecided(ref=found.ref, state=found.state))


@action
def release_feedback(*, actor: Actor, object_id: UUID, reason: str = "", at: datetime) -> Feedback:
    """A moderator shows it to everybody."""
    found = _moderated(actor, object_id)
    found.refused_for = ""
    discussion.close_case(actor, found.ref, decision="released", reason=reason, at=at)
    _set(actor, found, Heard.SHOWN, at)
    audit.record(actor, "strategy.release_feedback", found.ref, fields=["state"], reason=reason)
    return found


@action
def refuse_feedback(*, actor: Actor, object_id: UUID, reason: str, rule: str = "", at: datetime) -> Feedback:
    """A moderator does not show it (any more); its author reads why."""
    found = _moderated(actor, object_id)
    if not reason.strip():
        raise Invalid(fields={"reason": _("Bitte sagen Sie der Person, warum ihr Beitrag nicht erscheint.")})
    discussion.close_case(actor, found.ref, decision="refused", reason=reason, rule=rule, at=at)
    found.refused_for = reason[:500]
    _set(actor, found, Heard.REFUSED, at)
    audit.record(actor, "strategy.refuse_feedback", found.ref, fields=["state"], reason=rule)
    return found


@action
def hold_feedback(*, actor: Actor, object_id: UUID, reason: str = "", at: datetime) -> Feedback:
    """Back into checking: nobody reads it until somebody decides anew."""
    found = _moderated(actor, object_id)
    discussion.hold_case(actor, found.ref, at=at, scope=SCOPE)
    _set(actor, found, Heard.WAITING, at)
    audit.record(actor, "strategy.hold_feedback", found.ref, fields=["state"], reason=reason)
    return found


@action
def blank_name(*, actor: Actor, object_id: UUID, name: str, reason: str = "", at: datetime) -> Feedback:  # noqa: ARG001 - the queue passes it
    """Replaces a third person's name by „[Name entfernt]“ (practice.md 7)."""
    found = _moderated(actor, object_id)
    body = discussion.without_name(found.body, name, found.language)
    wording = discussion.without_name(found.wording, name, found.language)
    if (body, wording) == (found.body, found.wording):
        raise Invalid(fields={"name": _("Dieser Name steht nicht im Text. Bitte schreiben Sie ihn genau so wie dort.")})
    found.body, found.wording = body, wording
    found.save(update_fields=["body", "wording"])
    audit.record(actor, "strategy.blank_name", found.ref, fields=["body", "wording"], reason=reason)
    events.publish(actor, FeedbackDecided(ref=found.ref, state=found.state))
    return found


@action
def withdraw_feedback(*, actor: Actor, feedback_id: UUID, at: datetime) -> Feedback:
    """Its author takes it back, as long as it has no answer."""
    if actor.person_id is None:
        raise NotSignedIn
    found = _locked(feedback_id)
    if found.author_id != actor.person_id:
        raise NotAllowed
    if found.answer_id is not None or found.state == Heard.WITHDRAWN:
        raise Conflict(_("Das ist schon beantwortet oder zurückgezogen."))
    discussion.close_case(actor, found.ref, decision="withdrawn", reason="", at=at)
    _set(actor, found, Heard.WITHDRAWN, at)
    audit.record(actor, "strategy.withdraw_feedback", found.ref, fields=["state"])
    return found


@action
def support_feedback(*, actor: Actor, feedback_id: UUID, supports: bool, at: datetime) -> Feedback:
    """Counts one person's support, or takes it back. Repeating it changes nothing. No signature (ThürEBBG § 30)."""
    if actor.person_id is None:
        raise NotSignedIn
    found = _locked(feedback_id)
    if found.state != Heard.SHOWN:
        raise NotFound
    access.require_open(found.text, at)
    if found.answer_id is not None:
        raise Closed(_("Die Antwort steht schon fest."))
    mine = Support.objects.filter(feedback=found, person_id=actor.person_id)
    if supports == mine.exists():
        return found
    if supports:
        Support.objects.create(feedback=found, person_id=actor.person_id, at=at)
    else:
        mine.delete()
    Feedback.objects.filter(pk=found.pk).update(supports=F("supports") + (1 if supports else -1))
    found.refresh_from_db(fields=["supports"])
    audit.record(actor, "strategy.support_feedback", found.ref, fields=["supports"])
    events.publish(actor, FeedbackSupported(ref=found.ref))
    return found
