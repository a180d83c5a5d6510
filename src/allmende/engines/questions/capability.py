from django.utils.translation import gettext_lazy as _

from allmende.core.manifest import Manifest

manifest = Manifest(
    name="questions",
    label=_("Fragebögen"),
    summary=_("Fragen stellen, die jeder beantworten kann, auch mit Pausen und auf Papier."),
)
