"""A series has no workflow: it is public from its first value. Its two states are the index's words."""

from collections.abc import Mapping

STATES: Mapping[str, Mapping[str, str]] = {
    "planned": {"de": "noch ohne Werte", "en": "no values yet"},
    "measured": {"de": "wird gemessen", "en": "measured"},
    "ended": {"de": "abgeschlossen", "en": "finished"},
}
