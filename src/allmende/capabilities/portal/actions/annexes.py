"""PDF files that belong to an official notice: added and taken away while it is written, sealed with it."""

import hashlib
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.portal.actions.notices import locked, note
from allmende.capabilities.portal.events.notices import NoticeWritten
from allmende.capabilities.portal.models.notices import Notice, NoticeAnnex
from allmende.capabilities.portal.rules import notices as rules
from allmende.capabilities.portal.workflow.notices import State
from allmende.core import audit, city, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Invalid, NotFound
from allmende.engines.media import interface as media

MOST = 12
"""Annexes of one notice; more belong into one file with a table of contents."""


@action
def add_annex(
    *, actor: Actor, notice_id: UUID, title: str, summary: str, kept: media.Medium, content: bytes, at: datetime
) -> NoticeAnnex:
    """Adds a PDF that `media` has kept (`content`: its very bytes). What was checked has to be checked again.

    Raises Invalid when there are too many.
    """
    row = _draft(actor, notice_id, at)
    if row.annexes.count() >= MOST:
        raise Invalid(_("Mehr als %(n)s Anlagen gehen nicht. Bitte fassen Sie einige zusammen.") % {"n": MOST})
    annex = NoticeAnnex.objects.create(
        notice=row,
        title=" ".join(title.split()),
        summary=summary.strip(),
        media_id=kept.pk,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        created_at=at,
    )
    media.attach(kept.pk, annex.ref)
    note(row, "write", actor, at)
    audit.record(actor, "portal.add_annex", row.ref, fields=["annexes"])
    events.publish(actor, NoticeWritten(ref=row.ref))
    return annex


@action
def remove_annex(*, actor: Actor, notice_id: UUID, annex_id: UUID, at: datetime) -> Notice:
    """Takes an annex away from a draft; its file goes with it."""
    row = _draft(actor, notice_id, at)
    annex = row.annexes.filter(pk=annex_id).first()
    if annex is None:
        raise NotFound
    media.discard_of(annex.ref)
    annex.delete()
    note(row, "write", actor, at)
    audit.record(actor, "portal.remove_annex", row.ref, fields=["annexes"])
    events.publish(actor, NoticeWritten(ref=row.ref))
    return row


def _draft(actor: Actor, notice_id: UUID, at: datetime) -> Notice:
    """The notice, locked, as a draft again."""
    row = locked(notice_id)
    rules.require_office(row.department, actor.viewer, city.current())
    rules.require_step("write", row, at)
    row.state = State.DRAFT
    row.save(update_fields=["state"])
    return row
