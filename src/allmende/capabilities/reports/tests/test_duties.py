"""Who of an office sees to which kinds, and two clerks with one report before them."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.reports import actions, builders
from allmende.capabilities.reports.builders import category, desk, move, public, report
from allmende.capabilities.reports.models import Duty
from allmende.capabilities.reports.queries import inbox
from allmende.capabilities.reports.queries.inbox import Filters
from allmende.core.actor import Role
from allmende.core.errors import NotAllowed, NotFound

pytestmark = pytest.mark.django_db


def client_of(person):
    client = Client(headers={"host": "localhost"})
    client.force_login(person)
    return client


@pytest.fixture
def somebody():
    return people.with_role(Role.CLERK, f"department:{builders.OFFICE}")


def entrust(person, *kinds):
    slugs = [one.slug for one in kinds]
    actions.set_duties(actor=desk(), person_id=person.pk, categories=slugs, at=timezone.now())


def test_whoever_has_duties_sees_and_handles_those_kinds_only(somebody):
    lamp, tree = report(kind=(lamps := category())), report(kind=category())
    clerk = people.actor(somebody)
    assert len(inbox.inbox(clerk.viewer, Filters(), timezone.now())[0]) == 2
    entrust(somebody, lamps)
    assert [one.pk for one in inbox.inbox(clerk.viewer, Filters(), timezone.now())[0]] == [lamp.pk]
    assert move(lamp, "check", by=clerk).state == "checked"
    with pytest.raises(NotAllowed, match="in Ihrem Amt"):
        move(tree, "check", by=clerk)
    office = client_of(somebody)
    assert office.get(reverse("reports:handle", args=[tree.number])).status_code == 403
    assert office.get(reverse("reports:report", args=[tree.number])).status_code == 404
    assert move(tree, "check").state == "checked"
    entrust(somebody)
    assert move(tree, "begin", by=clerk).state == "in_work"


def test_the_desk_sets_duties_and_sees_what_nobody_does(somebody):
    lamps, trees = category(names={"de": "Laternen"}), category(names={"de": "Bäume"})
    office = client_of(people.with_role(Role.CLERK, "reports"))
    address = reverse("reports:duty", args=[somebody.pk])
    assert office.post(address, {"categories": [lamps.slug]}).status_code == 302
    assert [row.category for row in Duty.objects.filter(person=somebody)] == [lamps]
    page = office.get(reverse("reports:duties")).content.decode()
    assert f"Amt für Umwelt: {trees.names['de']}" in page
    assert f"Amt für Umwelt: {lamps.names['de']}" not in page
    assert office.post(address, {}).status_code == 302
    assert "alle Arten" in office.get(reverse("reports:duties")).content.decode()
    assert client_of(somebody).get(address).status_code == 403
    with pytest.raises(NotFound):
        entrust(people.person(), lamps)


def test_a_clerk_who_was_overtaken_is_told_by_whom_and_keeps_the_words():
    one = public()
    office = client_of(people.with_role(Role.CLERK, "reports"))
    address = reverse("reports:step", args=[one.number, "finish"])
    seen = office.get(address).content.decode().split('name="seen" value="')[1].split('"')[0]
    move(one, "plan", words="Im Mai.")
    late = office.post(address, {"words": "Neue Lampe eingesetzt.", "seen": seen})
    page = late.content.decode()
    assert late.status_code == 422
    assert "Inzwischen hat jemand anderes gehandelt: „Eingeplant.“" in page
    assert "Neue Lampe eingesetzt." in page
    now = page.split('name="seen" value="')[1].split('"')[0]
    assert now != seen
    short = office.post(address, {"words": "", "seen": seen}).content.decode()
    assert f'name="seen" value="{seen}"' in short
    assert office.post(address, {"words": "Neue Lampe eingesetzt.", "seen": now}).status_code == 302
    one.refresh_from_db()
    assert one.state == "done"
