from django.utils.translation import gettext_lazy as _

from allmende.core.manifest import Manifest

manifest = Manifest(name="participation", label=_("Mitmachen"))
