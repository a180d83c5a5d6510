from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "allmende.engines.media"
    label = "media"
