"""A city full of examples, filled once for all generic tests: each of them works in it and leaves no trace."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.utils import translation

from tests import cluster
from tests.walk import fill_city

FULL = "full"


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


@pytest.fixture(scope="session")
def _filled(django_db_setup, django_db_blocker) -> str:
    """Name of a database of its own in which the city's examples are, with everything delivered that they caused."""
    with django_db_blocker.unblock():
        connection.close()  # nobody may be connected to what is copied
        cluster.server().create_database(FULL, template=connection.settings_dict["NAME"])
        with _connected_to(FULL), translation.override("de"):
            fill_city()
    return FULL


@pytest.fixture(scope="module")
def _in_full_city(_filled, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock(), _connected_to(_filled):
        yield


@pytest.fixture
def full_city(_in_full_city, db) -> None:
    """The test runs in the filled city. All database tests of a module that asks for it once should ask for it."""


@pytest.fixture(scope="session")
def empty_city(django_db_setup, django_db_blocker) -> str:
    """Name of a migrated database of its own, for tests that let other processes write."""
    with django_db_blocker.unblock():
        connection.close()
        cluster.server().create_database("empty", template=connection.settings_dict["NAME"])
    return "empty"
