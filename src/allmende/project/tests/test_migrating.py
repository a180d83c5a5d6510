"""Migrating in groups changes nothing but the time: order, and what each operation may rely on, stay."""

import pytest
from django.db import connection, models
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import (
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
    RemoveField,
    RunPython,
)
from django.db.migrations.state import ProjectState
from django.db.models.fields.related import RelatedField
from hypothesis import given
from hypothesis import strategies as st

from allmende.project.migrating import quickly, runs

OPERATIONS = st.lists(
    st.one_of(
        st.builds(lambda model: CreateModel(model, []), st.sampled_from("abc")),
        st.builds(
            lambda model, name: AddField(model, name, models.TextField()), st.sampled_from("ab"), st.sampled_from("xyz")
        ),
        st.builds(
            lambda model, name, unique: AlterField(model, name, models.TextField(unique=unique)),
            st.sampled_from("ab"),
            st.sampled_from("xy"),
            st.booleans(),
        ),
        st.builds(
            lambda model, name: AddIndex(model, models.Index("x", name=name)),
            st.sampled_from("ab"),
            st.sampled_from("pq"),
        ),
        st.builds(RemoveField, st.sampled_from("ab"), st.sampled_from("xy")),
        st.builds(lambda: RunPython(RunPython.noop)),
    )
)


@given(OPERATIONS)
def test_groups_keep_order_hold_one_kind_and_change_no_thing_twice(operations):
    groups = runs(operations)
    assert [operation for group in groups for operation in group] == operations
    for group in groups:
        assert len({type(operation) for operation in group}) == 1
        if len(group) > 1:
            assert not isinstance(group[0], RemoveField | RunPython)
            named = [
                (getattr(o, "model_name", "") or o.name, getattr(getattr(o, "index", None), "name", None) or o.name)
                for o in group
            ]
            assert len(set(named)) == len(named)
            assert not any(isinstance(o, AlterField) and o.field.unique for o in group)


def test_keys_and_relations_are_altered_alone():
    key = AlterField("a", "id", models.BigAutoField(primary_key=True))
    relation = AlterField("a", "b", models.ForeignKey("x.B", models.CASCADE))
    plain = AlterField("a", "c", models.TextField())
    other = AlterField("a", "d", models.TextField())
    assert [len(group) for group in runs([key, relation, plain, other])] == [1, 1, 2]


@pytest.mark.django_db
def test_a_group_makes_the_tables_that_single_operations_make():
    def operations() -> list:
        return [
            CreateModel("Owner", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]),
            CreateModel(
                "Thing",
                [
                    ("id", models.BigAutoField(primary_key=True)),
                    ("owner", models.ForeignKey("quick.Owner", models.CASCADE)),
                ],
            ),
            AddField("Thing", "title", models.CharField(max_length=9, default="x"), preserve_default=False),
            AddField("Thing", "second", models.ForeignKey("quick.Owner", models.CASCADE, null=True, related_name="+")),
            AlterField("Thing", "title", models.CharField(max_length=20)),
            AlterField("Owner", "name", models.TextField(null=True)),
            AddIndex("Thing", models.Index("title", name="quick_title")),
            AddIndex("Owner", models.Index("name", name="quick_name")),
        ]

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path TO pg_temp, public")  # the city itself may not make tables

    def made(label: str, *, grouped: bool) -> list[tuple]:
        migration = Migration("0001", label)
        migration.operations = [_of(operation, label) for operation in operations()]
        state = ProjectState()
        state.apps  # noqa: B018 - as the executor does: from here on every change is rendered
        with connection.schema_editor() as editor:
            if grouped:
                with quickly():
                    migration.apply(state, editor)
            else:
                migration.apply(state, editor)
        assert state.apps.get_model(label, "Owner")._meta.related_objects
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default"
                " FROM information_schema.columns WHERE table_name LIKE %s ORDER BY table_name, ordinal_position",
                [f"{label}\\_%"],
            )
            columns = [tuple(str(part).replace(label, "quick") for part in row) for row in cursor.fetchall()]
            cursor.execute("SELECT count(*) FROM pg_indexes WHERE tablename LIKE %s", [f"{label}\\_%"])
            return [*columns, cursor.fetchone()]

    plain = made("quicka", grouped=False)
    assert len(plain) == 2 + 4 + 1
    assert made("quickb", grouped=True) == plain


def _of(operation, label: str):
    """The operation with its relations and its index's name in an application of its own."""
    for field in [field for _, field in getattr(operation, "fields", [])] + [getattr(operation, "field", None)]:
        if isinstance(field, models.ForeignKey):
            field.remote_field.model = f"{label}.Owner"
    if isinstance(operation, AddIndex):
        operation.index.name = f"{label}_{operation.index.name}"
    return operation


def test_afterwards_django_is_as_it_was():
    before = Migration.apply, RelatedField.__dict__["swappable_setting"]
    with quickly():
        assert Migration.apply is not before[0]
    assert (Migration.apply, RelatedField.__dict__["swappable_setting"]) == before


@pytest.mark.django_db
def test_no_migration_of_the_house_is_torn_apart():
    """Each group of a migration in the plan is one that the rules allow; most operations need not stand alone."""
    loader = MigrationExecutor(connection).loader
    operations = groups = 0
    for migration in loader.disk_migrations.values():
        operations += len(migration.operations)
        groups += len(runs(migration.operations))
    assert groups < 0.8 * operations
