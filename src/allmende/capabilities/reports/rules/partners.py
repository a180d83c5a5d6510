"""When a partner is asked again, and what is said when it does not answer. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from allmende.capabilities.reports.models import Report
from allmende.core import city
from allmende.core.texts import Text

WAITS = (1, 2, 5, 10, 20, 40, 60)
"""Minutes until the next try; the last one for ever: nothing is given up by itself."""
READ_EVERY = timedelta(minutes=5)
OVERLAP = timedelta(minutes=15)
"""So much of what was read is read again: the partner's clock and its open transactions. Known updates count once."""
LONGEST_WINDOW = timedelta(days=30)
"""Of updates, in one request."""
SEEN_AFTER = timedelta(hours=1)
"""A partner that has been silent for so long is shown as disturbed."""
BROKEN = frozenset({400, 401, 403, 404, 405, 410, 413, 415, 422})
"""Refusals that a repeat will not change."""
PROBLEMS: Mapping[str, Text] = {
    "address": _("Die Adresse ist keine Adresse im Netz."),
    "private": _("Die Adresse führt in ein internes Netz. Das erlaubt nur, wer das Portal betreibt."),
    "unknown": _("Den Server gibt es nicht."),
    "slow": _("Der Server antwortet zu langsam."),
    "broken": _("Die Verbindung ist abgebrochen."),
    "certificate": _("Das Zertifikat des Servers stimmt nicht."),
    "redirects": _("Die Adresse leitet weiter."),
    "refused": _("Der Server nimmt es nicht an."),
    "gone": _("Unter dieser Adresse gibt es nichts mehr."),
    "huge": _("Die Antwort ist zu groß."),
    "short": _("Die Antwort kam nur zum Teil an."),
    "unreadable": _("Die Antwort ist kein Open311."),
    "key": _("Der Schlüssel lässt sich nicht mehr lesen. Bitte tragen Sie ihn neu ein."),
    "codes": _("Der Server kennt nicht alle diese Arten."),
}


def wait(tries: int) -> timedelta:
    """After so many tries in vain."""
    return timedelta(minutes=WAITS[min(max(tries, 1), len(WAITS)) - 1])


def is_final(problem: str, status: int) -> bool:
    """Whether somebody has to look before another try makes sense."""
    return problem in {"address", "private", "key"} or (problem in {"refused", "gone"} and status in BROKEN)


def window(read_until: datetime | None, first: datetime, at: datetime) -> tuple[datetime, datetime]:
    """Which of the partner's updates are asked for next."""
    since = (read_until or first) - OVERLAP
    return since, min(at, since + LONGEST_WINDOW)


def reference(report: Report) -> str:
    """Names our report in a text: by it we find what we have sent to a system that keeps no foreign numbers."""
    return f"{city.current().portal}: {settings.PUBLIC_URL.rstrip('/')}/meldungen/{report.number}/"
