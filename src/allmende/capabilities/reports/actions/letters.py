"""A mail becomes a report: private, with its pictures, answered with number and link; programs are not answered."""

import logging
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from allmende.capabilities.reports.actions.photos import note_broken_photo
from allmende.capabilities.reports.actions.submitting import ReportData, submit_report
from allmende.capabilities.reports.models import WORDS_LIMIT, Category, Report
from allmende.capabilities.reports.queries import categories
from allmende.capabilities.reports.rules import letters
from allmende.core import ratelimit
from allmende.core.actor import SYSTEM, Channel, Idempotency
from allmende.core.errors import DomainError, Invalid, TooMany
from allmende.engines.media import interface as media
from allmende.engines.notify import interface as notify
from allmende.engines.places import interface as places

logger = logging.getLogger(__name__)
PER_HOUR = 10
"""Mails of one sender that become reports within an hour."""
PER_DAY = 30
CATCH_ALL = "sonstiges"
ALT_LIMIT = 200
LARGEST = 30 * 1024 * 1024
"""Bytes of a mail that are read."""


def take_mail(raw: bytes, at: datetime) -> Counter[str]:
    """One mail, however it came; says what it became: "report", "known", or nothing, and then it is left for people.

    Safe to repeat: the same mail makes one report. Raises nothing for what is in the mail.
    """
    found = notify.read_letter(raw)
    if found is None or not found.sender or not (found.text or found.subject or found.pictures):
        return Counter()
    if found.is_automatic or found.sender in notify.own_addresses():
        return Counter()
    try:
        ratelimit.take("reports.mail", found.sender, limit=PER_HOUR, per=timedelta(hours=1), at=at)
        ratelimit.take("reports.mail.day", found.sender, limit=PER_DAY, per=timedelta(days=1), at=at)
        with translation.override("de"):
            report = _submit(found, at)
    except TooMany:
        logger.warning("A sender writes very often: the mail was left in the mailbox.")
        return Counter()
    except DomainError as error:
        logger.warning("A mail became no report: %s", type(error).__name__)
        return Counter()
    return Counter({"report" if report.created_at == at else "known": 1})


def _submit(found: notify.Letter, at: datetime) -> Report:
    words = letters.words_of(found.subject, found.text, limit=WORDS_LIMIT) or _("Foto ohne Text")
    place, point = _place(found)
    images, broken = _images(found, words, at)
    actor = replace(SYSTEM, idempotency=Idempotency(f"mail-{found.digest.hex()[:40]}", found.digest))
    report = submit_report(
        actor=actor,
        data=ReportData(words=words, category=_category(words).slug, place=place, point=point),
        contact={"contact_kind": "email", "email": found.sender, "language": "de"},
        image_id=images[0] if images else None,
        more_images=images[1:],
        proven=False,
        came_by=Channel.EMAIL,
        at=at,
    )
    if broken and report.created_at == at:
        note_broken_photo(actor=SYSTEM, report_id=report.pk, at=at)
    return report


def _category(words: str) -> Category:
    """The kind that its words speak of, among those that are the city's; else the one for everything else."""
    ours = [one for one in categories.active() if not one.elsewhere]
    if not ours:
        raise Invalid(_("Es gibt keine Art von Schäden, unter der es eingehen könnte."))
    proposed = categories.proposals(words, ours)
    by_slug = {one.slug: one for one in ours}
    return by_slug[proposed[0].slug] if proposed else by_slug.get(CATCH_ALL, ours[-1])


def _place(found: notify.Letter) -> tuple[str, tuple[float, float] | None]:
    """Words for the place and, where they name one of the city beyond doubt, its position."""
    said = ""
    for words, named in letters.places_in(found.subject, found.text):
        meant = places.likely(words)
        if meant is not None:
            return meant.text, meant.point
        said = said or (words if named else "")
    return said or _("siehe Text der E-Mail"), None


def _images(found: notify.Letter, words: str, at: datetime) -> tuple[list[UUID], int]:
    """Its pictures, kept to be drawn anew, and how many could not be read."""
    kept: list[UUID] = []
    broken = 0
    for content in found.pictures:
        try:
            kept.append(media.take_image_later(content, alt=words[:ALT_LIMIT], actor=SYSTEM, at=at).pk)
        except Invalid:
            broken += 1
    return kept, broken


def fetch(at: datetime) -> Counter[str]:
    """Reads the mailbox that EMAIL_REPORTS_URL names; nothing without one. Raises PostboxDown, ValueError."""
    url = settings.EMAIL_REPORTS_URL
    if not url:
        return Counter()
    box = notify.Postbox.at(url, setting="EMAIL_REPORTS_URL")
    return box.read(lambda raw: take_mail(raw, at), largest=LARGEST)
