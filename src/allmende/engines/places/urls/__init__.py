"""Addresses of the room: pages with language variants, and below them what is the same in every language."""

from django.urls import path, re_path

from allmende.engines.places import views

app_name = "places"
urlpatterns = [
    path("karte/", views.city_map, name="map"),
    path("karte/einbetten/", views.embed, name="embed"),
    path("karte/einbetten/karte/", views.frame, name="frame"),
    path("karte/daten/<slug:key>/", views.layer_data, name="layer"),
    re_path(r"^karte/ebenen/(?P<key>[-\w]+)\.(?P<form>geojson|csv)$", views.download, name="download"),
    path("karte/grund.json", views.ground, name="ground"),
    path("orte/suche/", views.choose, name="choose"),
    path("orte/hier/", views.here, name="here"),
    path("verwaltung/orte/", views.imports, name="imports"),
    path("verwaltung/orte/neu/", views.import_new, name="import_new"),
    path("verwaltung/orte/<uuid:import_id>/", views.import_page, name="import"),
]
