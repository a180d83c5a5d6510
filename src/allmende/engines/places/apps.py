from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "allmende.engines.places"
    label = "places"
