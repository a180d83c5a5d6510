from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "allmende.ui"
    label = "ui"
