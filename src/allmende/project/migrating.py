"""Migrates in half the time: Django rebuilds its models once for several like operations, not for each.

Between two operations Django builds every model anew that the changed one is related to, however far, and in this house
nearly all are related through the person. That is two thirds of the time of a first start. Operations of one kind that
follow each other in one migration, and of which none sees what another changes, need that only once.

The database sees the same statements in the same order; `tests/test_migrating.py` compares what comes of it.
"""

import functools
import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    AlterModelOptions,
    CreateModel,
)
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models.fields.related import RelatedField

KINDS = (CreateModel, AddField, AlterField, AddIndex, AddConstraint, AlterModelOptions)
"""Exactly these and none derived from them: what others do in the database is not known here."""

_plain = Migration.apply


def _changes(operation: Operation) -> tuple[str, str]:
    """What the operation changes, in small letters: the model, and its field, index or constraint."""
    if not hasattr(operation, "model_name"):
        return operation.name.lower(), ""  # type: ignore[attr-defined]
    part: Any = getattr(operation, "index", None) or getattr(operation, "constraint", None) or operation
    return operation.model_name.lower(), part.name.lower()


def _may_share(operation: Operation) -> bool:
    """Whether its place beside others of its kind does not matter.

    A changed key or relation also changes the columns that point to it, for which Django compares the models before
    and after: those go one by one.
    """
    if type(operation) is AlterField:
        return not (operation.field.is_relation or operation.field.unique)  # keys are unique
    return type(operation) in KINDS


def runs(operations: Sequence[Operation]) -> list[list[Operation]]:
    """The operations in their order, in groups of like ones; no group names one thing twice."""
    groups: list[list[Operation]] = []
    seen: set[tuple[str, str]] = set()
    for operation in operations:
        last = groups[-1][-1] if groups else None
        together = (
            last is not None
            and type(last) is type(operation)
            and _may_share(last)
            and _may_share(operation)
            and _changes(operation) not in seen
        )
        if not together:
            groups.append([])
            seen = set()
        groups[-1].append(operation)
        if _may_share(operation):
            seen.add(_changes(operation))
    return groups


def _apply(
    self: Migration,
    project_state: ProjectState,
    schema_editor: BaseDatabaseSchemaEditor,
    collect_sql: bool = False,  # noqa: FBT001, FBT002 - the signature is Django's
) -> ProjectState:
    """`Migration.apply` for a database whose changes of structure are part of a transaction, as PostgreSQL's are."""
    if collect_sql or not self.atomic:
        return _plain(self, project_state, schema_editor, collect_sql)
    for group in runs(self.operations):
        before = project_state.clone()
        _forward(self.app_label, project_state, group)
        for operation in group:
            operation.database_forwards(self.app_label, schema_editor, before, project_state)
    return project_state


def _forward(label: str, state: ProjectState, group: Sequence[Operation]) -> None:
    if len(group) == 1 or "apps" not in state.__dict__:
        for operation in group:
            operation.state_forwards(label, state)
        return
    built = state.__dict__.pop("apps")  # without them nothing is rebuilt
    try:
        for operation in group:
            operation.state_forwards(label, state)
    finally:
        state.__dict__["apps"] = built
    near = type(group[0]) in {AddIndex, AddConstraint, AlterModelOptions}
    state.reload_models([(label, _changes(operation)[0]) for operation in group], delay=near)


@contextmanager
def quickly() -> Iterator[None]:
    """Within it, `migrate` takes half the time. Looking for garbage less often saves a fifth of what is left."""

    @functools.cache
    def swappable(name: str) -> str | None:
        return apps.get_swappable_settings_name(name)

    def setting(self: Any) -> str | None:
        if not self.swappable:
            return None
        to = self.remote_field.model
        return swappable((to if isinstance(to, str) else to._meta.label).lower())

    usual = RelatedField.__dict__["swappable_setting"]
    Migration.apply = _apply  # type: ignore[method-assign]
    # Django forgets the answer with every model that it builds; which models can be swapped never changes meanwhile.
    RelatedField.swappable_setting = property(setting)  # type: ignore[assignment]
    often = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()
        Migration.apply = _plain  # type: ignore[method-assign]
        RelatedField.swappable_setting = usual  # type: ignore[method-assign]
