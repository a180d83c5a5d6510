"""A photo that nothing could be made of: history, reporter and office say so."""

from django.utils.translation import gettext as _

from allmende.capabilities.reports.actions.photos import note_broken_photo
from allmende.capabilities.reports.queries import reports
from allmende.capabilities.reports.views.pages import private_address
from allmende.core.actor import SYSTEM
from allmende.core.errors import NotFound
from allmende.core.events import DomainEvent, Stored
from allmende.core.manifest import NoticeText

REFUSED = "media.picture_refused"


def ours(event: DomainEvent) -> bool:
    return (event.ref.capability, event.ref.kind) == ("reports", "report")


def run(event: Stored) -> None:
    """Writes the line, dated to the event, so that a repeat finds it there."""
    try:
        note_broken_photo(actor=SYSTEM, report_id=event.ref.id, at=event.at)
    except NotFound:
        return


def told(event: Stored, language: str) -> NoticeText | None:
    """For the reporter, who can send another one in answer to the next mail, or report anew."""
    found = reports.by_id(event.ref.id) if event.ref.capability == "reports" else None
    if found is None:
        return None
    lines = [
        _("Ihr Foto ließ sich nicht öffnen; vielleicht ging unterwegs etwas verloren."),
        _("Ihre Meldung ist trotzdem bei uns und wird bearbeitet: %(link)s") % {"link": private_address(found)},
    ]
    subject = _("Ohne Foto: %(title)s") % {"title": found.title(language)}
    return NoticeText(subject, "\n\n".join(lines), found.ref)
