"""Single answers are deleted when their results are kept, and not before."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as accounts
from allmende.capabilities.surveys import actions, builders, queries
from allmende.capabilities.surveys.handlers import notices
from allmende.capabilities.surveys.handlers import results as handlers
from allmende.capabilities.surveys.models import Evaluation, Response, Survey
from allmende.core import city
from allmende.core.actor import SYSTEM, Role
from allmende.core.errors import Conflict
from allmende.core.models import AuditEntry, Event


def due():
    """A survey that is over and past its retention, with one answer and no results."""
    now = timezone.now()
    survey = builders.survey(at=now - timedelta(days=60), retention_days=30, grace_minutes=0)
    builders.answer(survey, at=now - timedelta(days=60), answers={"age": "41"})
    return actions.close_survey(actor=SYSTEM, survey_id=survey.pk, at=now - timedelta(days=40)), now


def held(survey):
    return Event.objects.filter(name="surveys.raw_data_held_back", object_id=survey.pk).order_by("sequence")


def test_the_clock_holds_back_says_so_once_a_week_and_deletes_when_results_are_kept(db):
    survey, now = due()
    assert queries.to_forget(now) == [survey]
    waiting = actions.delete_raw_data(actor=SYSTEM, survey_id=survey.pk, at=now)
    assert (waiting.raw_deleted_at, waiting.raw_held_at) == (None, now)
    assert Response.objects.filter(survey=survey).count() == 1
    for day in range(1, 8):
        actions.delete_raw_data(actor=SYSTEM, survey_id=survey.pk, at=now + timedelta(days=day))
    assert held(survey).count() == 2
    assert Survey.objects.get(pk=survey.pk).raw_held_at == now
    assert AuditEntry.objects.filter(action="surveys.hold_raw_data").count() == 8
    assert Evaluation.objects.get(survey=survey).wanted_at == now, "asked for anew, so that it can come right by itself"

    builders.evaluated(survey, now + timedelta(days=8))
    gone = actions.delete_raw_data(actor=SYSTEM, survey_id=survey.pk, at=now + timedelta(days=9))
    assert (gone.raw_held_at, gone.answered) == (None, 1)
    assert not Response.objects.filter(survey=survey).exists()


def test_nothing_is_deleted_while_newer_results_are_asked_for(db):
    survey, now = due()
    handlers.compute(type("E", (), {"ref": survey.ref, "at": now})())
    Evaluation.objects.filter(survey=survey).update(prepared_at=now)
    assert not queries.results_are_kept(survey)
    Evaluation.objects.filter(survey=survey).update(wanted_at=None)
    assert queries.results_are_kept(survey)


def test_a_survey_that_nobody_answered_has_nothing_to_keep(db):
    now = timezone.now()
    survey = builders.survey(at=now - timedelta(days=60), retention_days=30, grace_minutes=0)
    closed = actions.close_survey(actor=SYSTEM, survey_id=survey.pk, at=now - timedelta(days=40))
    assert queries.results_are_kept(closed)
    assert actions.delete_raw_data(actor=SYSTEM, survey_id=survey.pk, at=now).raw_deleted_at == now


def test_the_day_of_deletion_is_the_city_s(db):
    """Half past midnight is already the next day here, and still the day before in the database's time."""
    midnight = datetime(2026, 7, 1, tzinfo=city.current().zone)
    survey = builders.survey(at=midnight - timedelta(days=20), retention_days=30, grace_minutes=0)
    survey = actions.close_survey(actor=SYSTEM, survey_id=survey.pk, at=midnight + timedelta(minutes=30))
    assert survey.raw_until == date(2026, 7, 31)
    last = datetime(2026, 7, 31, tzinfo=city.current().zone)
    assert queries.to_forget(last - timedelta(minutes=1)) == []
    assert queries.to_forget(last + timedelta(minutes=1)) == [survey]
    builders.evaluated(survey, last)
    with pytest.raises(Conflict):
        actions.delete_raw_data(actor=SYSTEM, survey_id=survey.pk, at=last - timedelta(minutes=1))
    gone = actions.delete_raw_data(actor=SYSTEM, survey_id=survey.pk, at=last + timedelta(minutes=1))
    assert gone.raw_deleted_at is not None


def test_the_office_is_told_and_sees_it_in_the_running_state(db):
    editor = accounts.with_role(Role.EDITOR)
    clerk = accounts.with_role(Role.CLERK, "department:umwelt")
    other = accounts.with_role(Role.CLERK, "department:verkehr")
    survey, now = due()
    client = accounts.login(Client(), editor)
    page = f"/umfragen/{survey.number}/stand/"
    assert "Die Löschung wartet" not in client.get(page).content.decode()
    actions.delete_raw_data(actor=SYSTEM, survey_id=survey.pk, at=now)
    event = held(survey).get()
    told = set(notices.office(_As(survey, event)))
    assert {editor.pk, clerk.pk} <= told
    assert other.pk not in told
    text = notices.held_back(_As(survey, event), "de")
    assert text is not None
    assert text.subject.startswith("Noch nicht gelöscht: ")
    for address in (page, f"/umfragen/{survey.number}/schritt/"):
        assert "Die Löschung wartet" in client.get(address).content.decode()


class _As:
    """A stored event as handlers get it."""

    def __init__(self, survey, event):
        self.ref, self.at, self.payload = survey.ref, event.at, {}
