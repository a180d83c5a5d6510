"""What is read by hand is what Django would read, is counted like it, and is planned once per connection."""

import pytest
from django.db import DatabaseError, connection, transaction

from allmende.core import statements
from allmende.core.models import Event, Setting

BY_NAME = "SELECT {columns} FROM core_setting t WHERE key = %s"


@pytest.fixture
def kept(db):
    return Setting.objects.create(key="tests.kept", value={"Wörter": ["ä", 1, None], "wahr": True})


def test_an_instance_is_the_one_that_django_reads(kept):
    found = statements.instance(Setting, BY_NAME, ["tests.kept"])
    assert found is not None
    asked = Setting.objects.get(key="tests.kept")
    assert {field.attname: getattr(found, field.attname) for field in Setting._meta.concrete_fields} == {
        field.attname: getattr(asked, field.attname) for field in Setting._meta.concrete_fields
    }
    assert found.value == kept.value
    found.value = "anders"
    found.save()  # known as a row of the database, not made a second time
    assert Setting.objects.get(key="tests.kept").value == "anders"


def test_nothing_found_is_none(db):
    assert statements.instance(Setting, BY_NAME, ["tests.missing"]) is None
    assert statements.rows("SELECT id FROM core_event WHERE sequence = %s", [-1]) == []


def test_each_statement_counts_as_a_query(kept, django_assert_num_queries):
    with django_assert_num_queries(2) as seen:
        statements.instance(Setting, BY_NAME, ["tests.kept"])
        statements.rows("SELECT count(*) FROM core_event WHERE name = %s", ["x"])
    assert "core_setting" in seen.captured_queries[0]["sql"]


def test_the_plan_is_kept_and_outlives_a_transaction_that_failed(kept):
    def plans() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%core_setting t WHERE%'")
            return int(cursor.fetchone()[0])

    for _time in range(7):
        statements.instance(Setting, BY_NAME, ["tests.kept"])
    assert plans() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        statements.rows("SELECT 1 / %s::int", [0])
    for _time in range(7):  # psycopg forgets its plans then, and makes them anew
        assert statements.instance(Setting, BY_NAME, ["tests.kept"]) is not None
    assert plans() == 1


def test_values_are_bound_and_never_part_of_the_text(db):
    hostile = "'; DELETE FROM core_event; --"
    assert statements.rows("SELECT %s::text", [hostile]) == [(hostile,)]
    assert not Event.objects.filter(name=hostile).exists()


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_died_between_two_requests_is_opened_anew():
    connection.ensure_connection()
    connection.connection.close()
    connection.health_check_enabled, connection.health_check_done = True, False  # as at the beginning of a request
    assert statements.rows("SELECT %s::int", [1]) == [(1,)]
