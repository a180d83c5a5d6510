"""Which event tells whom what: the reporter with their private link, and those who follow."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.reports.events import ReportMoved, ReportReceived
from allmende.capabilities.reports.handlers import photos
from allmende.capabilities.reports.models import Report, Update
from allmende.capabilities.reports.queries import areas, reports
from allmende.capabilities.reports.views.pages import deed, private_address, shortened
from allmende.capabilities.reports.workflow import STATES, STEPS, State, Who
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule, NoticeText
from allmende.core.refs import Ref
from allmende.ui.pages import word


def reporter(event: Stored) -> Iterable[UUID]:
    found = reports.by_id(event.ref.id)
    return () if found is None or found.reporter_id is None else (found.reporter_id,)


def of_duplicates(event: Stored) -> Iterable[UUID]:
    """Whoever reported the same: they hear of the report with which theirs was merged."""
    rows = Report.objects.filter(main=event.ref.id, reporter__isnull=False)
    return [found for found in rows.values_list("reporter_id", flat=True) if found is not None]


def itself(event: Stored) -> Iterable[Ref]:
    return (event.ref,)


def received(event: Stored, language: str) -> NoticeText | None:
    found = reports.by_id(event.ref.id)
    if found is None:
        return None
    lines = [
        _("Danke. Ihre Meldung hat die Nummer %(number)s.") % {"number": found.number},
        _("Hier sehen Sie jeden Schritt: %(link)s") % {"link": private_address(found)},
    ]
    return NoticeText(_("Eingegangen: %(title)s") % {"title": found.title(language)}, "\n\n".join(lines), found.ref)


def _step(event: Stored) -> tuple[Report, Update] | None:
    """The report and the line of its history; None for what only its reporter did, or what is gone."""
    found = reports.by_id(event.ref.id)
    line = Update.objects.filter(pk=event.payload["update_id"]).first()
    step = STEPS.get(event.payload["verb"])
    if found is None or line is None or step is None or step.who == Who.REPORTER:
        return None
    return found, line


def moved(event: Stored, language: str) -> NoticeText | None:
    """For the reporter: what was done, the office's words, the link."""
    step = _step(event)
    if step is None:
        return None
    found, line = step
    lines = [deed(line, language), line.words]
    if line.state == State.WAITING:
        lines.append(_("Bitte antworten Sie hier: %(link)s") % {"link": private_address(found)})
    elif line.state == State.DONE:
        lines.append(_("Ist es wirklich erledigt? Sagen Sie es uns hier: %(link)s") % {"link": private_address(found)})
    else:
        lines.append(_("Alle Schritte: %(link)s") % {"link": private_address(found)})
    subject = _subject(found, line, language)
    return NoticeText(subject, "\n\n".join(one for one in lines if one), found.ref)


def told(event: Stored, language: str) -> NoticeText | None:
    """For those who follow: only what everybody may read."""
    step = _step(event)
    if step is None or not step[0].is_public:
        return None
    found, line = step
    subject = _subject(found, line, language)
    lines = [deed(line, language), line.words if line.is_public else ""]
    return NoticeText(subject, "\n\n".join(one for one in lines if one), found.ref)


def in_areas(event: Stored) -> Iterable[Ref]:
    """The areas that the report lies in."""
    found = reports.by_id(event.ref.id)
    return [one.ref for one in areas.around(found)] if found is not None and found.is_public else ()


def near(event: Stored, language: str) -> NoticeText | None:
    """For those who follow an area: what became public there, and what is done."""
    found = reports.by_id(event.ref.id)
    line = Update.objects.filter(pk=event.payload["update_id"]).first()
    if found is None or line is None or not found.is_public:
        return None
    if line.at == found.published_at:
        said = _("Neu in Ihrer Nähe: %(title)s")
    elif line.state == State.DONE and line.verb == "finish":
        said = _("Erledigt in Ihrer Nähe: %(title)s")
    else:
        return None
    return NoticeText(said % {"title": found.title(language)}, shortened(found.public_words), found.ref)


def _subject(found: Report, line: Update, language: str) -> str:
    state = word(STATES[State(line.state)].labels, language)
    return f"{state[:1].upper()}{state[1:]}: {found.title(language)}"


RULES = (
    NoticeRule(photos.REFUSED, photos.told, people=reporter),
    NoticeRule(ReportReceived.name, received, people=reporter),
    NoticeRule(ReportMoved.name, moved, people=reporter),
    NoticeRule(ReportMoved.name, told, people=of_duplicates, followed=itself),
    NoticeRule(ReportMoved.name, near, followed=in_areas, weekly=True),
)
