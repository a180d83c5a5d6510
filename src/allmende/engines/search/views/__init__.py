"""Pages of the search: for people, for programs, for staff."""

from allmende.engines.search.views.feeds import feed, opensearch, robots, sitemap
from allmende.engines.search.views.pages import example, full_example, permanent, search, suggestions
from allmende.engines.search.views.staff import index

__all__ = [
    "example",
    "feed",
    "full_example",
    "index",
    "opensearch",
    "permanent",
    "robots",
    "search",
    "sitemap",
    "suggestions",
]
