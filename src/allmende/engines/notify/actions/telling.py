"""From an event to everyone whom it concerns: once each, in their language, by their way, if they may see it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import translation
from procrastinate.types import JSONValue

from allmende.accounts.interface import Recipient, recipients, viewer_of
from allmende.accounts.models import PersonKey
from allmende.core import audit, manifest
from allmende.core.actions import action
from allmende.core.actor import Actor, Viewer
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule, NoticeText
from allmende.core.refs import Ref
from allmende.engines.notify import tasks
from allmende.engines.notify.models import Errand, Follow, Notice

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

    @property
    def ref(self) -> Ref:
        return next(iter(self.text.values())).ref


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
    told = list(_whom(notice_rules, event))
    known = set(Notice.objects.filter(event=event.sequence).values_list("person_id", flat=True))
    people = recipients(one.person_id for one in told if one.person_id not in known)
    told = [one for one in told if one.person_id in people]
    told = list(_who_may_see(told, people, at))
    if not told:
        return 0
    muted = _muted(told)
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
            bodies={language: text.body for language, text in one.text.items()},
            way=Notice.Way.NONE if one.person_id in muted else _way(people[one.person_id]),
            at=at,
        )
        for one in told
    ]
    Notice.objects.bulk_create(notices)
    _send(notices, people, urgent={one.person_id for one in told if one.urgent}, at=at)
    audit.record(actor, "notify.tell_people", event.ref, fields=["notices"])
    return len(notices)


def _whom(notice_rules: Sequence[NoticeRule], event: Stored) -> Iterator[Told]:
    """Everyone by the first rule that names them; for what is their own before what they follow."""
    seen: set[UUID] = set()
    if event.actor_key is not None:
        seen |= set(PersonKey.objects.filter(key=event.actor_key).values_list("person_id", flat=True))
    texts = [(number, rule, _texts(rule, event)) for number, rule in enumerate(notice_rules)]
    for number, rule, text in texts:
        for person_id in rule.people(event) if text else ():
            if person_id not in seen:
                seen.add(person_id)
                via = next(iter(text.values())).ref
                yield Told(person_id, f"{rule.event}#{number}", text, Notice.Because.OWN, via, rule.urgent)
    for number, rule, text in texts:
        for ref in rule.followed(event) if text else ():
            for person_id in Follow.objects.of(ref).active().order_by("id").values_list("person_id", flat=True):
                if person_id not in seen:
                    seen.add(person_id)
                    yield Told(person_id, f"{rule.event}#{number}", text, Notice.Because.FOLLOWED, ref, rule.urgent)


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
    found: set[UUID] = set()
    for ref in {one.ref for one in told} | {one.via for one in told}:
        muted = Follow.objects.of(ref).filter(
            state=Follow.State.MUTED, person__in=[one.person_id for one in told if ref in (one.ref, one.via)]
        )
        found |= set(muted.values_list("person_id", flat=True))
    return found


def _way(recipient: Recipient) -> Notice.Way:
    """How this person is told besides the portal, if the contact that it takes is there."""
    way = WAYS.get(recipient.contact_kind, Notice.Way.NONE)
    there = {
        Notice.Way.MAIL: recipient.email,
        Notice.Way.LETTER: recipient.postal_address,
        Notice.Way.CALL: recipient.telephone,
    }
    return way if there.get(way) else Notice.Way.NONE


def _send(notices: list[Notice], people: dict[UUID, Recipient], *, urgent: set[UUID], at: datetime) -> None:
    """Queues the mails and lays out letters and calls, in the transaction of the notices."""
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
    for queue, wanted in (("urgent", True), ("default", False)):
        mails = [n for n in notices if n.way == Notice.Way.MAIL and (n.person_id in urgent) is wanted]
        jobs: list[dict[str, JSONValue]] = [{"notice_id": str(notice.id)} for notice in mails]
        if jobs:
            tasks.send_notice.configure(queue=queue).batch_defer(*jobs)
