from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UrbandataConfig(AppConfig):
    name = "allmende.capabilities.urbandata"
    label = "urbandata"
    verbose_name = _("Daten der Stadt")
