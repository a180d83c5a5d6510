"""Reading places: by words, by a point, for the map. Nothing here is about persons, so nobody needs to be asked."""

from collections.abc import Sequence

from allmende.engines.places.models import Import, Source
from allmende.engines.places.queries.geocode import find, place_at, resolve
from allmende.engines.places.queries.place import Accuracy, Place

__all__ = ["Accuracy", "Place", "find", "imports", "place_at", "resolve", "sources"]


def sources() -> Sequence[Source]:
    """Where the places shown came from, for the line that names them."""
    return list(Source.objects.filter(imported_at__isnull=False).order_by("is_example", "name"))


def imports(limit: int = 20) -> Sequence[Import]:
    return list(Import.objects.order_by("-created_at")[:limit])
