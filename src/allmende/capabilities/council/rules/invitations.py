"""The period between invitation and meeting: pure arithmetic on days of the calendar. To be checked by a lawyer.

ThürKO § 35 (2): between the invitation and the meeting lie at least four full calendar days; in urgent cases the
period may be shortened, and the invitation says so. The day of sending and the day of the meeting are none of the four.
"""

from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allmende.core.texts import Text

FULL_DAYS = 4
SOURCE = "ThürKO § 35 Abs. 2"
ONE = timedelta(days=1)


def full_days(sent: date, held: date) -> int:
    """Days that lie wholly between; below zero when the meeting is before the invitation or on its day."""
    return (held - sent).days - 1


def is_in_time(sent: date, held: date) -> bool:
    return full_days(sent, held) >= FULL_DAYS


def last_day(held: date) -> date:
    """The last day on which an invitation is in time."""
    return held - ONE * (FULL_DAYS + 1)


def faults(sent: date, held: date, urgency: str) -> dict[str, Text]:
    """What cannot be, per field."""
    if is_in_time(sent, held) or urgency.strip():
        return {}
    between = max(0, full_days(sent, held))
    words = ngettext(
        "Zwischen Einladung und Sitzung liegt nur %(days)d voller Tag, nötig sind vier (%(source)s). "
        "Begründen Sie, warum es eilt, oder verlegen Sie die Sitzung.",
        "Zwischen Einladung und Sitzung liegen nur %(days)d volle Tage, nötig sind vier (%(source)s). "
        "Begründen Sie, warum es eilt, oder verlegen Sie die Sitzung.",
        between,
    )
    return {"urgency": words % {"days": between, "source": SOURCE}}


def nothing_new() -> Text:
    return _("Seit der letzten Einladung hat sich nichts geändert.")
