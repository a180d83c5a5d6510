"""How surveys appear in the public index: on the Trace, in search, in feeds."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from allmende.capabilities.surveys import queries, workflow
from allmende.capabilities.surveys.models import Survey
from allmende.capabilities.surveys.workflow import State
from allmende.core import city
from allmende.core.manifest import EntryData

EDITORS = "role:editor:surveys"


def _entry(survey: Survey) -> EntryData:
    info = workflow.STATES[State(survey.state)]
    office = city.current().department(survey.department)
    is_open = survey.state in {State.CHECKED, State.OPEN}
    return EntryData(
        ref=survey.ref,
        titles=dict(survey.title),
        summaries=dict(survey.summary),
        url=f"/umfragen/{survey.number}/",
        state=survey.state,
        state_labels=info.labels,
        happened_at=survey.opens_at or survey.created_at,
        visibility="public" if survey.state in workflow.PUBLIC else EDITORS,
        visible_from=survey.checked_at,
        open_until=survey.closes_at if is_open else None,
        reached=survey.state != State.CHECKED,
        next_step=dict(info.next_step),
        office=dict(office.names) if office and info.next_step else {},
        due=survey.closes_at if is_open else None,
        figures={"answers": survey.answered} if survey.closed_at is not None else {},
    )


def survey_entry(survey_id: UUID) -> EntryData | None:
    found = queries.survey(survey_id)
    return None if found is None else _entry(found)


def survey_entries(survey_ids: Collection[UUID]) -> Mapping[UUID, EntryData]:
    return {one.pk: _entry(one) for one in Survey.objects.filter(pk__in=survey_ids)}


def survey_ids() -> Iterable[UUID]:
    return Survey.objects.order_by("id").values_list("pk", flat=True).iterator()


def survey_url(survey_id: UUID) -> str | None:
    number = Survey.objects.filter(pk=survey_id).values_list("number", flat=True).first()
    return None if number is None else f"/umfragen/{number}/"
