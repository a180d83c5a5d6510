"""Places for programs: find by words, name a point, list the layers of the map."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from ninja import Query, Router, Schema
from pydantic import Field

from allmende.accounts.interface import ApiAuth
from allmende.core.errors import NotFound
from allmende.engines.places import queries
from allmende.engines.places.queries import layers
from allmende.engines.places.queries.words import LONGEST
from allmende.engines.places.views.data import licence

router = Router(tags=["places"], auth=ApiAuth(optional=True))


class PlaceOut(Schema):
    """Where something is."""

    text: str
    longitude: float = Field(description="Degrees, WGS 84.")
    latitude: float = Field(description="Degrees, WGS 84.")
    accuracy: str = Field(description="address, nearby, corner, landmark, point, street or district")
    district: str = ""
    district_name: str = ""
    sure: bool = Field(description="Exactly what was asked for, and nothing else is.")


class PlacesOut(Schema):
    places: list[PlaceOut]
    attribution: list[str] = Field(description="Name these when you show the places (ODbL 4.3 and alike).")


class PointIn(Schema):
    longitude: float = Field(ge=-180, le=180)
    latitude: float = Field(ge=-90, le=90)


class WordsIn(Schema):
    q: str = Field(max_length=LONGEST, description="Address, street, corner, landmark or district, as people type it.")


class LayerOut(Schema):
    key: str
    label: str
    geojson: str
    csv: str
    licence: str
    attribution: str


class LayersOut(Schema):
    layers: list[LayerOut]


def _out(place: queries.Place) -> PlaceOut:
    return PlaceOut(
        text=place.text,
        longitude=place.longitude,
        latitude=place.latitude,
        accuracy=place.accuracy.value,
        district=place.district,
        district_name=place.district_name,
        sure=place.sure,
    )


@router.get("/find", response=PlacesOut, summary="Places that are meant by words")
def find(request: HttpRequest, asked: Query[WordsIn]) -> PlacesOut:  # noqa: ARG001 - the router's signature
    found = queries.find(asked.q.replace("\0", ""))
    return PlacesOut(
        places=[_out(place) for place in found], attribution=[source.attribution for source in queries.sources()]
    )


@router.get("/at", response=PlaceOut, summary="What is at a point")
def at(request: HttpRequest, asked: Query[PointIn]) -> PlaceOut:  # noqa: ARG001 - the router's signature
    """404 for a point outside the city."""
    place = queries.place_at(asked.longitude, asked.latitude)
    if place is None:
        raise NotFound
    return _out(place)


@router.get("/layers", response=LayersOut, summary="Layers of the city map, each to download")
def list_layers(request: HttpRequest) -> LayersOut:  # noqa: ARG001 - the router's signature
    rows = []
    for layer in layers.layers():
        said = licence(layer)
        address = {
            form: settings.PUBLIC_URL + reverse("places:download", kwargs={"key": layer.key, "form": form})
            for form in ("geojson", "csv")
        }
        rows.append(
            LayerOut(
                key=layer.key,
                label=str(layer.label),
                licence=said["licence"],
                attribution=said["attribution"],
                **address,
            )
        )
    return LayersOut(layers=rows)
