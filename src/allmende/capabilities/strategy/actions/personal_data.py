"""What the strategy holds about a person: export, erasure, retention (GDPR Art. 15, 17, 20).

`erase` and `expire` run inside the transaction of whoever calls them. Answers of the team name nobody.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from allmende.capabilities.strategy.events import FeedbackDecided
from allmende.capabilities.strategy.models import Feedback, Reading, Support
from allmende.capabilities.strategy.workflow.texts import Heard
from allmende.core import events
from allmende.core.actor import SYSTEM
from allmende.core.manifest import PersonalData
from allmende.engines.discussion import interface as discussion

type Rows = Iterable[Mapping[str, Any]]
REFUSED_FOR = timedelta(days=183)
"""How long words are kept that never became public, or are not any more."""


def export_feedback(person_id: UUID) -> Rows:
    rows = Feedback.objects.filter(author=person_id).select_related("text", "paragraph", "answer")
    for row in rows.order_by("number"):
        yield {
            "number": row.number,
            "text": row.text.title,
            "paragraph": row.paragraph.number,
            "kind": row.kind,
            "body": row.body,
            "wording": row.wording,
            "state": row.state,
            "signed_as": row.author_name,
            "for_group": row.organisation_id is not None,
            "channel": row.channel,
            "received_at": row.received_at,
            "answer": row.answer.reason if row.answer else "",
        }


def _tell(row: Feedback) -> None:
    """So that the public index drops name and words too."""
    events.publish(SYSTEM, FeedbackDecided(ref=row.ref, state=row.state))


def erase_feedback(person_id: UUID, keep_texts: bool) -> None:  # noqa: FBT001 - called so by erasure
    """Public words stay without a name if that was chosen; everything else goes."""
    at = timezone.now()
    for row in Feedback.objects.select_for_update(of=("self",)).filter(author=person_id).order_by("pk"):
        if not (keep_texts and row.state == Heard.SHOWN):
            row.body = row.wording = row.refused_for = ""
        if row.state == Heard.WAITING:
            row.state = Heard.WITHDRAWN.value
            discussion.close_case(SYSTEM, row.ref, decision="withdrawn", reason="", at=at)
        row.author = None
        if row.organisation_id is None:
            row.author_name = ""
        row.save()
        _tell(row)
    Feedback.objects.filter(entered_by=person_id).update(entered_by=None)


def expire_feedback(at: datetime) -> int:
    """Words that are not public: after six months."""
    old = Feedback.objects.filter(state__in=(Heard.REFUSED, Heard.WITHDRAWN), received_at__lt=at - REFUSED_FOR).exclude(
        body="", wording=""
    )
    return old.update(body="", wording="")


def export_supports(person_id: UUID) -> Rows:
    for row in Support.objects.filter(person=person_id).select_related("feedback"):
        yield {"feedback": row.feedback.number, "at": row.at}


def erase_supports(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - called so by erasure
    rows = Support.objects.filter(person=person_id)
    Feedback.objects.filter(pk__in=list(rows.values_list("feedback", flat=True))).update(supports=F("supports") - 1)
    rows.delete()


def export_readings(person_id: UUID) -> Rows:
    for row in Reading.objects.filter(person=person_id).select_related("text", "version").order_by("at"):
        yield {"text": row.text.title, "version": row.version.number, "at": row.at}


def erase_readings(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - called so by erasure
    Reading.objects.filter(person=person_id).delete()


PERSONAL_DATA = (
    PersonalData(
        "feedback", _("Rückmeldungen zu Texten der Strategie"),
        _("damit andere sie lesen und die Stadt antworten kann"), None,
        export_feedback, erase_feedback, expire_feedback,
    ),
    PersonalData(
        "support", _("Unterstützung von Rückmeldungen"), _("damit jeder Mensch einmal zählt"), None,
        export_supports, erase_supports,
    ),
    PersonalData(
        "reading", _("Welche Fassung Sie zuletzt gelesen haben"), _("damit Sie sehen, was seitdem neu ist"), None,
        export_readings, erase_readings,
    ),
)  # fmt: skip
