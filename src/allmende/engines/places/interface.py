"""What other rooms may ask of places."""

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
    "find",
    "likely",
    "place_at",
    "resolve",
    "said",
    "search_step",
]
