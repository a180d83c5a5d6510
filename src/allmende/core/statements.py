"""Statements written by hand, for the few places that every signed-in request or every vote pays for.

Django's ORM builds each query anew and the database plans each one anew; both take longer than such a small statement
itself. Here the text stands, and the database keeps its plan for as long as the connection lasts (after five times, by
psycopg's rule). Everywhere else the ORM is right.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import psycopg
from django.db import connection, models
from django.db.backends.utils import CursorWrapper


def bound_cursor() -> CursorWrapper:
    """A cursor that binds values in the database, and is counted and logged like any other of Django's."""
    connection.close_if_health_check_failed()  # as Django's own: the database may have gone and come between requests
    connection.ensure_connection()
    own: Any = psycopg.Cursor(connection.connection)
    return connection.make_debug_cursor(own) if connection.queries_logged else connection.make_cursor(own)


def is_outage(error: BaseException) -> bool:
    """Whether the database went away (or is not there yet), and nothing was wrong with what was asked of it.

    Without an SQLSTATE the connection broke; class 08 and 57P01 to 57P05 are the database's own words for it
    (PostgreSQL, appendix A).
    """
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    if not isinstance(cause, (psycopg.OperationalError, psycopg.InterfaceError)):
        return False
    return cause.sqlstate is None or cause.sqlstate.startswith(("08", "57P0"))


def rows(text: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What the statement gives: values as the database holds them (JSON as text)."""
    with bound_cursor() as cursor:
        cursor.execute(text, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def run(text: str, values: Sequence[Any]) -> None:
    """For a statement that gives nothing back."""
    with bound_cursor() as cursor:
        cursor.execute(text, values)


def instance[Row: models.Model](model: type[Row], text: str, values: Sequence[Any]) -> Row | None:
    """The first row as an instance of the model, or None. `{columns}` in the text stands for all its columns.

    The text names the model's table with the alias `t`.
    """
    found = instances(model, text, values)
    return found[0] if found else None


def instances[Row: models.Model](model: type[Row], text: str, values: Sequence[Any]) -> list[Row]:
    """As `instance`, all rows."""
    statement, names, converters = _reading(model, text)
    made = []
    for found in rows(statement, values):
        row = list(found)
        for place, convert in converters:
            row[place] = convert(row[place])
        made.append(model.from_db(connection.alias, names, row))
    return made


@cache
def _reading(model: type[models.Model], text: str) -> tuple[str, list[str], list[tuple[int, Callable[[Any], Any]]]]:
    """The statement with its columns, their fields, and what turns a value of the database into one of ours."""
    fields = model._meta.concrete_fields
    columns = ", ".join(f't."{field.column}"' for field in fields)
    converters = [
        (place, _converter(field, convert))
        for place, field in enumerate(fields)
        for convert in field.get_db_converters(connection)
    ]
    return text.format(columns=columns), [field.attname for field in fields], converters


def _converter(field: "models.Field[Any, Any]", convert: Callable[[Any, Any, Any], Any]) -> Callable[[Any], Any]:
    column = field.get_col(field.model._meta.db_table)
    return lambda value: convert(value, column, connection)
