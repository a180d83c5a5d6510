"""What happened with official notices."""

from dataclasses import dataclass
from typing import ClassVar

from allmende.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class NoticeWritten(DomainEvent):
    """A draft was written or changed."""

    name: ClassVar[str] = "portal.notice_written"


@dataclass(frozen=True, kw_only=True)
class NoticeChecked(DomainEvent):
    """A second person found it in order."""

    name: ClassVar[str] = "portal.notice_checked"


@dataclass(frozen=True, kw_only=True)
class NoticeSentBack(DomainEvent):
    """It has to be written again: found wanting, or recalled before its instant."""

    name: ClassVar[str] = "portal.notice_sent_back"


@dataclass(frozen=True, kw_only=True)
class NoticeProvided(DomainEvent):
    """It was released; it stands from its instant of provision on, which may be later."""

    name: ClassVar[str] = "portal.notice_provided"


@dataclass(frozen=True, kw_only=True)
class NoticeDiscarded(DomainEvent):
    """It will not appear."""

    name: ClassVar[str] = "portal.notice_discarded"


@dataclass(frozen=True, kw_only=True)
class NoticeWentOffline(DomainEvent):
    """The time for which its text may be shown is over."""

    name: ClassVar[str] = "portal.notice_went_offline"
