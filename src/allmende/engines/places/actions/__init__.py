"""Every change of places: replacing what a source holds, and running an import that somebody started."""

from allmende.engines.places.actions.pack import import_pack
from allmende.engines.places.actions.rows import SourceData, replace_places
from allmende.engines.places.actions.running import import_files, run_import, start_import

__all__ = ["SourceData", "import_files", "import_pack", "replace_places", "run_import", "start_import"]
