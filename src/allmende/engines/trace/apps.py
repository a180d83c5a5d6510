from django.apps import AppConfig


class TraceConfig(AppConfig):
    name = "allmende.engines.trace"
    label = "trace"
