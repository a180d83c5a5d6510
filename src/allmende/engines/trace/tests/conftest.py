import pytest

from allmende.engines.search.builders import example_room


@pytest.fixture(autouse=True)
def _room():
    with example_room():
        yield
