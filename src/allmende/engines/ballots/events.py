"""What happened here. A cast ballot is no event of anybody: it names neither who nor what."""

from dataclasses import dataclass
from typing import ClassVar

from allmende.core.events import DomainEvent
from allmende.core.refs import Ref


@dataclass(frozen=True, kw_only=True)
class VoteOpened(DomainEvent):
    """`ref` is the vote, `thing` what it is about."""

    name: ClassVar[str] = "ballots.vote_opened"
    thing: Ref


@dataclass(frozen=True, kw_only=True)
class BallotCast(DomainEvent):
    """One more ballot, or one changed; without actor."""

    name: ClassVar[str] = "ballots.ballot_cast"


@dataclass(frozen=True, kw_only=True)
class VoteClosed(DomainEvent):
    """Counted; the result can be read, the ballots can be downloaded."""

    name: ClassVar[str] = "ballots.vote_closed"
    thing: Ref
