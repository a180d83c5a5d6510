"""Results as pages and files read them: few queries, whatever the number of questions and answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from allmende.capabilities.surveys import rules
from allmende.capabilities.surveys.models import Cut, Evaluation, Finding, Survey, Topic
from allmende.capabilities.surveys.queries.surveys import survey_by_number
from allmende.core import city, statements
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound
from allmende.core.suppression import LEAST

MOST_LEAST = 100
EDITION = """
SELECT md5(string_agg(row, ' ' ORDER BY row)) FROM (
  SELECT 'e' || xmin || ctid FROM surveys_evaluation WHERE survey_id = %s
  UNION ALL SELECT 'f' || xmin || ctid FROM surveys_finding WHERE survey_id = %s
  UNION ALL SELECT 'c' || c.xmin || c.ctid FROM surveys_cut c JOIN surveys_finding f ON f.id = c.finding_id
    WHERE f.survey_id = %s
) AS rows (row)
"""
"""Which versions of rows the results are made of: PostgreSQL gives every row it writes another transaction (xmin) or
place (ctid), so the same text means that nothing has changed, whoever wrote. Hundreds of rows, none of them opened.
"""
EVALUATION = "SELECT {columns} FROM surveys_evaluation t WHERE survey_id = %s"


def least_people() -> int:
    """Behind every number stand at least this many people, as the city has decided; never fewer than three."""
    try:
        wanted = int(city.setting("surveys.least_people", LEAST))
    except (TypeError, ValueError):
        wanted = LEAST
    return min(MOST_LEAST, max(3, wanted))


def evaluation_of(survey: Survey) -> Evaluation | None:
    return Evaluation.objects.filter(survey=survey).first()


@dataclass(frozen=True)
class Results:
    """What a viewer may see of a survey's results."""

    survey: Survey
    evaluation: Evaluation
    findings: Sequence[Finding]
    may_edit: bool
    edition: str = ""
    """Of everything that is calculated and noted, as it stood before anything else was read."""


def results_of(number: int, viewer: Viewer) -> Results:
    """Four queries. Raises NotFound where there are no results for this viewer, as before their publication."""
    found = results_head(number, viewer)
    return replace(found, findings=shown_findings(found.survey)) if found.evaluation.prepared_at is not None else found


def results_head(number: int, viewer: Viewer) -> Results:
    """As `results_of`, without the findings: for whoever has made a page of this edition before. Three queries."""
    survey = survey_by_number(number, viewer)
    if not rules.may_see_results(survey, viewer):
        raise NotFound
    ((edition,),) = statements.rows(EDITION, [survey.pk] * 3)
    evaluation = statements.instance(Evaluation, EVALUATION, [survey.pk]) or Evaluation(survey=survey)
    return Results(survey, evaluation, [], rules.may_edit(viewer), str(edition))


def shown_findings(survey: Survey) -> list[Finding]:
    """Without what is held back."""
    return list(Finding.objects.filter(survey=survey, is_held=False))


def all_findings(survey: Survey) -> list[Finding]:
    """For the editors, without the drawings."""
    return list(Finding.objects.filter(survey=survey).defer("charts"))


def cuts_by(survey: Survey, group: str) -> dict[UUID, Cut]:
    """Finding → its table by this group, of what is not held back."""
    rows = Cut.objects.filter(finding__survey=survey, finding__is_held=False, group=group)
    return {row.finding_id: row for row in rows}


def cuts_of(finding: Finding) -> list[Cut]:
    return list(Cut.objects.filter(finding=finding).order_by("pk"))


def striking(survey: Survey) -> list[Cut]:
    """Tables whose cells are all shown, for „Was auffällt“ and for files; without the drawings."""
    rows = Cut.objects.filter(finding__survey=survey, finding__is_held=False).exclude(table__chance=None)
    return list(rows.select_related("finding").defer("charts", "finding__charts", "finding__table", "finding__before"))


def every_cut(survey: Survey) -> list[Cut]:
    """All that is published by groups, in the order of the questionnaire."""
    rows = Cut.objects.filter(finding__survey=survey, finding__is_held=False).order_by("finding__order", "pk")
    return list(rows.select_related("finding").defer("charts", "finding__charts"))


def later_waves(survey_id: UUID) -> list[UUID]:
    """Surveys with results that are compared with this one."""
    rows = Survey.objects.filter(wave_of=survey_id, evaluation__prepared_at__isnull=False).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def finding(finding_id: UUID) -> Finding | None:
    return Finding.objects.select_related("survey").filter(pk=finding_id).first()


def finding_at(survey: Survey, place: int) -> Finding:
    """Raises NotFound."""
    found = Finding.objects.filter(survey=survey, place=place).first() if 0 < place < 2**15 else None
    if found is None:
        raise NotFound
    return found


def topics_of(found: Finding) -> list[Topic]:
    return list(Topic.objects.filter(finding=found))
