"""What every object of OParl has, and the one place that says which rows everybody may read."""

from collections.abc import Collection, Iterator
from typing import Any, ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.utils import timezone

from allmende.core.ids import uuid7
from allmende.core.refs import Ref

OPARL = "https://schema.oparl.org/1.1/"
ROOT = "/oparl/1.1/"
"""Path below which every object has its permanent address."""
SEEN = ("public", "not_deleted")
"""What a row and all it is part of must be, so that everybody may read it."""


class Holds(models.Func):
    """A condition in SQL about one column."""

    output_field = models.BooleanField()
    arity = 1


class _AnyOf(models.Func):
    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()


def among(name: str, keys: Collection[UUID]) -> Q:
    """Whether a foreign key is one of hundreds: one parameter, where `__in` has one per key and is slow to write."""
    return Q(_AnyOf(F(name), Value(list(keys), output_field=ArrayField(models.UUIDField()))))


class Objects[M: models.Model](models.QuerySet[M]):
    """Rows of one type. Pages, search, feeds and interface begin with `public()` and nothing else."""

    def public(self) -> Self:
        """What everybody may read: published, not deleted, and part of nothing that is hidden."""
        return self.filter(self.model.public_if())  # type: ignore[attr-defined]

    def known(self) -> Self:
        """`public()` and the tombstones: what programs may know to have existed."""
        return self.filter(self.model.public_if() | self.model.buried_if())  # type: ignore[attr-defined]


class Thing(models.Model):
    """An object as OParl 1.1 describes it. `source_url` is its id in the system it was mirrored from; empty: ours."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created = models.DateTimeField(default=timezone.now)
    modified = models.DateTimeField(default=timezone.now)
    """Clock time of the last change that a program could see; of a tombstone: of the deletion."""
    public = models.BooleanField(default=False)
    was_public = models.BooleanField(default=False)
    """It was published once: when it goes, a tombstone stays. What never was public leaves no trace."""
    deleted = models.BooleanField(default=False)
    source_url = models.URLField(max_length=500, null=True, blank=True, unique=True)
    web = models.URLField(max_length=500, blank=True)
    """Its page in the system that it was mirrored from."""
    license = models.URLField(max_length=300, blank=True)
    keyword = models.JSONField(default=list)
    is_example = models.BooleanField(default=False)
    extra = models.JSONField(default=dict)
    """What the mirrored system says in words that are not the standard's: kept, and told to nobody."""

    oparl: ClassVar[str]
    """Name of the type in OParl."""
    kind: ClassVar[str]
    """Our word for it, in references and addresses."""
    hidden_with: ClassVar[tuple[str, ...]] = ()
    """Foreign keys to what it is part of: it is public only together with each of them that it has."""
    few: ClassVar[bool] = False
    """A city has a handful of them."""

    objects = Objects.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def public_if(cls, path: str = "") -> Q:
        """The condition for being public, for a row reached by `path` (a foreign key, with "__" at the end)."""
        return Q(Holds(F(f"{path}pk"), template=cls.looked_up("%(expressions)s"))) if path else cls._with_owners(SEEN)

    @classmethod
    def buried_if(cls) -> Q:
        """The condition for a tombstone that programs may know of: it could be read once, and so could its owners."""
        return cls._with_owners(("was_public",)) & Q(deleted=True)

    @classmethod
    def looked_up(cls, key: str, values: tuple[str, ...] = SEEN, depth: int = 1) -> str:
        """SQL: whether these hold for the row whose key is in the column `key`, and for all that it is part of.

        Owners are looked up by their keys, row by row. PostgreSQL cannot guess what joins of „has none, or a public
        one“ leave over, and read and sorted whole tables for a page of a list; so it walks the index of the list's
        order and stops when the page is full. Of a type that there are few of, those that hold are asked for once in
        the whole statement. It is text, since Django takes longer to build it than PostgreSQL to answer. What is
        not there is not public.
        """
        row, table = f"o{depth}", cls._meta.db_table
        condition = cls.condition(row, values, depth=depth + 1)
        if cls.few:
            return f"({key} = ANY(ARRAY(SELECT {row}.id FROM {table} {row} WHERE {condition})))"  # noqa: S608
        return f"(SELECT {condition} FROM {table} {row} WHERE {row}.id = {key})"  # noqa: S608

    @classmethod
    def condition(cls, row: str, values: tuple[str, ...] = SEEN, *, given: Collection[str] = (), depth: int = 1) -> str:
        """SQL: whether these hold for the row of that name and for all that it is part of.

        `given`: names of foreign keys to what is known to hold already.
        """
        conditions = [value.replace("not_", f"NOT {row}.") if "not_" in value else f"{row}.{value}" for value in values]
        for field, owner in cls._owners():
            if field.name not in given:
                conditions.append(_or_none(f"{row}.{field.column}", field, owner, values, depth))
        return " AND ".join(conditions)

    @classmethod
    def _with_owners(cls, values: tuple[str, ...]) -> Q:
        """The same for a row that Django reads."""
        condition = Q(**{value.removeprefix("not_"): not value.startswith("not_") for value in values})
        for field, owner in cls._owners():
            condition &= Q(Holds(F(field.attname), template=_or_none("%(expressions)s", field, owner, values)))
        return condition

    @classmethod
    def _owners(cls) -> Iterator[tuple[models.ForeignKey[Any, Any], type["Thing"]]]:
        """What a row is hidden with, and of which type that is."""
        for name in cls.hidden_with:
            field = cls._meta.get_field(name)
            assert isinstance(field, models.ForeignKey)
            owner = field.related_model
            assert isinstance(owner, type)
            assert issubclass(owner, Thing)
            yield field, owner

    @property
    def ref(self) -> Ref:
        return Ref("council", self.kind, self.pk)

    @property
    def is_ours(self) -> bool:
        return not self.source_url

    @property
    def oparl_path(self) -> str:
        return f"{ROOT}{self.kind}/{self.pk}"

    @property
    def oparl_id(self) -> str:
        """The permanent address at which programs find it."""
        return f"{settings.PUBLIC_URL}{self.oparl_path}"


def _or_none(column: str, field: Any, owner: type[Thing], values: tuple[str, ...], depth: int = 1) -> str:
    """SQL: the owner that the column names has these values, or there is none."""
    found = owner.looked_up(column, values, depth)
    return f"({column} IS NULL OR {found})" if field.null else found


def in_order(model: str) -> tuple[list[models.Index], list[models.BaseConstraint]]:
    """Index for a list in the order of creation, index for „what changed since“, and what holds for every row."""
    return (
        [
            models.Index(fields=["created", "id"], name=f"council_{model}_created"),
            models.Index(fields=["modified", "id"], name=f"council_{model}_modified"),
        ],
        [
            models.CheckConstraint(condition=Q(public=False) | Q(was_public=True), name=f"council_{model}_was_public"),
            models.CheckConstraint(condition=Q(deleted=False) | Q(public=False), name=f"council_{model}_deleted"),
        ],
    )
