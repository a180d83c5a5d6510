"""One notice as a mail: why it came, where it leads, and how to have no more of them."""

from datetime import datetime
from uuid import UUID

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from allmende.accounts.interface import mail, recipients
from allmende.core import city
from allmende.core.refs import Ref
from allmende.engines.notify.models import Follow, Notice
from allmende.engines.notify.queries import Subscription, absolute, path_of, receipt_of, unsubscribe_url


def send(notice_id: UUID, at: datetime) -> bool:
    """Sends the mail of a notice if that is still wanted; a repeat does nothing, or sends the same Message-ID again."""
    notice = Notice.objects.filter(pk=notice_id, way=Notice.Way.MAIL, sent_at=None).first()
    if notice is None or not notice.subjects or _muted_since(notice):
        return False
    recipient = recipients([notice.person_id]).get(notice.person_id)
    if recipient is None or not recipient.email:
        return False
    language = recipient.language
    stop = unsubscribe_url(Subscription(notice.person_id, Ref.parse(notice.via)), language)
    with translation.override(language):
        receipt = receipt_of(notice.ref, notice.person_id) if recipient.is_guest else None
        context = {
            "city": city.current(),
            "language": language,
            "name": recipient.name,
            "subject": notice.subject(language),
            "body": notice.body(language),
            "url": absolute(path_of(notice.ref, language)),
            "own": notice.because == Notice.Because.OWN,
            "receipt": receipt,
            "lookup_url": absolute(reverse("notify:lookup")),
            "stop_url": stop,
        }
        text = render_to_string("notify/mail/notice.txt", context)
        html = render_to_string("notify/mail/notice.html", context)
    sent = mail(
        notice.person_id,
        notice.subject(language),
        text,
        html=html,
        message_id=f"notice-{notice.id}",
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )
    if sent:
        Notice.objects.filter(pk=notice.pk).update(sent_at=at)
    return sent


def _muted_since(notice: Notice) -> bool:
    muted = Follow.objects.filter(person=notice.person_id, state=Follow.State.MUTED)
    return any(muted.of(ref).exists() for ref in {notice.ref, Ref.parse(notice.via)})
