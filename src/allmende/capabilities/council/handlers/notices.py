"""What followers are told, in their language."""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from allmende.capabilities.council import queries
from allmende.capabilities.council.events import (
    MeetingAnnounced,
    MeetingMoved,
    MembersInvited,
    MinutesReleased,
    PaperDealtWith,
    PaperPublished,
    PartsDecided,
    TaskAssigned,
    TaskReportedOn,
)
from allmende.capabilities.council.models import Meeting, Organization, Paper
from allmende.capabilities.council.queries import invitations, tracking
from allmende.capabilities.council.queries.minutes import released_minutes
from allmende.capabilities.council.queries.pages import stations_of, with_stations
from allmende.capabilities.council.queries.parts import parts_of
from allmende.capabilities.council.rules.parts import summed_up
from allmende.core import city
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule, NoticeText
from allmende.core.refs import Ref
from allmende.engines.trace import interface as trace


def _when(meeting: Meeting) -> str:
    if meeting.start is None:
        return ""
    start = timezone.localtime(meeting.start)
    return f"{formats.date_format(start, 'DATE_FORMAT')}, {start:%H:%M}"


def _organizations(event: Stored) -> Iterable[Ref]:
    """A meeting is told to those who follow it or who follow whoever meets."""
    yield event.ref
    for one in Organization.objects.public().filter(meetings=event.ref.id):
        yield one.ref


def _originators(event: Stored) -> Iterable[Ref]:
    yield event.ref
    for one in Organization.objects.public().filter(papers=event.ref.id):
        yield one.ref
    stations = Organization.objects.public().filter(consultations__paper=event.ref.id, consultations__public=True)
    for one in stations.distinct():
        yield one.ref


def _origins(event: Stored) -> Iterable[Ref]:
    """What led to the paper: whoever brought that in hears what the council makes of it."""
    return trace.origins_of(event.ref)


def _originators_and_origins(event: Stored) -> Iterable[Ref]:
    return (*_originators(event), *_origins(event))


def announced(event: Stored, _language: str) -> NoticeText | None:
    meeting = queries.thing(Meeting, event.ref.id)
    if meeting is None:
        return None
    text = _("Am %(when)s Uhr. Die Tagesordnung steht auf der Seite der Sitzung.") % {"when": _when(meeting)}
    return NoticeText(_("Neue Sitzung: %(name)s") % {"name": meeting.name}, text, meeting.ref)


def moved(event: Stored, _language: str) -> NoticeText | None:
    meeting = queries.thing(Meeting, event.ref.id)
    if meeting is None:
        return None
    if meeting.cancelled:
        text = _("Die Sitzung am %(when)s Uhr fällt aus.") % {"when": _when(meeting)}
    else:
        text = _("Zeit oder Ort haben sich geändert: %(when)s Uhr.") % {"when": _when(meeting)}
    return NoticeText(_("Geändert: %(name)s") % {"name": meeting.name}, text, meeting.ref)


def published(event: Stored, _language: str) -> NoticeText | None:
    paper = queries.thing(Paper, event.ref.id)
    if paper is None:
        return None
    return NoticeText(
        _("Neue Vorlage: %(name)s") % {"name": paper.name},
        _("Worum es geht und wer wann entscheidet, lesen Sie auf der Seite der Vorlage."),
        paper.ref,
    )


def dealt_with(event: Stored, _language: str) -> NoticeText | None:
    paper = with_stations(Paper.objects.public().filter(pk=event.ref.id)).first()
    results = [one for one in stations_of(paper) if one.item and one.item.result] if paper else []
    if paper is None or not results or results[-1].item is None:
        return None
    who = ", ".join(one.name for one in results[-1].organizations)
    return NoticeText(
        _("Ergebnis: %(name)s") % {"name": paper.name},
        f"{who}: {results[-1].item.result}" if who else results[-1].item.result,
        paper.ref,
    )


def parts_decided(event: Stored, _language: str) -> NoticeText | None:
    paper = queries.thing(Paper, event.ref.id)
    parts = parts_of([paper.pk]).get(paper.pk, []) if paper is not None else []
    summary = summed_up([part.decision for part in parts])
    if paper is None or not summary:
        return None
    subject = _("Einzeln entschieden: %(name)s") % {"name": paper.name}
    text = _("Von %(n)s Teilen: %(summary)s. Welche das sind, steht auf der Seite der Vorlage.")
    return NoticeText(subject, text % {"n": len(parts), "summary": summary}, paper.ref)


def minutes_released(event: Stored, _language: str) -> NoticeText | None:
    meeting = queries.thing(Meeting, event.ref.id)
    if meeting is None or released_minutes(meeting.pk) is None:
        return None
    text = _("Wer da war, was besprochen und wie abgestimmt wurde. Der Rat muss sie noch genehmigen.")
    return NoticeText(_("Die Niederschrift ist da: %(name)s") % {"name": meeting.name}, text, meeting.ref)


def _papers_behind(event: Stored) -> Iterable[Ref]:
    """A task is told to those who follow the paper that it comes from, or what led to that."""
    return (*tracking.papers_behind(event.ref.id), *_origins_behind(event))


def _origins_behind(event: Stored) -> Iterable[Ref]:
    return {origin for paper in tracking.papers_behind(event.ref.id) for origin in trace.origins_of(paper)}


def assigned(event: Stored, language: str) -> NoticeText | None:
    task, papers = tracking.public_task(event.ref.id), tracking.papers_behind(event.ref.id)
    if task is None or not papers:
        return None
    office = city.current().department(task.department)
    text = _("%(task)s Zuständig: %(office)s, bis %(day)s.") % {
        "task": task.text,
        "office": office.name(language) if office else task.department,
        "day": formats.date_format(task.due, "DATE_FORMAT"),
    }
    return NoticeText(_("Wie es nach dem Beschluss weitergeht"), text, papers[0])


def reported_on(event: Stored, _language: str) -> NoticeText | None:
    task = tracking.public_task(event.ref.id) if event.payload["public"] else None
    papers = tracking.papers_behind(event.ref.id)
    reports = tracking.told(task) if task is not None else []
    if task is None or not reports or not papers:
        return None
    last = reports[-1]
    subject = _("Erledigt: %(task)s") if last.is_done else _("Neues zu: %(task)s")
    return NoticeText(subject % {"task": task.text}, last.text, papers[0])


def _members(event: Stored) -> Iterable[UUID]:
    return invitations.accounts_of(event.ref.id)


def invited(event: Stored, _language: str) -> NoticeText | None:
    """The public agenda in full; of points behind closed doors only that there are some, read after signing in."""
    one = invitations.by_key(event.ref.id)
    if one is None or not one.meeting.public or one.meeting.deleted:
        return None
    public = invitations.items_of_part(one.agenda, public=True)
    words = [_("Am %(when)s Uhr.") % {"when": _when(one.meeting)}]
    if one.urgency:
        words.append(_("Die Ladungsfrist ist verkürzt, weil es eilt: %(reason)s") % {"reason": one.urgency})
    words += [f"{item['label']} {item['name']}." for item in public]
    if len(public) < len(one.agenda["items"]):
        words.append(_("Dazu kommen nichtöffentliche Punkte."))
    address = settings.PUBLIC_URL + reverse("council:invitation", args=[one.number])
    words.append(_("Die ganze Einladung lesen Sie nach der Anmeldung: %(address)s") % {"address": address})
    subject = _("Nachtrag zur Einladung: %(name)s") if one.issue else _("Einladung: %(name)s")
    return NoticeText(subject % {"name": one.agenda["name"]}, " ".join(words), one.meeting.ref)


RULES = (
    NoticeRule(MembersInvited.name, invited, people=_members, urgent=True),
    NoticeRule(MeetingAnnounced.name, announced, followed=_organizations),
    NoticeRule(MeetingMoved.name, moved, followed=_organizations),
    NoticeRule(PaperPublished.name, published, followed=_originators_and_origins, owned=_origins),
    NoticeRule(PaperDealtWith.name, dealt_with, followed=_originators_and_origins, owned=_origins),
    NoticeRule(PartsDecided.name, parts_decided, followed=_originators_and_origins, owned=_origins),
    NoticeRule(MinutesReleased.name, minutes_released, followed=_organizations),
    NoticeRule(TaskAssigned.name, assigned, followed=_papers_behind, owned=_origins_behind),
    NoticeRule(TaskReportedOn.name, reported_on, followed=_papers_behind, owned=_origins_behind),
)
