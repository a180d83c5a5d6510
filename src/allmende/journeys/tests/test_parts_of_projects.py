"""Examples: the project about a survey or a draft text leads to the one that the pack brings along."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions
from allmende.capabilities.participation import builders as participation
from allmende.capabilities.surveys import builders as surveys
from allmende.journeys import parts_of_projects

pytestmark = pytest.mark.django_db
TITLE = "Welche Wege zuerst?"


def example_project(now):
    made = actions.create_project(
        actor=people.actor(people.editor()),
        group_id=participation.group().pk,
        blueprint="survey",
        data=actions.ProjectData(title={"de": TITLE}, contract=participation.CONTRACT, is_example=True),
        opens_at=now,
        closes_at=now + timedelta(days=9),
        at=now,
    )
    return made.modules.get(kind="survey")


def test_the_named_one_else_the_first_open_one_and_only_once():
    now = timezone.now()
    first, second = surveys.survey(at=now), surveys.survey(at=now)
    named = SimpleNamespace(content={"projects": [{"title": {"de": TITLE}, "thing": second.title["de"]}]})
    nothing = SimpleNamespace(content={})
    part, other = example_project(now), example_project(now)
    assert parts_of_projects.seed(named) == 2
    part.refresh_from_db()
    other.refresh_from_db()
    assert (part.leads_to, other.leads_to) == (second.ref, second.ref)
    last = example_project(now)
    assert parts_of_projects.seed(nothing) == 1
    last.refresh_from_db()
    assert last.leads_to == first.ref
    assert parts_of_projects.seed(nothing) == 0
