"""What the table of phases knows of somebody: page, API and other rooms are told the same of proven residence."""

from datetime import timedelta

import pytest
from allauth.socialaccount.models import SocialAccount
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.accounts.actions import create_token
from allmende.accounts.federation import Level
from allmende.accounts.tokens import secret_of
from allmende.capabilities.participation import actions, builders, interface
from allmende.capabilities.participation.workflow.phases import Deed

NOW = timezone.now()
DAY = timedelta(days=1)
API = "/api/v1/participation/projects"


@pytest.fixture
def provider(settings, db):
    """An identity provider whom the city trusts; what it vouched for is kept with the account."""
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": [{"provider_id": "stadt", "name": "Stadt", "client_id": "x", "secret": "x"}]}
    }


def for_residents():
    """A consultation in which only people whose residence is proven can talk."""
    editor = people.actor(people.editor())
    made = actions.create_project(
        actor=editor,
        group_id=builders.group().pk,
        blueprint="contest",
        data=actions.ProjectData(title={"de": "Für alle, die hier wohnen"}, contract=builders.CONTRACT, announced=True),
        opens_at=NOW - 9 * DAY,
        closes_at=NOW - DAY,
        at=NOW - 10 * DAY,
    )
    module = made.modules.get()
    wanted = [actions.PhaseData(module.pk, "vote", NOW - DAY / 2, NOW + 9 * DAY, "verified")]
    actions.save_phases(actor=editor, project_id=made.pk, wanted=wanted, at=NOW)
    return made, module


def person(level=None):
    made = people.person()
    if level is not None:
        SocialAccount.objects.create(user=made, provider="stadt", uid=str(made.pk), extra_data={"level": level})
    return made


def asks(who):
    token = create_token(
        actor=people.actor(who), label="x", scopes=["participation:read"], expires_at=NOW + 9 * DAY, at=NOW
    )
    return Client(headers={"host": "localhost", "authorization": f"Bearer {secret_of(token.pk)}"})


@pytest.mark.parametrize(("level", "may"), [(None, False), (Level.BASIC, False), (Level.SUBSTANTIAL, True)])
def test_a_provider_that_vouches_for_the_residence_opens_page_api_and_other_rooms(provider, level, may):
    made, module = for_residents()
    who = person(level)
    api = asks(who)
    one = api.get(f"{API}/{made.number}").json()["modules"][0]
    listed = next(row for row in api.get(API).json() if row["number"] == made.number)["modules"][0]
    assert ("vote" in one["allowed"]) is may
    assert listed["allowed"] == one["allowed"]
    viewer = people.actor(who).viewer
    assert (Deed.VOTE in interface.open_deeds(made.pk, viewer, NOW)[module.pk]) is may
    browser = Client(headers={"host": "localhost"})
    browser.force_login(who)
    page = browser.get(f"/mitmachen/projekte/{made.number}/")
    assert page.status_code == 200


def test_many_projects_ask_for_the_level_once(provider):
    api = asks(person(Level.SUBSTANTIAL))
    for_residents()
    with CaptureQueriesContext(connection) as few:
        api.get(API)
    for _ in range(4):
        for_residents()
    with CaptureQueriesContext(connection) as many:
        assert len(api.get(API).json()) >= 5
    assert len(many) <= len(few) <= 15
