"""What other rooms may ask of discussion and moderation.

A room with moderated things: its submitting action calls `open_case`, its release, refuse, withdraw and hold actions
call `close_case` or `hold_case` (all plain functions for inside an action); its manifest names these actions in
`Moderated`. Gates in its manifest: "<kind>" who may see (and so read and report), "comment:<kind>" who may comment,
"own:<kind>" whether a thing is the viewer's own or their group's, who then does not decide on it.
"""

from django.urls import reverse

from allmende.core.refs import Ref
from allmende.engines.discussion.actions import (
    add_comment,
    decide_case,
    edit_comment,
    report_content,
    withdraw_comment,
)
from allmende.engines.discussion.actions.cases import close_case, hold_case, open_case
from allmende.engines.discussion.events import COUNT_CHANGED
from allmende.engines.discussion.models import Case, Comment, Report
from allmende.engines.discussion.queries.own import OwnComment, own_comments
from allmende.engines.discussion.queries.published import hours_in_words, rule_text
from allmende.engines.discussion.queries.threads import CommentView, Thread, comment_counts, thread
from allmende.engines.discussion.rules.heuristics import first_finding, tidy
from allmende.engines.discussion.rules.holidays import holidays
from allmende.engines.discussion.rules.hours import due
from allmende.engines.discussion.rules.names import without_name, without_name_of_person
from allmende.engines.discussion.rules.texts import Texts, line, lines, prose, sentence

__all__ = [
    "COUNT_CHANGED",
    "Case",
    "Comment",
    "CommentView",
    "OwnComment",
    "Report",
    "Texts",
    "Thread",
    "add_comment",
    "case_of",
    "close_case",
    "comment_counts",
    "decide_case",
    "due",
    "edit_comment",
    "first_finding",
    "hold_case",
    "holidays",
    "hours_in_words",
    "line",
    "lines",
    "open_case",
    "own_comments",
    "prose",
    "report_content",
    "report_url",
    "rule_text",
    "sentence",
    "thread",
    "tidy",
    "withdraw_comment",
    "without_name",
    "without_name_of_person",
]


def case_of(ref: Ref) -> Case | None:
    """The thing's last case, undecided or not, else None; `due_at` says until when it is checked."""
    return Case.objects.about(ref).order_by("-opened_at", "-id").first()


def report_url(ref: Ref) -> str:
    """The form with which anybody says that something is not all right (Regulation (EU) 2022/2065, Art. 16(1)).

    It stands beside whatever people wrote and everybody reads: `{% include "discussion/parts/report.html" %}`.
    """
    return reverse("discussion:report", args=[ref.capability, ref.kind, ref.id])
