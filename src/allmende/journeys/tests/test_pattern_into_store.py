"""Many reports of one kind come before a working group, in its topic store."""

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import builders as ideas
from allmende.capabilities.participation.models import GroupMember
from allmende.capabilities.reports import builders
from allmende.capabilities.reports.actions.patterns import draw_pattern, offer_pattern
from allmende.core.actor import Viewer
from allmende.core.errors import Invalid, NotFound
from allmende.core.refs import Ref
from allmende.engines.notify.models import Notice
from allmende.engines.trace.interface import Edge, trace_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def pattern():
    kind = builders.category()
    for _ in range(3):
        builders.public(kind=kind)
    return draw_pattern(
        actor=builders.clerk(), category=kind.slug, days=30, words="Zu dunkel auf dem Schulweg.", at=timezone.now()
    )


def test_an_office_puts_it_into_the_store_of_a_group_which_hears_of_it(pattern, deliver):
    store = ideas.store()
    chair = people.person()
    GroupMember.objects.create(group=store.group, person=chair, function="chair", since=timezone.now())
    deliver()
    office = Client(headers={"host": "localhost"})
    office.force_login(people.clerk(pattern.department))
    page = f"/meldungen/haeufung/{pattern.number}/"
    assert "In einen Themenspeicher geben" in office.get(page).content.decode()
    form = f"{page}weitergeben/"
    assert store.title["de"] in office.get(form).content.decode()
    assert office.post(form, {"target": "participation:store:x"}).status_code == 422
    for _ in range(2):  # pressed twice it is there once
        assert office.post(form, {"target": str(store.ref)}).status_code == 302
        deliver()
    edge = Edge.objects.get(target_id=store.pk)
    assert (edge.source, edge.target) == (pattern.ref, store.ref)
    origins = trace_of(store.ref, Viewer(), timezone.now()).origins
    assert pattern.ref in [one.entry.ref for one in origins if one.entry]
    visitor = Client(headers={"host": "localhost"})
    assert "In einen Themenspeicher geben" not in visitor.get(page).content.decode()
    assert Notice.objects.filter(person=chair, object_id=store.pk).count() == 1


def test_other_offices_and_stores_that_are_closed_are_refused(pattern, deliver):
    store = ideas.store()
    deliver()
    at = timezone.now()
    with pytest.raises(NotFound):
        offer_pattern(actor=builders.clerk("kultur"), pattern_id=pattern.pk, target=store.ref, at=at)
    for target in (Ref("participation", "store", pattern.pk), pattern.ref):
        with pytest.raises(Invalid):
            offer_pattern(actor=builders.clerk(), pattern_id=pattern.pk, target=target, at=at)
    with pytest.raises(Invalid):
        offer_pattern(actor=builders.clerk(), pattern_id=pattern.pk, target=store.ref, at=store.closes_at)
