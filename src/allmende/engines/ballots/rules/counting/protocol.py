"""What a count hands back: the winners, and step by step how they came about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from allmende.engines.ballots.rules.counting import texts
from allmende.engines.ballots.rules.counting.election import Election, Number
from allmende.engines.ballots.rules.counting.ties import AS_LISTED, TieRule

type Fact = int | Fraction | str | tuple[int, ...]
"""A number, a word, or places of options: facts named `option` or `options` are places."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a city may set for a count; each rule reads what concerns it (`methods.RULES`)."""

    seats: int = 1
    tie: TieRule = AS_LISTED
    utility: str = "cost"
    """What a chosen option is worth to those who wanted it: `cost` (what it costs) or `cardinality` (the same)."""
    completion: str = "add1u"
    """What Equal Shares does with what is left: `none`, `add1` (shares grow), `add1u` (then also the most wanted),
    `utilitarian` (only the most wanted)."""
    increment: Number = 1
    """By how much the share of each person grows per try, in the currency of the costs."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the count: what happened, as a code, with its facts; `round` counts from 1, 0 belongs to no round."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    round: int = 0


@dataclass(frozen=True)
class Result:
    """Winners in the order in which they were found, and the protocol."""

    rule: str
    election: Election
    options: Options
    winners: tuple[int, ...]
    steps: tuple[Step, ...]
    scores: tuple[Number, ...] = ()
    """Per option what the rule compares at first: votes, points, wins."""

    @property
    def winner_ids(self) -> list[str]:
        return [self.election.options[place].id for place in self.winners]

    def sentence(self, step: Step, language: str = "de") -> str:
        """One step in words."""
        return texts.sentence(step.code, step.facts, self.election, language)

    def rounds(self, language: str = "de") -> Iterator[tuple[int, list[str]]]:
        """The protocol in words, steps of a round together."""
        number = 0
        said: list[str] = []
        for step in self.steps:
            if step.round != number and said:
                yield number, said
                said = []
            number = step.round
            said.append(self.sentence(step, language))
        if said:
            yield number, said

    def settings(self, language: str = "de") -> list[tuple[str, str]]:
        """What was declared before the count: rule, seats or budget, tie rule, … in words."""
        return texts.settings(self.rule, self.options, self.election, language)

    def as_data(self) -> dict[str, Any]:
        """All of it for JSON. Numbers that are not whole are exact, as a text "7/3"."""
        election = self.election
        return {
            "rule": self.rule,
            "settings": [
                {"de": {"name": german[0], "value": german[1]}, "en": {"name": english[0], "value": english[1]}}
                for german, english in zip(self.settings("de"), self.settings("en"), strict=True)
            ],
            "tie_rule": {"name": self.options.tie.name, "seed": self.options.tie.seed},
            "ballots": len(election.ballots),
            "empty": election.empty,
            "budget": plain(election.budget),
            "options": [
                {"id": option.id, "name": option.title, "cost": plain(option.cost), **score}
                for option, score in zip(election.options, self._scores(), strict=True)
            ],
            "winners": self.winner_ids,
            "cost": plain(election.cost_of(self.winners)),
            "protocol": [
                {
                    "round": step.round,
                    "code": step.code,
                    "facts": {name: self._fact(name, fact) for name, fact in step.facts.items()},
                    "de": self.sentence(step, "de"),
                    "en": self.sentence(step, "en"),
                }
                for step in self.steps
            ],
        }

    def _scores(self) -> Sequence[dict[str, Any]]:
        return [{"score": plain(score)} for score in self.scores] or [{}] * len(self.election.options)

    def _fact(self, name: str, fact: Fact) -> Any:
        if isinstance(fact, tuple):
            return [self.election.options[place].id for place in fact]
        if name in texts.PLACES and isinstance(fact, int):
            return self.election.options[fact].id
        return fact if isinstance(fact, str) else plain(fact)


def plain(number: Number) -> int | str:
    """A whole number as it is, another one as an exact text: "7/3"."""
    exact = Fraction(number)
    return exact.numerator if exact.denominator == 1 else str(exact)
