"""Who may do what with an official notice, and what exactly its wording is."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from allmende.capabilities.portal.models.notices import Notice, NoticeAnnex
from allmende.capabilities.portal.workflow.notices import State, may_step
from allmende.core.actor import Role, Viewer
from allmende.core.city import City
from allmende.core.errors import Conflict, NotAllowed, NotFound, NotSignedIn

SCOPE = "portal"
PREFIX = "department:"


def offices(viewer: Viewer, city: City) -> frozenset[str]:
    """The offices for which the viewer may write, check and release: one's own, and those for which it stands in.

    Editors work for all of them.
    """
    if viewer.has(Role.EDITOR, SCOPE):
        return frozenset(city.departments)
    own = {
        grant.scope.removeprefix(PREFIX)
        for grant in viewer.grants
        if grant.role == Role.CLERK and grant.scope.startswith(PREFIX)
    }
    return frozenset(slug for slug, office in city.departments.items() if slug in own or office.deputy in own)


def may_work(viewer: Viewer) -> bool:
    """Whether the viewer has anything to do with notices at all."""
    return viewer.has(Role.EDITOR, SCOPE) or viewer.has_anywhere(Role.CLERK)


def require_may_work(viewer: Viewer) -> None:
    if not viewer.is_signed_in:
        raise NotSignedIn
    if not may_work(viewer):
        raise NotAllowed(_("Bekanntmachungen schreiben die Ämter und die Redaktion."))


def require_office(department: str, viewer: Viewer, city: City) -> None:
    """Raises NotSignedIn, or NotAllowed for whoever works for another office."""
    if not viewer.is_signed_in:
        raise NotSignedIn
    if department not in offices(viewer, city):
        raise NotAllowed(_("Das können das zuständige Amt, seine Vertretung und die Redaktion."))


def may_check(notice: Notice, viewer: Viewer, city: City, writers: Collection[UUID | None]) -> bool:
    """A second person of the office or its deputy, or an editor: nobody checks what they wrote themselves."""
    return viewer.person_id not in writers and notice.department in offices(viewer, city)


def require_may_check(notice: Notice, viewer: Viewer, city: City, writers: Collection[UUID | None]) -> None:
    require_office(notice.department, viewer, city)
    if not may_check(notice, viewer, city, writers):
        raise NotAllowed(_("Prüfen muss jemand, der den Text nicht geschrieben hat."))


def require_step(verb: str, notice: Notice, at: datetime) -> None:
    """Raises Conflict for a step that the table does not have, and for recalling what stands already."""
    if not may_step(verb, notice.state):
        raise Conflict
    if verb == "recall" and stands(notice, at):
        raise Conflict(_("Die Bekanntmachung steht schon. Eine Berichtigung ist eine neue Bekanntmachung."))


def stands(notice: Notice, at: datetime) -> bool:
    """Whether its day of provision has come: public, and never to be changed again."""
    return notice.state == State.PROVIDED and notice.provided_at is not None and notice.provided_at <= at


def may_see(notice: Notice, viewer: Viewer, at: datetime, city: City) -> bool:
    """Everybody from the instant of provision on; before it the office, its deputy and editors."""
    return stands(notice, at) or notice.department in offices(viewer, city)


def require_may_see(notice: Notice, viewer: Viewer, at: datetime, city: City) -> None:
    """NotFound, so that nobody learns what is to come."""
    if not may_see(notice, viewer, at, city):
        raise NotFound


def text_is_shown(notice: Notice, at: datetime) -> bool:
    """Whether its text may still be shown."""
    return notice.online_until is None or at < notice.online_until


def wording(notice: Notice, *, city: str, office: str, zone: ZoneInfo, annexes: Sequence[NoticeAnnex] = ()) -> str:
    """The whole official wording as one plain text: what the hash is made of, byte for byte, in UTF-8.

    Lines end in one line feed. The day of provision stands in it (ThürBekVO § 6(3)), and the size and hash of every
    annex, so that none can be exchanged.
    """
    assert notice.provided_at is not None
    day = notice.provided_at.astimezone(zone)
    rows = [
        f"Öffentliche Bekanntmachung {notice.label}",
        f"Stadt {city}",
        "",
        notice.title,
        "",
        *notice.text.strip().splitlines(),
        "",
        f"Rechtsgrundlage: {notice.legal_basis}",
        f"Zuständig: {office}",
        f"Gezeichnet: {notice.signed_by}",
        f"Bereitgestellt am {day:%d.%m.%Y} um {day:%H:%M} Uhr",
        f"Auf Papier: {notice.paper_place}",
    ]
    rows += [
        f"Anlage {number}: {annex.title} (PDF, {annex.size} Byte, SHA-256 {annex.sha256})"
        for number, annex in enumerate(annexes, 1)
    ]
    if notice.corrects is not None:
        rows.append(f"Berichtigt die Bekanntmachung {notice.corrects.label}")
    return "\n".join(row.rstrip() for row in rows) + "\n"


def fingerprint(sealed: str) -> str:
    """SHA-256 of the wording in UTF-8, as hexadecimal digits."""
    return hashlib.sha256(sealed.encode()).hexdigest()


def missing(notice: Notice) -> Iterable[str]:
    """Fields without which a notice cannot be provided."""
    needed = ("title", "text", "legal_basis", "department", "signed_by", "paper_place")
    return [name for name in needed if not str(getattr(notice, name)).strip()]
