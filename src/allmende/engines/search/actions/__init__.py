"""How the index is kept, rebuilt and checked."""

from allmende.engines.search.actions.cells import fold_cells
from allmende.engines.search.actions.entries import LONGEST_BODY, index_many, index_now
from allmende.engines.search.actions.rebuilding import (
    Orphans,
    carry_out,
    check,
    forget_old_rebuilds,
    rebuild,
    refresh_words,
    start_rebuild,
    things,
)
from allmende.engines.search.actions.synonyms import bring_synonyms
from allmende.engines.search.actions.vocabulary import bring_in, learn

__all__ = [
    "LONGEST_BODY",
    "Orphans",
    "bring_in",
    "bring_synonyms",
    "carry_out",
    "check",
    "fold_cells",
    "forget_old_rebuilds",
    "index_many",
    "index_now",
    "learn",
    "rebuild",
    "refresh_words",
    "start_rebuild",
    "things",
]
