"""From an event to everyone whom it concerns: once each, in their language, by their way, if they may see it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _

from allmende.accounts.interface import Recipient, recipients, viewer_of
from allmende.accounts.models import PersonKey
from allmende.core import audit, city, manifest
from allmende.core.actions import action
from allmende.core.actor import Actor, Viewer
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule, NoticeText
from allmende.core.refs import Ref
from allmende.engines.notify import rules, tasks
from allmende.engines.notify.models import Bulletin, Device, Errand, Follow, Mail, Notice, Receipt, Wishes
from allmende.engines.notify.queries import any_of, wishes
from allmende.engines.notify.queries.wishes import Wish

LOCKS = 0x6E6F7469
"""Class of the advisory locks of this room: "noti"."""
WAYS = {"email": Notice.Way.MAIL, "letter": Notice.Way.LETTER, "telephone": Notice.Way.CALL}


@dataclass(frozen=True)
class Told:
    """One person to tell, by which rule, and why them."""

    person_id: UUID
    rule: str
    text: dict[str, NoticeText]
    because: Notice.Because
    via: Ref
    urgent: bool
    weekly: bool = False

    @property
    def ref(self) -> Ref:
        return next(iter(self.text.values())).ref

    @property
    def topic(self) -> str:
        return rules.topic_of(self.via, own=self.because == Notice.Because.OWN)


@dataclass(frozen=True)
class Plan:
    """How and when one person is told besides the portal."""

    way: Notice.Way
    due_at: datetime
    collect_at: datetime | None = None


type Texts = list[tuple[str, NoticeRule, dict[str, NoticeText]]]
"""Every rule of an event with its name and what it says in each language."""


@action
def tell_people(*, actor: Actor, event: Stored, at: datetime) -> int:
    """Tells everyone whom the event concerns; returns how many are new. Repeating it tells nobody twice.

    People who caused it, who may not see the thing, or who are gone are left out. Whoever is addressed for their own
    contribution is not told again as a follower.
    """
    notice_rules = manifest.notice_rules().get(event.name, ())
    if not notice_rules:
        return 0
    with connection.cursor() as cursor:  # two deliveries of the same event come one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCKS, event.sequence % 2**31])
    texts = [(f"{rule.event}#{number}", rule, _texts(rule, event)) for number, rule in enumerate(notice_rules)]
    _publish(texts, event, at)
    told = list(_whom(texts, event))
    known = set(Notice.objects.filter(event=event.sequence).values_list("person_id", flat=True))
    people = recipients(one.person_id for one in told if one.person_id not in known)
    told = [one for one in told if one.person_id in people]
    told = list(_who_may_see(told, people, at))
    if not told:
        return 0
    plans = _plans(told, people, at)
    theirs = _theirs(told, at)
    notices = [
        Notice(
            person_id=one.person_id,
            event=event.sequence,
            rule=one.rule,
            capability=one.ref.capability,
            kind=one.ref.kind,
            object_id=one.ref.id,
            because=one.because,
            via=str(one.via),
            subjects={language: text.subject for language, text in one.text.items()},
            bodies={
                language: f"{theirs.get((one.via, language), '')} {text.body}".strip()
                for language, text in one.text.items()
            },
            way=plans[one.person_id].way,
            collect_at=plans[one.person_id].collect_at,
            at=at,
        )
        for one in told
    ]
    urgent = {one.person_id for one in told if one.urgent}
    _send(notices, people, plans, urgent=urgent, at=at)
    _push(told, notices, plans)
    audit.record(actor, "notify.tell_people", event.ref, fields=["notices"])
    return len(notices)


def _publish(texts: Texts, event: Stored, at: datetime) -> None:
    """Keeps what followers are told for the feeds, of what everybody may see."""
    is_public = cache(lambda ref: manifest.may_see(ref, Viewer(), at))
    found = [
        Bulletin(
            event=event.sequence,
            rule=name,
            capability=ref.capability,
            kind=ref.kind,
            object_id=ref.id,
            leads_to=str(leads_to),
            subjects={language: one.subject for language, one in text.items()},
            bodies={language: one.body for language, one in text.items()},
            at=at,
        )
        for name, rule, text in texts
        if text
        for leads_to in [next(iter(text.values())).ref]
        for ref in rule.followed(event)
        if is_public(ref) and is_public(leads_to)
    ]
    Bulletin.objects.bulk_create(found, ignore_conflicts=True)


def _whom(texts: Texts, event: Stored) -> Iterator[Told]:
    """Everyone by the first rule that names them; for what is their own before what they follow."""
    seen: set[UUID] = set()
    if event.actor_key is not None:
        seen |= set(PersonKey.objects.filter(key=event.actor_key).values_list("person_id", flat=True))
    for one in _addressed(texts, event):
        if one.person_id not in seen:
            seen.add(one.person_id)
            yield one


def _addressed(texts: Texts, event: Stored) -> Iterator[Told]:
    """Everyone as often as rules name them: authors, then whoever brought something in, then followers."""
    said = [(name, rule, text, next(iter(text.values())).ref) for name, rule, text in texts if text]
    own, followed = Notice.Because.OWN, Notice.Because.FOLLOWED
    for name, rule, text, ref in said:
        for person_id in rule.people(event):
            yield Told(person_id, name, text, own, ref, rule.urgent)
    for name, rule, text, _ref in said:
        for person_id, via in _holders(rule.owned(event)):
            yield Told(person_id, name, text, own, via, rule.urgent)
    for name, rule, text, _ref in said:
        for person_id, via in _followers(rule.followed(event)):
            yield Told(person_id, name, text, followed, via, rule.urgent, rule.weekly)


def _followers(refs: Iterable[Ref]) -> list[tuple[UUID, Ref]]:
    """Who follows which of these things, in their order; one query however many."""
    order = {ref: place for place, ref in enumerate(dict.fromkeys(refs))}
    found = Follow.objects.active().filter(any_of(order)).order_by("id") if order else ()
    return sorted(((row.person_id, row.ref) for row in found), key=lambda one: order[one[1]])


def _holders(refs: Iterable[Ref]) -> list[tuple[UUID, Ref]]:
    """Who brought which of these things in, in their order; one query however many."""
    kinds = manifest.index_kinds()
    order = {
        ref: place
        for place, ref in enumerate(dict.fromkeys(refs))
        if (kind := kinds.get((ref.capability, ref.kind))) is not None and kind.brought_in
    }
    found = Receipt.objects.filter(any_of(order)).order_by("id") if order else ()
    return sorted(((row.person_id, row.ref) for row in found), key=lambda one: order[one[1]])


def _theirs(told: list[Told], at: datetime) -> dict[tuple[Ref, str], str]:
    """A sentence for those whose own contribution is part of what is told, but not what it is told of."""
    refs = {one.via for one in told if one.because == Notice.Because.OWN and one.via != one.ref}
    sentences = {}
    for language in next(iter(told)).text if refs else ():
        with translation.override(language):
            for ref, shown in manifest.lookup().resolve(refs, Viewer(language=language), at).items():
                words = _("Ihr Beitrag „%(title)s“ gehört dazu.") % {"title": shown.title(language)}
                sentences[ref, language] = words
    return sentences


def _texts(rule: NoticeRule, event: Stored) -> dict[str, NoticeText]:
    """What the rule says in every language; empty when there is nothing to say (any more)."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            text = rule.text(event, language)
        if text is not None:
            found[language] = text
    return found


def _who_may_see(told: list[Told], people: dict[UUID, Recipient], at: datetime) -> Iterator[Told]:
    """Asks the thing's own room; once for all when everybody may see it."""
    public: dict[Ref, bool] = {}
    for one in told:
        if one.ref not in public:
            public[one.ref] = manifest.may_see(one.ref, Viewer(), at)
        viewer = viewer_of(one.person_id, people[one.person_id].language) if not public[one.ref] else Viewer()
        if public[one.ref] or manifest.may_see(one.ref, viewer, at):
            yield one


def _muted(told: list[Told]) -> set[UUID]:
    """Those who want no mail about the thing, or about what it came by."""
    pairs = {(one.person_id, ref) for one in told for ref in (one.ref, one.via)}
    muted = Follow.objects.filter(
        any_of({ref for _person, ref in pairs}), state=Follow.State.MUTED, person__in=[one.person_id for one in told]
    )
    return {row.person_id for row in muted if (row.person_id, row.ref) in pairs}


def _way(recipient: Recipient) -> Notice.Way:
    """How this person is told besides the portal, if the contact that it takes is there."""
    way = WAYS.get(recipient.contact_kind, Notice.Way.NONE)
    there = {
        Notice.Way.MAIL: recipient.email,
        Notice.Way.LETTER: recipient.postal_address,
        Notice.Way.CALL: recipient.telephone,
    }
    return way if there.get(way) else Notice.Way.NONE


def _usual(one: Told) -> Wishes.When:
    """For whoever has not said when they want mail."""
    return Wishes.When.WEEKLY if one.weekly else Wishes.When.AT_ONCE


def _plans(told: list[Told], people: dict[UUID, Recipient], at: datetime) -> dict[UUID, Plan]:
    """How and when each of them is told besides the portal; a few queries for however many there are."""
    wanted = wishes.wishes_of(one.person_id for one in told)
    stopped = wishes.stopped({one.person_id: people[one.person_id] for one in told})
    muted = _muted(told)
    zone = city.current().zone
    media = {Notice.Way.MAIL: "mail", Notice.Way.LETTER: "letter"}

    def plan(one: Told, wish: Wish) -> Plan:
        way = _way(people[one.person_id])
        when = Wishes.When.AT_ONCE if one.urgent else wish.mail(one.topic, _usual(one))
        comes_back = (one.person_id, media.get(way, "")) in stopped
        if one.person_id in muted or comes_back or when == Wishes.When.NEVER:
            way = Notice.Way.NONE
        if one.urgent:
            return Plan(way, at)
        if way != Notice.Way.MAIL or when == Wishes.When.AT_ONCE:
            return Plan(way, rules.after_quiet(at, wish.quiet, zone))
        weekday = wish.weekday if when == Wishes.When.WEEKLY else None
        collected = rules.after_quiet(rules.next_collection(at, weekday, zone), wish.quiet, zone)
        return Plan(way, rules.after_quiet(at, wish.quiet, zone), collected)

    return {one.person_id: plan(one, wanted[one.person_id]) for one in told}


def _send(
    notices: list[Notice],
    people: dict[UUID, Recipient],
    plans: dict[UUID, Plan],
    *,
    urgent: set[UUID],
    at: datetime,
) -> None:
    """Keeps the notices with mails to send, letters and calls laid out, in one transaction."""
    mails = {
        notice.id: Mail(
            person_id=notice.person_id,
            is_urgent=notice.person_id in urgent,
            due_at=plans[notice.person_id].due_at,
            created_at=at,
        )
        for notice in notices
        if notice.way == Notice.Way.MAIL and notice.collect_at is None
    }
    Mail.objects.bulk_create(mails.values())
    for notice in notices:
        notice.mail = mails.get(notice.id)
    Notice.objects.bulk_create(notices)
    media = {Notice.Way.LETTER: Errand.Medium.LETTER, Notice.Way.CALL: Errand.Medium.CALL}
    Errand.objects.bulk_create(
        Errand(
            medium=media[Notice.Way(notice.way)],
            person_id=notice.person_id,
            notice=notice,
            capability=notice.capability,
            kind=notice.kind,
            object_id=notice.object_id,
            language=people[notice.person_id].language,
            subject=notice.subject(people[notice.person_id].language),
            body=notice.body(people[notice.person_id].language),
            created_at=at,
        )
        for notice in notices
        if notice.way in media
    )
    if any(mail.is_urgent for mail in mails.values()):
        tasks.send_mails.configure(queue="urgent", lock="notify.mail.urgent").defer(urgent=True)
    if any(mail.due_at <= at and not mail.is_urgent for mail in mails.values()):
        tasks.send_mails.defer(urgent=False)


def _push(told: list[Told], notices: list[Notice], plans: dict[UUID, Plan]) -> None:
    """Lays out pushes for those who have a device and did not rule the topic out, if the city has pushes on."""
    if not wishes.push_is_on():
        return
    wanted = wishes.wishes_of(one.person_id for one in told)
    topics = {one.person_id: one.topic for one in told}
    reachable = set(Device.objects.filter(person__in=list(topics)).values_list("person_id", flat=True))
    for notice in notices:
        if notice.person_id in reachable and wanted[notice.person_id].push(topics[notice.person_id]):
            due = plans[notice.person_id].due_at
            tasks.send_push.configure(schedule_at=due if due > notice.at else None).defer(notice_id=str(notice.id))
