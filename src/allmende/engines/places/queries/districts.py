"""What rooms ask of districts, and of words that nobody chose from a list."""

from allmende.engines.places.models import District
from allmende.engines.places.queries.geocode import find
from allmende.engines.places.queries.place import Place


def centre_of(slug: str) -> tuple[float, float] | None:
    """A position inside the district (longitude, latitude), for what is known no better."""
    found = District.objects.filter(slug=slug).values_list("longitude", "latitude").first() if slug else None
    return (found[0], found[1]) if found else None


def likely(text: str) -> Place | None:
    """The place that these words name beyond doubt, for words that nobody chose from a list; None in any doubt."""
    found = find(text, limit=2) if text.strip() else []
    return found[0] if found and found[0].sure else None
