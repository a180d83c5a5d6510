from django.apps import AppConfig


class BallotsConfig(AppConfig):
    name = "allmende.engines.ballots"
    label = "ballots"
