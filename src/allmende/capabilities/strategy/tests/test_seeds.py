"""The example strategy of each city pack: marked as such, through the actions."""

import pytest
from django.test import Client

from allmende.accounts import seeds as people
from allmende.capabilities.strategy import seeds
from allmende.capabilities.strategy.models import Field, Goal, Text
from allmende.core import city
from allmende.core.city import CityPack


@pytest.fixture
def pack_of(settings, db):
    """Makes this test's city another one; its offices are those of its pack."""

    def make(name):
        settings.CITY_PACK = settings.CITY_PACK.parent / name
        city.forget()
        found = CityPack(settings.CITY_PACK)
        people.seed(found)
        seeds.seed(found)
        return found

    yield make
    city.forget()


@pytest.mark.parametrize("name", ["gera", "jena"])
def test_the_text_is_an_example_open_to_everybody_in_its_second_version(pack_of, name):
    pack = pack_of(name)
    found = Text.objects.get()
    assert (found.state, found.is_example) == ("consultation", True)
    assert found.versions.filter(published_at__isnull=False).count() == 2
    page = Client().get(f"/strategie/text/{found.number}/")
    assert page.status_code == 200
    seeds.seed(pack)
    assert Text.objects.count() == 1


def test_the_standing_consultation_of_jena_goes_over_all_five_fields_of_action(pack_of):
    pack_of("jena")
    assert Field.objects.count() == 5
    spoken_of = set(Text.objects.get().paragraphs.exclude(goal=None).values_list("goal__field", flat=True))
    assert spoken_of == set(Field.objects.values_list("pk", flat=True))
    assert set(Goal.objects.values_list("is_example", flat=True)) == {True}
