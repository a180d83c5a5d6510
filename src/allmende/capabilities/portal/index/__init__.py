"""How the portal's things appear in the public index; `KINDS` is what the manifest declares."""

from django.utils.translation import gettext_lazy as _

from allmende.capabilities.portal.index import notices
from allmende.core.manifest import IndexKind

KINDS: tuple[IndexKind, ...] = (
    IndexKind("notice", _("Bekanntmachung"), _("Bekanntmachungen"), notices.entry, notices.ids, notices.url),
)
