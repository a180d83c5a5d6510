"""Example surveys of the city pack, through the actions: with results, an earlier wave, an open one, one with codes."""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from allmende.accounts import interface as accounts
from allmende.capabilities.surveys import actions
from allmende.capabilities.surveys.models import Survey
from allmende.capabilities.surveys.seeds import mobility, opinion, results, short
from allmende.core import city
from allmende.core.actor import SYSTEM, Actor, Channel, Grant, Role, Viewer
from allmende.core.city import CityPack
from allmende.engines.questions import interface as questions


def _editor() -> Actor:
    """The demonstration's editor."""
    found = accounts.demo_person("editor")
    assert found is not None, "accounts are seeded first"
    viewer = Viewer(found.pk, frozenset({Grant(Role.EDITOR)}))
    return Actor(viewer=viewer, key=accounts.key_of(found.pk), channel=Channel.SEED)


CHECKER = Actor(viewer=Viewer(None, frozenset({Grant(Role.EDITOR)})), channel=Channel.SEED)
"""The second person who checks what the editor made."""


class Example:
    """Fills one city; times count from `now`."""

    def __init__(self, pack: CityPack, now: datetime) -> None:
        self.rows: list[dict[str, Any]] = pack.content.get("surveys", [])
        self.now = now
        self.city = city.current()
        self.editor = _editor()
        self.made: dict[str, Survey] = {}
        self.versions: dict[str, Any] = {}

    def day(self, offset: int) -> datetime:
        """The beginning of a local day, so many days from now."""
        day = (self.now + timedelta(days=offset)).astimezone(self.city.zone).date()
        return datetime.combine(day, time(), self.city.zone)

    def version(self, name: str) -> Any:
        """One questionnaire for all waves that ask the same."""
        if name not in self.versions:
            places = [(one.slug, one.name) for one in self.city.districts.values()]
            definition = mobility.questionnaire(places) if name == "mobility" else short.QUESTIONNAIRES[name]
            self.versions[name] = questions.create_questionnaire(
                actor=self.editor, capability="surveys", definition=definition, at=self.now
            ).pk
        return self.versions[name]

    def survey(self, row: dict[str, Any]) -> None:
        opens, closes = self.day(row["opens"]), self.day(row["closes"] + 1)
        made_at = opens - timedelta(days=7)
        wave = self.made.get(row.get("wave_of", ""))
        survey = actions.save_survey(
            actor=self.editor,
            data=actions.SurveyData(
                title=row["title"],
                version_id=self.version(row["questionnaire"]),
                summary=row["summary"],
                contract=row["contract"],
                privacy=row["privacy"],
                consent=row.get("consent", {}),
                asked_by=row.get("asked_by", {}),
                department=row["department"],
                access=row.get("access", "open"),
                opens_at=opens,
                closes_at=closes,
                minutes=row["minutes"],
                grace_minutes=row.get("grace_minutes", 60),
                quotas=row.get("quotas", []),
                retention_days=row.get("retention_days", 365),
                wave_of=wave.pk if wave else None,
                is_example=True,
                is_simulated=bool(row.get("simulated")),
            ),
            at=made_at,
        )
        self.made[row["slug"]] = survey
        if row.get("draft"):
            return
        actions.check_survey(actor=CHECKER, survey_id=survey.pk, at=made_at)
        if opens > self.now:
            return
        actions.open_survey(actor=SYSTEM, survey_id=survey.pk, at=opens)
        if row.get("codes"):
            actions.make_codes(actor=self.editor, survey_id=survey.pk, number=row["codes"], at=max(opens, made_at))
        if row.get("simulated"):
            self.simulate(survey, row, opens)
        if closes <= self.now:
            end = closes + timedelta(minutes=row.get("grace_minutes", 60))
            actions.close_survey(actor=self.editor, survey_id=survey.pk, at=end)
            results.evaluate(survey, self.editor, end)
            actions.publish_results(actor=self.editor, survey_id=survey.pk, at=end + timedelta(days=7))

    def simulate(self, survey: Survey, row: dict[str, Any], opens: datetime) -> None:
        """Answers that nobody gave, marked so on every page."""
        assert survey.closes_at is not None
        batch = mobility.answers(
            row["simulated"],
            seed=row.get("seed", 1),
            districts=list(self.city.districts),
            centre=self.city.centre,
            first=opens.date(),
            days=max(1, (min(survey.closes_at, self.now) - opens).days),
        )
        actions.import_responses(
            actor=self.editor, survey_id=survey.pk, batch=batch, channel=Channel.SEED, at=opens + timedelta(hours=1)
        )


def seed(pack: CityPack) -> None:
    """The examples of the pack, once, on an empty city."""
    if Survey.objects.exists():
        return
    example = Example(pack, timezone.now())
    for row in example.rows:
        example.survey(row)
    opinion.fill(example.now)
