"""Pages and answers of places: the map with its list, data for maps and downloads, the picker's choices, imports."""

from allmende.engines.places.views.data import download, ground, layer_data
from allmende.engines.places.views.page import city_map
from allmende.engines.places.views.picker import choose, here
from allmende.engines.places.views.sharing import embed, frame
from allmende.engines.places.views.staff import import_new, import_page, imports

__all__ = [
    "choose",
    "city_map",
    "download",
    "embed",
    "frame",
    "ground",
    "here",
    "import_new",
    "import_page",
    "imports",
    "layer_data",
]
