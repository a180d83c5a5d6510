"""An empty city of its own, for generic tests that let other processes write. The full one: `tests/full_city.py`."""

import pytest
from django.db import connection

from tests import cluster


@pytest.fixture(scope="session")
def empty_city(django_db_setup, django_db_blocker) -> str:
    """Name of a migrated database of its own, for tests that let other processes write."""
    with django_db_blocker.unblock():
        connection.close()
        cluster.server().create_database("empty", template=connection.settings_dict["NAME"])
    return "empty"
