"""What happened to the editors' pages. `ref` is the page in all its languages."""

from dataclasses import dataclass
from typing import ClassVar

from allmende.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PageChecked(DomainEvent):
    """Somebody else read it; it may be released now."""

    name: ClassVar[str] = "portal.page_checked"
    language: str


@dataclass(frozen=True, kw_only=True)
class PageReleased(DomainEvent):
    """Released, at once or from an embargo's end on; `scheduled` when everybody sees it only later."""

    name: ClassVar[str] = "portal.page_released"
    language: str
    scheduled: bool


@dataclass(frozen=True, kw_only=True)
class PageAppeared(DomainEvent):
    """Everybody can read it for the first time."""

    name: ClassVar[str] = "portal.page_appeared"
    language: str


@dataclass(frozen=True, kw_only=True)
class PageMovedOn(DomainEvent):
    """A page that people know tells something new: its state, next step or milestones, or a `correction`."""

    name: ClassVar[str] = "portal.page_moved_on"
    language: str
    correction: bool


@dataclass(frozen=True, kw_only=True)
class PageWithdrawn(DomainEvent):
    """Nobody sees it any more: taken back, held, ended or deleted."""

    name: ClassVar[str] = "portal.page_withdrawn"
    language: str
    state: str
