"""The Trace for programs: both answers about any public thing."""

from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from ninja import Router, Schema
from pydantic import Field

from allmende.accounts.interface import ApiAuth
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.core.refs import Ref
from allmende.engines.trace import queries

router = Router(tags=["trace"], auth=ApiAuth(optional=True))


class RefOut(Schema):
    """Names a thing; its entry is at `/api/v1/search/entries/{capability}/{kind}/{id}`."""

    capability: str
    kind: str
    id: UUID


class StationOut(Schema):
    """A thing on the way. Without `ref` it is the next step of the last thing, or one that is not public."""

    ref: RefOut | None = None
    label: str
    title: str
    language: str = Field(default="", description="Language of the title where it is not the one asked for.")
    state: Literal["reached", "now", "open"]
    status: str = Field(default="", description="The room's own word for the state.")
    when: datetime | None = None
    url: str = ""
    is_public: bool = True


class LinkOut(Schema):
    """`source` led to `target`. `by` is a role or an office, empty where it followed from a step by itself."""

    id: UUID
    source: RefOut
    target: RefOut
    reason: str
    by: str
    happened_at: datetime
    linked_at: datetime
    later: bool = Field(description="Written down more than a day after it happened.")


class TraceOut(Schema):
    """Where it comes from, what became of it; stations in the order of their dates."""

    here: StationOut
    origins: list[StationOut]
    outcomes: list[StationOut]
    links: list[LinkOut]
    cut: bool = Field(description="There is more than is given here.")


THING = "/{slug:capability}/{slug:kind}/{uuid:id_}"
Language = Literal["de", "en"]


@router.get(THING, response=TraceOut, summary="The Trace of one thing", url_name="trace_whole")
def trace(request: HttpRequest, capability: str, kind: str, id_: UUID, language: Language = "de") -> TraceOut:
    """Reachable things to any depth. Things that are not public are named nowhere; the way goes on behind them."""
    ours = cast("Request", request)
    with translation.override(language):
        viewer = Viewer(ours.viewer.person_id, ours.viewer.grants, language)
        found = queries.trace_of(Ref(capability, kind, id_), viewer, ours.at, links=queries.MOST_IN_WHOLE)
        if found.here is None:
            raise NotFound
        return TraceOut(
            here=_station(found.here),
            origins=[_station(station) for station in found.origins],
            outcomes=[_station(station) for station in found.outcomes],
            links=[_link(link) for link in found.links],
            cut=found.cut,
        )


def _provenance(request: HttpRequest, ref: Ref, language: str) -> queries.Document:
    ours = cast("Request", request)
    with translation.override(language):
        viewer = Viewer(ours.viewer.person_id, ours.viewer.grants, language)
        found = queries.provenance_of(ref, viewer, ours.at)
    if found is None:
        raise NotFound
    return found


@router.get(f"{THING}/prov.json", summary="The Trace of one thing as PROV-JSON", url_name="trace_prov_json")
def prov_json(
    request: HttpRequest, capability: str, kind: str, id_: UUID, language: Language = "de"
) -> dict[str, dict[str, Any]]:
    """The same things and links in the words of W3C PROV: entities, activities and, for offices and roles, agents."""
    return _provenance(request, Ref(capability, kind, id_), language)


@router.get(f"{THING}/prov.provn", summary="The Trace of one thing as PROV-N", url_name="trace_prov_n")
def prov_n(request: HttpRequest, capability: str, kind: str, id_: UUID, language: Language = "de") -> HttpResponse:
    """The same in PROV-N, the notation of W3C PROV for people to read."""
    text = queries.as_text(_provenance(request, Ref(capability, kind, id_), language))
    answer = HttpResponse(text, content_type='text/provenance-notation; charset="UTF-8"')
    answer["Content-Disposition"] = f'attachment; filename="{kind}-{id_}.provn"'
    return answer


def _ref(ref: Ref) -> RefOut:
    return RefOut(capability=ref.capability, kind=ref.kind, id=ref.id)


def _station(station: queries.TraceStation) -> StationOut:
    return StationOut(
        ref=_ref(station.entry.ref) if station.entry else None,
        label=station.label,
        title=station.title,
        language=station.language,
        state=station.state,
        status=station.status,
        when=station.entry.happened_at if station.entry else None,
        url=settings.PUBLIC_URL + station.url if station.url else "",
        is_public=not station.hidden,
    )


def _link(link: queries.TraceLink) -> LinkOut:
    return LinkOut(
        id=link.id,
        source=_ref(link.source),
        target=_ref(link.target),
        reason=link.reason,
        by=link.by,
        happened_at=link.happened_at,
        linked_at=link.linked_at,
        later=link.later,
    )
