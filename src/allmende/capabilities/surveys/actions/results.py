"""Results: asked for, computed by a job, kept as rows, looked through, held back or left, and made known."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.surveys import queries, rules
from allmende.capabilities.surveys.events import FindingJudged, FindingPublished, ResultsPrepared, ResultsWanted
from allmende.capabilities.surveys.models import Cut, Evaluation, Finding, Survey, Topic
from allmende.capabilities.surveys.queries.evaluating import Prepared, Result, is_drawn
from allmende.capabilities.surveys.rules.variables import variables
from allmende.capabilities.surveys.workflow import State, Texts
from allmende.core import audit, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound
from allmende.engines.questions import interface as questions

MOST_GROUPS = 6
"""Each group is one more table per question."""
NOTE_LIMIT = 1000


def _locked(survey_id: UUID) -> Survey:
    try:
        return lock(Survey.objects.all(), pk=survey_id)
    except Survey.DoesNotExist:
        raise NotFound from None


def require_computable(survey: Survey) -> None:
    """Raises Conflict while people still answer, and when the answers are gone."""
    if survey.state not in {State.CLOSED, State.PUBLISHED}:
        raise Conflict(_("Die Umfrage läuft noch. Ausgewertet wird nach ihrem Ende."))
    if survey.raw_deleted_at is not None:
        raise Conflict(_("Die einzelnen Antworten sind gelöscht. Die Ergebnisse bleiben, wie sie sind."))


@action
def ask_results(
    *, actor: Actor, survey_id: UUID, at: datetime, groups: Sequence[str] | None = None,
    weigh_by: Collection[str] | None = None,
) -> Evaluation:  # fmt: skip
    """Says how results are told apart and weighted, and has them computed; None leaves either as it is.

    After publication the groups stay: results by other groups, laid beside the former, could single somebody out.
    """
    if actor.channel not in {Channel.SYSTEM, Channel.SEED}:
        rules.require_may_edit(actor.viewer)
    survey = _locked(survey_id)
    require_computable(survey)
    row, _made = Evaluation.objects.get_or_create(survey=survey, defaults={"least": queries.least_people()})
    known = {one.name: one for one in variables(questions.definition(survey.version_id))}
    wrong: dict[str, str] = {}
    if groups is not None:
        if survey.state == State.PUBLISHED and list(groups) != row.groups:
            wrong["groups"] = _("Die Ergebnisse sind veröffentlicht. Die Gruppen lassen sich nicht mehr ändern.")
        if len(groups) > MOST_GROUPS:
            wrong["groups"] = _("Bitte wählen Sie höchstens %(n)s Gruppen.") % {"n": MOST_GROUPS}
        if any(name not in known or not known[name].may_group for name in groups):
            wrong["groups"] = _("Nach dieser Frage lässt sich nicht unterscheiden.")
        row.groups = list(groups)
    if weigh_by is not None:
        if survey.state == State.PUBLISHED and sorted(weigh_by) != sorted(row.weigh_by):
            wrong["weigh_by"] = _("Die Ergebnisse sind veröffentlicht. Das Gewicht lässt sich nicht mehr ändern.")
        if any(name not in known or queries.margin_for(known[name]) is None for name in weigh_by):
            wrong["weigh_by"] = _("Zu dieser Frage kennt die Stadt keine Verteilung.")
        row.weigh_by = sorted(weigh_by)
    if wrong:
        raise Invalid(fields=wrong)
    row.wanted_at, row.fault = at, ""
    row.save()
    audit.record(actor, "surveys.ask_results", survey.ref, fields=["groups", "weigh_by"])
    events.publish(actor, ResultsWanted(ref=survey.ref))
    return row


@action
def keep_results(*, actor: Actor, survey_id: UUID, prepared: Prepared, at: datetime) -> Evaluation:
    """Stores what a job has computed. A finding keeps its id, its address and what the editors said of it."""
    if actor.channel not in {Channel.SYSTEM, Channel.SEED}:
        raise NotAllowed
    survey = _locked(survey_id)
    require_computable(survey)
    there = {row.variable: row for row in Finding.objects.filter(survey=survey)}
    last = max((row.place for row in there.values()), default=0)
    rows = []
    for order, result in enumerate(prepared.results):
        row = there.get(result.variable.name)
        if row is None:
            last += 1
            row = Finding(survey=survey, place=last, variable=result.variable.name)
        _fill(row, order, result)
        rows.append(row)
    Finding.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["order", "title", "part", "kind", "table", "charts", "before"],
    )
    Cut.objects.filter(finding__survey=survey).delete()
    Cut.objects.bulk_create(
        Cut(finding=row, group=name, group_title=dict(prepared.groups[name].label), table=table,
            charts=result.cut_charts.get(name, {}))
        for row, result in zip(rows, prepared.results, strict=True)
        for name, table in result.cuts.items()
    )  # fmt: skip
    evaluation, _made = Evaluation.objects.get_or_create(survey=survey)
    evaluation.answers, evaluation.weighting = prepared.answers, prepared.weighting
    evaluation.prepared_at, evaluation.fault = at, ""
    # Kept without its charts (examples), it stays wanted: the job that was asked for draws them, and pages say so.
    evaluation.wanted_at = None if is_drawn(prepared) else evaluation.wanted_at or at
    evaluation.save(update_fields=["answers", "weighting", "prepared_at", "wanted_at", "fault"])
    audit.record(actor, "surveys.keep_results", survey.ref, fields=["table", "charts"])
    events.publish(actor, ResultsPrepared(ref=survey.ref))
    if survey.state == State.PUBLISHED:
        for row in rows:
            events.publish(actor, FindingPublished(ref=row.ref))
    return evaluation


def _fill(row: Finding, order: int, result: Result) -> None:
    row.order, row.kind = order, result.variable.kind.value
    row.title, row.part = dict(result.variable.label), dict(result.variable.part_label)
    row.table, row.charts, row.before = result.table, result.charts, result.before


@action
def compare_waves(*, actor: Actor, survey_id: UUID) -> int:
    """The results of the survey before this one have changed: what is said of the difference follows. How many did."""
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    survey = _locked(survey_id)
    rows = queries.compared_anew(survey)
    if rows:
        Finding.objects.bulk_update(rows, ["before"])
        audit.record(actor, "surveys.compare_waves", survey.ref, fields=["before"])
    return len(rows)


@action
def note_fault(*, actor: Actor, survey_id: UUID, fault: str) -> None:
    """A calculation came to nothing: the editors read why."""
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    survey = _locked(survey_id)
    Evaluation.objects.filter(survey=survey).update(fault=fault[:300])
    audit.record(actor, "surveys.note_fault", survey.ref, fields=["fault"])


@action
def judge_finding(*, actor: Actor, finding_id: UUID, held: bool, note: Texts) -> Finding:
    """An editor holds a finding back, or lets it be shown, and says something to it. Works after publication too."""
    rules.require_may_edit(actor.viewer)
    try:
        row = lock(Finding.objects.select_related("survey"), pk=finding_id)
    except Finding.DoesNotExist:
        raise NotFound from None
    if any(len(text) > NOTE_LIMIT for text in note.values()):
        raise Invalid(fields={"note": _("Bitte kürzen Sie auf %(n)s Zeichen.") % {"n": NOTE_LIMIT}})
    row.is_held, row.note = held, {code: text.strip() for code, text in note.items() if text.strip()}
    row.save(update_fields=["is_held", "note"])
    audit.record(actor, "surveys.judge_finding", row.ref, fields=["is_held", "note"])
    events.publish(actor, FindingJudged(ref=row.survey.ref))
    if row.survey.state == State.PUBLISHED:
        events.publish(actor, FindingPublished(ref=row.ref))
    return row


@action
def announce_findings(*, actor: Actor, survey_id: UUID) -> int:
    """Once results are published, each finding goes into the public index, where the Trace can cite it."""
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    survey = _locked(survey_id)
    rows = list(Finding.objects.filter(survey=survey)) if survey.state == State.PUBLISHED else []
    audit.record(actor, "surveys.announce_findings", survey.ref)
    for row in rows:
        events.publish(actor, FindingPublished(ref=row.ref))
    return len(rows)


@action
def forget_answers(*, actor: Actor, survey_id: UUID) -> None:
    """The single answers are deleted: so are the columns made from them, and which of them stood in which topic."""
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    survey = _locked(survey_id)
    if survey.raw_deleted_at is None:
        return
    queries.forget_columns(survey.pk)
    Topic.objects.filter(finding__survey=survey).update(members=[])
    audit.record(actor, "surveys.forget_answers", survey.ref, fields=["members"])
