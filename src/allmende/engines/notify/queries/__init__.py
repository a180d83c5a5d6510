"""Reading what people follow and were told, errands, and what a receipt shows."""

import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import translation

from allmende.accounts.interface import Recipient, recipients
from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound
from allmende.core.refs import Ref
from allmende.engines.notify import rules
from allmende.engines.notify.models import Errand, Follow, Notice, Receipt

SALT = "notify.unsubscribe"


def following(viewer: Viewer, refs: Iterable[Ref]) -> set[Ref]:
    """Which of these things the viewer follows, in one query; nothing and no query for a visitor."""
    wanted = list(refs)
    if viewer.person_id is None or not wanted:
        return set()
    found = Follow.objects.active().filter(any_of(wanted), person_id=viewer.person_id)
    return {row.ref for row in found}


def any_of(refs: Collection[Ref]) -> Q:
    """Rows about one of these things; there must be one."""
    by_kind: defaultdict[tuple[str, str], list[UUID]] = defaultdict(list)
    for ref in refs:
        by_kind[ref.capability, ref.kind].append(ref.id)
    conditions = (Q(capability=capability, kind=kind, object_id__in=ids) for (capability, kind), ids in by_kind.items())
    return reduce(or_, conditions)


def followers(ref: Ref) -> list[UUID]:
    """Who follows the thing, in the order in which they began."""
    return list(Follow.objects.of(ref).active().order_by("changed_at").values_list("person_id", flat=True))


def follows_of(viewer: Viewer, *, after: UUID | None = None, limit: int = 50) -> list[Follow]:
    """What the viewer follows, newest first; `after` is the last id of the part before."""
    if viewer.person_id is None:
        return []
    found = Follow.objects.active().filter(person_id=viewer.person_id).order_by("-id")
    return list((found.filter(id__lt=after) if after else found)[:limit])


def unread_count(viewer: Viewer) -> int:
    """How many notices the viewer has not read; no query for a visitor."""
    if viewer.person_id is None:
        return 0
    return Notice.objects.filter(person_id=viewer.person_id, read_at=None).count()


def notices_of(viewer: Viewer, *, after: UUID | None = None, limit: int = 20, unread: bool = False) -> list[Notice]:
    """The viewer's notices, newest first; `after` is the last id of the part before."""
    if viewer.person_id is None:
        return []
    found = Notice.objects.filter(person_id=viewer.person_id).order_by("-id")
    if unread:
        found = found.filter(read_at=None)
    return list((found.filter(id__lt=after) if after else found)[:limit])


def path_of(ref: Ref, language: str) -> str:
    """Address of the thing's page in this language, else its permanent address."""
    if ref.capability == "notify" and ref.kind == "settings":
        with translation.override(language):
            return reverse("notify:settings")
    if ref.capability == "notify" and ref.kind == "search":
        from allmende.engines.notify.queries.searches import path_of_search

        with translation.override(language):
            return path_of_search(ref.id)
    kind = manifest.index_kinds().get((ref.capability, ref.kind))
    path = kind.url(ref.id) if kind else None
    if path is None:
        return f"/r/{ref}"
    return path if language == settings.LANGUAGE_CODE else f"/{language}{path}"


def absolute(path: str) -> str:
    """The address for a mail or letter."""
    return f"{settings.PUBLIC_URL}{path}"


# Unsubscribing


COLLECTED = Ref("notify", "collected", UUID(int=0))
"""Stands for the collected mails where a thing would stand."""


@dataclass(frozen=True)
class Subscription:
    """Whose mail about what: a thing, or COLLECTED."""

    person_id: UUID
    ref: Ref


def unsubscribe_url(subscription: Subscription, language: str) -> str:
    """Absolute address that ends mail about a thing; whoever has the mail has it, no login needed (RFC 8058)."""
    # No time in it: a mail that is sent again is the same to the last sign.
    token = signing.Signer(salt=SALT).sign_object([str(subscription.person_id), str(subscription.ref)], compress=True)
    with translation.override(language):
        return absolute(reverse("notify:unsubscribe", args=[token]))


def subscription_of(token: str) -> Subscription:
    """Raises NotFound when the address was changed on its way."""
    try:
        try:
            person_id, ref = signing.Signer(salt=SALT).unsign_object(token)
        except signing.BadSignature:
            person_id, ref = signing.loads(token, salt=SALT)  # mails of earlier releases
        return Subscription(UUID(person_id), Ref.parse(ref))
    except (signing.BadSignature, ValueError, TypeError, zlib.error):
        raise NotFound from None


# Errands


@dataclass(frozen=True)
class ErrandView:
    """A letter or call with whom it goes to, as they are reached today."""

    errand: Errand
    recipient: Recipient | None
    """None when the person was erased or locked a moment ago."""
    receipt: Receipt | None
    url: str

    @property
    def is_possible(self) -> bool:
        """Whether there still is an address or number to carry it out with."""
        if self.recipient is None:
            return False
        letter = self.errand.medium == Errand.Medium.LETTER
        return bool(self.recipient.postal_address if letter else self.recipient.telephone)


def _errands(viewer: Viewer, medium: str) -> QuerySet[Errand]:
    scopes = rules.errand_scopes(viewer)
    found = Errand.objects.filter(medium=medium)
    return found if scopes is None else found.filter(capability__in=scopes)


def waiting(viewer: Viewer, medium: str, *, limit: int = 200, up_to: int | None = None) -> list[ErrandView]:
    """What is to be done, oldest first; `up_to` is the last number of a batch that was looked at before."""
    found = _errands(viewer, medium).filter(state=Errand.State.WAITING)
    if up_to is not None:
        found = found.filter(number__lte=up_to)
    return _views(found.order_by("id")[:limit])


def done(viewer: Viewer, medium: str, *states: Errand.State, limit: int = 30) -> list[ErrandView]:
    """What is in one of these states (usual: done), newest first."""
    found = _errands(viewer, medium).filter(state__in=states or [Errand.State.DONE])
    return _views(found.order_by("-done_at", "-id")[:limit])


def waiting_count(viewer: Viewer, medium: str) -> int:
    return _errands(viewer, medium).filter(state=Errand.State.WAITING).count()


def _views(errands: Iterable[Errand]) -> list[ErrandView]:
    rows = list(errands)
    people = recipients(row.person_id for row in rows) if rows else {}
    receipts = (
        {
            (receipt.person_id, receipt.ref): receipt
            for receipt in Receipt.objects.filter(any_of({row.ref for row in rows}), person__in=set(people))
        }
        if rows
        else {}
    )
    return [
        ErrandView(row, people.get(row.person_id), receipts.get((row.person_id, row.ref)), f"/r/{row.ref}")
        for row in rows
    ]


# Receipts


def receipt_of(ref: Ref, person_id: UUID) -> Receipt | None:
    """The receipt that a person was given for a thing."""
    found = Receipt.objects.filter(capability=ref.capability, kind=ref.kind, object_id=ref.id, person=person_id)
    return found.first()


def receipt_by_code(number: str, code: str) -> Receipt | None:
    """The receipt that number and code belong to; the caller counts attempts."""
    serial = rules.serial_of(number)
    receipt = Receipt.objects.filter(year=serial[0], serial=serial[1]).first() if serial else None
    # A number that does not exist takes as long as one that does.
    fits = rules.is_code(receipt.id if receipt else UUID(int=0), code)
    return receipt if fits else None


@dataclass(frozen=True)
class Standing:
    """How the thing of a receipt stands, for whoever holds it: also while it is not public."""

    receipt: Receipt
    kind_label: str
    title: str
    title_language: str
    state: str
    next_step: str
    office: str
    due: datetime | None
    happened_at: datetime | None
    url: str
    """Path of the public page, or empty while there is none."""
    told: tuple[tuple[datetime, str, str], ...]
    """What its author was told last: when, subject, body."""

    @property
    def is_gone(self) -> bool:
        return self.happened_at is None


def standing(number: str, code: str, viewer: Viewer, at: datetime) -> Standing:
    """What number and code open; the caller counts attempts. Raises NotFound alike for a wrong number and code."""
    receipt = receipt_by_code(number, code)
    if receipt is None:
        raise NotFound
    return standing_of(receipt, viewer, at)


def standing_of(receipt: Receipt, viewer: Viewer, at: datetime) -> Standing:
    language = viewer.language
    kind = manifest.index_kinds().get((receipt.capability, receipt.kind))
    entry = kind.entry(receipt.object_id) if kind else None
    told = Notice.objects.filter(
        person=receipt.person_id, capability=receipt.capability, kind=receipt.kind, object_id=receipt.object_id
    ).order_by("-id")[:5]

    def said(texts: object) -> str:
        assert entry is not None
        found = dict(texts)  # type: ignore[call-overload]
        return str(found.get(language) or found.get(settings.LANGUAGE_CODE) or next(iter(found.values()), ""))

    return Standing(
        receipt=receipt,
        kind_label=str(kind.label) if kind else "",
        title=said(entry.titles) if entry else "",
        title_language=(language if entry.titles.get(language) and len(entry.titles) > 1 else entry.language)
        if entry
        else "",
        state=said(entry.state_labels) if entry else "",
        next_step=said(entry.next_step) if entry else "",
        office=said(entry.office) if entry else "",
        due=entry.due if entry else None,
        happened_at=entry.happened_at if entry else None,
        url=path_of(receipt.ref, language) if entry and manifest.may_see(receipt.ref, viewer, at) else "",
        told=tuple((notice.at, notice.subject(language), notice.body(language)) for notice in told),
    )
