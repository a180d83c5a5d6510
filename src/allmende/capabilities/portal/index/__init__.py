"""How the portal's things appear in the public index; `KINDS` is what the manifest declares."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from allmende.capabilities.portal.index import barriers, calendar, exchange, notices, pages
from allmende.core.manifest import IndexKind

PAGES = (
    ("news", _("Nachricht"), _("Nachrichten")),
    ("page", _("Seite"), _("Seiten")),
    ("programme", _("Programm"), _("Programme")),
    ("project", _("Projekt"), _("Projekte")),
    ("section", _("Übersicht"), _("Übersichten")),
    ("voice", pgettext_lazy("portal", "Stimme"), _("Stimmen")),
    ("video", _("Video"), _("Videos")),
)

KINDS: tuple[IndexKind, ...] = (
    *(
        IndexKind(kind, one, many, pages.entry_of(kind), pages.ids_of(kind), pages.url_of(kind))
        for kind, one, many in PAGES
    ),
    IndexKind(
        "website",
        _("Von der amtlichen Website"),
        _("Von der amtlichen Website"),
        exchange.entry,
        exchange.ids,
        exchange.url,
    ),
    IndexKind("notice", _("Bekanntmachung"), _("Bekanntmachungen"), notices.entry, notices.ids, notices.url),
    IndexKind("barrier", _("Gemeldete Barriere"), _("Gemeldete Barrieren"), barriers.entry, barriers.ids, barriers.url),
    calendar.KIND,
)
