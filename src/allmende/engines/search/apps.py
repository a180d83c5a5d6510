from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "allmende.engines.search"
    label = "search"
