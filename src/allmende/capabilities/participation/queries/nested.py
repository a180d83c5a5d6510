"""Rows that hang on one row, read together with it: a page of many parts then asks the database once."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.functions import JSONObject


def together[Row: Model](rows: QuerySet[Row]) -> ArraySubquery:
    """All columns of these rows (they name `OuterRef`) in their order, as a column of the row that they hang on."""
    columns = {field.attname: field.attname for field in rows.model._meta.concrete_fields}
    return ArraySubquery(rows.values_list(JSONObject(**columns)))


def built[Row: Model](model: type[Row], found: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The rows of `together` as what they are."""
    fields = model._meta.concrete_fields
    names = [field.attname for field in fields]
    return [
        model.from_db(connection.alias, names, [field.to_python(row[field.attname]) for field in fields])
        for row in found
    ]
