"""Addresses without language: the operator's base map, by our own server."""

from django.urls import path

from allmende.engines.places.views import tiles

app_name = "places_tiles"
urlpatterns = [
    path("karte-grund/stil.json", tiles.style, name="style"),
    path("karte-grund/<int:number>/<path:rest>", tiles.part, name="part"),
]
