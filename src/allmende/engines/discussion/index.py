"""How comments, notices and cases have an address, and what their receipts say. None of them is found by searching."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from allmende.core import manifest
from allmende.core.actor import Role, Viewer
from allmende.core.manifest import EntryData
from allmende.engines.discussion.models import Case, Comment, Report
from allmende.engines.discussion.queries.published import LANGUAGES
from allmende.engines.discussion.queries.things import comment_path
from allmende.engines.discussion.rules import access
from allmende.engines.discussion.workflow import CaseState, CommentState, Decision

HIDDEN = "hidden"
WORDS_IN_TITLE = 8


def _in_all(text: Callable[[], str]) -> dict[str, str]:
    found = {}
    for language in LANGUAGES:
        with override(language):
            found[language] = text()
    return found


def _checking() -> Mapping[str, str]:
    return _in_all(lambda: _("Wir prüfen Ihren Beitrag."))


def _office() -> Mapping[str, str]:
    return _in_all(lambda: _("Moderation"))


def comment_entry(comment_id: UUID) -> EntryData | None:
    row = Comment.objects.filter(pk=comment_id).select_related("current").first()
    if row is None:
        return None
    held = row.state == CommentState.HELD
    case = Case.objects.about(row.this).undecided().first() if held else None
    state = CommentState(row.state)
    title = " ".join(row.body.split()[:WORDS_IN_TITLE])
    return EntryData(
        ref=row.this,
        titles={row.language: title} if title else _in_all(lambda: pgettext("Überschrift", "Kommentar")),
        summaries={},
        url=comment_path(row.id),
        state=row.state,
        state_labels=_in_all(lambda: str(state.label)),
        happened_at=row.written_at,
        visibility=HIDDEN,
        language=row.language,
        next_step=_checking() if held else {},
        office=_office() if held else {},
        due=case.due_at if case else None,
    )


def comment_url(comment_id: UUID) -> str | None:
    return comment_path(comment_id) if Comment.objects.filter(pk=comment_id).exists() else None


def _case_state(case: Case) -> str:
    if case.state != CaseState.DECIDED:
        return _("wird geprüft")
    return str(Decision(case.decision).label)


def report_entry(report_id: UUID) -> EntryData | None:
    row = Report.objects.filter(pk=report_id).select_related("case").first()
    if row is None:
        return None
    waits = row.case.state != CaseState.DECIDED
    return EntryData(
        ref=row.this,
        titles=_in_all(lambda: _("Ihre Meldung")),
        summaries={},
        url=report_url(report_id) or "",
        state=row.case.state,
        state_labels=_in_all(lambda: _case_state(row.case)),
        happened_at=row.received_at,
        visibility=HIDDEN,
        next_step=_in_all(lambda: _("Wir prüfen, was Sie gemeldet haben.")) if waits else {},
        office=_office() if waits else {},
        due=row.case.due_at if waits else None,
    )


def report_url(report_id: UUID) -> str | None:
    """A notice leads to what it is about."""
    row = Report.objects.filter(pk=report_id).first()
    kind = manifest.index_kinds().get((row.capability, row.kind)) if row else None
    return kind.url(row.object_id) if row and kind else None


def case_entry(case_id: UUID) -> EntryData | None:
    row = Case.objects.filter(pk=case_id).first()
    if row is None:
        return None
    return EntryData(
        ref=row.this,
        titles=_in_all(lambda: _("Prüfung eines Beitrags")),
        summaries={},
        url=case_url(case_id) or "",
        state=row.state,
        state_labels=_in_all(lambda: _case_state(row)),
        happened_at=row.opened_at,
        visibility=HIDDEN,
        due=row.due_at if row.state != CaseState.DECIDED else None,
    )


def case_url(case_id: UUID) -> str | None:
    """Undecided cases lead moderators to their work, decided ones the author to the reasons."""
    state = Case.objects.filter(pk=case_id).values_list("state", flat=True).first()
    if state is None:
        return None
    with override("de"):
        return reverse("discussion:reasons" if state == CaseState.DECIDED else "discussion:case", args=[case_id])


def all_comments() -> Iterable[UUID]:
    return Comment.objects.values_list("id", flat=True).iterator()


def all_reports() -> Iterable[UUID]:
    return Report.objects.values_list("id", flat=True).iterator()


def all_cases() -> Iterable[UUID]:
    return Case.objects.values_list("id", flat=True).iterator()


def may_see_case(case_id: UUID, viewer: Viewer, at: datetime) -> bool:  # noqa: ARG001 - the gate's shape
    """The author of what is checked, the moderators of its scope; administrators once it was escalated."""
    row = Case.objects.filter(pk=case_id).first()
    if row is None:
        return False
    if viewer.person_id is not None and row.author_id == viewer.person_id:
        return True
    return access.may_read_case(row, viewer)


def may_see_report(report_id: UUID, viewer: Viewer, at: datetime) -> bool:  # noqa: ARG001 - the gate's shape
    """Whoever sent it or another notice of the same thing, and the moderators of its scope."""
    row = Report.objects.filter(pk=report_id).select_related("case").first()
    if row is None:
        return False
    if viewer.person_id is not None and row.case.reports.filter(reporter_id=viewer.person_id).exists():
        return True
    return viewer.has(Role.MODERATOR, row.case.scope)
