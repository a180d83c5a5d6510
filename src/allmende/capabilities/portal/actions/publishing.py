"""Checked, released, withdrawn: the only ways by which a page of the editors becomes public, or stops being so.

Wagtail keeps versions and draws the editor; it publishes nothing by itself (`models.gate`). Its buttons, the desk, the
clock and the demo content all come here.
"""

import json
import re
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Revision

from allmende.accounts.interface import Person
from allmende.capabilities.portal.events.pages import (
    PageAppeared,
    PageChecked,
    PageMovedOn,
    PageReleased,
    PageWithdrawn,
)
from allmende.capabilities.portal.models import Post, gate
from allmende.capabilities.portal.models.files import film_ref
from allmende.capabilities.portal.models.pages import EditorialPage
from allmende.capabilities.portal.queries.elections import hold_at
from allmende.capabilities.portal.queries.pages import pages_with
from allmende.capabilities.portal.rules import pages as rules
from allmende.core import audit, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from allmende.engines.media import interface as media


@action
def check_page(*, actor: Actor, page_id: int, at: datetime, reason: str = "") -> Post:
    """Notes that this very version was read by somebody else. Whoever wrote it gives a reason for checking alone.

    Raises NotAllowed, or Invalid on `reason`.
    """
    _require(actor, may=rules.may_check(actor.viewer))
    post, page = _locked(page_id)
    revision = _latest(page)
    if actor.person_id in authors_of(post, page) and not reason.strip():
        raise Invalid(
            fields={
                "reason": _(
                    "Sie haben an diesem Text geschrieben. Bitte nennen Sie den Grund, warum Sie allein prüfen."
                )
            }
        )
    post.checked_revision, post.checked_by_id = revision.pk, actor.person_id
    post.written_revision, post.written_by_id = revision.pk, revision.user_id
    post.save()
    audit.record(actor, "portal.check_page", post.ref, fields=["checked_revision"], reason=reason)
    events.publish(actor, PageChecked(ref=post.ref, language=post.language))
    del at
    return post


@action
def release_page(*, actor: Actor, page_id: int, at: datetime, reason: str = "") -> Post:
    """Releases the version that was checked: at once, or from its embargo's end on.

    A new version of a page that everybody sees already takes over at its own date. What would appear within a period of
    the election calendar is held and waits for a release within that period. Raises Conflict when the latest version
    was not checked, Invalid when its end has passed.
    """
    _require(actor, may=actor.channel == Channel.SYSTEM or rules.may_release(actor.viewer))
    post, page = _locked(page_id)
    revision = _latest(page)
    if post.checked_revision != revision.pk and not _says_the_same(page, revision, post.checked_revision):
        raise Conflict(_("Diese Fassung ist noch nicht geprüft. Bitte lassen Sie sie zuerst prüfen."))
    post.checked_revision = revision.pk
    new = revision.as_object()
    if new.expire_at is not None and new.expire_at <= at:
        raise Invalid(_("Das Ende der Veröffentlichung liegt in der Vergangenheit."))
    later = new.go_live_at if new.go_live_at is not None and new.go_live_at > at else None
    held = hold_at(later, renewed_at=at) if later else None
    was_visible, appears = post.is_visible(at), False
    news = _news_in(page, post.released_revision, revision) if was_visible and later is None else ()
    if held is not None:
        post.state = post.state if was_visible else Post.State.HELD
        post.hold_reason = held.reason
    elif was_visible and later is not None:
        post.next_revision, post.next_from, post.hold_reason, post.released_at = revision.pk, later, "", at
    else:
        _publish(revision, actor.person_id)
        post.state, post.hold_reason = Post.State.RELEASED, ""
        post.next_revision = post.next_from = None
        post.released_revision = revision.pk
        post.released_at = at
        if later is not None or not was_visible:
            post.visible_from = later or (post.visible_from if post.announced_at and post.visible_from else at)
        post.visible_until = new.expire_at
        post.films = _keep_films(new)
        if later is None:
            appears = post.announced_at is None
            post.announced_at = post.announced_at or at
            _show_files(page)
    post.released_by_id = actor.person_id
    post.save()
    audit.record(
        actor, "portal.release_page", post.ref, fields=["state", "released_revision", "visible_from"], reason=reason
    )
    events.publish(actor, PageReleased(ref=post.ref, language=post.language, scheduled=later is not None))
    if appears:
        events.publish(actor, PageAppeared(ref=post.ref, language=post.language))
    if news:
        events.publish(actor, PageMovedOn(ref=post.ref, language=post.language, correction="corrections" in news))
    return post


@action
def withdraw_page(*, actor: Actor, page_id: int, at: datetime, reason: str = "") -> Post:
    """Takes a page away from everybody, at once. Its versions stay; it can be released again."""
    _require(actor, may=rules.may_release(actor.viewer))
    post, page = _locked(page_id)
    if post.state not in {Post.State.RELEASED, Post.State.HELD}:
        raise Conflict(_("Diese Seite ist nicht veröffentlicht."))
    _take_away(post, page, Post.State.WITHDRAWN, at)
    audit.record(actor, "portal.withdraw_page", post.ref, fields=["state"], reason=reason)
    events.publish(actor, PageWithdrawn(ref=post.ref, language=post.language, state=post.state))
    return post


@action
def hold_page(*, actor: Actor, page_id: int, reason: str, at: datetime) -> Post | None:
    """Stops a page before it appears, until somebody releases it anew: for the election calendar, or by hand.

    Holds the embargoed page itself, or the new version of a visible one. Does nothing to a page that is visible and
    has nothing planned, and returns None then.
    """
    _require(actor, may=actor.channel == Channel.SYSTEM or rules.may_release(actor.viewer))
    post, page = _locked(page_id)
    if post.is_embargoed(at):
        _take_away(post, page, Post.State.HELD, at)
    elif post.next_revision is not None:
        post.next_revision = post.next_from = None
    else:
        return None
    post.hold_reason = reason.strip()[:300]
    post.save()
    audit.record(actor, "portal.hold_page", post.ref, fields=["state", "next_revision"], reason=reason)
    events.publish(actor, PageWithdrawn(ref=post.ref, language=post.language, state=Post.State.HELD))
    return post


@action
def bring_page(*, actor: Actor, page_id: int, at: datetime) -> Post | None:
    """What the clock brings: an embargo has ended, a new version takes over, the end has come. Tolerates repeats.

    Everybody sees all of that to the minute without this; here it is made known, pictures become public, and a new
    version is written. A page whose time lies in a period of the election calendar is held instead.
    """
    _require(actor, may=actor.channel == Channel.SYSTEM)
    post, page = _locked(page_id)
    if post.state != Post.State.RELEASED:
        return None
    if post.visible_until is not None and post.visible_until <= at:
        _take_away(post, page, Post.State.WITHDRAWN, at)
        audit.record(actor, "portal.bring_page", post.ref, fields=["state"], reason="end")
        events.publish(actor, PageWithdrawn(ref=post.ref, language=post.language, state=post.state))
        return post
    if post.next_from is not None and post.next_from <= at:
        revision = page.revisions.get(pk=post.next_revision)
        news = _news_in(page, post.released_revision, revision)
        _publish(revision, post.released_by_id)
        post.released_revision = revision.pk
        post.visible_until = revision.as_object().expire_at
        post.next_revision = post.next_from = None
        post.films = _keep_films(revision.as_object())
        _show_files(page)
        event: PageReleased | PageAppeared = PageReleased(ref=post.ref, language=post.language, scheduled=False)
        if news:
            events.publish(actor, PageMovedOn(ref=post.ref, language=post.language, correction="corrections" in news))
    elif post.announced_at is None and post.is_visible(at):
        post.announced_at = at
        _show_files(page)
        event = PageAppeared(ref=post.ref, language=post.language)
    else:
        return None
    post.save()
    audit.record(actor, "portal.bring_page", post.ref, fields=["announced_at", "released_revision"])
    events.publish(actor, event)
    return post


def _require(actor: Actor, *, may: bool) -> None:
    if may:
        return
    if not actor.viewer.is_signed_in:
        raise NotSignedIn
    raise NotAllowed(_("Dafür brauchen Sie das Recht der Redaktion."))


def _locked(page_id: int) -> tuple[Post, EditorialPage]:
    """The row, locked, and its page as it stands. Raises NotFound."""
    try:
        post = lock(Post.objects.select_related("page"), page_id=page_id)
    except Post.DoesNotExist:
        raise NotFound from None
    return post, post.page.specific


def _latest(page: EditorialPage) -> Revision:
    revision = page.get_latest_revision()
    if revision is None:
        raise Conflict(_("Von dieser Seite gibt es noch keine gespeicherte Fassung."))
    return revision


def authors_of(post: Post, page: EditorialPage) -> set[UUID]:
    """Who wrote what is not released yet."""
    return set(
        page.revisions.filter(pk__gt=post.released_revision or 0, user__isnull=False).values_list("user_id", flat=True)
    )


NO_WORDS = frozenset(
    (
        "pk",
        "path",
        "depth",
        "numchild",
        "url_path",
        "live",
        "has_unpublished_changes",
        "first_published_at",
        "last_published_at",
        "live_revision",
        "latest_revision",
        "latest_revision_created_at",
        "go_live_at",
        "expire_at",
        "expired",
        "locked",
        "locked_at",
        "locked_by",
        "draft_title",
        "owner",
        "wagtail_admin_comments",
    )
)
"""What of a version is no text: when it appears, whoever releases it decides."""
KEYS = re.compile(r'\sdata-block-key="[^"]*"')


def _words(value: Any) -> Any:
    """A version's content without the keys that the editor gives to blocks and paragraphs."""
    if isinstance(value, dict):
        return {name: _words(part) for name, part in value.items() if name != "id" and name not in NO_WORDS}
    if isinstance(value, list):
        return [_words(part) for part in value]
    if not isinstance(value, str):
        return value
    if value[:1] in {"[", "{"}:
        try:
            return _words(json.loads(value))
        except ValueError:
            return value
    return KEYS.sub("", value)


NEWS = ("progress", "next_step", "milestones", "stages", "corrections")
"""What followers of a page hear of when it changes; a comma put right is no news."""


def _news_in(page: EditorialPage, before: int | None, after: Revision) -> tuple[str, ...]:
    """Which of those parts the new version tells otherwise than the one that everybody sees."""
    old = page.revisions.filter(pk=before).first() if before else None
    if old is None:
        return ()
    return tuple(
        name for name in NEWS if name in after.content and _words(old.content.get(name)) != _words(after.content[name])
    )


def _says_the_same(page: EditorialPage, revision: Revision, checked: int | None) -> bool:
    """Whether a version holds the very words of the one that was checked: sending a form unchanged makes a new one."""
    before = page.revisions.filter(pk=checked).first() if checked else None
    if before is None:
        return False
    return bool(_words(before.content) == _words(revision.content))


def _publish(revision: Revision, person_id: UUID | None) -> None:
    """Lets Wagtail write the version as the live one, whatever its date: when everybody sees it, `Post` decides."""
    step = PublishPageRevisionAction(revision, user=Person.objects.filter(pk=person_id).first() if person_id else None)
    step.object.go_live_at = None
    with gate.publishing():
        step.execute(skip_permission_checks=True)


def _take_away(post: Post, page: EditorialPage, state: Post.State, at: datetime) -> None:
    if page.live:
        with gate.publishing():
            UnpublishPageAction(page).execute(skip_permission_checks=True)
    post.state = state
    post.next_revision = post.next_from = None
    post.save()
    others = Post.objects.visible(at).exclude(pk=post.pk)
    for thing in (*page.pictures(), *page.files()):
        if not others.filter(page_id__in=pages_with(thing)).exists():
            media.withdraw(thing.ref)
    for film in post.films:
        if not others.filter(films__contains=[film]).exists():
            media.withdraw(film_ref(film))


def _show_files(page: EditorialPage) -> None:
    page.refresh_from_db()
    for thing in (*page.pictures(), *page.files()):
        media.release(thing.ref)
    for film in page.films():
        media.release(film_ref(film))


def _keep_films(page: EditorialPage) -> list[UUID]:
    """Ties the library's videos to the portal, private until the page is seen; one that is gone is left out."""
    found = [film for film in dict.fromkeys(page.films()) if media.video(film) is not None]
    for film in found:
        media.attach(film, film_ref(film))
    return found
