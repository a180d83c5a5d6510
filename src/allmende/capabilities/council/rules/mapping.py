"""Objects of another OParl system as records: pure, and trusting nothing.

Real systems send what their schema forbids. What can be read is taken, what does not fit is cut to size or left out,
and what cannot be read at all is named. Both OParl 1.0 and 1.1 are understood: objects inside of objects are unfolded,
and where an address stands instead of an object it is noted, so that it can be asked for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from allmende.capabilities.council.rules import values
from allmende.capabilities.council.rules.records import Record
from allmende.capabilities.council.rules.types import BACK, FILE_ROLES, INSIDE, KINDS, OWNERS, PARTS, Kind

type Json = Mapping[str, Any]
DEEPEST = 5
"""How deep objects may stand inside of objects: a meeting's item's file is three."""
MOST = 5_000
"""Objects that one property may hold."""
STUB = frozenset({"id", "type"})
"""An object that says no more than this is a reference."""
FRAME = ("id", "type", "created", "modified", "deleted", "license", "keyword", "web", "body", "@context")
UNTITLED = "Ohne Titel"


@dataclass
class Found:
    """What came of reading objects. `named` are (kind, key) of things of which only the address was told."""

    records: list[Record] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)
    named: set[tuple[str, str]] = field(default_factory=set)

    def __add__(self, other: "Found") -> "Found":
        return Found(self.records + other.records, self.faults + other.faults, self.named | other.named)


@dataclass(frozen=True)
class Origin:
    """Whose objects are taken: those below one host. `body` is the id of the body whose they are if they do not say."""

    scheme: str
    host: str
    body: str = ""

    @classmethod
    def of(cls, url: str, body: str = "") -> "Origin":
        parts = urlsplit(url)
        return cls(parts.scheme, parts.netloc.lower().removeprefix("www."), body)

    def key(self, value: object) -> str:
        """The one spelling of an id: systems tell theirs now with http and now with https. Empty: not theirs."""
        return self._there(values.address()(value))

    def following(self, url: str) -> str:
        """The address of a next page, which may be longer than an id."""
        return self._there(values.address(2000)(url))

    def _there(self, found: str) -> str:
        if not found:
            return ""
        parts = urlsplit(found)
        if parts.netloc.lower().removeprefix("www.") != self.host:
            return ""
        return parts._replace(scheme=self.scheme, netloc=parts.netloc.lower()).geturl()


def unfold(thing: object, origin: Origin, expected: str = "") -> Found:
    """A thing with everything inside of it. `expected` is its type where it does not say."""
    found = Found()
    try:
        _unfold(thing, origin, expected, found, {}, {}, DEEPEST)
    except RecursionError:
        return Found(faults=[(_id(thing), "wrong")])
    return found


def type_of(thing: Json, expected: str = "") -> str:
    """„Paper“, whichever of the spellings of 1.0, 1.1 and before it is told in."""
    told = thing.get("type")
    said = told if isinstance(told, str) else ""
    for mark in ("/", ":", "#entity-"):
        said = said.rpartition(mark)[2]
    known = {name.lower(): name for name in (*KINDS, "System")}
    return known.get(said.lower(), "") if said else expected


def _id(thing: object) -> str:
    found = thing.get("id") if isinstance(thing, Mapping) else None
    return values.plain(found)[: values.LONGEST_ADDRESS] if isinstance(found, str) else ""


def _unfold(
    thing: object,
    origin: Origin,
    expected: str,
    found: Found,
    links: Mapping[str, str],
    fields: Mapping[str, Any],
    deeper: int,
    place: str = "",
) -> str:
    """Adds the thing's record to `found`; returns its key, empty if there is none."""
    if not isinstance(thing, Mapping):
        found.faults.append((place, "wrong"))
        return ""
    name = type_of(thing, expected)
    key = origin.key(thing.get("id")) if thing.get("id") else place
    kind = KINDS.get(name)
    if kind is None or not key or not deeper:
        strange = thing.get("id") and not key and values.address()(thing["id"])
        found.faults.append((_id(thing) or place, "foreign" if strange else "type" if key else "wrong"))
        return ""
    if thing.get("deleted") is True:
        found.records.append(Record(kind.kind, key, deleted=True))
        return key
    reader = _Reader(thing, name, kind, key, origin, found, deeper)
    found.records.append(reader.record(links, fields))
    return key


@dataclass
class _Reader:
    """Reads one object."""

    thing: Json
    name: str
    kind: Kind
    key: str
    origin: Origin
    found: Found
    deeper: int

    def record(self, links: Mapping[str, str], fields: Mapping[str, Any]) -> Record:
        inner = {name: self._inside(name) for name in self.kind.inside if name in self.thing}
        ours = {column: read(self.thing.get(there)) for column, (there, read) in self.kind.fields.items()}
        tied: dict[str, str] = {}
        for column, there in self.kind.links.items():
            keys = inner.get(there) or self._keys(there)
            if not keys and column == "body" and self.origin.body != self.key:
                keys = [self.origin.body] if self.origin.body else []
            if keys:
                tied[column] = keys[0]
        self._repair(ours)
        if self.kind.kind == "file":
            tied |= self._owner()
        for column in self._unsaid(tied):
            ours[f"{column}_id"] = None
        many = {column: tuple(inner.get(there) or self._keys(there)) for column, there in self.kind.many.items()}
        return Record(
            self.kind.kind,
            self.key,
            {**ours, **self._frame(), **fields},
            {**tied, **links},
            many,
            public=self._is_public(),
            parts=self._parts(inner),
        )

    def _unsaid(self, tied: Mapping[str, str]) -> Iterator[str]:
        """References that the other system does not make, or no longer."""
        may = {"sub_organization_of", "location", "on_behalf_of", "agenda_item", "superordinated"}
        for column in self.kind.links:
            meeting = column == "meeting" and self.kind.kind == "consultation"
            if column not in tied and (column in may or meeting):
                yield column

    def _keys(self, there: str) -> list[str]:
        """Ids in a property: addresses, or objects that tell theirs."""
        told = self.thing.get(there)
        keys: list[str] = []
        for one in (told if isinstance(told, list) else [told])[:MOST]:
            key = self.origin.key(one.get("id") if isinstance(one, Mapping) else one)
            if key and key not in keys:
                keys.append(key)
        return keys

    def _inside(self, there: str) -> list[str]:
        """Unfolds the objects of a property; returns their keys, and those of which only the address stands there."""
        told = self.thing[there]
        wanted = INSIDE.get(there, "File")
        links: dict[str, str] = {}
        fields: dict[str, Any] = {}
        if back := BACK.get((self.name, there)):
            links[back] = self.key
        if wanted == "File":
            fields["role"] = FILE_ROLES[there]
            owner = KINDS[self.name].kind
            fields |= {f"{column}_id": None for column in OWNERS.values() if column != owner}
            links[owner] = self.key
        keys: list[str] = []
        for number, one in enumerate((told if isinstance(told, list) else [told])[:MOST]):
            if one is None:
                continue
            if isinstance(one, Mapping) and not one.keys() <= STUB:
                more = {"place": number} if there == "agendaItem" and "order" not in one else {}
                place = f"{self.key}#{there}-{number}"[: values.LONGEST_ADDRESS]
                key = _unfold(
                    one, self.origin, wanted, self.found, links, {**fields, **more}, self.deeper - 1, place
                )  # fmt: skip
            else:
                key = self.origin.key(one.get("id") if isinstance(one, Mapping) else one)
                if key:
                    self.found.named.add((KINDS[wanted].kind, key))
            if key:
                keys.append(key)
        return keys

    def _owner(self) -> dict[str, str]:
        """The one thing a file belongs to here."""
        for there, column in OWNERS.items():
            if keys := self._keys(there):
                return {column: keys[0]}
        return {}

    def _parts(self, inner: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
        parts = {
            kind: tuple(inner[there]) for (name, there), kind in PARTS.items() if name == self.name and there in inner
        }
        files = [there for there in inner if there in FILE_ROLES]
        if files:
            parts["file"] = tuple(key for there in files for key in inner[there])
        return parts

    def _is_public(self) -> bool:
        """What anybody marks as not public is not: `public`, also under a name of the maker's own."""
        return all(value is not False for name, value in self.thing.items() if name.rpartition(":")[2] == "public")

    def _frame(self) -> dict[str, Any]:
        known = {*FRAME, *self.kind.dropped, *self.kind.links.values(), *self.kind.many.values(), *self.kind.inside}
        known |= {there for there, _read in self.kind.fields.values()} | {"public"}
        extra = values.own_words({name: value for name, value in self.thing.items() if name not in known})
        if extra is None:
            self.found.faults.append((self.key, "much"))
        return {
            "license": values.address(300)(self.thing.get("license")),
            "keyword": values.words(self.thing.get("keyword")),
            "web": values.address()(self.thing.get("web")),
            "extra": extra or {},
        }

    def _repair(self, ours: dict[str, Any]) -> None:
        """What a row cannot be without, and what contradicts itself."""
        for first, last in (("start", "end"), ("start_date", "end_date")):
            if ours.get(last) is None or first not in ours:
                continue
            begins = ours[first]
            if (begins is None and first == "start") or (begins is not None and ours[last] < begins):
                ours[last] = None
        if "name" in ours and not ours["name"]:
            parts = [ours.get(part, "") for part in ("given_name", "family_name", "reference", "file_name")]
            ours["name"] = " ".join(part for part in parts if part) or UNTITLED
        if ours.get("place", 0) is None:
            del ours["place"]
        if self.kind.kind == "location":
            ours["longitude"], ours["latitude"] = values.point(self.thing.get("geojson")) or (None, None)
