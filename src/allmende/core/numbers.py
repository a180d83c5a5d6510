"""Public numbers: one sequence per kind, so that a resident can read "Idee 117" aloud on the telephone."""

from django.db import models
from django.db.migrations.operations import RunSQL


class NextNumber(models.Func):
    """Default of a `number` column: the next value of the kind's sequence."""

    function = "nextval"
    output_field = models.BigIntegerField()

    def __init__(self, sequence: str) -> None:
        super().__init__(models.Value(sequence))

    def deconstruct(self) -> tuple[str, tuple[str], dict[str, object]]:
        value = self.source_expressions[0]
        assert isinstance(value, models.Value)
        return "allmende.core.numbers.NextNumber", (str(value.value),), {}


def create_sequence(name: str) -> RunSQL:
    """Migration operation; stands before the table that uses it."""
    assert name.isidentifier()
    return RunSQL(f"CREATE SEQUENCE {name}", f"DROP SEQUENCE {name}")
