"""A survey from the draft to its published results, and to the day on which the single answers are deleted."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.surveys import queries, rules
from allmende.capabilities.surveys.actions.answering import rewrite_all
from allmende.capabilities.surveys.events import (
    RawDataDeleted,
    RawDataHeldBack,
    ResultsPublished,
    ResultsWanted,
    SurveyAnnounced,
    SurveyClosed,
    SurveyOpened,
    SurveySaved,
)
from allmende.capabilities.surveys.models import (
    CONTRACT_FIELDS,
    ConsentText,
    Evaluation,
    Invitation,
    QuotaCount,
    ResidentMark,
    Response,
    Survey,
)
from allmende.capabilities.surveys.models.surveys import PRIVACY_FIELDS
from allmende.capabilities.surveys.workflow import Access, State, Texts, may_step
from allmende.core import audit, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Closed, Conflict, Invalid, NotAllowed, NotFound
from allmende.core.models import IdempotencyKey
from allmende.core.refs import Ref
from allmende.engines.media import interface as media
from allmende.engines.questions import interface as questions

LONGEST_RETENTION = 10 * 365
MOST_GRACE = 24 * 60
REMINDED_EVERY = 7
"""Days between two notices that a deletion is held back."""


@dataclass(frozen=True)
class SurveyData:
    """What an editor says of a survey. Texts per language."""

    title: Texts
    version_id: UUID
    summary: Texts = field(default_factory=dict)
    contract: Mapping[str, Texts] = field(default_factory=dict)
    privacy: Mapping[str, Texts] = field(default_factory=dict)
    consent: Texts = field(default_factory=dict)
    """What people agree to before they begin; empty: nothing is asked."""
    asked_by: Texts = field(default_factory=dict)
    department: str = ""
    access: str = Access.OPEN.value
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    minutes: int = 10
    grace_minutes: int = 60
    paper_days: int = 0
    quota: int | None = None
    quotas: Sequence[Mapping[str, Any]] = ()
    retention_days: int = 365
    wave_of: UUID | None = None
    is_example: bool = False
    is_simulated: bool = False


def _require_sensible(data: SurveyData, definition: questions.Definition) -> None:
    """What no draft may hold. Raises Invalid with fields."""
    wrong: dict[str, str] = {}
    if not data.title.get("de", "").strip():
        wrong["title"] = _("Bitte geben Sie der Umfrage einen Titel.")
    if data.opens_at is not None and data.closes_at is not None and data.closes_at <= data.opens_at:
        wrong["closes_at"] = _("Das Ende liegt nach dem Anfang.")
    if not 1 <= data.retention_days <= LONGEST_RETENTION:
        wrong["retention_days"] = _("Bitte geben Sie 1 bis %(n)s Tage an.") % {"n": LONGEST_RETENTION}
    if not 0 <= data.grace_minutes <= MOST_GRACE:
        wrong["grace_minutes"] = _("Bitte geben Sie höchstens %(n)s Minuten an.") % {"n": MOST_GRACE}
    if data.access not in {one.value for one in Access}:
        wrong["access"] = _("Bitte wählen Sie aus, wer antworten darf.")
    known = definition.by_name
    for one in data.quotas:
        question = known.get(one["question"])
        if question is None or one["option"] not in question.option_names:
            wrong["quotas"] = _("Die Antwort „%(question)s: %(option)s“ gibt es im Fragebogen nicht.") % {
                "question": one["question"], "option": one["option"],
            }  # fmt: skip
    if wrong:
        raise Invalid(fields=wrong)


@action
def save_survey(*, actor: Actor, data: SurveyData, at: datetime, survey_id: UUID | None = None) -> Survey:
    """Makes a draft, or changes one. Raises Conflict once it was checked: take it back to the draft first."""
    rules.require_may_edit(actor.viewer)
    definition = queries.definition_of(data.version_id)
    _require_sensible(data, definition)
    if survey_id is None:
        survey = Survey(created_by=actor.key, created_at=at, version_id=data.version_id)
    else:
        survey = _locked(survey_id)
        if survey.state != State.DRAFT:
            raise Conflict(_("Die Umfrage ist schon geprüft. Nehmen Sie sie zuerst in den Entwurf zurück."))
    for name in (
        "version_id", "department", "access", "opens_at", "closes_at", "minutes", "grace_minutes", "paper_days",
        "quota", "retention_days", "is_example", "is_simulated",
    ):  # fmt: skip
        setattr(survey, name, getattr(data, name))
    for name in ("title", "summary", "contract", "privacy", "asked_by"):
        setattr(survey, name, dict(getattr(data, name)))
    survey.quotas = [dict(one) for one in data.quotas]
    survey.wave_of_id = data.wave_of
    survey.languages = list(definition.languages)
    survey.save()
    survey.refresh_from_db(fields=["number"])
    _keep_consent(survey, data.consent, at)
    audit.record(actor, "surveys.save_survey", survey.ref, fields=["title", "contract", "privacy", "access"])
    events.publish(actor, SurveySaved(ref=survey.ref))
    return survey


def _keep_consent(survey: Survey, text: Texts, at: datetime) -> None:
    """A changed text is a new edition; the former ones stay."""
    last = ConsentText.objects.filter(survey=survey).order_by("-edition").first()
    if (last.text if last else {}) == dict(text):
        return
    ConsentText.objects.create(survey=survey, edition=(last.edition if last else 0) + 1, text=dict(text), valid_from=at)


@action
def check_survey(*, actor: Actor, survey_id: UUID, at: datetime) -> Survey:
    """A second person has read it all: it is announced, the questions are frozen, it opens by the clock.

    Raises NotAllowed for whoever made it, Invalid with the fields that are still empty.
    """
    survey = _locked(survey_id)
    rules.require_may_edit(actor.viewer)
    if not rules.may_check(survey, actor):
        raise NotAllowed(_("Wer eine Umfrage angelegt hat, prüft sie nicht selbst. Bitte fragen Sie jemanden."))
    _require_step("check", survey)
    wrong: dict[str, str] = {}
    for column, names in (("contract", CONTRACT_FIELDS), ("privacy", PRIVACY_FIELDS)):
        for name in names:
            if not str(getattr(survey, column).get(name, {}).get("de", "")).strip():
                wrong[name] = _("Hier fehlt noch ein Satz.")
    if survey.opens_at is None:
        wrong["opens_at"] = _("Bitte legen Sie fest, wann die Umfrage beginnt.")
    if survey.closes_at is None or survey.closes_at <= at:
        wrong["closes_at"] = _("Bitte legen Sie ein Ende fest, das vor uns liegt.")
    if wrong:
        raise Invalid(fields=wrong)
    questions.freeze(actor=actor, version_id=survey.version_id, at=at)
    survey.state, survey.checked_at = State.CHECKED.value, at
    survey.key = survey.key or secrets.token_bytes(32)
    survey.save(update_fields=["state", "checked_at", "key"])
    QuotaCount.objects.filter(survey=survey).delete()
    limits = [(0, survey.quota), *((place, one["most"]) for place, one in enumerate(survey.quotas, 1))]
    QuotaCount.objects.bulk_create(
        QuotaCount(survey=survey, place=place, most=most) for place, most in limits if most is not None
    )
    audit.record(actor, "surveys.check_survey", survey.ref, fields=["state"])
    events.publish(actor, SurveyAnnounced(ref=survey.ref))
    return survey


@action
def return_survey(*, actor: Actor, survey_id: UUID, at: datetime) -> Survey:
    """Back to the draft, as long as nobody can have answered. Codes that were made count no more."""
    survey = _locked(survey_id)
    rules.require_may_edit(actor.viewer)
    _require_step("return", survey)
    if survey.opens_at is not None and survey.opens_at <= at:
        raise Closed(_("Die Umfrage hat schon begonnen. Jetzt lässt sich nichts mehr ändern."))
    Invitation.objects.filter(survey=survey).delete()
    survey.state, survey.key, survey.checked_at = State.DRAFT.value, None, None
    survey.save(update_fields=["state", "key", "checked_at"])
    audit.record(actor, "surveys.return_survey", survey.ref, fields=["state"])
    events.publish(actor, SurveySaved(ref=survey.ref))
    return survey


@action
def open_survey(*, actor: Actor, survey_id: UUID, at: datetime) -> Survey:
    """By the clock. Repeats change nothing."""
    survey = _locked(survey_id)
    if actor.channel != Channel.SYSTEM:
        rules.require_may_edit(actor.viewer)
    if survey.state != State.CHECKED or survey.opens_at is None or at < survey.opens_at:
        return survey
    survey.state = State.OPEN.value
    survey.save(update_fields=["state"])
    audit.record(actor, "surveys.open_survey", survey.ref, fields=["state"])
    events.publish(actor, SurveyOpened(ref=survey.ref))
    return survey


@action
def close_survey(*, actor: Actor, survey_id: UUID, at: datetime) -> Survey:
    """By the clock, never before the end. In this one transaction all answers are written anew in random order, and
    what led to who had answered is deleted: codes, residents' marks, the answers to repeated requests, the key.
    """
    survey = _locked(survey_id)
    if actor.channel != Channel.SYSTEM:
        rules.require_may_edit(actor.viewer)
    if survey.state not in {State.CHECKED, State.OPEN}:
        return survey
    if survey.ends_at is None or at < survey.ends_at:
        raise Closed(_("Die Umfrage läuft noch."))
    survey.answered = rewrite_all(survey)
    survey.channels = dict(Counter(Response.objects.filter(survey=survey).values_list("channel", flat=True)))
    Invitation.objects.filter(survey=survey).delete()
    ResidentMark.objects.filter(survey=survey).delete()
    IdempotencyKey.objects.filter(result_model="surveys.survey", result_id=str(survey.pk)).delete()
    survey.state, survey.key, survey.closed_at = State.CLOSED.value, None, at
    survey.save()
    audit.record(actor, "surveys.close_survey", survey.ref, fields=["state"])
    events.publish(actor, SurveyClosed(ref=survey.ref))
    return survey


@action
def publish_results(*, actor: Actor, survey_id: UUID, at: datetime) -> Survey:
    """Everybody can read the results from now on."""
    survey = _locked(survey_id)
    rules.require_may_edit(actor.viewer)
    _require_step("publish", survey)
    survey.state, survey.published_at = State.PUBLISHED.value, at
    survey.save(update_fields=["state", "published_at"])
    audit.record(actor, "surveys.publish_results", survey.ref, fields=["state"])
    events.publish(actor, ResultsPublished(ref=survey.ref))
    return survey


@action
def delete_raw_data(*, actor: Actor, survey_id: UUID, at: datetime) -> Survey:
    """The single answers go when their time is over; figures and published results stay.

    By the clock, or earlier by an editor once the results are published; never before their results are kept: then
    the clock holds back and the office is told. Repeats change nothing.
    """
    survey = _locked(survey_id)
    if actor.channel != Channel.SYSTEM:
        rules.require_may_edit(actor.viewer)
    if survey.raw_deleted_at is not None:
        return survey
    if survey.state not in {State.CLOSED, State.PUBLISHED}:
        raise Closed(_("Die Umfrage läuft noch. Gelöscht wird erst nach ihrem Ende."))
    is_due = survey.is_past_retention(at)
    is_kept = queries.results_are_kept(survey)
    if actor.channel == Channel.SYSTEM and is_due and not is_kept:
        return _hold_back(actor, survey, at)
    if not is_kept or not (is_due or survey.state == State.PUBLISHED):
        raise Conflict(
            _("Bitte veröffentlichen Sie zuerst die Ergebnisse. Danach werden die Antworten nicht gebraucht.")
        )
    Response.objects.filter(survey=survey).delete()
    media.discard_of(Ref("surveys", "answers", survey.pk))
    survey.raw_deleted_at, survey.raw_held_at = at, None
    survey.save(update_fields=["raw_deleted_at", "raw_held_at"])
    audit.record(actor, "surveys.delete_raw_data", survey.ref, fields=["responses"])
    events.publish(actor, RawDataDeleted(ref=survey.ref))
    return survey


def _hold_back(actor: Actor, survey: Survey, at: datetime) -> Survey:
    """Deleting now would lose what people said. The office is told once a week until the results are kept; they are
    asked for anew each time, so mostly the next night deletes.
    """
    if survey.raw_held_at is None:
        survey.raw_held_at = at
        survey.save(update_fields=["raw_held_at"])
    audit.record(actor, "surveys.hold_raw_data", survey.ref, fields=["raw_held_at"])
    if (at - survey.raw_held_at).days % REMINDED_EVERY == 0:
        events.publish(actor, RawDataHeldBack(ref=survey.ref))
    row, _made = Evaluation.objects.get_or_create(survey=survey, defaults={"least": queries.least_people()})
    row.wanted_at = row.wanted_at or at
    row.save(update_fields=["wanted_at"])
    events.publish(actor, ResultsWanted(ref=survey.ref))
    return survey


def _locked(survey_id: UUID) -> Survey:
    try:
        return lock(Survey.objects.all(), pk=survey_id)
    except Survey.DoesNotExist:
        raise NotFound from None


def _require_step(verb: str, survey: Survey) -> None:
    if not may_step(verb, survey.state):
        raise Conflict(_("Dieser Schritt geht von hier aus nicht."))
