"""What each room says of itself, and the registry that finds it.

A room's `capability.py` holds one `manifest = Manifest(…)`. Whatever lies below but needs what lies above (search needs
titles, notices need texts, erasure needs every room) asks the registry; nobody imports upwards.
"""

import functools
import importlib
import importlib.util
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from django.apps import apps

from allmende.core.actor import Actor, Role, Viewer
from allmende.core.refs import Ref
from allmende.core.squares import Square, Squares
from allmende.core.texts import Text

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from allmende.core.city import CityPack
    from allmende.core.events import DomainEvent, Stored
    from allmende.core.panels import Collecting, Decidable, Panel


class Persona(StrEnum):
    """Who the generic access test walks every address as."""

    VISITOR = "visitor"
    RESIDENT = "resident"
    MODERATOR = "moderator"
    CLERK = "clerk"  # of another department than the one that the example belongs to, and of the council's office
    ADMINISTRATOR = "administrator"


EVERYONE = frozenset(Persona)
SIGNED_IN = EVERYONE - {Persona.VISITOR}
MODERATORS = frozenset({Persona.MODERATOR})
ADMINISTRATORS = frozenset({Persona.ADMINISTRATOR})
STAFF = frozenset({Persona.MODERATOR, Persona.CLERK, Persona.ADMINISTRATOR})


@dataclass(frozen=True)
class Page:
    """One address of the room for the access matrix: who may open it, and how to make an example of its arguments.

    `kwargs` is called inside a test on a city with demo content and returns the URL's arguments (None: no such
    example there, which fails the test). `query` is added as is. `cached` marks pages that the public cache may hold,
    `cache_query` the query keys that then belong to its key. `axe` False only for answers that are no HTML page.
    `post_only` pages answer GET with 405.
    """

    url_name: str
    open_to: frozenset[Persona]
    kwargs: Callable[[], Mapping[str, Any] | None] = dict
    query: str = ""
    cached: bool = False
    cache_query: frozenset[str] = frozenset()
    axe: bool = True
    post_only: bool = False


@dataclass(frozen=True)
class MenuItem:
    """An entry of the main menu (or, with `staff`, of the staff menu), shown to those who hold one of `roles`."""

    label: Text
    url_name: str
    order: int = 100
    staff: bool = False
    roles: frozenset[Role] = frozenset()
    summary: Text = ""
    top: bool = False
    """Of the staff menu: stands in the header of every page too. Few do; the others are under /verwaltung/."""
    group: Text = ""
    """Of the main menu: entries of one group stand together below its name, where the first of them would stand."""
    badge: Callable[[Viewer], int] | None = None
    """How many new things wait behind it, told as a number with a word for screen readers."""

    def shown_to(self, viewer: Viewer) -> bool:
        return not self.roles or any(viewer.has_anywhere(role) for role in self.roles)


@dataclass(frozen=True)
class Handler:
    """Wants events: exact names, or "*" for all. `run` re-reads state by the event's ref and tolerates repeats."""

    name: str
    events: frozenset[str]
    run: "Callable[[Stored], object]"
    queue: str = "default"
    wants: "Callable[[DomainEvent], bool]" = lambda _event: True
    """Only some of these events: asked when one is published; others make no job. Looks at event and manifests."""


@dataclass(frozen=True)
class Station:
    """Where a thing stands, in words: for the Trace, for cards and for notices."""

    label: Text
    """Kind and state in two words, e.g. „Idee · veröffentlicht“; from the workflow table."""
    reached: bool = True
    current: bool = False


@dataclass(frozen=True)
class EntryData:
    """How a thing appears in the public index (`engines/search` keeps it). Texts per language code.

    `visibility` is "public", "hidden" (nobody finds it), or "role:<role>:<scope>" for what only such staff may find.
    `next_step`, `office`, `due` say what happens next, who sees to it, until when (practice.md 3).
    """

    ref: Ref
    titles: Mapping[str, str]
    summaries: Mapping[str, str]
    url: str
    """Path without language prefix."""
    state: str
    """Machine word of the room's workflow."""
    state_labels: Mapping[str, str]
    happened_at: datetime
    """When it was said or done: its place on the Trace."""
    bodies: Mapping[str, str] = field(default_factory=dict)
    """More text to be found by, never shown."""
    visibility: str = "public"
    reached: bool = True
    open_until: datetime | None = None
    """While people can take part: until when."""
    visible_from: datetime | None = None
    """Embargo to the minute; None: at once."""
    next_step: Mapping[str, str] = field(default_factory=dict)
    office: Mapping[str, str] = field(default_factory=dict)
    due: datetime | None = None
    district: str = ""
    longitude: float | None = None
    latitude: float | None = None
    language: str = "de"
    """Language of the author's own words, where titles hold only those."""
    figures: Mapping[str, int] = field(default_factory=dict)
    """Few and bold: supports, comments, ideas."""
    within: str = ""
    """Reference, as text, of what the thing is a part of (the store of an idea), for searching inside of it."""


@dataclass(frozen=True)
class IndexKind:
    """One kind of thing in the public index; not `listed`: it only has an address, for those who work on it."""

    kind: str
    label: Text
    label_plural: Text
    entry: Callable[[UUID], EntryData | None]  # None when the thing is gone: a tombstone stays
    all_ids: Callable[[], Iterable[UUID]]
    url: Callable[[UUID], str | None]
    """Path for the permanent address /r/kind/id, or None; the page itself asks who may see it."""
    article: Text = ""
    entries: Callable[[Collection[UUID]], Mapping[UUID, EntryData]] | None = None
    """As `entry` for many at once, so that a rebuild does not ask once per thing; what is gone is left out."""
    brought_in: bool = True
    """Whoever holds a receipt for it brought it in; False where a receipt stands for something else, as for a seat."""
    listed: bool = True


class Shown(Protocol):
    """A thing as the public index shows it to somebody who may see it: what engines read of an entry."""

    @property
    def ref(self) -> Ref: ...
    @property
    def happened_at(self) -> datetime: ...
    @property
    def reached(self) -> bool: ...
    @property
    def due(self) -> datetime | None: ...
    @property
    def open_until(self) -> datetime | None: ...
    @property
    def kind_label(self) -> str: ...
    def title(self, language: str) -> str: ...
    def title_language(self, language: str) -> str: ...
    def state_label(self, language: str) -> str: ...
    def next_step_text(self, language: str) -> str: ...
    def next_step_language(self, language: str) -> str: ...
    def office_name(self, language: str) -> str: ...
    def path(self, language: str) -> str: ...


@dataclass(frozen=True)
class Lookup:
    """The port through which engines read the public index; each leaves out, in its query, what one may not see."""

    resolve: Callable[[Collection[Ref], Viewer, datetime], Mapping[Ref, Shown]]
    """Things by reference, in one query however many there are."""
    find: Callable[[str, Viewer, datetime], Sequence[Shown]]
    """The first things that fit the words, best first."""
    next_change: Callable[[datetime], datetime]
    """When a page made of public entries next looks different although nothing is written (`X-Allmende-Until`)."""
    located: "Callable[[Viewer, datetime], QuerySet[Any]] | None" = None
    """What has a position and may be seen, for the map to narrow and to group further in that very query: rows with
    `capability`, `kind`, `longitude`, `latitude`, `district`, `happened_at`, `open_until` and what `Shown` has."""
    squares: "Callable[[Viewer, Squares], Sequence[Square]] | None" = None
    """How many of what `located` gives lie where, without reading them; see `core.squares`."""
    sights: "Callable[[Sequence[str], Viewer, datetime], Mapping[int, tuple[float, bool]]] | None" = None
    """By references as text, for thousands: place → when it happened (seconds since 1970) and `reached`, if seen."""


@dataclass(frozen=True)
class MapLayer:
    """Things with a position as a layer of the city map and its list; read from the index, as far as one may see."""

    key: str
    """In addresses: „ideen“; one word, unique among all rooms."""
    label: Text
    kinds: tuple[str, ...]
    """Kinds of this room's index."""
    mark: str = "●"
    """A sign in the marker and the legend, so that layers differ not by colour alone."""
    colour: str = "primary"
    """primary, accent, info, success or warning: a token of the city's theme."""
    order: int = 100
    shown: bool = True
    """Whether it is on at first."""
    dated: bool = False
    """People go there at a time: the map says when, the list begins with what comes next. What is over has no place."""


@dataclass(frozen=True)
class NoticeText:
    """A notice in one language: what it says in a line, and a sentence or two. Plain text."""

    subject: str
    body: str
    ref: Ref  # what the notice leads to


@dataclass(frozen=True)
class NoticeRule:
    """Which event tells whom what; who caused it is not told. `weekly`: by the week's mail, unless one chose otherwise.

    `people` names persons addressed by what they did; followers of `followed(event)` are added, and whoever holds the
    receipt of one of `owned(event)`. `text` is called in the reader's language; None: nothing to say (any more).
    """

    event: str
    text: "Callable[[Stored, str], NoticeText | None]"
    people: "Callable[[Stored], Iterable[UUID]]" = lambda _event: ()
    followed: "Callable[[Stored], Iterable[Ref]]" = lambda _event: ()
    owned: "Callable[[Stored], Iterable[Ref]]" = lambda _event: ()
    urgent: bool = False
    weekly: bool = False


@dataclass(frozen=True)
class Preview:
    """What a moderator reads before deciding: the person's own words, nothing more."""

    title: str
    body: str
    language: str
    author: str
    author_person_id: UUID | None
    url: str
    """Path of the thing's page, without language prefix."""
    scope: str
    """Whose business it is: the scope that a moderator's grant must cover, e.g. "participation"."""
    group_scopes: tuple[str, ...] = ()
    """Groups of which the thing is a post: their members do not decide on it (practice.md 7)."""
    image_url: str = ""
    image_alt: str = ""


@dataclass(frozen=True)
class Moderated:
    """A kind of thing that people write and moderators check; `engines/discussion` keeps the one queue for all rooms.

    `release` and `refuse` are the room's own actions: keyword arguments actor, object_id, reason, at.
    `refuse` also gets `rule` (key of the published rule it breaks). `blank_name` replaces a third person's name in the
    text by „[Name entfernt]“ and gets `name`.
    """

    kind: str
    label: Text
    preview: Callable[[UUID], Preview | None]
    release: Callable[..., object]
    refuse: Callable[..., object]
    blank_name: Callable[..., object] | None = None
    hold: Callable[..., object] | None = None
    """Takes a decided thing back into checking (arguments as `release`): without it a decision cannot be undone."""
    previews: "Callable[[Collection[UUID]], Mapping[UUID, Preview]] | None" = None
    """As `preview` for many at once, so that a list of the queue does not ask once per row."""


@dataclass(frozen=True)
class PersonalData:
    """One kind of personal data in the room: for export, erasure and retention, and for the privacy page.

    `export(person_id)` returns rows as plain dictionaries. `erase(person_id, keep_texts)` removes what is
    personal; with `keep_texts` contributions stay without their author. `expire(at)` deletes what is past `retention`.
    """

    kind: str
    label: Text
    purpose: Text
    retention: timedelta | None
    export: Callable[[UUID], Iterable[Mapping[str, Any]]]
    erase: Callable[[UUID, bool], object]
    expire: Callable[[datetime], int] | None = None
    files: "Callable[[UUID], Iterable[tuple[str, Path]]] | None" = None
    """The person's own files for the export: (name in the archive, where it lies)."""


@dataclass(frozen=True)
class SettingSpec:
    """Something that the city decides for this room; edited under /verwaltung/, audited."""

    key: str
    label: Text
    default: Any
    hint: Text = ""
    kind: str = "text"
    """text, number, boolean or lines."""


@dataclass(frozen=True)
class Replies:
    """The port through which answers to mails become contributions: whether one would be taken, and taking it.

    Both get what the answered notice leads to; `take` raises a domain error whose sentence the person is sent.
    """

    accepts: "Callable[[Ref, Viewer, datetime], bool]"
    take: "Callable[[Actor, Ref, str, datetime], object]"


@dataclass(frozen=True)
class Manifest:
    """The room. Everything but name and label may be absent."""

    name: str
    label: Text
    summary: Text = ""
    followed: Text = ""
    """What of this room people follow, as a list in words („Ideen, Themen und Fragen“); empty: the label says it."""
    urls: str = ""
    """Module of URL patterns, e.g. "allmende.capabilities.participation.urls"; included with German bare paths."""
    prefix: str = ""
    """Path below the root, e.g. "mitmachen/"."""
    plain_urls: str = ""
    """Module of patterns without language variants (files, calendars)."""
    api: str = ""
    """Module whose `router` is a ninja Router, mounted at /api/v1/<name>/."""
    menu: tuple[MenuItem, ...] = ()
    account_menu: tuple[MenuItem, ...] = ()
    """What stands beside „Mein Konto“ for those who are signed in."""
    calls: tuple[MenuItem, ...] = ()
    """What the start page asks people to do in this room, by `order`; the first is the big button."""
    pages: tuple[Page, ...] = ()
    handlers: tuple[Handler, ...] = ()
    lookup: Lookup | None = None
    """Only the room that keeps the public index has it."""
    index: tuple[IndexKind, ...] = ()
    notices: tuple[NoticeRule, ...] = ()
    replies: Replies | None = None
    moderated: tuple[Moderated, ...] = ()
    personal_data: tuple[PersonalData, ...] = ()
    settings: tuple[SettingSpec, ...] = ()
    first_start: "Callable[[CityPack], object] | None" = None
    """Brings what every installation of this city needs (working groups, districts); must tolerate repeats."""
    seed: "Callable[[CityPack], object] | None" = None
    """Demo content through the actions; called once on an empty city when DEMO=1."""
    seed_order: int = 100
    shell: str = ""
    """Module whose `routes` maps path prefixes to ASGI applications that the shell serves natively."""
    scopes: tuple[str, ...] = ()
    """Scopes for API tokens, e.g. "participation:write"."""
    layers: tuple[MapLayer, ...] = ()  # what of this room is shown on the city map
    panels: "tuple[Panel, ...]" = ()  # what it adds to pages of other rooms
    decidable: "tuple[Decidable, ...]" = ()  # what of it the council can decide on, one by one
    collecting: "tuple[Collecting, ...]" = ()  # what of it takes in impulses that other rooms have found
    gates: Mapping[str, "Callable[[UUID, Viewer, datetime], bool]"] = field(default_factory=dict)
    """Per kind: may this viewer see that thing at that time? Engines that hang things on refs (comments) ask."""


@functools.cache
def registry() -> dict[str, Manifest]:
    """All manifests by room name, in the order of INSTALLED_APPS."""
    found: dict[str, Manifest] = {}
    for config in apps.get_app_configs():
        if config.name.startswith("allmende.") and importlib.util.find_spec(f"{config.name}.capability"):
            manifest = importlib.import_module(f"{config.name}.capability").manifest
            assert isinstance(manifest, Manifest), config.name
            found[manifest.name] = manifest
    return found


@functools.cache
def _handlers() -> dict[str, Handler]:
    handlers = [handler for manifest in registry().values() for handler in manifest.handlers]
    by_name = {handler.name: handler for handler in handlers}
    assert len(by_name) == len(handlers), "two handlers share a name"
    return by_name


def handler(name: str) -> Handler | None:
    return _handlers().get(name)


@functools.cache
def handlers_of(event_name: str) -> tuple[Handler, ...]:
    return tuple(h for h in _handlers().values() if event_name in h.events or "*" in h.events)


@functools.cache
def index_kinds() -> dict[tuple[str, str], IndexKind]:
    """(capability, kind) → how it is indexed."""
    return {(m.name, kind.kind): kind for m in registry().values() for kind in m.index}


def lookup() -> Lookup:
    """The public index's port; one that finds nothing where no room keeps an index."""
    found = next((m.lookup for m in registry().values() if m.lookup is not None), None)
    return found or Lookup(lambda _refs, _viewer, _at: {}, lambda _text, _viewer, _at: [], lambda at: at)


@functools.cache
def notice_rules() -> dict[str, tuple[NoticeRule, ...]]:
    """Event name → what it tells whom."""
    rules = [rule for m in registry().values() for rule in m.notices]
    return {name: tuple(r for r in rules if r.event == name) for name in {r.event for r in rules}}


@functools.cache
def moderated_kinds() -> dict[tuple[str, str], Moderated]:
    """(capability, kind) → how it is checked."""
    return {(m.name, kind.kind): kind for m in registry().values() for kind in m.moderated}


def may_see(ref: Ref, viewer: Viewer, at: datetime) -> bool:
    """Whether the viewer may see the thing behind the reference, by its own room's gate; False without a gate."""
    room = registry().get(ref.capability)
    gate = room.gates.get(ref.kind) if room else None
    return gate is not None and gate(ref.id, viewer, at)
