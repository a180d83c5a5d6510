"""What happened in the exchange with the official website."""

from dataclasses import dataclass
from typing import ClassVar

from allmende.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class FeedSourceSaved(DomainEvent):
    """An address was entered, changed, switched on or off."""

    name: ClassVar[str] = "portal.feed_source_saved"


@dataclass(frozen=True, kw_only=True)
class WebsiteItemTaken(DomainEvent):
    """Something from the official website appeared here, or changed."""

    name: ClassVar[str] = "portal.website_item_taken"


@dataclass(frozen=True, kw_only=True)
class WebsiteItemWithdrawn(DomainEvent):
    """It is no longer on the official website, and no longer here."""

    name: ClassVar[str] = "portal.website_item_withdrawn"
