"""Replacing all rows of one source in one transaction: readers see the old places until the new ones are complete."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any
from uuid import UUID

import shapely
from django.db import models
from django.utils.text import slugify
from shapely.geometry import MultiPolygon, Polygon

from allmende.core import audit, city, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.engines.places import rules
from allmende.engines.places.events import PlacesImported
from allmende.engines.places.models import Address, District, Landmark, Source, Street, box, stable_id
from allmende.engines.places.ports import DistrictRow, Extract, Position
from allmende.engines.places.queries import plane
from allmende.engines.places.queries.words import plain

BATCH = 2000

type Progress = Callable[[str, int, int], object]


@dataclass(frozen=True)
class SourceData:
    """What is said of a source."""

    key: str
    name: str
    licence: str
    attribution: str
    licence_url: str = ""
    is_example: bool = False


@action
def replace_places(
    *, actor: Actor, data: SourceData, extract: Extract, digest: str = "", progress: Progress, at: datetime
) -> Source:
    """The source's rows become those of the extract. The same extract twice gives the same rows with the same ids.

    What was made up as an example leaves for each kind that real data bring.
    """
    rules.require_may_write(actor)
    source, _new = Source.objects.select_for_update().get_or_create(key=data.key, defaults={"name": data.name})
    for name in ("name", "licence", "licence_url", "attribution", "is_example"):
        setattr(source, name, getattr(data, name))
    _clear(source, extract)
    writer = _Writer(source, progress)
    writer.districts(extract.districts)
    writer.streets(extract)
    writer.addresses(extract)
    writer.landmarks(extract)
    source.digest, source.imported_at, source.counts = digest, at, dict(writer.counts)
    source.save()
    audit.record(actor, "places.replace_places", source.ref, fields=["rows", "licence"])
    events.publish(actor, PlacesImported(ref=source.ref, **{name: writer.counts.get(name, 0) for name in KINDS}))
    return source


KINDS = ("districts", "streets", "addresses", "landmarks")


def _clear(source: Source, extract: Extract) -> None:
    """Old rows of this source, and examples that the extract replaces."""
    examples = (
        models.Q(source__is_example=True) & ~models.Q(source=source) if not source.is_example else models.Q(pk=None)
    )
    own = models.Q(source=source)
    if extract.addresses or extract.streets:
        Address.objects.filter(own | examples).delete()
        Street.objects.filter(own | examples).delete()
    Landmark.objects.filter(own | examples if extract.landmarks else own).delete()
    District.objects.filter(own | examples if extract.districts else own).delete()
    if not (extract.addresses or extract.streets):
        Address.objects.filter(own).delete()
        Street.objects.filter(own).delete()


class _Writer:
    """Writes the rows of one extract, each with the district it lies in."""

    def __init__(self, source: Source, progress: Progress) -> None:
        self.source, self.progress = source, progress
        self.counts: dict[str, int] = {}
        self.street_ids: dict[str, UUID] = {}
        self.areas: list[tuple[UUID, Any]] = []

    def _write[M: models.Model](self, step: str, model: type[M], rows: Iterable[M], total: int) -> None:
        """In batches; an id that comes twice is written once."""
        seen: set[Any] = set()
        done = 0
        self.progress(step, 0, total)
        for part in batched(rows, BATCH, strict=False):
            fresh = list({row.pk: row for row in part if row.pk not in seen}.values())
            seen.update(row.pk for row in fresh)
            model._default_manager.bulk_create(fresh)
            done += len(part)
            self.progress(step, min(done, total), total)
        self.counts[step] = len(seen)

    def districts(self, rows: Sequence[DistrictRow]) -> None:
        known = {plain(row.name): row.slug for row in city.current().districts.values()}
        found = []
        for row in rows:
            shape = MultiPolygon([Polygon(part[0], part[1:]) for part in row.polygons]).buffer(0)
            if shape.is_empty:
                continue
            slug = row.slug or known.get(plain(row.name)) or slugify(row.name)[:60] or "stadtteil"
            inner = shape.representative_point()
            west, south, east, north = shape.bounds
            found.append(
                District(
                    id=stable_id(self.source.key, "district", slug),
                    source=self.source, slug=slug, name=row.name, plain=plain(row.name),
                    longitude=round(inner.x, 6), latitude=round(inner.y, 6),
                    west=west, south=south, east=east, north=north, polygons=row.polygons,
                )
            )  # fmt: skip
        self._write("districts", District, found, len(found))
        shapes = District.objects.order_by("slug").values_list("id", "polygons")
        self.areas = [(key, MultiPolygon([Polygon(p[0], p[1:]) for p in parts]).buffer(0)) for key, parts in shapes]
        self.tree = shapely.STRtree([shape for _key, shape in self.areas])

    def _districts_of(self, positions: Sequence[Position]) -> list[UUID | None]:
        """For each position the district it lies in; all at once, as shapely is quick that way."""
        found: list[UUID | None] = [None] * len(positions)
        if positions and self.areas:
            which, where = self.tree.query(shapely.points(positions), predicate="intersects")
            for place, area in zip(which.tolist(), where.tolist(), strict=True):
                found[place] = self.areas[area][0]
        return found

    def streets(self, extract: Extract) -> None:
        """Streets by name. Where villages joined a city, one name may stand for several; houses tell by district."""
        lines: dict[str, list[list[Position]]] = {}
        shown: dict[str, str] = {}
        for row in extract.streets:
            lines.setdefault(plain(row.name), []).extend(row.lines)
            shown.setdefault(plain(row.name), row.name)
        points: dict[str, list[Position]] = defaultdict(list)
        for address in extract.addresses:
            points[plain(address.street)].append(address.position)
            shown.setdefault(plain(address.street), address.street)
        rows = []
        for folded in sorted({*lines, *points}):
            there = points.get(folded) or [position for line in lines.get(folded, []) for position in line]
            if not folded or not there:
                continue
            middle = sorted(there)[len(there) // 2]
            everywhere = [*there, *(position for line in lines.get(folded, []) for position in line)]
            key = stable_id(self.source.key, "street", folded)
            self.street_ids[folded] = key
            rows.append(
                Street(
                    id=key, source=self.source, name=shown[folded], plain=folded,
                    longitude=middle[0], latitude=middle[1], lines=lines.get(folded, []), **box(everywhere),
                )
            )  # fmt: skip
        homes = self._districts_of([(row.longitude, row.latitude) for row in rows])
        for street, home in zip(rows, homes, strict=True):
            street.district_id = home
        self._write("streets", Street, rows, len(rows))

    def addresses(self, extract: Extract) -> None:
        homes = self._districts_of([row.position for row in extract.addresses])

        def rows() -> Iterable[Address]:
            for row, home in zip(extract.addresses, homes, strict=True):
                street = plain(row.street)
                if street not in self.street_ids:
                    continue
                key = f"{street}|{row.number}{row.suffix}|{row.postcode}|{home or ''}"
                x, y = plane.metres(*row.position)
                yield Address(
                    id=stable_id(self.source.key, "address", key),
                    source=self.source, street_id=self.street_ids[street], district_id=home,
                    number=row.number, suffix=row.suffix, postcode=row.postcode,
                    longitude=row.position[0], latitude=row.position[1], x=x, y=y,
                )  # fmt: skip

        self._write("addresses", Address, rows(), len(extract.addresses))

    def landmarks(self, extract: Extract) -> None:
        homes = self._districts_of([row.position for row in extract.landmarks])

        def rows() -> Iterable[Landmark]:
            for row, home in zip(extract.landmarks, homes, strict=True):
                x, y = plane.metres(*row.position)
                key = f"{row.kind}|{row.name}|{row.position[0]:.4f}|{row.position[1]:.4f}"
                yield Landmark(
                    id=stable_id(self.source.key, "landmark", key),
                    source=self.source, district_id=home, name=row.name, plain=plain(row.name), kind=row.kind,
                    text=row.text, url=row.url, longitude=row.position[0], latitude=row.position[1], x=x, y=y,
                )  # fmt: skip

        self._write("landmarks", Landmark, rows(), len(extract.landmarks))
