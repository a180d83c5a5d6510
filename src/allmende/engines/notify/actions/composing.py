"""A mail as it is written: why it came, where it leads, how to have no more of them; one notice, or many by thing."""

from datetime import datetime
from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from allmende.accounts import mail as mails
from allmende.accounts.interface import Recipient, recipients, viewer_of
from allmende.core import city, manifest
from allmende.core.actor import Viewer
from allmende.core.refs import Ref
from allmende.engines.notify import rules
from allmende.engines.notify.models import Follow, Mail, Notice
from allmende.engines.notify.queries import (
    COLLECTED,
    Subscription,
    absolute,
    path_of,
    receipt_of,
    unsubscribe_url,
    wishes,
)


def compose(mail: Mail, at: datetime) -> EmailMessage | None:
    """The message, the same at every try; None when it is not wanted any more, by its reader or by what it tells of.

    Not wanted: muted since, another way chosen, an address where nothing arrives, the thing withdrawn or hidden.
    """
    recipient = recipients([mail.person_id]).get(mail.person_id)
    if recipient is None or not recipient.email or "mail" in wishes.trouble_of(recipient):
        return None
    notices = _not_muted([row for row in mail.notices.order_by("id") if row.subjects], recipient)
    if not notices:
        return None
    with translation.override(recipient.language):
        write = _collected if mail.is_collected else _single
        return write(mail, notices, recipient, at)


def _not_muted(notices: list[Notice], recipient: Recipient) -> list[Notice]:
    muted = {row.ref for row in Follow.objects.filter(person=recipient.person_id, state=Follow.State.MUTED)}
    return [row for row in notices if not {row.ref, Ref.parse(row.via)} & muted]


def _single(mail: Mail, notices: list[Notice], recipient: Recipient, at: datetime) -> EmailMessage | None:
    [notice] = notices
    language = recipient.language
    viewer = viewer_of(notice.person_id, language)
    if notice.ref.capability != "notify" and not manifest.may_see(notice.ref, viewer, at):
        return None
    answers = _reply_to(notice, viewer, at)
    context = _context(recipient, unsubscribe_url(Subscription(notice.person_id, Ref.parse(notice.via)), language)) | {
        "subject": notice.subject(language),
        "body": notice.body(language),
        "url": absolute(path_of(notice.ref, language)),
        "own": notice.because == Notice.Because.OWN,
        "answers": answers,
        "receipt": receipt_of(notice.ref, notice.person_id) if recipient.is_guest else None,
    }
    root = mails.message_id(f"thread-{notice.object_id}")
    before = _before(notice)
    return mails.compose(
        recipient.email,
        notice.subject(language),
        render_to_string("notify/mail/notice.txt", context),
        html=render_to_string("notify/mail/notice.html", context),
        key=mail.key,
        headers=_list_headers(context["stop_url"], f"{notice.capability}.{notice.kind.replace('_', '-')}")
        | {"In-Reply-To": before or root, "References": f"{root} {before}".strip()}
        | ({"Reply-To": answers} if answers else {}),
    )


def _reply_to(notice: Notice, viewer: Viewer, at: datetime) -> str:
    """Where an answer becomes a comment; nothing where none are taken, nor for a mail about such an answer."""
    port = rules.replies()
    address = rules.reply_address(notice.pk)
    if port is None or not address or notice.rule.startswith("notify."):
        return ""
    return address if port.accepts(notice.ref, viewer, at) else ""


def _before(notice: Notice) -> str:
    """Message-ID of the mail about the same thing that came before, so that mail programs show them together."""
    found = (
        Notice.objects.filter(
            person=notice.person_id,
            capability=notice.capability,
            kind=notice.kind,
            object_id=notice.object_id,
            id__lt=notice.id,
            mail__state=Mail.State.SENT,
            mail__is_collected=False,
        )
        .select_related("mail")
        .order_by("-id")
        .first()
    )
    return mails.message_id(found.mail.key) if found is not None and found.mail is not None else ""


def _collected(mail: Mail, notices: list[Notice], recipient: Recipient, at: datetime) -> EmailMessage | None:
    language = recipient.language
    viewer = viewer_of(recipient.person_id, language)
    groups = [
        {
            "title": title,
            "url": absolute(path) if path else "",
            "rows": [(row.subject(language), row.body(language), absolute(path_of(row.ref, language))) for row in rows],
        }
        for title, path, rows in wishes.groups(notices, viewer, at)
    ]
    count = sum(len(group["rows"]) for group in groups)
    if not count:
        return None
    subject = ngettext("%(count)s Neuigkeit · %(portal)s", "%(count)s Neuigkeiten · %(portal)s", count) % {
        "count": count,
        "portal": city.current().portal,
    }
    context = _context(recipient, unsubscribe_url(Subscription(recipient.person_id, COLLECTED), language)) | {
        "subject": subject,
        "groups": groups,
        "count": count,
        "settings_url": absolute(reverse("notify:settings")),
    }
    return mails.compose(
        recipient.email,
        subject,
        render_to_string("notify/mail/collected.txt", context),
        html=render_to_string("notify/mail/collected.html", context),
        key=mail.key,
        headers=_list_headers(context["stop_url"], "collected"),
    )


def _context(recipient: Recipient, stop_url: str) -> dict[str, Any]:
    return {
        "city": city.current(),
        "language": recipient.language,
        "name": recipient.name,
        "lookup_url": absolute(reverse("notify:lookup")),
        "stop_url": stop_url,
    }


def _list_headers(stop_url: str, name: str) -> dict[str, str]:
    """What mail programs need for sorting (RFC 2919) and for ending it with one press (RFC 8058)."""
    host = mails.message_id("x").rpartition("@")[2].rstrip(">")
    return {
        "List-Id": f"<{name}.{host}>",
        "List-Unsubscribe": f"<{stop_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
