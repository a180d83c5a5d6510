"""Feeds from the official website: which, and what was read."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from allmende.capabilities.portal.events.exchange import FeedSourceSaved, WebsiteItemTaken, WebsiteItemWithdrawn
from allmende.capabilities.portal.models.exchange import FeedItem, FeedSource
from allmende.capabilities.portal.ports import Fetched
from allmende.capabilities.portal.rules import exchange as rules
from allmende.core import audit, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Invalid, NotAllowed, NotFound


def _locked(source_id: UUID) -> FeedSource:
    try:
        return lock(FeedSource.objects.all(), pk=source_id)
    except FeedSource.DoesNotExist:
        raise NotFound from None


@action
def save_source(
    *,
    actor: Actor,
    url: str,
    title: str,
    language: str = "de",
    is_active: bool = True,
    source_id: UUID | None = None,
    is_example: bool = False,
    at: datetime,
) -> FeedSource:
    """Enters the address of a feed, or changes one. Switched off, its things are no longer shown. Raises Invalid."""
    rules.require_may_configure(actor.viewer)
    url = url.strip()
    wrong: dict[str, str] = {}
    if not rules.web_address(url) and not ((settings.DEMO or is_example) and url.startswith("demo:")):
        wrong["url"] = _("Bitte geben Sie eine Adresse an, die mit https:// beginnt.")
    elif FeedSource.objects.filter(~Q(pk=source_id) if source_id else Q(), url=url).exists():
        wrong["url"] = _("Diesen Feed gibt es hier schon.")
    if not title.strip():
        wrong["title"] = _("Bitte sagen Sie, wie die Quelle heißt.")
    if wrong:
        raise Invalid(fields=wrong)
    row = _locked(source_id) if source_id else FeedSource(created_at=at)
    if row.url != url:
        row.etag = row.last_modified = ""
    was_active = row.is_active
    row.url, row.title, row.language, row.is_active = url[:500], title.strip()[:120], language, is_active
    row.is_example = row.is_example or is_example
    row.next_check_at, row.failures, row.problem = at, 0, ""
    row.save()
    audit.record(actor, "portal.save_source", row.ref, fields=["url", "title", "language", "is_active"])
    events.publish(actor, FeedSourceSaved(ref=row.ref))
    if was_active != is_active:
        for item in row.items.filter(withdrawn_at=None):
            events.publish(actor, WebsiteItemTaken(ref=item.ref))
    return row


@action
def note_problem(*, actor: Actor, source_id: UUID, problem: str, at: datetime) -> FeedSource:
    """A reading failed; the next one comes later each time. The platform acts."""
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    row = _locked(source_id)
    row.failures = min(row.failures + 1, 1000)
    row.problem, row.checked_at, row.next_check_at = problem, at, rules.next_check(row.failures, at)
    row.save()
    audit.record(actor, "portal.note_problem", row.ref, fields=["problem"], reason=problem)
    return row


@action
def take_reading(
    *, actor: Actor, source_id: UUID, fetched: Fetched, reading: rules.Reading | None, at: datetime
) -> FeedSource:
    """Takes what a feed holds: new things appear, changed ones change, missing ones go. The platform acts.

    `reading` None: nothing is new. What came from this very portal, or stands here from another feed by the same link,
    is not taken a second time. A reading that is not whole withdraws nothing.
    """
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    row = _locked(source_id)
    row.etag, row.last_modified = fetched.etag, fetched.last_modified
    row.failures, row.problem, row.checked_at, row.next_check_at = 0, "", at, rules.next_check(0, at)
    row.save()
    changed = 0
    if reading is not None:
        have = {item.guid: item for item in row.items.all()}
        elsewhere = set(
            FeedItem.objects.filter(link__in={item.link for item in reading.items}, withdrawn_at=None)
            .exclude(source=row)
            .values_list("link", flat=True)
        )
        ours = _ours({item.guid for item in reading.items})
        for item in reading.items:
            if rules.is_ours(item, settings.PUBLIC_URL, ours) or item.link in elsewhere:
                continue
            changed += _take(actor, row, item, have.get(item.guid), at)
        if reading.whole:
            changed += _withdraw(actor, row, reading, have, at)
    audit.record(actor, "portal.take_reading", row.ref, fields=["items"] if changed else ["checked_at"])
    return row


def _ours(guids: set[str]) -> set[str]:
    """Those of the ids that are of something in this portal („urn:uuid:…“)."""
    from allmende.engines.search.interface import Entry

    ids: dict[UUID, str] = {}
    for guid in guids:
        try:
            ids[UUID(guid.rsplit(":", 1)[-1])] = guid
        except ValueError:
            continue
    known = Entry.objects.filter(object_id__in=ids).values_list("object_id", flat=True)
    return {ids[found] for found in known}


def _take(actor: Actor, source: FeedSource, item: rules.Item, have: FeedItem | None, at: datetime) -> int:
    words = {"title": item.title, "summary": item.summary, "link": item.link}
    if have is None:
        have = FeedItem(source=source, guid=item.guid, first_seen_at=at, published_at=item.published_at or at)
    elif have.withdrawn_at is None and all(getattr(have, name) == value for name, value in words.items()):
        return 0
    for name, value in words.items():
        setattr(have, name, value)
    have.published_at = item.published_at or have.published_at
    have.language, have.changed_at, have.withdrawn_at = source.language, at, None
    have.save()
    events.publish(actor, WebsiteItemTaken(ref=have.ref))
    return 1


def _withdraw(actor: Actor, source: FeedSource, reading: rules.Reading, have: dict[str, FeedItem], at: datetime) -> int:
    present = {item.guid for item in reading.items}
    dates = [item.published_at for item in reading.items if item.published_at] or [
        have[guid].published_at for guid in present if guid in have
    ]
    oldest = min(dates, default=None)
    gone = 0
    for item in have.values():
        if item.withdrawn_at is None and rules.withdrawn(
            present, oldest, guid=item.guid, published_at=item.published_at
        ):
            item.withdrawn_at = item.changed_at = at
            item.title, item.summary = "–", ""
            item.save()
            events.publish(actor, WebsiteItemWithdrawn(ref=item.ref))
            gone += 1
    del source
    return gone
