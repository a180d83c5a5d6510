"""What is mirrored, how its last reading went, and what it still lacks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from allmende.capabilities.council.models import KINDS, Body, LooseEnd, Mirror, MirrorRun
from allmende.capabilities.council.rules.types import KINDS as READ

TYPES = {name: one.kind for name, one in READ.items()}
"""OParl's name of a type → our kind."""
ASKED = 5_000
"""Loose ends that are looked at in one reading."""


def due_mirrors(at: datetime) -> list[UUID]:
    rows = Mirror.objects.filter(is_active=True, next_check_at__lte=at)
    return list(rows.order_by("next_check_at").values_list("pk", flat=True))


def _of(scheme: str, host: str, column: str) -> Q:
    return Q(**{f"{column}__startswith": f"{scheme}://{host}/"}) | Q(
        **{f"{column}__startswith": f"{scheme}://www.{host}/"}
    )


def mirrored(scheme: str, host: str) -> list[tuple[str, str]]:
    """(kind, key) of everything that stands here from there."""
    return [
        (kind, str(key))
        for kind, model in KINDS.items()
        for key in model.objects.filter(_of(scheme, host, "source_url"), deleted=False).values_list(
            "source_url", flat=True
        )
        if kind != "body"
    ]


def not_here(named: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of (kind, key) that have no row."""
    found: set[tuple[str, str]] = set()
    for kind, model in KINDS.items():
        keys = {key for one, key in named if one == kind}
        there = set(model.objects.filter(source_url__in=keys).values_list("source_url", flat=True)) if keys else set()
        found |= {(kind, key) for key in keys - there}
    return found


def loose_ends(scheme: str, host: str) -> set[tuple[str, str]]:
    """(kind, key) of what objects point to and has not come."""
    rows = LooseEnd.objects.filter(_of(scheme, host, "target"), asked_at=None).order_by("id")
    return set(rows.values_list("target_kind", "target")[:ASKED])


def body_of(scheme: str, host: str) -> str:
    """The first body of a system: what comes alone and does not say whose it is belongs to it."""
    rows = Body.objects.filter(_of(scheme, host, "source_url")).order_by("created")
    return rows.values_list("source_url", flat=True).first() or ""


def has_neighbour(mirror: Mirror, host: str) -> bool:
    """Whether another mirror reads from the same server: then not all that is here from there is this one's."""
    return Mirror.objects.filter(url__contains=f"//{host}").exclude(pk=mirror.pk).exists()


@dataclass(frozen=True)
class MirrorState:
    """A mirrored system and its last reading."""

    mirror: Mirror
    run: MirrorRun | None


def mirror_states() -> list[MirrorState]:
    """All of them, two queries."""
    found = list(Mirror.objects.order_by("created_at"))
    runs: dict[UUID, MirrorRun] = {}
    newest = MirrorRun.objects.filter(mirror__in=found).order_by("mirror", "-begun_at").distinct("mirror")
    for run in newest:
        runs[run.mirror_id] = run
    return [MirrorState(one, runs.get(one.pk)) for one in found]
