"""Surveys as their pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from allmende.accounts import interface as accounts
from allmende.accounts.models import Person
from allmende.capabilities.surveys import rules
from allmende.capabilities.surveys.models import (
    Evaluation,
    Invitation,
    QuotaCount,
    ResidentMark,
    Response,
    Survey,
    WaitingResponse,
)
from allmende.capabilities.surveys.rules import answering
from allmende.capabilities.surveys.workflow import Phase, State
from allmende.core import statements
from allmende.core.actor import Role, Viewer

VERIFIED = frozenset(("SUBSTANTIAL", "HIGH"))
"""Levels of an identity that confirm where somebody lives (eIDAS Art. 8)."""

BY_NUMBER = "SELECT {columns} FROM surveys_survey t WHERE number = %s"
"""Written out, as every answer pays for it (`statements`)."""

MOST = 50
"""Surveys of each group on the list: more than a city runs in years."""


def survey(survey_id: UUID) -> Survey | None:
    """The row, whoever asks; for index, notices and gates."""
    return Survey.objects.filter(pk=survey_id).first()


def survey_by_number(number: int, viewer: Viewer) -> Survey:
    """One query. Raises NotFound for what is not there and what this viewer may not know of."""
    found = statements.instance(Survey, BY_NUMBER, [number]) if 0 < number < 2**63 else None
    return rules.require_may_see(found, viewer)


def may_see_survey(survey_id: UUID, viewer: Viewer, _at: datetime) -> bool:
    """The gate of this room's kind."""
    found = survey(survey_id)
    return found is not None and rules.may_see(found, viewer)


def may_see_answers(_survey_id: UUID, viewer: Viewer, _at: datetime) -> bool:
    """The gate of what people sent along: editors only."""
    return rules.may_edit(viewer)


@dataclass(frozen=True)
class SurveyList:
    """Surveys by what one can do with them, the nearest date first."""

    running: Sequence[Survey]
    coming: Sequence[Survey]
    ended: Sequence[Survey]
    drafts: Sequence[Survey]


def surveys_on(viewer: Viewer, at: datetime) -> SurveyList:
    """One query, or two for editors."""
    public = list(Survey.objects.exclude(state=State.DRAFT).order_by("-closes_at", "-number")[: 3 * MOST])
    by_phase = {one.pk: one.phase(at) for one in public}
    running = [one for one in public if by_phase[one.pk] in {Phase.RUNNING, Phase.GRACE}]
    coming = [one for one in public if by_phase[one.pk] is Phase.COMING]
    ended = [one for one in public if by_phase[one.pk] in {Phase.ENDED, Phase.RESULTS}]
    drafts = list(Survey.objects.filter(state=State.DRAFT).order_by("-number")[:MOST]) if rules.may_edit(viewer) else []
    return SurveyList(running[::-1], sorted(coming, key=lambda one: one.opens_at or at), ended[:MOST], drafts)


def to_open(at: datetime) -> list[UUID]:
    """Checked surveys whose time has come."""
    return list(Survey.objects.filter(state=State.CHECKED, opens_at__lte=at).values_list("pk", flat=True))


def to_close(at: datetime) -> list[UUID]:
    """Surveys that are over for good, with grace and days for paper."""
    rows = Survey.objects.filter(state__in=[State.CHECKED, State.OPEN], closes_at__lte=at)
    return [one.pk for one in rows if one.ends_at is not None and one.ends_at <= at]


def to_mix() -> list[UUID]:
    """Running surveys with enough answers waiting to hide among."""
    waiting = WaitingResponse.objects.values("survey_id").annotate(n=Count("pk"))
    return [row["survey_id"] for row in waiting.filter(n__gte=answering.FEWEST_TO_MIX)]


def to_forget(at: datetime) -> list[Survey]:
    """Surveys whose single answers are past their retention: what the nightly job deletes, and its dry run tells."""
    rows = Survey.objects.filter(state__in=[State.CLOSED, State.PUBLISHED], raw_deleted_at=None, closed_at__lte=at)
    return [one for one in rows.order_by("closed_at") if one.is_past_retention(at)]


def results_are_kept(survey: Survey) -> bool:
    """Whether what people said would outlive the single answers: computed, stored, and nothing newer asked for."""
    row = Evaluation.objects.filter(survey=survey).first()
    if row is None or row.prepared_at is None or row.wanted_at is not None:
        return survey.closed_at is not None and survey.answered == 0  # nobody said anything
    return True


def quota_counts(survey_id: UUID) -> Mapping[int, int]:
    """How far each quota is filled, by its place."""
    return dict(QuotaCount.objects.filter(survey_id=survey_id).values_list("place", "count"))


def is_full(survey: Survey) -> bool:
    """Whether the whole survey's quota is filled."""
    if survey.quota is None:
        return False
    return QuotaCount.objects.filter(survey=survey, place=0, count__gte=F("most")).exists()


def is_known_code(survey: Survey, code: str) -> bool:
    return survey.key is not None and _invited(survey, code).exists()


def is_used_code(survey: Survey, code: str) -> bool:
    return survey.key is not None and _invited(survey, code).filter(used=True).exists()


def _invited(survey: Survey, code: str) -> QuerySet[Invitation]:
    assert survey.key is not None
    return Invitation.objects.filter(survey=survey, mark=answering.code_mark(bytes(survey.key), code))


def has_answered(survey: Survey, person_id: UUID) -> bool:
    """Whether the person's mark is there: that they answered, not what."""
    if survey.key is None:
        return False
    own = answering.resident_mark(bytes(survey.key), person_id)
    return ResidentMark.objects.filter(survey=survey, mark=own).exists()


def is_verified(viewer: Viewer) -> bool:
    """Whether the city or a state identity has confirmed where the viewer lives."""
    if viewer.person_id is None:
        return False
    return viewer.has(Role.RESIDENT) or accounts.level_of(viewer.person_id).name in VERIFIED


def account_of(email: str) -> tuple[UUID, bool] | None:
    """Whose account an address belongs to, and whether it may be used; for a clerk who has the person before them."""
    return Person.objects.filter(email__iexact=email).values_list("pk", "is_active").first()


def response_count(survey: Survey) -> int:
    """How many answers have come, those that wait included; after the close what was counted then."""
    if survey.closed_at is not None:
        return survey.answered
    return Response.objects.filter(survey=survey).count() + WaitingResponse.objects.filter(survey=survey).count()


@dataclass(frozen=True)
class Invited:
    """Numbers of invitations: made, used, and reachable by a reminder: by e-mail, by letter."""

    made: int
    used: int
    reachable: int
    by_post: int = 0


def invited(survey: Survey) -> Invited:
    """Counts only. One query."""
    found = Invitation.objects.filter(survey=survey).aggregate(
        of_all=Count("pk"),
        of_used=Count("pk", filter=Q(used=True)),
        of_reachable=Count("pk", filter=Q(used=False, sealed__isnull=False, by_post=False)),
        of_post=Count("pk", filter=Q(used=False, sealed__isnull=False, by_post=True)),
    )
    return Invited(found["of_all"], found["of_used"], found["of_reachable"], found["of_post"])


def raw_count(survey: Survey) -> int:
    """Single answers that lie here: what a deletion would delete."""
    return Response.objects.filter(survey=survey).count() + WaitingResponse.objects.filter(survey=survey).count()


def quota_rows(survey: Survey) -> list[tuple[str, int, int]]:
    """(question and option, empty for the whole survey; answers so far; most)."""
    named = {place: f"{one['question']}: {one['option']}" for place, one in enumerate(survey.quotas, 1)}
    return [(named.get(row.place, ""), row.count, row.most) for row in QuotaCount.objects.filter(survey=survey)]


def earlier_waves(survey: Survey | None) -> list[Survey]:
    """Surveys that can have been asked before this one."""
    rows = Survey.objects.exclude(state=State.DRAFT).order_by("-number")
    return list((rows.exclude(pk=survey.pk) if survey else rows)[:MOST])
