"""States as data. Labels stand here per language, since they travel into the public index."""

from collections.abc import Mapping

type Texts = Mapping[str, str]

GOAL_STATES: Mapping[str, Texts] = {
    "set": {"de": "gesetzt", "en": "set"},
    "ended": {"de": "nicht mehr verfolgt", "en": "given up"},
}
ASIDE: Texts = {"de": "nicht aufgenommen", "en": "not taken in"}
