"""In which order a questionnaire is worked through: what others depend on comes first. Circles are found and named."""

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from allmende.engines.questions.rules.definition import Definition
from allmende.engines.questions.rules.expressions import references

MOST_CIRCLES = 20
"""More are not listed; whoever solves these finds the rest."""


@dataclass(frozen=True)
class Plan:
    """`order` holds names of sections and questions; what stands in a circle has lost what made it one."""

    order: tuple[str, ...]
    circles: tuple[tuple[str, ...], ...]


def plan(definition: Definition) -> Plan:
    """Made once per definition, which never changes."""
    kept = vars(definition)
    if "_plan" not in kept:
        kept["_plan"] = _plan(dependencies(definition))
    made = kept["_plan"]
    assert isinstance(made, Plan)
    return made


def dependencies(definition: Definition) -> dict[str, set[str]]:
    """For each section and question, what must be known before it is known whether it is asked, or what it is.

    Checks and filters are not part of it: they look at what was answered and change nothing.
    """
    known = set(definition.by_name)
    found: dict[str, set[str]] = {}
    for section in definition.sections:
        wanted: set[str] = set(references(section.relevant))
        if section.repeat:
            wanted.update(references(section.repeat.count))
        found[section.name] = wanted & known
        for question in section.questions:
            needed = set(references(question.relevant) | references(question.calculation))
            found[question.name] = needed & known | {section.name}
    return found


def _plan(needs: Mapping[str, set[str]]) -> Plan:
    left = {name: set(others) for name, others in needs.items()}
    circles: list[tuple[str, ...]] = []
    while True:
        try:
            return Plan(tuple(TopologicalSorter(left).static_order()), tuple(circles[:MOST_CIRCLES]))
        except CycleError as error:
            circle = tuple(error.args[1][:-1])
            circles.append(circle)
            inside = set(circle)
            for name in circle:
                left[name] -= inside
            if len(circles) > MOST_CIRCLES:  # enough is known; the rest goes by the order of the questionnaire
                return Plan(tuple(needs), tuple(circles[:MOST_CIRCLES]))
