from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "allmende.capabilities.portal"
    label = "portal"
