"""What leaves a map that is drawn already: a statement that moderators have taken out, at once."""

from typing import Any
from uuid import UUID

from allmende.capabilities.surveys.models import DrawnMap


def take_out(conversation_id: UUID, number: int) -> None:
    """Inside the action that decides on the statement: its claims, its counts and its answers leave the map.

    Where the groups stand was found with it; `without` tells the job to draw anew, as soon as that shows nobody's new
    answer (`queries.opinion.to_draw`).
    """
    drawn = DrawnMap.objects.select_for_update().filter(conversation_id=conversation_id).first()
    if drawn is None:
        return
    drawn.result = without(drawn.result, number)
    drawn.save(update_fields=["result"])


def without(result: dict[str, Any], number: int) -> dict[str, Any]:
    """A map's result as it reads without one statement."""
    tallies = dict(result.get("tallies", {}))
    gone = tallies.pop(str(number), ())

    def kept(claims: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [one for one in claims if one["statement"] != number]

    return result | {
        "tallies": tallies,
        "votes": result["votes"] - sum(sum(group) for group in gone),
        "groups": [one | {"marks": kept(one["marks"])} for one in result.get("groups", [])],
        "bridges": kept(result.get("bridges", [])),
        "divides": [one for one in result.get("divides", []) if one != number],
        "without": sorted({*result.get("without", []), number}),
    }
