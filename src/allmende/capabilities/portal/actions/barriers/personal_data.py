"""What reports of barriers hold about a person: export, erasure, retention (GDPR Art. 15, 17, 20)."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from allmende.capabilities.portal.models.barriers import BarrierAnswer, BarrierReport
from allmende.core.manifest import PersonalData

KEPT_FOR = timedelta(days=730)
"""Two years after the answer: long enough for the enforcement body, no longer."""
GONE = "–"


def export(person_id: UUID) -> Iterable[Mapping[str, Any]]:
    rows = BarrierReport.objects.filter(author_id=person_id).prefetch_related("answers").order_by("created_at")
    for row in rows:
        yield {
            "number": str(row),
            "kind": row.kind,
            "page": row.page,
            "text": row.body,
            "tools": row.tools,
            "channel": row.channel,
            "received_at": row.received_at,
            "state": row.state,
            "answers": [{"at": answer.at, "text": answer.text} for answer in row.answers.all()],
        }


def erase(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    """The words go, whatever the person chose: they were never public. That a barrier was met stays."""
    mine = BarrierReport.objects.filter(author_id=person_id)
    BarrierAnswer.objects.filter(report__in=mine).update(text=GONE)
    mine.update(body=GONE, tools="", author=None)
    BarrierReport.objects.filter(entered_by_id=person_id).update(entered_by=None)
    BarrierAnswer.objects.filter(by_id=person_id).update(by=None)


def expire(at: datetime) -> int:
    """Closed reports two years after their last answer, words and all."""
    return BarrierReport.objects.filter(closed_at__lt=at - KEPT_FOR).delete()[0]


PERSONAL_DATA = (
    PersonalData(
        "barrier",
        _("Gemeldete Barrieren"),
        _("damit wir die Barriere finden, beheben und antworten können"),
        KEPT_FOR,
        export,
        erase,
        expire,
    ),
)
