"""Parts of projects that other rooms hold, as the public index knows them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from allmende.capabilities.participation.models import Module
from allmende.capabilities.participation.workflow.phases import ELSEWHERE
from allmende.core.actor import Viewer
from allmende.core.refs import Ref
from allmende.engines.search import interface as search

MOST_OFFERED = 50


def things_of(modules: Sequence[Module], viewer: Viewer, at: datetime) -> Mapping[Ref, search.Entry]:
    """Surveys and draft texts of these parts that the viewer may see. One query, none where there are no such parts."""
    return search.entries_of({ref for module in modules if (ref := module.leads_to) is not None}, viewer, at)


def things_to_place(kinds: Collection[str], at: datetime) -> list[search.Entry]:
    """What a part of such kinds can be: everything that everybody may see, the newest first."""
    found = search.Entry.objects.visible_to(Viewer(), at).filter(kind__in=kinds)
    return list(found.order_by("-happened_at", "-id")[:MOST_OFFERED])


def empty_parts() -> list[Module]:
    """Parts of example projects of which nobody has said yet what they are."""
    rows = Module.objects.filter(kind__in=ELSEWHERE, thing="", project__is_example=True)
    return list(rows.select_related("project").order_by("pk"))


def is_public(ref: Ref, at: datetime) -> bool:
    """Whether everybody may see it."""
    return search.entry(ref, Viewer(), at) is not None


def is_open(thing: search.Entry, at: datetime) -> bool:
    """Whether people can take part there at this time, by its own dates."""
    return thing.happened_at <= at and thing.open_until is not None and at < thing.open_until
