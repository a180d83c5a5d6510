"""What participation holds about a person: export, erasure, retention (GDPR Art. 15, 17, 20).

`erase` and `expire` run inside the transaction of whoever calls them (`accounts.erase_person`, the nightly retention).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from allmende.accounts import interface as accounts
from allmende.capabilities.participation.actions.ages import AGES_FOR, erase_ages, expire_ages, export_ages
from allmende.capabilities.participation.actions.erased_names import erase_named, export_named
from allmende.capabilities.participation.events import IdeaEdited
from allmende.capabilities.participation.models import (
    Attendance,
    Certificate,
    GroupMember,
    Handover,
    Idea,
    IdeaDraft,
    IdeaVersion,
    Juror,
    Minutes,
    Offer,
    OfficialAnswer,
    PartnerOffer,
    StatusChange,
    Support,
    Task,
)
from allmende.capabilities.participation.workflow import State
from allmende.core import events
from allmende.core.actor import SYSTEM
from allmende.core.manifest import PersonalData
from allmende.engines.discussion import interface as discussion
from allmende.engines.media import interface as media

type Rows = Iterable[Mapping[str, Any]]

REFUSED_FOR = timedelta(days=183)
"""How long a refused or withdrawn text stays, so that one can object (DSA Art. 20(1))."""
DRAFTS_FOR = timedelta(days=30)
ATTENDANCE_FOR = timedelta(days=5 * 365)
"""So long it is known who was at a meeting; a certificate can be made of it until then."""


def _blank(ideas: Iterable[Idea], at: datetime) -> None:
    """Takes words, pictures, place and name out of ideas; the rows and their place on the Trace stay."""
    rows = list(ideas)
    ids = [row.pk for row in rows]
    IdeaVersion.objects.filter(idea__in=ids).update(title="", body="", blanked_at=at)
    StatusChange.objects.filter(idea__in=ids).exclude(state=State.REFUSED.value).update(reason="")
    StatusChange.objects.filter(idea__in=ids, state=State.REFUSED.value).update(reason="–")
    for row in rows:
        media.discard_of(row.ref)
        row.place, row.pending = "", None
        if row.organisation_id is None:  # a group's name is not the person's, and stays
            row.author_name = ""
        row.longitude = row.latitude = None
        row.save(update_fields=["author_name", "place", "longitude", "latitude", "pending"])


def _tell(idea: Idea) -> None:
    """So that the public index drops the words too."""
    events.publish(SYSTEM, IdeaEdited(ref=idea.ref, store_id=idea.store_id, text_version=0))


def export_ideas(person_id: UUID) -> Rows:
    rows = Idea.objects.filter(author_id=person_id).select_related("store", "entry")
    for idea in rows.prefetch_related("versions", "history").order_by("created_at"):
        yield {
            "number": idea.number,
            "store": idea.store.title,
            "state": idea.state,
            "signed_as": idea.author_name,
            "for_group": idea.organisation_id is not None,
            "channel": idea.channel,
            "entrant": idea.entry.entrant if hasattr(idea, "entry") else "",
            "place": idea.place,
            "district": idea.district,
            "longitude": idea.longitude,
            "latitude": idea.latitude,
            "submitted_at": idea.submitted_at,
            "published_at": idea.published_at,
            "versions": [
                {"at": version.at, "title": version.title, "body": version.body} for version in idea.versions.all()
            ],
            "history": [{"at": row.at, "state": row.state, "reason": row.reason} for row in idea.history.all()],
        }


def erase_ideas(person_id: UUID, keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    """Public words stay without a name if the author chose so; everything else goes."""
    at = timezone.now()
    mine = Idea.objects.select_for_update(of=("self",)).filter(author_id=person_id).order_by("pk")
    rows = list(mine)
    kept = [row for row in rows if keep_texts and row.keeps_text and row.is_public]
    gone = [row for row in rows if row not in kept]
    _blank(gone, at)
    for row in rows:
        row.author = None
        if row.organisation_id is None:
            row.author_name = ""
        if row.state == State.SUBMITTED:
            row.state = State.WITHDRAWN
            row.next_step, row.due_at, row.awaits_proof = {}, None, False
            discussion.close_case(SYSTEM, row.ref, decision="withdrawn", reason="", at=at)
        row.save()
        _tell(row)
    Idea.objects.filter(entered_by_id=person_id).update(entered_by=None)
    OfficialAnswer.objects.filter(by_id=person_id).update(by=None)


def expire_ideas(at: datetime) -> int:
    """Texts that never became public, or are not any more: after six months. Unconfirmed ones go with their link."""
    unproven = list(
        Idea.objects.select_for_update(of=("self",)).filter(
            awaits_proof=True, submitted_at__lte=at - accounts.LINK_LASTS
        )
    )
    _blank(unproven, at)
    for row in unproven:
        row.state, row.author, row.awaits_proof, row.next_step = State.WITHDRAWN, None, False, {}
        row.save()
        _tell(row)
    last = StatusChange.objects.filter(
        state__in=[State.REFUSED.value, State.WITHDRAWN.value], at__gt=at - REFUSED_FOR
    ).values("idea_id")
    old = (
        Idea.objects.select_for_update(of=("self",))
        .filter(state__in=[State.REFUSED.value, State.WITHDRAWN.value])
        .exclude(pk__in=last)
        .exclude(Q(version__title="") & Q(version__body=""))
    )
    rows = list(old)
    _blank(rows, at)
    for row in rows:
        row.author = None
        row.save(update_fields=["author"])
        _tell(row)
    return len(rows) + len(unproven)


def export_drafts(person_id: UUID) -> Rows:
    for draft in IdeaDraft.objects.filter(person_id=person_id).order_by("saved_at"):
        yield {"saved_at": draft.saved_at, **draft.fields}


def erase_drafts(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    IdeaDraft.objects.filter(person_id=person_id).delete()


def expire_drafts(at: datetime) -> int:
    return IdeaDraft.objects.filter(expires_at__lte=at).delete()[0]


def export_supports(person_id: UUID) -> Rows:
    rows = Support.objects.filter(person_id=person_id).select_related("idea").order_by("at")
    for support in rows:
        yield {"idea": support.idea.number, "at": support.at}


def erase_supports(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    """What opinion somebody held goes with them: the supports are no longer counted (GDPR Art. 9)."""
    ids = sorted(Support.objects.filter(person_id=person_id).values_list("idea_id", flat=True))
    for idea in Idea.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"):
        gone, _rows = Support.objects.filter(idea=idea, person_id=person_id).delete()
        if gone:
            idea.support_count = F("support_count") - 1
            idea.save(update_fields=["support_count"])


def export_memberships(person_id: UUID) -> Rows:
    for member in GroupMember.objects.filter(person_id=person_id).select_related("group").order_by("since"):
        yield {
            "group": member.group.names,
            "function": member.function,
            "since": member.since,
            "until": member.until,
        }


def erase_memberships(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    GroupMember.objects.filter(person_id=person_id).delete()


def export_partner_offers(person_id: UUID) -> Rows:
    rows = PartnerOffer.objects.filter(Q(sender_id=person_id) | Q(entered_by_id=person_id))
    for row in rows.order_by("at"):
        yield {"at": row.at, "name": row.name, "title": row.title, "body": row.body, "reply": row.reply}


def erase_partner_offers(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    """They are an organisation's words and stay with it; who typed them goes."""
    PartnerOffer.objects.filter(sender_id=person_id).update(sender=None)
    PartnerOffer.objects.filter(entered_by_id=person_id).update(entered_by=None)
    Offer.objects.filter(by_id=person_id).update(by=None)


def export_attendance(person_id: UUID) -> Rows:
    rows = Attendance.objects.filter(person_id=person_id).select_related("meeting__group")
    for row in rows.order_by("meeting__starts_at"):
        yield {
            "group": row.meeting.group.names,
            "meeting": row.meeting.topic,
            "at": row.meeting.starts_at,
            "way": row.way,
            "named_in_minutes": row.is_named,
        }


def erase_attendance(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    """The number of those who were there stays in the minutes, the name does not."""
    Attendance.objects.filter(person_id=person_id).delete()


def expire_attendance(at: datetime) -> int:
    return Attendance.objects.filter(meeting__ends_at__lte=at - ATTENDANCE_FOR).delete()[0]


def export_tasks(person_id: UUID) -> Rows:
    for task in Task.objects.filter(person_id=person_id).select_related("group").order_by("created_at"):
        yield {
            "number": task.number,
            "group": task.group.names,
            "text": task.text,
            "due_at": task.due_at,
            "done_at": task.done_at,
            "result": task.result,
        }


def erase_tasks(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    """What is open becomes the whole group's; who did what is forgotten."""
    Task.objects.filter(person_id=person_id).update(person=None)
    Minutes.objects.filter(written_by_id=person_id).update(written_by=None)


def export_certificates(person_id: UUID) -> Rows:
    for row in Certificate.objects.filter(person_id=person_id).select_related("group"):
        yield {
            "number": row.number,
            "group": row.group.names,
            "name": row.name,
            "hours": row.hours,
            "thanks": row.thanks,
            "issued_at": row.issued_at,
            "content": row.content,
        }


def erase_certificates(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    Certificate.objects.filter(person_id=person_id).delete()
    Handover.objects.filter(successor_id=person_id).delete()
    Handover.objects.filter(proposed_by_id=person_id).update(proposed_by=None, note="")


def export_jury(person_id: UUID) -> Rows:
    """Seats in juries, with everything that one scored there."""
    rows = Juror.objects.filter(person_id=person_id).select_related("contest__store").order_by("since")
    for seat in rows.prefetch_related("sheets__scores__criterion", "sheets__entry__idea", "conflicts__entry__idea"):
        yield {
            "contest": seat.contest.store.title,
            "name": seat.name,
            "since": seat.since,
            "until": seat.until,
            "scores": [
                {
                    "entry": sheet.entry.idea.number,
                    "at": sheet.at,
                    "note": sheet.note,
                    "points": {row.criterion.names.get("de", ""): row.points for row in sheet.scores.all()},
                }
                for sheet in seat.sheets.all()
            ],
            "conflicts": [{"entry": row.entry.idea.number, "cause": row.cause} for row in seat.conflicts.all()],
        }


def erase_jury(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    """The name and the notes go; the points stay, as nobody's, so that a result stays what it was."""
    for seat in Juror.objects.select_for_update(of=("self",)).filter(person_id=person_id):
        seat.sheets.update(note="")
        seat.person, seat.name = None, ""
        seat.save(update_fields=["person", "name"])


PERSONAL_DATA = (
    # First: it finds the minutes by memberships, tasks and attendance, which go after it.
    PersonalData(
        "named", _("Ihr Name in Protokollen"), _("damit die Gruppe weiß, wer sich worum kümmert"), None,
        export_named, erase_named,
    ),
    PersonalData(
        "age", _("Ihre Altersgruppe, wenn Sie sie nennen"),
        _("damit die Stadt sieht, welche Altersgruppen noch fehlen; gezeigt werden nur Zahlen ab fünf Menschen"),
        AGES_FOR, export_ages, erase_ages, expire_ages,
    ),
    PersonalData(
        "certificate", _("Bescheinigungen über Mitarbeit"), _("damit Sie zeigen können, was Sie getan haben"), None,
        export_certificates, erase_certificates,
    ),
    PersonalData(
        "idea", _("Ideen und Antworten"), _("damit die Stadt lesen und beantworten kann, was Sie sagen"), None,
        export_ideas, erase_ideas, expire_ideas,
    ),
    PersonalData(
        "draft", _("Entwürfe"), _("damit nichts verloren geht, was Sie schreiben"), DRAFTS_FOR,
        export_drafts, erase_drafts, expire_drafts,
    ),
    PersonalData(
        "support", _("Unterstützungen"), _("damit jeder Mensch einmal zählt; gezeigt wird nur die Zahl"), None,
        export_supports, erase_supports,
    ),
    PersonalData(
        "attendance", _("Teilnahme an Treffen"), _("damit das Protokoll sagt, wie viele da waren"), ATTENDANCE_FOR,
        export_attendance, erase_attendance, expire_attendance,
    ),
    PersonalData(
        "task", _("Aufgaben in Gruppen"), _("damit die Gruppe weiß, wer was bis wann macht"), None,
        export_tasks, erase_tasks,
    ),
    PersonalData(
        "jury", _("Arbeit in einer Jury"), _("damit jede Bewertung einmal zählt und niemand Eigenes bewertet"), None,
        export_jury, erase_jury,
    ),
    PersonalData(
        "membership", _("Mitarbeit in Gruppen"), _("damit die Gruppe Sie einladen kann"), None,
        export_memberships, erase_memberships,
    ),
    PersonalData(
        "partner_offer", _("Angebote von Partnern"),
        _("damit die Stadt mit Ihrer Organisation etwas anbieten kann"), None,
        export_partner_offers, erase_partner_offers,
    ),
)  # fmt: skip
