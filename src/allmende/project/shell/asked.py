"""What a page asked the database and what it was told: asked again, and told the same, the page is still right.

When somebody changes one idea, the pages of two hundred others were made from the same tables and would be made anew.
To repeat their few questions costs a fraction of that. A page whose questions cannot be repeated word for word is made
anew, as ever: `Asked` is then None.
"""

import datetime as dt
import hashlib
import marshal
import re
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone
from psycopg.pq import ExecStatus
from psycopg.types.json import Jsonb
from psycopg.types.numeric import Int2, Int4, Int8

from allmende.core.statements import bound_cursor

MOST = 40
"""Questions of one page; with more of them, making it anew costs little more."""

NEAR = dt.timedelta(minutes=1)
"""A moment this close before the page was begun may be its clock, rounded; nobody knows what to ask instead of it."""

_PLAIN = (str, int, float, bool, type(None), Int2, Int4, Int8, dt.datetime, dt.date, uuid.UUID, Decimal)
_ASIDE = ("SAVEPOINT", "RELEASE SAVEPOINT")
_ASKS = re.compile(r"[\s(]*(SELECT|WITH)\b", re.IGNORECASE)
_DOES_MORE = re.compile(
    r"\b(INSERT|UPDATE|DELETE|MERGE)\b|\bFOR (KEY )?SHARE\b|\b(pg_\w*advisory\w*|nextval|random)\s*\(",
    re.IGNORECASE,
)
"""Beside asking, it locks or counts; or the answer differs each time."""


class _Now:
    """In place of the moment at which the page was made."""


NOW = _Now()


@dataclass(frozen=True, slots=True)
class Question:
    """A statement with its parameters, and a digest of the answer."""

    sql: str
    params: tuple[Any, ...] | dict[str, Any] | None
    told: bytes
    bound: bool = False
    """The database binds the parameters, and keeps the plan (`core/statements.py`)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """All questions of a page, and the day on which it was made."""

    questions: tuple[Question, ...]
    day: dt.date

    def is_told_the_same(self) -> float | None:
        """Asks all again in the thread's connection; when that began (monotonic seconds), None if an answer differs."""
        begun = time.monotonic()
        if timezone.localdate() != self.day:
            return None
        now = timezone.now()
        with connection.cursor() as usual, bound_cursor() as bound:
            for question in self.questions:
                cursor = bound if question.bound else usual
                cursor.execute(question.sql, _each(question.params, lambda param: now if param is NOW else param))
                if told(cursor) != question.told:
                    return None
        return begun


class Record:
    """Notes the questions of a request; for `connection.execute_wrapper`.

    Answers are kept as they came and digested only when somebody wants to know: most pages are not kept.
    """

    def __init__(self) -> None:
        self.begun = timezone.now()
        self.questions: list[tuple[str, Any, Any, bool]] | None = []
        """Statement, parameters, answer, bound."""

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: Any, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if self.questions is not None and not (isinstance(sql, str) and sql.startswith(_ASIDE)):
            question = self._question(sql, params, context["cursor"]) if not many else None
            if question is None or len(self.questions) == MOST:
                self.questions = None
            else:
                self.questions.append(question)
        return result

    def asked(self) -> Asked | None:
        """The questions, if all of them can be repeated."""
        if self.questions is None:
            return None
        questions = tuple(
            Question(sys.intern(sql), kept, _digest(answer), bound)  # thousands of pages ask the same questions
            for sql, kept, answer, bound in self.questions
        )
        return Asked(questions, timezone.localdate(self.begun))

    def _question(self, sql: Any, params: Any, cursor: Any) -> tuple[str, Any, Any, bool] | None:
        if not isinstance(sql, str) or not _only_asks(sql):
            return None
        answer = _answer(cursor)
        kept = self._kept(params) if params is not None else None
        if answer is None or (kept is None and params is not None):
            return None
        return sql, kept, answer, type(cursor.cursor) is psycopg.Cursor

    def _kept(self, params: Any) -> Any:
        """The parameters as they are kept; None when one of them cannot be."""
        now = timezone.now()

        def kept(param: Any) -> Any:
            if isinstance(param, dt.datetime) and timezone.is_aware(param) and self.begun <= param <= now:
                return NOW
            if isinstance(param, Enum):
                return param.value
            return list(param) if type(param) is list else param

        values = params.values() if type(params) is dict else params
        if type(params) not in {dict, tuple, list} or not all(
            kept(param) is NOW or self._may_be_kept(param) for param in values
        ):
            return None
        return _each(params, kept)

    def _may_be_kept(self, param: Any) -> bool:
        if isinstance(param, dt.datetime):
            return timezone.is_aware(param) and not self.begun - NEAR < param < self.begun
        if type(param) is list:
            return all(type(one) in {str, int, uuid.UUID, type(None)} for one in param)
        if type(param) is Jsonb:
            return _is_json(param.obj)
        return type(param) in _PLAIN or (isinstance(param, Enum) and type(param.value) is str)


def _each(params: Any, what: Callable[[Any], Any]) -> Any:
    """What comes of each of a statement's parameters, which have a place or a name."""
    if params is None:
        return None
    if isinstance(params, dict):
        return {name: what(param) for name, param in params.items()}
    return tuple(what(param) for param in params)


def _is_json(value: Any) -> bool:
    if isinstance(value, dict):
        return all(type(name) is str and _is_json(one) for name, one in value.items())
    if isinstance(value, list):
        return all(_is_json(one) for one in value)
    return type(value) in {str, int, float, bool, type(None)}


@lru_cache(maxsize=4096)
def _only_asks(sql: str) -> bool:
    return _ASKS.match(sql) is not None and _DOES_MORE.search(sql) is None


def told(cursor: Any) -> bytes | None:
    """A digest of all rows that the cursor was told; None when they are not all there yet."""
    answer = _answer(cursor)
    return None if answer is None else _digest(answer)


def _answer(cursor: Any) -> Any:
    """All rows that the cursor was told, as they came; None when they are not all there yet."""
    inner = cursor.cursor
    result = inner.pgresult
    whole = isinstance(inner, psycopg.ClientCursor) or type(inner) is psycopg.Cursor
    return result if whole and result is not None and result.status == ExecStatus.TUPLES_OK else None


def _digest(result: Any) -> bytes:
    value = result.get_value
    columns = range(result.nfields)
    rows = [value(row, column) for row in range(result.ntuples) for column in columns]
    # Version 2 writes equal values in equal bytes; later ones also write how often an object is referred to.
    return hashlib.blake2b(marshal.dumps((result.nfields, rows), 2), digest_size=16).digest()


def pack(asked: Asked) -> Any:
    """As JSON, for another process."""
    questions = [(one.sql, _each(one.params, _packed), one.told.hex(), one.bound) for one in asked.questions]
    return {"questions": questions, "day": asked.day.isoformat()}


def unpack(packed: Any) -> Asked:
    """What `pack` made."""
    questions = tuple(
        Question(sys.intern(sql), _each(params, _unpacked), bytes.fromhex(answer), bound)
        for sql, params, answer, bound in packed["questions"]
    )
    return Asked(questions, dt.date.fromisoformat(packed["day"]))


def _packed(param: Any) -> Any:
    if param is NOW:
        return {"now": ""}
    if isinstance(param, list):
        return [_packed(one) for one in param]
    for name, kind in (("moment", dt.datetime), ("day", dt.date)):
        if isinstance(param, kind):
            return {name: param.isoformat()}
    if isinstance(param, (uuid.UUID, Decimal, Int2, Int4, Int8)):
        return {type(param).__name__: str(param)}
    if isinstance(param, Jsonb):
        return {"Jsonb": param.obj}
    return param


_UNPACKED: dict[str, Callable[[Any], Any]] = {
    "now": lambda _: NOW,
    "moment": dt.datetime.fromisoformat,
    "day": dt.date.fromisoformat,
    "UUID": uuid.UUID,
    "Decimal": Decimal,
    "Int2": lambda digits: Int2(int(digits)),
    "Int4": lambda digits: Int4(int(digits)),
    "Int8": lambda digits: Int8(int(digits)),
    "Jsonb": Jsonb,
}


def _unpacked(packed: Any) -> Any:
    if isinstance(packed, list):
        return [_unpacked(one) for one in packed]
    if isinstance(packed, dict):
        ((kind, value),) = packed.items()
        return _UNPACKED[kind](value)
    return packed
