"""Answers to our mails: found out whose they are, handed to the room that takes them, refused in one clear mail.

The address that a mail names for answers holds a token: the notice's id and a MAC. It is good for the notice's person,
from the person's own address, for 30 days. Nothing is ever sent to an address out of a mail.
"""

import hashlib
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from allmende.accounts.interface import Recipient, actor_for, recipients
from allmende.accounts.models import Person
from allmende.core import manifest, ratelimit
from allmende.core.actor import Channel, Idempotency
from allmende.core.errors import Closed, DomainError, Invalid
from allmende.engines.notify import rules
from allmende.engines.notify.actions.bouncing import settings_ref
from allmende.engines.notify.adapters import reply as replies
from allmende.engines.notify.adapters.reply import Reply
from allmende.engines.notify.models import Mail, Notice

MOST_ANSWERS = 20
"""Answers by mail that a person may send in an hour."""
MAILS_A_DAY = 5
"""So many mails about answers that could not be posted one person gets in a day; then it is silent."""


def take_reply(raw: bytes, at: datetime) -> Counter[str]:
    """Posts one answer as it came; says how many were posted, refused, automatic, or known already.

    Empty for a mail that is no answer to one of ours: it is left for people. Repeating it posts and says nothing twice.
    """
    local = rules.reply_box()[0]
    found = replies.read(raw, local) if local else None
    if found is None:
        return Counter()
    if found.is_automatic or found.sender in own_addresses():
        return Counter({"automatic": 1})
    notice_id = next((opened for token in found.tokens if (opened := rules.notice_of(token)) is not None), None)
    notice = Notice.objects.filter(pk=notice_id).first() if notice_id is not None else None
    recipient = recipients([notice.person_id]).get(notice.person_id) if notice is not None else None
    if notice is None or recipient is None or not recipient.email:
        return Counter()
    digest = hashlib.sha256(found.message_id.encode() + b"\0" + found.text.encode("utf-8", "replace")).hexdigest()
    with translation.override(recipient.language):
        return Counter({_post(found, notice, recipient, digest, at): 1})


def own_addresses() -> set[str]:
    """Ours: whatever comes from there goes round in circles."""
    named = (settings.DEFAULT_FROM_EMAIL, settings.EMAIL_BOUNCES, settings.EMAIL_REPLIES, settings.EMAIL_REPORTS)
    return {address.rpartition("<")[2].strip("> ").lower() for address in named if address}


def _post(found: Reply, notice: Notice, recipient: Recipient, digest: str, at: datetime) -> str:
    """Posts it, or tells the person why not; returns the word for counting."""
    try:
        if found.sender != recipient.email.lower():
            raise Invalid(_("Die Antwort kam von einer anderen Adresse als der, an die wir geschrieben haben."))
        if at - notice.at > rules.REPLY_FOR:
            days = {"n": rules.REPLY_FOR.days}
            raise Invalid(_("Antworten per E-Mail geht %(n)s Tage lang. Diese Zeit ist um.") % days)
        if not found.text:
            raise Invalid(_("Wir haben in der E-Mail keinen neuen Text gefunden."))
        ratelimit.take("notify.reply", str(recipient.person_id), limit=MOST_ANSWERS, per=timedelta(hours=1), at=at)
        port = rules.replies()
        if port is None:
            raise Closed(_("Hier kann man zurzeit nicht kommentieren."))
        person = Person.objects.get(pk=recipient.person_id)
        key = Idempotency(key=f"mail-{digest[:40]}", body_hash=bytes.fromhex(digest))
        actor = replace(actor_for(person, Channel.EMAIL), idempotency=key)
        port.take(actor, notice.ref, found.text, at)
    except DomainError as error:
        words = next(iter(error.fields.values()), error.message) if isinstance(error, Invalid) else error.message
        reason = str(words)
        return "refused" if _say_why_not(notice, recipient, reason, digest, at) else "known"
    if found.attachments:
        _say_attachments(notice, recipient, digest, at)
    return "posted"


def _say_why_not(notice: Notice, recipient: Recipient, reason: str, digest: str, at: datetime) -> bool:
    today = Notice.objects.filter(
        person=recipient.person_id, rule__startswith="notify.reply_", at__gt=at - timedelta(1)
    )
    if today.count() >= MAILS_A_DAY:
        return False
    texts = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            subject = _("Ihre Antwort steht noch nicht auf der Seite")
            body = _("Am besten schreiben Sie sie gleich dort. Der Link steht unten.")
            texts[language] = (subject, f"{reason}\n\n{body}")
    return _mail(notice, recipient, f"notify.reply_refused {digest[:32]}", texts, at)


def _say_attachments(notice: Notice, recipient: Recipient, digest: str, at: datetime) -> bool:
    texts = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            texts[language] = (
                _("Ihre Antwort ist da, der Anhang nicht"),
                _("Anhänge aus E-Mails veröffentlichen wir nicht. Ihr Text ist angekommen."),
            )
    return _mail(notice, recipient, f"notify.reply_attachment {digest[:32]}", texts, at)


def _mail(notice: Notice, recipient: Recipient, rule: str, texts: dict[str, tuple[str, str]], at: datetime) -> bool:
    """One mail and one line in the portal, once per answer; False when both were there already."""
    ref = notice.ref
    person = Person.objects.get(pk=recipient.person_id)
    if not manifest.may_see(ref, actor_for(person).viewer, at):
        ref = settings_ref(recipient.person_id)
    with transaction.atomic():
        if Notice.objects.filter(person_id=recipient.person_id, event=0, rule=rule).exists():
            return False
        mail = Mail.objects.create(person_id=recipient.person_id, is_urgent=True, due_at=at, created_at=at)
        row = Notice(
            person_id=recipient.person_id,
            event=0,
            rule=rule,
            capability=ref.capability,
            kind=ref.kind,
            object_id=ref.id,
            because=Notice.Because.OWN,
            via=str(ref),
            subjects={language: text[0] for language, text in texts.items()},
            bodies={language: text[1] for language, text in texts.items()},
            way=Notice.Way.MAIL,
            mail=mail,
            at=at,
        )
        row.save(force_insert=True)
    return True
