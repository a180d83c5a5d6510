"""What a search sifts by, as SQL: written by hand, since a page asks for it several times and Django takes long to.

Who may see what is still said in one place, `models.allowed` and `models.out_by`; their SQL is kept.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Self

from allmende.core import manifest
from allmende.core.actor import Grant, Viewer
from allmende.engines.search.models import Finding, allowed, out_by


@dataclass(frozen=True)
class Filters:
    """What the hits are narrowed to; empty means all. Instants are half-open: from `since` on, before `until`."""

    kinds: Collection[str] = ()
    states: Collection[str] = ()
    districts: Collection[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    within: str = ""
    """Reference of what the things are a part of."""
    order: str = "best"


@dataclass(frozen=True)
class Sifted:
    """A condition on the rows of `search_finding` and its values."""

    where: str
    params: tuple[Any, ...]

    @classmethod
    def by(cls, column: str, query: str, at: datetime) -> Self:
        """What fits a finished tsquery in `words` or `title`, and is held back by no embargo."""
        out = _out_as_sql()
        params = tuple(at if value == _SOME_TIME else value for value in out.params)
        return cls(out.where, params).fitting(column, query)

    def fitting(self, column: str, query: str) -> Self:
        return self._and(f"search_finding.{column} @@ %s::tsquery", query)

    def seen_by(self, viewer: Viewer) -> Self:
        rights = allowed_as_sql(viewer)
        return self._and(rights.where, *rights.params)

    def dated(self, filters: Filters) -> Self:
        """Within the time and the whole that the filters name."""
        chosen = self
        if filters.since:
            chosen = chosen._and("happened_at >= %s", filters.since)
        if filters.until:
            chosen = chosen._and("happened_at < %s", filters.until)
        return chosen._and("within = %s", filters.within) if filters.within else chosen

    def narrowed(self, filters: Filters) -> Self:
        """Of the kinds, states and districts that the filters name."""
        chosen = self
        if filters.kinds:  # what is no kind of ours may be no text of PostgreSQL's
            known = {kind for _room, kind in manifest.index_kinds()}
            chosen = chosen._and("kind = ANY(%s)", sorted(known.intersection(filters.kinds)))
        if filters.states:
            chosen = chosen._and("state = ANY(%s)", list(filters.states))
        return chosen._and("district = ANY(%s)", list(filters.districts)) if filters.districts else chosen

    def _and(self, condition: str, *params: Any) -> Self:
        return type(self)(f"{self.where} AND {condition}", (*self.params, *params))


_SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands for the time of the question in what is kept."""


def allowed_as_sql(viewer: Viewer) -> Sifted:
    """`models.allowed` as SQL, for `search_finding` and `search_entry` alike."""
    return _allowed(viewer.grants)


@lru_cache(maxsize=200)
def _allowed(grants: frozenset[Grant]) -> Sifted:
    return _condition(allowed(Viewer(grants=grants)))


@lru_cache(maxsize=1)
def _out_as_sql() -> Sifted:
    return _condition(out_by(_SOME_TIME))


def _condition(rights: Any) -> Sifted:
    sql, params = Finding.objects.filter(rights).order_by().values("entry_id").query.sql_with_params()
    where = sql.partition(" WHERE ")[2].replace('"search_finding".', "")
    return Sifted(f"({where})", tuple(params))
