"""A report comes in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.accounts import interface as accounts
from allmende.capabilities.reports import rules
from allmende.capabilities.reports.actions import drafting, recording
from allmende.capabilities.reports.actions.asking import sound_answers
from allmende.capabilities.reports.actions.rows import note_line, words_of
from allmende.capabilities.reports.events import ReportReceived
from allmende.capabilities.reports.models import DETAIL_LIMIT, WORDS_LIMIT, AboutAsset, Category, Report
from allmende.capabilities.reports.queries import assets, categories, routing
from allmende.capabilities.reports.rules import targets
from allmende.core import audit, city, events
from allmende.core.actions import action
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Invalid, NotAllowed
from allmende.engines.discussion.interface import tidy
from allmende.engines.media import interface as media
from allmende.engines.notify import interface as notify
from allmende.engines.places import interface as places


@dataclass(frozen=True)
class ReportData:
    """What somebody says. `point` is longitude and latitude in degrees; words for the place are enough."""

    words: str
    category: str
    """Its slug."""
    place: str = ""
    point: tuple[float, float] | None = None
    detail: str = ""
    answers: Mapping[str, Any] | None = None
    """By the codes of the category's questions; None where nobody was asked (mail, seeds)."""
    asset: str = ""
    """Code of the numbered thing that it is about; one that there no longer is counts as none."""


@action
def submit_report(
    *,
    actor: Actor,
    data: ReportData,
    contact: Mapping[str, Any] | None = None,
    image_id: UUID | None = None,
    draft_id: UUID | None = None,
    recording_id: UUID | None = None,
    language: str = "",
    proven: bool = True,
    received_at: datetime | None = None,
    is_example: bool = False,
    came_by: Channel | None = None,
    more_images: Sequence[UUID] = (),
    also: Callable[[Report], object] | None = None,
    at: datetime,
) -> Report:
    """Takes a report; it is private until somebody of the city has checked it.

    `contact` holds the arguments of `accounts.interface.guest` for whoever leaves an address without being signed in,
    and for whoever a clerk writes for (then the actor's channel says how it came, and `received_at` when). `image_id`
    is a picture that `media.take_image` has kept. `draft_id` is a device's own number: sent again, it is the report
    that it became before. `recording_id` is a voice note or a video in sign language that `media.take_video` has kept:
    then no words are needed. `came_by` is how it came where the platform itself brings it in (a mailbox),
    `more_images` are further pictures. `also` writes, in the same transaction, what an inlet keeps beside the report.
    Raises Invalid with fields.
    """
    before = drafting.claim(draft_id, at) if draft_id is not None else None
    if before is not None:
        return before
    rules.require_may_enter(actor)
    if came_by is not None and actor.channel != Channel.SYSTEM:
        raise NotAllowed
    channel = came_by or actor.channel
    by_hand = actor.channel in rules.HAND_CHANNELS
    words = words_of(data.words, required=recording_id is None, limit=WORDS_LIMIT)
    detail = " ".join(tidy(data.detail).split())
    category = _category(data.category)
    place, district, point = place_of(data.place, data.point)
    about = assets.by_code(data.asset) if data.asset else None
    answered = sound_answers(category, data.answers, language=language or actor.language, at=at)
    reporter_id = accounts.guest(**contact).pk if contact is not None else (None if by_hand else actor.person_id)
    report = Report.objects.create(
        category=category,
        words=words,
        public_words=words,
        language=language or actor.language,
        place=place[:200],
        detail=detail[:DETAIL_LIMIT],
        district=district,
        longitude=point[0] if point else None,
        latitude=point[1] if point else None,
        state_at=at,
        department=routing.office_of(
            category,
            district,
            point,
            words,
            received_at or at,
            owner=about.owner if about else "",
            answers=answered.answers if answered else None,
        ),
        due_at=targets.due(
            received_at or at, category.target_days, zone=city.current().zone, state=city.current().state
        ),
        channel=channel.value,
        reporter_id=reporter_id,
        entered_by_id=actor.person_id if by_hand else None,
        is_proven=proven,
        is_example=is_example,
        received_at=received_at or at,
        created_at=at,
    )
    report.refresh_from_db(fields=["number"])
    if draft_id is not None:
        drafting.keep(draft_id, report)
    if recording_id is not None:
        recording.keep(report, recording_id, reporter_id)
    if about is not None:
        AboutAsset.objects.create(report=report, asset=about)
    for picture in (image_id, *more_images) if image_id is not None else more_images:
        media.attach(picture, report.ref, person_id=reporter_id)
    if answered is not None:
        answered.report = report
        answered.save(force_insert=True)
    note_line(report, "receive", at=report.received_at)
    if reporter_id is not None:
        notify.issue_receipt(report.ref, reporter_id, at)
    audit.record(actor, "reports.submit_report", report.ref, fields=["words", "category", "place"])
    events.publish(actor, ReportReceived(ref=report.ref, category=category.pk, channel=channel.value))
    if also is not None:
        also(report)
    return report


def _category(slug: str) -> Category:
    """Raises Invalid for none of ours, and for what is not the city's task."""
    found = categories.by_slug(slug)
    if found is None:
        raise Invalid(fields={"category": _("Bitte wählen Sie, worum es geht.")})
    if found.elsewhere:
        raise Invalid(fields={"category": _("Dafür ist jemand anderes zuständig. Wir sagen Ihnen, wer.")})
    return found


def place_of(words: str, chosen: tuple[float, float] | None) -> tuple[str, str, tuple[float, float] | None]:
    """Words, district and position: of the point that was chosen, else of words that name a place beyond doubt.

    Raises Invalid without any place, and for a point outside the city.
    """
    place = " ".join(tidy(words).split())
    if chosen is not None:
        there = places.place_at(*chosen)
        if there is None:
            raise Invalid(
                fields={"place": _("Diese Stelle liegt nicht in unserer Stadt. Bitte wählen Sie eine andere.")}
            )
        return place or there.text, there.district, there.point
    if not place:
        raise Invalid(fields={"place": _("Bitte sagen Sie, wo es ist: eine Adresse oder ein bekannter Ort genügt.")})
    meant = places.likely(place)
    return (place, "", None) if meant is None else (place, meant.district, meant.point)
