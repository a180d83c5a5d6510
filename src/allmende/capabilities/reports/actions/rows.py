"""What the actions share: the locked row, the line of the history, tidy words."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.reports.models import Report, Update
from allmende.core.actions import lock
from allmende.core.errors import Invalid, NotFound
from allmende.engines.discussion.interface import tidy

STEP_LIMIT = 2000
PRIVATE_WORDS = frozenset({"ask", "answer", "object", "refuse", "note", "edit"})
"""Lines whose words only the reporter and the offices read."""


def locked(report_id: UUID) -> Report:
    """Raises NotFound."""
    try:
        return lock(Report.objects.select_related("category"), pk=report_id)
    except Report.DoesNotExist:
        raise NotFound from None


def words_of(text: str, *, required: bool, field: str = "words", limit: int = STEP_LIMIT) -> str:
    """Raises Invalid for words that are missing or too many."""
    found = tidy(text)
    if required and not found:
        raise Invalid(fields={field: _("Bitte schreiben Sie dazu ein, zwei Sätze.")})
    if len(found) > limit:
        raise Invalid(fields={field: _("Bitte kürzen Sie den Text auf %(n)s Zeichen.") % {"n": limit}})
    return found


def note_line(
    report: Report, verb: str, *, at: datetime, words: str = "", note: str = "", language: str = "de",
    department: str = "",
) -> Update:  # fmt: skip
    """One line of the history, in the report's state after the deed."""
    return Update.objects.create(
        report=report,
        verb=verb,
        state=report.state,
        words=words,
        note=note,
        language=language,
        department=department,
        is_public=verb not in PRIVATE_WORDS,
        at=at,
    )
