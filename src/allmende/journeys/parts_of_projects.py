"""Examples: a project that is about a draft text or a survey leads to the one that the city pack brings along."""

from collections.abc import Mapping

from django.utils import timezone

from allmende.capabilities.participation import interface as participation
from allmende.core import manifest
from allmende.core.actor import Actor, Channel
from allmende.core.city import CityPack
from allmende.core.refs import Ref
from allmende.engines.search import interface as search

ROOMS: Mapping[str, tuple[str, str]] = {"draft_text": ("strategy", "text"), "survey": ("surveys", "survey")}
"""Kind of part → room and kind of what it can be."""


def seed(pack: CityPack) -> int:
    """Gives each part of an example project that is still empty the thing that the pack names, else the first one that
    is open; how many.
    """
    named = {row["title"]["de"]: row["thing"] for row in pack.content.get("projects", []) if "thing" in row}
    placed = 0
    for part_id, kind, project in participation.parts_to_place():
        found = _open_one(*ROOMS[kind.value], title=named.get(project, ""))
        if found is not None:
            search.index_now(found)  # before any worker ran
            participation.place_part(
                actor=Actor(channel=Channel.SEED), module_id=part_id, thing=found, at=timezone.now()
            )
            placed += 1
    return placed


def _open_one(room: str, kind: str, *, title: str) -> Ref | None:
    """The first thing in which people can take part, of this title if there is one."""
    known = manifest.index_kinds().get((room, kind))
    for id_ in known.all_ids() if known is not None else ():
        data = known.entry(id_) if known is not None else None
        is_open = data is not None and data.visibility == "public" and data.open_until is not None and data.reached
        if data is not None and is_open and title in {"", data.titles.get("de")}:
            return Ref(room, kind, id_)
    return None
