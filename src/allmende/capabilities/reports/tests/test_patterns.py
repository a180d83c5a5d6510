"""Many reports of one kind become an impulse that everybody reads, and from there a goal: tied on the Trace."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.reports import builders
from allmende.capabilities.reports.actions.patterns import draw_pattern
from allmende.capabilities.reports.index import pattern_entry
from allmende.capabilities.reports.models import Pattern
from allmende.core import manifest
from allmende.core.errors import Invalid, NotFound
from allmende.engines.trace import interface as trace

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind():
    return builders.category()


@pytest.fixture
def made(kind):
    return [builders.public(kind=kind) for _ in range(4)]


def draw(kind, **fields):
    values = {"actor": builders.clerk(), "category": kind.slug, "days": 30, "words": "Immer dasselbe.",
              "at": timezone.now(), **fields}  # fmt: skip
    return draw_pattern(**values)


def test_public_reports_lead_to_one_impulse_that_strategy_knows(kind, made):
    builders.report(kind=kind)  # private: no part of it
    found = draw(kind)
    assert found.count == 4
    tied = trace.Edge.objects.filter(target_id=found.pk, retracted_at__isnull=True)
    assert set(tied.values_list("source_id", flat=True)) == {one.pk for one in made}
    entry = pattern_entry(found.pk)
    assert entry.visibility == "public"

    assert ("reports", "pattern") in manifest.index_kinds()


def test_too_few_another_office_and_no_words_are_refused(kind, made):
    with pytest.raises(Invalid):
        draw(kind, words="  ")
    with pytest.raises(NotFound):
        draw(kind, actor=builders.clerk("kultur"))
    with pytest.raises(Invalid) as told:
        draw(kind, at=timezone.now() + timedelta(days=100))
    assert "nur 0" in str(told.value.fields["days"])
    with pytest.raises(Invalid):
        draw(builders.category(elsewhere={"de": "Das Land"}))


def test_on_the_pages(kind, made):
    client = Client(headers={"host": "localhost"})
    client.force_login(people.with_role("clerk", "reports"))
    form = "/meldungen/eingang/haeufung/"
    bad = client.post(form, {"category": kind.slug, "days": "30", "words": ""})
    assert bad.status_code == 422
    sent = client.post(form, {"category": kind.slug, "days": "30", "words": "Zu dunkel auf dem Schulweg."})
    assert sent.status_code == 302
    page = Client(headers={"host": "localhost"}).get(sent["Location"]).content.decode()
    assert "Zu dunkel auf dem Schulweg." in page
    assert f"4 Meldungen: {kind.names['de']} (Nr. {Pattern.objects.get().number})" in page
