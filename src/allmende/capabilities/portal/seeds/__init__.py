"""Demo content of the portal, through the actions: each part seeds itself, in this order."""

from allmende.capabilities.portal.seeds import calendar, official, pages
from allmende.core.city import CityPack


def seed(pack: CityPack) -> None:
    """Everything that the demo city shows in the portal."""
    pages.seed(pack)
    official.seed(pack)
    calendar.seed(pack)
