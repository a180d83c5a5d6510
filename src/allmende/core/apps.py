from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "allmende.core"
    label = "core"
