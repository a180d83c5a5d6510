"""What other rooms may ask of places."""

from allmende.engines.places.adapters.geojson import conversion
from allmende.engines.places.adapters.table import number_of
from allmende.engines.places.forms import LINE, PlaceField, Said, said, search_step
from allmende.engines.places.queries import Accuracy, Place, find, place_at, resolve
from allmende.engines.places.queries.districts import centre_of, likely

__all__ = [
    "LINE",
    "Accuracy",
    "Place",
    "PlaceField",
    "Said",
    "centre_of",
    "conversion",
    "find",
    "likely",
    "number_of",
    "place_at",
    "resolve",
    "said",
    "search_step",
]
