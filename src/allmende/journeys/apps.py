from django.apps import AppConfig


class JourneysConfig(AppConfig):
    name = "allmende.journeys"
    label = "journeys"
