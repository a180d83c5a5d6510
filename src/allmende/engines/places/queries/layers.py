"""The layers of the city map: what is where for this viewer, grouped on the way when there is much of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db.models import (
    F,
    Q,
    QuerySet,
    Value,
    Window,
)
from django.db.models.functions import RowNumber
from django.utils import formats, timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.errors import Invalid
from allmende.core.manifest import MapLayer
from allmende.core.texts import Text
from allmende.engines.places.models import Landmark
from allmende.engines.places.ports import KINDS
from allmende.engines.places.queries import plane
from allmende.engines.places.queries.grouping import Box, counted_kinds, grouped, of_kinds, summed

FIRST = 8
"""Things of each layer in the list of all layers; one layer alone shows pages of `PART`."""
PART = 20
DOWNLOAD_BATCH = 2000
WORDS = ("capability", "kind", "titles", "language", "url", "state", "state_labels", "happened_at")
"""Columns of the public index that a marker says; a look at the whole city reads hundreds of entries."""


@dataclass(frozen=True)
class Layer:
    """One line of the legend. Without `kinds` it shows the city's landmarks."""

    key: str
    label: Text
    mark: str
    colour: str
    shown: bool
    kinds: frozenset[tuple[str, str]] = frozenset()
    dated: bool = False


LANDMARKS = Layer("orte", _("Bekannte Orte"), "◆", "info", shown=False)


def layers() -> list[Layer]:
    """Every room's layers in their order, landmarks last."""
    found: list[tuple[int, Layer]] = []
    for room in manifest.registry().values():
        found.extend((layer.order, _of(room.name, layer)) for layer in room.layers)
    return [*(layer for _order, layer in sorted(found, key=lambda row: (row[0], row[1].key))), LANDMARKS]


def _of(room: str, layer: MapLayer) -> Layer:
    kinds = frozenset((room, kind) for kind in layer.kinds)
    return Layer(layer.key, layer.label, layer.mark, layer.colour, layer.shown, kinds, layer.dated)


@dataclass(frozen=True)
class Wanted:
    """What the page asks for: which layers, where."""

    layers: Sequence[Layer]
    district: str = ""
    near: tuple[float, float] | None = None
    box: Box | None = None

    @property
    def kinds(self) -> frozenset[tuple[str, str]]:
        return frozenset(kind for layer in self.layers for kind in layer.kinds)

    @property
    def dated(self) -> frozenset[tuple[str, str]]:
        """Those of `kinds` that people go to at a time."""
        return frozenset(kind for layer in self.layers if layer.dated for kind in layer.kinds)

    @property
    def landmarks(self) -> bool:
        return any(not layer.kinds for layer in self.layers)


def _entries(wanted: Wanted, viewer: Viewer, at: datetime) -> QuerySet[Any] | None:
    """Things of the public index that are wanted and that this viewer may see; None when no layer needs them."""
    located = manifest.lookup().located
    if located is None or not wanted.kinds:
        return None
    return _narrowed(located(viewer, at).filter(of_kinds(wanted.kinds)), wanted, "district")


def _landmarks(wanted: Wanted) -> QuerySet[Landmark]:
    return _narrowed(Landmark.objects.all(), wanted, "district__slug")


def _narrowed(rows: QuerySet[Any], wanted: Wanted, district: str) -> QuerySet[Any]:
    if wanted.district:
        rows = rows.filter(**{district: wanted.district})
    if wanted.box:
        rows = rows.filter(
            longitude__range=(wanted.box.west, wanted.box.east), latitude__range=(wanted.box.south, wanted.box.north)
        )
    return rows


@dataclass(frozen=True)
class Marker:
    """One marker: a single thing, or how many lie so close together that one marker stands for them."""

    layer: str
    longitude: float
    latitude: float
    count: int
    title: str = ""
    url: str = ""
    state: str = ""


def markers(wanted: Wanted, viewer: Viewer, at: datetime, *, zoom: float) -> list[Marker]:
    """What to draw in the box: three queries for entries, two for landmarks, however many there are."""
    found: list[Marker] = []
    by_kind = {kind: layer.key for layer in wanted.layers for kind in layer.kinds}
    entries = _entries(wanted, viewer, at)
    if entries is not None:
        cells = summed(wanted.kinds, wanted.box, wanted.district, viewer, zoom)
        if cells:
            entries_held_back = entries.filter(visible_from__isnull=False)
            cells += grouped(entries_held_back, ("capability", "kind"), wanted.box, zoom)
        else:
            cells = grouped(entries, ("capability", "kind"), wanted.box, zoom)
        single = [row["one"] for row in cells if row["count"] == 1]
        shown = {row.pk: row for row in entries.filter(pk__in=single).only(*WORDS)} if single else {}
        for row in cells:
            thing, layer = shown.get(row["one"]), by_kind[row["capability"], row["kind"]]
            language = viewer.language
            words = (thing.title(language), thing.path(language), _note(thing, language, wanted)) if thing else ()
            found.append(Marker(layer, round(row["lon"], 6), round(row["lat"], 6), row["count"], *words))
    if wanted.landmarks:
        rows = _landmarks(wanted)
        cells = grouped(rows, (), wanted.box, zoom)
        single = [row["one"] for row in cells if row["count"] == 1]
        named = {row.pk: row for row in rows.filter(pk__in=single)} if single else {}
        for row in cells:
            mark = named.get(row["one"])
            words = (mark.name, mark.url, str(KINDS.get(mark.kind, ""))) if mark else ()
            found.append(Marker(LANDMARKS.key, round(row["lon"], 6), round(row["lat"], 6), row["count"], *words))
    return found


def _note(row: Any, language: str, wanted: Wanted) -> str:
    """Its state; of what takes place, when, and its state only where that changes something."""
    if (row.capability, row.kind) not in wanted.dated:
        return str(row.state_label(language))
    moment = timezone.localtime(row.happened_at)
    words = formats.date_format(moment, "MONTH_DAY_FORMAT")
    if moment.time() != time():
        words = gettext("%(day)s, %(hour)s Uhr") % {"day": words, "hour": f"{moment:%H:%M}"}
    return words if row.state == "published" else f"{words}, {row.state_label(language)}"


@dataclass(frozen=True)
class Item:
    """One line of the list."""

    title: str
    url: str
    longitude: float
    latitude: float
    note: str = ""
    note_language: str = ""
    """Of words from the city's files; "" for words of the interface."""
    language: str = ""
    district: str = ""
    distance: float | None = None
    """Metres from what was asked for."""


@dataclass(frozen=True)
class Section:
    """What the list says of one layer."""

    layer: Layer
    total: int
    items: list[Item]
    next: str = ""


def sections(wanted: Wanted, viewer: Viewer, at: datetime, *, after: str = "") -> list[Section]:
    """The same things as the map shows, as lists: near first when asked for, else the newest, of dates the next. Four
    queries.

    One layer alone is shown in pages (give `next` as `after`); nearest things are not paged, there are `PART` of them.
    """
    alone = len(wanted.layers) == 1
    size = PART if alone else FIRST
    totals: dict[str, int] = {}
    items: dict[str, list[Item]] = {}
    ahead = ""
    entries = _entries(wanted, viewer, at)
    if entries is not None:
        keys = {kind: layer.key for layer in wanted.layers for kind in layer.kinds}
        for capability, kind, count in counted_kinds(entries, wanted.kinds, wanted.box, wanted.district, viewer):
            totals[keys[capability, kind]] = totals.get(keys[capability, kind], 0) + count
        rows, ahead = _first_entries(entries, wanted, size, after if alone else "", alone=alone)
        for row in rows:
            found = items.setdefault(keys[row.capability, row.kind], [])
            if len(found) < size:
                found.append(_item(row, viewer.language, wanted))
    if wanted.landmarks:
        marks = _landmarks(wanted).select_related("district")
        totals[LANDMARKS.key] = marks.count()
        listed, more = _first_landmarks(marks, wanted, size, after if alone else "")
        items[LANDMARKS.key] = listed
        ahead = more if alone else ahead
    return [Section(layer, totals.get(layer.key, 0), items.get(layer.key, []), ahead) for layer in wanted.layers]


def _apart(near: tuple[float, float]) -> Any:
    """How far apart, squared, in degrees of latitude: enough for putting in order."""
    east = (F("longitude") - Value(near[0])) * Value(plane.scale(near[1]))
    north = F("latitude") - Value(near[1])
    return east * east + north * north


def _first_entries(
    entries: QuerySet[Any], wanted: Wanted, size: int, after: str, *, alone: bool
) -> tuple[list[Any], str]:
    coming = alone and bool(wanted.dated)
    if wanted.near:
        entries, order = entries.annotate(apart=_apart(wanted.near)), ["apart", "id"]
    elif alone:
        order = ["happened_at", "id"] if coming else ["-happened_at", "-id"]
    else:
        order = []
    if alone:
        if after and not wanted.near:
            instant, key = _place_in_list(after)
            beyond = Q(happened_at__gt=instant) | Q(happened_at=instant, id__gt=key)
            before = Q(happened_at__lt=instant) | Q(happened_at=instant, id__lt=key)
            entries = entries.filter(beyond if coming else before)
        rows = list(entries.order_by(*order)[: size + 1])
        more = len(rows) > size and not wanted.near
        return rows[:size], f"{rows[size - 1].happened_at.isoformat()}~{rows[size - 1].id}" if more else ""
    if wanted.near:
        place = Window(RowNumber(), partition_by=[F("capability"), F("kind")], order_by=order)
        return list(entries.annotate(place=place).filter(place__lte=size).order_by(*order)), ""
    first = [
        entries.filter(of_kinds(layer.kinds)).order_by(*_order(layer))[:size] for layer in wanted.layers if layer.kinds
    ]
    return list(first[0].union(*first[1:], all=True)), ""


def _order(layer: Layer) -> list[str]:
    """The newest first, of dates the next: as the index of the whole is in order."""
    return ["happened_at", "id"] if layer.dated else ["-happened_at", "-id"]


def _first_landmarks(marks: QuerySet[Landmark], wanted: Wanted, size: int, after: str) -> tuple[list[Item], str]:
    if wanted.near:
        nearest: QuerySet[Any] = marks.annotate(apart=_apart(wanted.near)).order_by("apart", "id")[:size]
        return [_landmark(row, wanted.near) for row in nearest], ""
    if after:
        name, _sign, key = after.rpartition("~")
        marks = marks.filter(Q(plain__gt=name) | Q(plain=name, id__gt=_uuid(key)))
    rows = list(marks.order_by("plain", "id")[: size + 1])
    ahead = f"{rows[size - 1].plain}~{rows[size - 1].pk}" if len(rows) > size else ""
    return [_landmark(row, None) for row in rows[:size]], ahead


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid(_("Diese Seite der Liste gibt es nicht.")) from error


def _place_in_list(text: str) -> tuple[datetime, UUID]:
    """The time and id after which a page goes on; raises Invalid."""
    first, _sign, key = text.partition("~")
    try:
        instant = datetime.fromisoformat(first)
    except ValueError as error:
        raise Invalid(_("Diese Seite der Liste gibt es nicht.")) from error
    if instant.tzinfo is None or not 1900 < instant.year < 3000:  # noqa: PLR2004 - what a database can compare
        raise Invalid(_("Diese Seite der Liste gibt es nicht."))
    return instant, _uuid(key)


def _gap(near: tuple[float, float] | None, row: Any) -> float | None:
    return plane.distance(near, (row.longitude, row.latitude)) if near else None


def _item(row: Any, language: str, wanted: Wanted) -> Item:
    own = row.title_language(language)
    return Item(
        title=row.title(language),
        url=row.path(language),
        longitude=row.longitude,
        latitude=row.latitude,
        note=_note(row, language, wanted),
        language="" if own == language else own,
        district=row.district,
        distance=_gap(wanted.near, row),
    )


def _landmark(row: Landmark, near: tuple[float, float] | None) -> Item:
    return Item(
        title=row.name,
        url=row.url,
        longitude=row.longitude,
        latitude=row.latitude,
        note=row.text or str(KINDS.get(row.kind, "")),
        note_language="de" if row.text else "",
        district=row.district.slug if row.district else "",
        distance=_gap(near, row),
    )


def features(layer: Layer, viewer: Viewer, at: datetime) -> Iterator[Mapping[str, Any]]:
    """Everything of one layer that this viewer may see, for a download: flat, with `longitude` and `latitude`."""
    wanted = Wanted([layer])
    entries = _entries(wanted, viewer, at)
    if entries is not None:
        for row in entries.order_by("happened_at", "id").iterator(chunk_size=DOWNLOAD_BATCH):
            language = viewer.language
            yield {
                "id": str(row.object_id), "kind": row.kind,
                "title": row.title(language), "state": row.state_label(language), "district": row.district,
                "date": row.happened_at.isoformat(), "url": row.path(language),
                "longitude": row.longitude, "latitude": row.latitude,
            }  # fmt: skip
    if wanted.landmarks:
        for mark in Landmark.objects.select_related("district").order_by("plain", "id").iterator(DOWNLOAD_BATCH):
            yield {
                "id": str(mark.pk), "kind": mark.kind, "title": mark.name, "state": mark.text,
                "district": mark.district.slug if mark.district else "", "date": "", "url": mark.url,
                "longitude": mark.longitude, "latitude": mark.latitude,
            }  # fmt: skip


def chosen(keys: Collection[str]) -> list[Layer]:
    """The layers that an address names; those shown at first when it names none that exist."""
    every = layers()
    return [layer for layer in every if layer.key in keys] or [layer for layer in every if layer.shown] or every[:1]
