from django.utils.translation import gettext_lazy as _

from allmende.core.manifest import Manifest

manifest = Manifest(
    name="ballots",
    label=_("Abstimmung"),
    summary=_("Abstimmen und zählen, so dass es jeder nachrechnen kann."),
)
