"""What departments and the council's office hear of a draft paper: whose turn it is, and what was sent back.

A mail lies where nobody here looks after it: of a paper behind closed doors it holds neither title nor reasons.
"""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.council.events import DraftReturned, DraftSent, DraftSigned
from allmende.capabilities.council.handlers.departments import answering_for, office
from allmende.capabilities.council.models import Draft
from allmende.capabilities.council.queries import drafts
from allmende.capabilities.council.workflow import DraftState
from allmende.core import city
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule, NoticeText

LONGEST = 80


def _draft(event: Stored) -> Draft | None:
    return drafts.by_key(event.ref.id)


def _titled(found: Draft) -> str:
    if not found.is_public:
        return _("eine nichtöffentliche Vorlage")
    return found.title if len(found.title) <= LONGEST else f"{found.title[: LONGEST - 1].rstrip()}…"


def _name(slug: str, language: str) -> str:
    office = city.current().department(slug)
    return office.name(language) if office else slug


def _waiting(event: Stored) -> list[str]:
    """The departments that this step has asked and that have not signed since."""
    found, asked = _draft(event), event.payload.get("asked", "")
    return [slug for slug in drafts.signing_now(found) if slug in asked.split(",")] if found is not None else []


def signers(event: Stored) -> Iterable[UUID]:
    return {person: None for slug in _waiting(event) for person in answering_for(slug)}


def asked(event: Stored, language: str) -> NoticeText | None:
    found = _draft(event)
    if found is None or not _waiting(event):
        return None
    body = _(
        "Geschrieben hat sie: %(office)s. Bitte lesen Sie die Vorlage und zeichnen Sie für Ihr Amt mit, "
        "oder schreiben Sie, was dagegen spricht."
    )
    subject = _("Bitte mitzeichnen: %(title)s") % {"title": _titled(found)}
    return NoticeText(subject, body % {"office": _name(found.department, language)}, found.ref)


def whole_office(event: Stored) -> Iterable[UUID]:
    found = _draft(event)
    return office() if found is not None and found.state == DraftState.SIGNED else ()


def signed(event: Stored, language: str) -> NoticeText | None:
    """Nothing while somebody is still asked, or once it was brought in."""
    found = _draft(event)
    if found is None or found.state != DraftState.SIGNED:
        return None
    body = _("Alle Ämter, die gefragt waren, haben mitgezeichnet. Geschrieben hat sie: %(office)s.")
    subject = _("Bereit zum Einbringen: %(title)s") % {"title": _titled(found)}
    return NoticeText(subject, body % {"office": _name(found.department, language)}, found.ref)


def writers(event: Stored) -> Iterable[UUID]:
    found = _draft(event)
    return answering_for(found.department) if found is not None and found.state == DraftState.RETURNED else ()


def returned(event: Stored, language: str) -> NoticeText | None:
    found = _draft(event)
    if found is None or found.state != DraftState.RETURNED:
        return None
    by = _("Büro des Stadtrats") if found.returned_by == "office" else _name(found.returned_by, language)
    if found.is_public:
        body = _("%(office)s schreibt: %(reason)s") % {"office": by, "reason": found.returned_because}
    else:
        body = _("Warum, lesen Sie nach der Anmeldung auf der Seite der Vorlage.")
    return NoticeText(_("Zurückgegeben: %(title)s") % {"title": _titled(found)}, body, found.ref)


RULES = (
    NoticeRule(DraftSent.name, asked, people=signers),
    NoticeRule(DraftSigned.name, asked, people=signers),
    NoticeRule(DraftSent.name, signed, people=whole_office),
    NoticeRule(DraftSigned.name, signed, people=whole_office),
    NoticeRule(DraftReturned.name, returned, people=writers),
)
