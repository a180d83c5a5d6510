"""What comes back: bounces of mail, letters of the post. After a few the address is left alone and its owner told."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from allmende.accounts.interface import Recipient, recipients
from allmende.core import audit, city
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import NotSignedIn
from allmende.core.refs import Ref
from allmende.engines.notify import rules
from allmende.engines.notify.adapters import dsn
from allmende.engines.notify.adapters.imap import Postbox
from allmende.engines.notify.models import Mail, Notice, Trouble
from allmende.engines.notify.ports import Bounce

UNTIL_STOP = 3
"""So many mails come back in a row of 90 days until none is sent there any more; the city may set another number."""
TOGETHER = timedelta(days=90)
NOT_THE_ADDRESS = ("5.3.4", "5.6.", "5.7.", "4.7.")
"""Codes (RFC 3463) of mails that came back for what they are, too large or suspected, not for whom they were to."""


def take_mail(raw: bytes, at: datetime) -> Counter[str]:
    """`take` for one message as it came, or `take_reply`; says nothing of one that is neither."""
    from allmende.engines.notify.actions.replying import take_reply  # it needs `settings_ref` from here

    found = dsn.read(raw)
    return take(found, at) if found else take_reply(raw, at)


def fetch(at: datetime) -> Counter[str]:
    """Reads the mailbox that EMAIL_BOUNCES_URL names; nothing without one. Raises PostboxDown."""
    url = settings.EMAIL_BOUNCES_URL
    if not url:
        return Counter()
    return Postbox.at(url).read(lambda raw: take_mail(raw, at), largest=dsn.MAX_BYTES)


def take(bounces: Iterable[Bounce], at: datetime) -> Counter[str]:
    """Notes what came back; returns how many were counted, known already, of no concern, or none of ours.

    Which mail it was is told by our own Message-ID in it, which nobody but the recipient's server can know.
    """
    counts: Counter[str] = Counter()
    for bounce in bounces:
        counts[_take(bounce, at)] += 1
    return counts


def _take(bounce: Bounce, at: datetime) -> str:
    key, _sep, host = bounce.message_id.strip("<> ").rpartition("@")
    if not key.startswith("mail-") or host.lower() != (urlsplit(settings.PUBLIC_URL).hostname or "localhost"):
        return "unknown"
    if bounce.action != "failed" or bounce.status.startswith(NOT_THE_ADDRESS):
        return "passing"
    mail_id = _uuid(key.removeprefix("mail-"))
    mail = Mail.objects.filter(pk=mail_id).first() if mail_id else None
    if mail is None:
        return "unknown"
    return "counted" if count(mail, bounce.status, at) else "known"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def count(mail: Mail, status: str, at: datetime) -> bool:
    """A mail did not reach its address for good. Counts each mail once; False when it was counted before."""
    with transaction.atomic():
        if not Mail.objects.filter(pk=mail.pk, bounced_at=None).update(bounced_at=at, answer=status[:60]):
            return False
        recipient = recipients([mail.person_id]).get(mail.person_id)
        if recipient is None or not recipient.email:
            return True
        limit = int(city.setting("notify.bounces_until_stop", UNTIL_STOP))
        _count(recipient, Trouble.Medium.MAIL, recipient.email, status, at, limit=max(1, limit))
    return True


def letter_returned(recipient: Recipient, at: datetime) -> None:
    """The post brought a letter back: that address is not written to again. Call it inside an action."""
    _count(recipient, Trouble.Medium.LETTER, recipient.postal_address, "", at, limit=1)


def _count(
    recipient: Recipient, medium: Trouble.Medium, address: str, status: str, at: datetime, *, limit: int
) -> None:
    fresh = Trouble(person_id=recipient.person_id, medium=medium, address_hash=rules.address_hash(address), last_at=at)
    Trouble.objects.bulk_create([fresh], ignore_conflicts=True)
    row = Trouble.objects.select_for_update().get(person_id=recipient.person_id, medium=medium)
    other_address = bytes(row.address_hash) != bytes(fresh.address_hash)
    if other_address or at - row.last_at > TOGETHER:
        row.count, row.stopped_at, row.address_hash = 0, None, fresh.address_hash
    row.count = min(row.count + 1, 32_000)
    row.status, row.last_at = status[:12], at
    newly = row.count >= limit and row.stopped_at is None
    if newly:
        row.stopped_at = at
    row.save()
    if newly:
        _tell(recipient.person_id, medium, at)


def _tell(person_id: UUID, medium: Trouble.Medium, at: datetime) -> None:
    """A notice in the portal, the one way that is left."""
    subjects, bodies = {}, {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            if medium == Trouble.Medium.MAIL:
                subjects[language] = _("Unsere E-Mails kommen bei Ihnen nicht an")
                bodies[language] = _(
                    "Mehrere kamen zurück. Wir senden vorerst keine mehr. Bitte prüfen Sie Ihre Adresse in den "
                    "Einstellungen der Mitteilungen."
                )
            else:
                subjects[language] = _("Unser Brief an Sie kam zurück")
                bodies[language] = _("Bitte prüfen Sie Ihre Anschrift. Solange schreiben wir Ihnen keine Briefe.")
    ref = settings_ref(person_id)
    Notice.objects.bulk_create(
        [
            Notice(
                person_id=person_id,
                event=0,
                rule=f"notify.{medium}_comes_back {at:%Y-%m-%dT%H:%M}",
                capability=ref.capability,
                kind=ref.kind,
                object_id=ref.id,
                because=Notice.Because.ACCOUNT,
                via=str(ref),
                subjects=subjects,
                bodies=bodies,
                at=at,
            )
        ],
        ignore_conflicts=True,
    )


def settings_ref(person_id: UUID) -> Ref:
    """What a notice about the account itself leads to: the settings of the notices."""
    return Ref("notify", "settings", person_id)


@action
def try_address_again(*, actor: Actor) -> int:
    """The actor says that their addresses are right; returns how many marks that took away."""
    if actor.person_id is None:
        raise NotSignedIn
    gone = Trouble.objects.filter(person_id=actor.person_id).delete()[0]
    audit.record(actor, "notify.try_address_again", settings_ref(actor.person_id), fields=["trouble"])
    return gone
