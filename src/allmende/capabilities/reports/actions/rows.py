"""What the actions share: the locked row, the line of the history, tidy words."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.reports.models import Report, Update
from allmende.capabilities.reports.workflow import STEPS
from allmende.core.actions import lock
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.engines.discussion.interface import tidy

STEP_LIMIT = 2000
PRIVATE_WORDS = frozenset({"ask", "answer", "object", "refuse", "note", "edit", "photo"})
"""Lines whose words only the reporter and the offices read."""


def locked(report_id: UUID) -> Report:
    """Raises NotFound."""
    try:
        return lock(Report.objects.select_related("category"), pk=report_id)
    except Report.DoesNotExist:
        raise NotFound from None


class Overtaken(Conflict):
    """Somebody else has done something to the report while a form about it was being filled in."""


def last_line(report: Report) -> str:
    """Names the newest line of the history: what a form carries along to say what its reader has seen."""
    newest = report.updates.order_by("-id").values_list("pk", flat=True).first()
    return "" if newest is None else str(newest)


def require_up_to_date(actor: Actor, report: Report, seen: str) -> None:
    """Raises Overtaken when the history of the locked report has grown since `seen`; empty: the caller has not looked.

    So two clerks who open the same report do not undo each other's step without knowing of it.
    """
    if not seen or seen == last_line(report):
        return
    line = report.updates.order_by("-id")[0]
    step = STEPS.get(line.verb)
    deed = (step.deed.get(actor.language) or step.deed["de"]) if step else _("Die Angaben wurden geändert.")
    raise Overtaken(
        _("Inzwischen hat jemand anderes gehandelt: „%(deed)s“ Was Sie geschrieben haben, steht noch hier. "
          "Bitte sehen Sie nach und speichern Sie noch einmal, wenn es so noch stimmt.") % {"deed": deed}
    )  # fmt: skip


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
