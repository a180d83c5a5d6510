from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "allmende.engines.notify"
    label = "notify"
