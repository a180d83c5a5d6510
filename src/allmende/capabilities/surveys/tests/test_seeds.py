"""The examples of each city pack: marked, deterministic, through the actions, and quick to make."""

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import seeds as people
from allmende.capabilities.surveys import seeds
from allmende.capabilities.surveys.models import Response, Survey
from allmende.core import city
from allmende.core.city import CityPack


@pytest.fixture(params=["gera", "jena"])
def pack(request, settings, db):
    folder = settings.CITY_PACK.parent / request.param
    pack = CityPack(folder)
    city.forget()
    people.seed(pack)
    return pack


def test_the_mobility_survey_has_its_simulated_answers_and_an_earlier_wave(pack, django_assert_max_num_queries):
    seeds.seed(pack)
    mobility = Survey.objects.get(wave_of__isnull=False)
    assert (mobility.state, mobility.answered, mobility.is_simulated, mobility.is_example) == (
        "published", 400, True, True,
    )  # fmt: skip
    assert mobility.wave_of.answered == 250
    assert mobility.wave_of.version_id == mobility.version_id, "the same questions"
    assert set(Response.objects.values_list("channel", flat=True)) == {"seed"}
    assert {one.access for one in Survey.objects.filter(state="open")} == {"open", "code"}
    assert Survey.objects.get(access="code").invitations.count() == 40
    page = Client().get(f"/umfragen/{mobility.number}/")
    assert page.status_code == 200
    assert "Antworten simuliert" in page.content.decode()
    before = Survey.objects.count()
    seeds.seed(pack)
    assert Survey.objects.count() == before


def test_made_up_answers_are_the_same_each_time(pack):
    from allmende.capabilities.surveys.seeds import mobility

    values = {"seed": 3, "districts": ["mitte"], "centre": (12.0, 50.8), "first": timezone.now().date(), "days": 5}
    assert mobility.answers(20, **values) == mobility.answers(20, **values)
