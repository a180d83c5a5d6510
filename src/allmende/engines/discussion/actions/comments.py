"""Writing, changing and taking back comments; and what moderators do with them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from allmende.accounts import interface as accounts
from allmende.accounts.models import Person
from allmende.core import audit, city, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound
from allmende.core.refs import Ref
from allmende.engines.discussion.actions.cases import close_case, hold_case, open_case
from allmende.engines.discussion.events import (
    CommentAdded,
    CommentEdited,
    CommentHeld,
    CommentRefused,
    CommentReleased,
    CommentWithdrawn,
)
from allmende.engines.discussion.models import Comment, CommentVersion
from allmende.engines.discussion.queries.mentions import mentioned_in
from allmende.engines.discussion.rules import access, heuristics
from allmende.engines.discussion.rules.names import without_name
from allmende.engines.discussion.workflow import (
    BODY_LIMIT,
    COMMENT_TRANSITIONS,
    Cause,
    CommentState,
    Decision,
    Stance,
)
from allmende.engines.notify import interface as notify

JUST_NOW = timedelta(minutes=10)
NEW = timedelta(days=1)
"""A person counts as new for this long."""
SAME_WORDS = 20
"""From this length on the same words twice within a day stand out."""


@action
def add_comment(
    *,
    actor: Actor,
    ref: Ref,
    body: str,
    at: datetime,
    parent_id: UUID | None = None,
    stance: str = "",
    department: str = "",
    organisation_id: UUID | None = None,
    guest: Mapping[str, Any] | None = None,
    proved: bool = True,
    language: str = "",
) -> Comment:
    """Puts a comment on any thing that its room opens for comments.

    It is public at once, unless something about it stands out or it came without proof of work: then it waits for a
    moderator. `guest` (see `accounts.interface.guest`) is who writes without an account, or for whom a clerk writes.
    `department` makes it an official answer of that office, by one of its clerks. `organisation_id` puts a group's name
    in place of the person's, who stays in the audit; raises NotAllowed for who may not write for it.
    """
    access.require_may_comment(ref, actor.viewer, at)
    text = _text(body)
    if stance and stance not in Stance.values:
        raise Invalid(fields={"stance": _("Bitte wählen Sie eine der Möglichkeiten aus.")})
    if department and not access.may_answer_for_office(actor.viewer, department):
        raise NotAllowed(_("Für dieses Amt können nur seine Mitarbeitenden antworten."))
    if department and organisation_id is not None:
        raise Invalid(fields={"post_as": _("Eine Antwort der Stadt kann nicht zugleich von einer Gruppe sein.")})
    signed = accounts.sign_as(actor.viewer, organisation_id) if organisation_id is not None else ""
    if guest is not None and actor.viewer.is_signed_in and not actor.viewer.is_staff:
        raise NotAllowed
    parent = _parent(parent_id, ref)
    author = _author(actor, guest)
    comment = Comment(
        capability=ref.capability,
        kind=ref.kind,
        object_id=ref.id,
        author=author,
        entered_by_id=actor.person_id if author.pk != actor.person_id else None,
        organisation_id=organisation_id,
        public_name="" if department else signed or author.public_name,
        channel=actor.channel,
        language=language or actor.language,
        stance=stance,
        is_official=bool(department),
        department=department,
        written_at=at,
    )
    comment.place_below(parent, at)
    hint = "" if department else _finding(ref, text, author, at)
    cause = Cause.HEURISTIC if hint else None if proved or department else Cause.NO_PROOF
    comment.awaits_proof = author.is_guest and access.guests_confirm(actor)
    comment.state = CommentState.HELD if cause or comment.awaits_proof else CommentState.PUBLISHED
    comment.save(force_insert=True)
    _write(comment, text, at)
    if comment.awaits_proof:
        accounts.ask_for_proof(author.pk, at)
    elif cause:
        open_case(actor, comment.this, scope=ref.capability, cause=cause, hint=hint, at=at)
    if author.is_guest:  # its number and code are how a guest changes or withdraws it later
        notify.issue_receipt(comment.this, author.pk, at)
    audit.record(actor, "discussion.add_comment", comment.this, fields=["body", "state"])
    if not comment.awaits_proof:
        events.publish(actor, CommentAdded(ref=comment.this, thing=ref, state=comment.state))
    return comment


@action
def accept_proven_comment(*, actor: Actor, comment_id: UUID, at: datetime) -> Comment:
    """Its guest has shown that the address is theirs: it is published, or checked if something stands out.

    Repeating it changes nothing.
    """
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    comment = _locked(comment_id)
    if not comment.awaits_proof:
        return comment
    comment.awaits_proof = False
    hint = _finding(comment.ref, comment.body, comment.author, at, editing=True)
    if hint:
        comment.save()
        open_case(actor, comment.this, scope=comment.capability, cause=Cause.HEURISTIC, hint=hint, at=at)
    else:
        _move(comment, "release")
        comment.save()
        _note_public(comment)
    audit.record(actor, "discussion.accept_proven_comment", comment.this, fields=["state"])
    events.publish(actor, CommentAdded(ref=comment.this, thing=comment.ref, state=comment.state))
    return comment


@action
def edit_comment(*, actor: Actor, comment_id: UUID, body: str, at: datetime, proved: bool = True) -> Comment:
    """New words; the old ones stay as a version that moderators can read. What now stands out waits for a moderator."""
    comment = _locked(comment_id)
    access.require_own(comment, actor.viewer)
    if comment.awaits_proof or not access.may_edit(comment):
        raise Conflict(_("Dieser Kommentar lässt sich nicht mehr ändern."))
    text = _text(body)
    if text == comment.body:
        return comment
    hint = "" if comment.is_official else _finding(comment.ref, text, comment.author, at, editing=True)
    cause = Cause.HEURISTIC if hint else None if proved or comment.is_official else Cause.NO_PROOF
    comment.edited_at = at
    if cause:
        comment.state = CommentState.HELD
    _write(comment, text, at)
    if cause:
        open_case(actor, comment.this, scope=comment.capability, cause=cause, hint=hint, at=at)
    audit.record(actor, "discussion.edit_comment", comment.this, fields=["body", "state"])
    events.publish(actor, CommentEdited(ref=comment.this, thing=comment.ref, state=comment.state))
    return comment


@action
def withdraw_comment(*, actor: Actor, comment_id: UUID, at: datetime) -> Comment:
    """The author takes the comment back: its words are blanked, answers to it stay."""
    comment = _locked(comment_id)
    access.require_own(comment, actor.viewer)
    if comment.state == CommentState.WITHDRAWN:
        return comment
    _move(comment, "withdraw")
    comment.awaits_proof = False
    comment.save()
    blank_versions(comment, at)
    close_case(actor, comment.this, decision=Decision.WITHDRAWN, reason="", at=at)
    audit.record(actor, "discussion.withdraw_comment", comment.this, fields=["body", "state"])
    events.publish(actor, CommentWithdrawn(ref=comment.this, thing=comment.ref))
    return comment


@action
def release_comment(*, actor: Actor, object_id: UUID, reason: str, at: datetime) -> Comment:
    """A moderator publishes what was held, or what was refused, after an objection."""
    comment = _locked(object_id)
    _move(comment, "release")
    comment.save()
    _note_public(comment)
    close_case(actor, comment.this, decision=Decision.RELEASED, reason=reason, at=at)
    audit.record(actor, "discussion.release_comment", comment.this, fields=["state"])
    events.publish(actor, CommentReleased(ref=comment.this, thing=comment.ref))
    return comment


@action
def refuse_comment(*, actor: Actor, object_id: UUID, rule: str, reason: str, at: datetime) -> Comment:
    """A moderator does not publish the comment (any more), by a published rule and with a reason for the author."""
    comment = _locked(object_id)
    if comment.state != CommentState.REFUSED:  # after an objection it may stay refused
        _move(comment, "refuse")
        comment.save()
    close_case(actor, comment.this, decision=Decision.REFUSED, rule=rule, reason=reason, at=at)
    audit.record(actor, "discussion.refuse_comment", comment.this, fields=["state"])
    events.publish(actor, CommentRefused(ref=comment.this, thing=comment.ref))
    return comment


@action
def hold_comment(*, actor: Actor, object_id: UUID, reason: str = "", at: datetime) -> Comment:
    """Back into checking: not public until somebody decides. Undoes a decision of the last minutes."""
    comment = _locked(object_id)
    if comment.state != CommentState.HELD:
        _move(comment, "hold")
        comment.save()
    hold_case(actor, comment.this, at=at, scope=comment.capability)
    audit.record(actor, "discussion.hold_comment", comment.this, fields=["state"], reason=reason)
    events.publish(actor, CommentHeld(ref=comment.this, thing=comment.ref))
    return comment


@action
def blank_name_in_comment(
    *,
    actor: Actor,
    object_id: UUID,
    name: str,
    at: datetime,  # noqa: ARG001 - every action says when
    reason: str = "",
) -> Comment:
    """Replaces a third person's name in every version by „[Name entfernt]“ (practice.md 7)."""
    comment = _locked(object_id)
    if not access.is_moderator(actor.viewer, comment.capability) or comment.author_id == actor.person_id:
        raise NotAllowed
    found = False
    for version in comment.versions.all():
        cleaned = without_name(version.body, name, comment.language)
        if cleaned != version.body:
            found = True
            version.body = cleaned
            version.save(update_fields=["body"])
    if not found:
        raise Invalid(fields={"name": _("Dieser Name steht nicht im Text. Bitte schreiben Sie ihn genau so wie dort.")})
    comment.save(update_fields=["modified"])
    audit.record(actor, "discussion.blank_name_in_comment", comment.this, fields=["body"], reason=reason)
    events.publish(actor, CommentEdited(ref=comment.this, thing=comment.ref, state=comment.state))
    return comment


@action
def blank_version(*, actor: Actor, comment_id: UUID, number: int, at: datetime) -> Comment:
    """The author takes earlier words out of the history; what stands there now is changed, not blanked."""
    comment = _locked(comment_id)
    access.require_own(comment, actor.viewer)
    version = comment.versions.filter(number=number).first()
    if version is None or version.pk == comment.current_id:
        raise NotFound
    version.body, version.blanked_at = "", at
    version.save(update_fields=["body", "blanked_at"])
    comment.save(update_fields=["modified"])
    audit.record(actor, "discussion.blank_version", comment.this, fields=["body"])
    return comment


def _note_public(comment: Comment) -> None:
    """From now on these words stand in the comment's history."""
    if comment.current is not None:
        comment.current.was_public = True
        comment.current.save(update_fields=["was_public"])


def blank_versions(comment: Comment, at: datetime) -> None:
    """Takes the words out of every version; the rows stay. A plain function, for inside an action."""
    comment.versions.filter(blanked_at=None).update(body="", blanked_at=at)


def _locked(comment_id: UUID) -> Comment:
    try:
        return lock(Comment.objects.select_related("current", "author"), pk=comment_id)
    except Comment.DoesNotExist:
        raise NotFound from None


def _text(body: str) -> str:
    text = heuristics.tidy(body)
    if not text:
        raise Invalid(fields={"body": _("Schreiben Sie bitte, was Sie sagen möchten.")})
    if len(text) > BODY_LIMIT:
        raise Invalid(
            fields={
                "body": _("Der Kommentar ist um %(over)s Zeichen zu lang. Erlaubt sind %(limit)s.")
                % {"over": len(text) - BODY_LIMIT, "limit": BODY_LIMIT}
            }
        )
    return text


def _parent(parent_id: UUID | None, ref: Ref) -> Comment | None:
    if parent_id is None:
        return None
    parent = Comment.objects.on(ref).published().filter(pk=parent_id).first()
    if parent is None:
        raise NotFound(_("Den Kommentar, auf den Sie antworten, gibt es nicht mehr. Ihr Text ist noch da."))
    return parent


def _author(actor: Actor, guest: Mapping[str, Any] | None) -> Person:
    if guest is None and actor.person_id is not None:
        return Person.objects.get(pk=actor.person_id)
    return accounts.guest(**{"language": actor.language, **(guest or {})})


def _finding(ref: Ref, text: str, author: Person | None, at: datetime, *, editing: bool = False) -> str:
    """What stands out about these words from this person just now; "" for nothing."""
    known = author is not None and not author.is_guest
    is_new = author is None or author.is_guest or author.created_at > at - NEW
    lately = Comment.objects.filter(written_at__gt=at - JUST_NOW)
    recent = repeated = 0
    if is_new and not editing:
        mine = lately.filter(author=author) if known else lately.on(ref).filter(author__is_guest=True)
        recent = mine.count()
    if len(text) >= SAME_WORDS and not editing:
        twice = Comment.objects.filter(Q(author=author) if known else Q(author__is_guest=True))
        repeated = twice.filter(written_at__gt=at - NEW, current__body=text).count()
    return heuristics.first_finding(
        text,
        words=city.setting("discussion.words", default=[]) or [],
        links_allowed=_number(city.setting("discussion.links", default=1)) if known else 0,
        recent=recent,
        repeated=bool(repeated),
    )


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 1


def _write(comment: Comment, text: str, at: datetime) -> None:
    """A new version becomes the current one."""
    number = (comment.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    comment.current = CommentVersion.objects.create(
        comment=comment, number=number, body=text, written_at=at, was_public=comment.state == CommentState.PUBLISHED
    )
    comment.mentions = mentioned_in(comment.ref, text)
    comment.save()


def _move(comment: Comment, verb: str) -> None:
    target = COMMENT_TRANSITIONS.get((CommentState(comment.state), verb))
    if target is None:
        raise Conflict
    comment.state = target
