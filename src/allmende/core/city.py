"""The city as data: read from its pack at first start, from then on from the settings that the city itself changes."""

import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from allmende.core.models import Setting


@dataclass(frozen=True)
class Department:
    """An office that answers: names per language, how to reach it, who stands in."""

    slug: str
    names: Mapping[str, str]
    email: str = ""
    telephone: str = ""
    deputy: str = ""
    """Slug of the department that is reminded when this one does not answer."""

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names["de"]


@dataclass(frozen=True)
class District:
    """A part of the city; `centre` is (longitude, latitude) in degrees, WGS 84."""

    slug: str
    name: str
    centre: tuple[float, float] | None = None


@dataclass(frozen=True)
class City:
    """What every page needs to know of the city. Texts are dictionaries per language."""

    id: str
    name: str
    portal: str
    claim: Mapping[str, str]
    address: str
    """Form of address in German: "Sie" or "du"."""
    zone: ZoneInfo
    centre: tuple[float, float]
    state: str
    colours: Mapping[str, str]
    departments: Mapping[str, Department]
    districts: Mapping[str, District]
    contact: Mapping[str, Any]
    """telephone, email, counter (per language), hours (per language), post."""
    texts: Mapping[str, Mapping[str, str]]
    """Key → language → text: question, lead, imprint, privacy, accessibility, plain, sign …"""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What the city calls things: group, groups (Arbeitsgruppe or Handlungsfeld), store …"""

    def text(self, key: str, language: str) -> str:
        """A text in the language asked for, else in German, else empty."""
        found = self.texts.get(key, {})
        return found.get(language) or found.get("de", "")

    def word(self, key: str, language: str) -> str:
        found = self.words.get(key, {})
        return found.get(language) or found.get("de", key)

    def department(self, slug: str) -> Department | None:
        return self.departments.get(slug)


class CityPack:
    """A folder `cities/<id>`: `city.toml` (the city), `texts/<key>.<language>.md`, `content.toml` (demo content)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not (folder / "city.toml").is_file():
            raise FileNotFoundError(f"There is no city pack at {folder}; CITY names a folder below cities/.")
        self.city: dict[str, Any] = tomllib.loads((folder / "city.toml").read_text())

    @property
    def content(self) -> dict[str, Any]:
        path = self.folder / "content.toml"
        return tomllib.loads(path.read_text()) if path.is_file() else {}

    def settings(self) -> dict[str, Any]:
        """The rows of the settings table that the pack starts with: one per top-level table or value of city.toml."""
        texts: dict[str, dict[str, str]] = {key: dict(value) for key, value in self.city.get("texts", {}).items()}
        for path in sorted((self.folder / "texts").glob("*.*.md")):
            key, language, _ = path.name.split(".")
            texts.setdefault(key, {})[language] = path.read_text()
        values = {f"city.{key}": value for key, value in self.city.items() if key != "texts"}
        return {**values, "city.texts": texts}


def pack() -> CityPack:
    return CityPack(settings.CITY_PACK)


def build(values: Mapping[str, Any]) -> City:
    """A City from settings rows (keys `city.…`). Raises KeyError for a pack that lacks what is necessary."""
    get = {key.removeprefix("city."): value for key, value in values.items() if key.startswith("city.")}
    return City(
        id=settings.CITY_ID,
        name=get["name"],
        portal=get["portal"],
        claim=get["claim"],
        address=get["address"],
        zone=ZoneInfo(get.get("zone", "Europe/Berlin")),
        centre=(get["centre"][0], get["centre"][1]),
        state=get.get("state", ""),
        colours=get["colours"],
        departments={
            slug: Department(slug, row["name"], row.get("email", ""), row.get("telephone", ""), row.get("deputy", ""))
            for slug, row in get.get("departments", {}).items()
        },
        districts={
            row["slug"]: District(row["slug"], row["name"], tuple(row["centre"]) if "centre" in row else None)
            for row in get.get("districts", [])
        },
        contact=get["contact"],
        texts=get.get("texts", {}),
        words=get.get("words", {}),
    )


FRESH_FOR = 2.0
"""Seconds for which a process trusts its copy of the settings."""
_kept: tuple[float, dict[str, Any], City] | None = None


def _load() -> tuple[dict[str, Any], City]:
    global _kept  # noqa: PLW0603 - one copy per process, that is the point
    now = time.monotonic()
    if _kept is not None and now - _kept[0] < FRESH_FOR:
        return _kept[1], _kept[2]
    values = dict(Setting.objects.values_list("key", "value"))
    if _kept is not None and values == _kept[1]:  # the same object as long as nothing has changed: others hang on it
        _kept = (now, *_kept[1:])
        return _kept[1], _kept[2]
    city = build(values) if "city.name" in values else build(pack().settings())
    _kept = (now, values, city)
    return values, city


def current() -> City:
    """The city of this installation; from the pack as long as it was not started for the first time."""
    return _load()[1]


def setting(key: str, default: Any = None) -> Any:
    """A value that the city decided, or its default from the manifest."""
    values, _ = _load()
    return values.get(key, default)


def forget() -> None:
    """Drops this process's copy, after a change in the same process."""
    global _kept  # noqa: PLW0603 - see _load
    _kept = None
