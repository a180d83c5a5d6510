"""Comments with their versions; cases, reports, published rules, duty roster and absences."""

from allmende.engines.discussion.models.cases import Case, Report
from allmende.engines.discussion.models.comments import Comment, CommentVersion
from allmende.engines.discussion.models.duty import Absence, Duty, Rule

__all__ = ["Absence", "Case", "Comment", "CommentVersion", "Duty", "Report", "Rule"]
