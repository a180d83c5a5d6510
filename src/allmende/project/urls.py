"""All addresses, composed from the rooms' manifests: German bare, English under /en/."""

import importlib.util

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from allmende.core import manifest
from allmende.project import docs
from allmende.project.api import api

_rooms = list(manifest.registry().values())
_pages: list[URLPattern | URLResolver] = [path(room.prefix, include(room.urls)) for room in _rooms if room.urls]

urlpatterns: list[URLPattern | URLResolver] = [
    *[path("", include(room.plain_urls)) for room in _rooms if room.plain_urls],
    path("api/v1/openapi/<slug:room>.json", docs.openapi, name="openapi"),
    path("api/v1/docs", RedirectView.as_view(pattern_name="interfaces", permanent=False)),
    path("api/v1/", api.urls),
    path("api/", RedirectView.as_view(pattern_name="interfaces", permanent=False)),
    *i18n_patterns(path("schnittstellen/", docs.interfaces, name="interfaces"), *_pages, prefix_default_language=False),
]

if importlib.util.find_spec("allmende.ui.errors"):
    handler400 = "allmende.ui.errors.bad_request"
    handler403 = "allmende.ui.errors.forbidden"
    handler404 = "allmende.ui.errors.not_found"
    handler500 = "allmende.ui.errors.server_error"
