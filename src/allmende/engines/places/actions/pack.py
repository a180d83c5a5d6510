"""Places of a city pack: `cities/<id>/places/*.geojson` and `*.csv`; `source.toml` says whose they are."""

import tomllib
from pathlib import Path

from django.utils import timezone

from allmende.core import city
from allmende.core.actor import SYSTEM
from allmende.core.city import CityPack
from allmende.engines.places import adapters
from allmende.engines.places.actions.rows import SourceData, replace_places
from allmende.engines.places.models import Source
from allmende.engines.places.ports import Extract

KEY = "pack"


def files(pack: CityPack) -> list[Path]:
    folder = pack.folder / "places"
    return sorted(path for path in folder.glob("*") if path.suffix.lower() in adapters.LARGEST)


def import_pack(pack: CityPack) -> Source | None:
    """At every first start; does nothing when the files are those of the last time."""
    paths = files(pack)
    if not paths:
        return None
    now = adapters.digest(paths)
    before = Source.objects.filter(key=KEY).first()
    if before is not None and before.digest == now:
        return before
    said = tomllib.loads((pack.folder / "places" / "source.toml").read_text())
    here = city.current()
    found = Extract().add(
        adapters.read(path, near=here.centre, city=here.name, progress=lambda *_steps: None) for path in paths
    )
    return replace_places(
        actor=SYSTEM,
        data=SourceData(key=KEY, **said),
        extract=found,
        digest=now,
        progress=lambda *_steps: None,
        at=timezone.now(),
    )
