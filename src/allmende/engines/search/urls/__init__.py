from django.urls import path

from allmende.engines.search import views

app_name = "search"
urlpatterns = [
    path("suche/", views.search, name="search"),
    path("suche/vorschlaege/", views.suggestions, name="suggestions"),
    path("suche/opensearch.xml", views.opensearch, name="opensearch"),
    path("verwaltung/suche/", views.index, name="index"),
    path("feed/", views.feed, name="feed"),
    path("r/<slug:kind>/<uuid:id_>", views.permanent, name="permanent"),
    path("r/<slug:capability>/<slug:kind>/<uuid:id_>", views.permanent, name="permanent_full"),
    # Typed with a slash at the end, as every other address has it: answered at once, nobody is sent on twice.
    path("r/<slug:kind>/<uuid:id_>/", views.permanent),
    path("r/<slug:capability>/<slug:kind>/<uuid:id_>/", views.permanent),
]
