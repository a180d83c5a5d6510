"""The daily batch as a PDF: each letter in its reader's language, with the receipt as number, code and QR code."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import segno
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allmende.core import city
from allmende.engines.notify.models import Receipt
from allmende.engines.notify.queries import ErrandView, absolute
from allmende.ui import pdf

LINES = 8
"""So many lines of an address fit into the window of the envelope."""


def batch(letters: Sequence[ErrandView], *, at: datetime) -> bytes | None:
    """One PDF (PDF/UA-1) of all these letters, DIN 5008 form B; None when there are none."""
    found = [_letter(one, at) for one in letters if one.recipient is not None]
    if not found:
        return None
    here = city.current()
    title = ngettext("%(count)s Brief vom %(day)s", "%(count)s Briefe vom %(day)s", len(found)) % {
        "count": len(found),
        "day": _day(at),
    }
    return pdf.make(
        "notify/pdf/letters.typ",
        {"letters": found},
        title=title,
        language=translation.get_language() or "de",
        author=here.portal,
        at=at,
    )


def _day(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at, city.current().zone), "DATE_FORMAT")


def _letter(one: ErrandView, at: datetime) -> dict[str, Any]:
    errand, recipient, here = one.errand, one.recipient, city.current()
    assert recipient is not None
    telephone = here.contact.get("telephone", "")
    name = recipient.name if recipient.name not in recipient.postal_address else ""
    rows = [row.strip() for row in (name, *recipient.postal_address.splitlines()) if row.strip()]
    with translation.override(errand.language):
        questions = _("Fragen? Telefon %(telephone)s. Dieser Brief hat die Nummer %(number)s.") % {
            "telephone": telephone,
            "number": errand.label,
        }
        return {
            "language": errand.language,
            "sender": " · ".join(row.strip() for row in str(here.contact.get("post", "")).splitlines() if row.strip()),
            "receiver": rows[:LINES],
            "facts": [[_("Datum"), _day(at)], [_("Nummer"), errand.label]],
            "subject": errand.subject.strip() or _("Nachricht zu Ihrem Beitrag"),
            "greeting": render_to_string("notify/mail/greeting.txt", {"name": recipient.name, "city": here}).strip(),
            "body": errand.body,
            "receipt": _receipt(one.receipt) if one.receipt else None,
            "questions": questions if telephone else "",
            "stop": _("Sie möchten keine Briefe mehr? Sagen Sie uns am Telefon Bescheid."),
            "closing": _("Freundliche Grüße"),
            "city": here.portal,
        }


def _receipt(receipt: Receipt) -> dict[str, str]:
    """Number and code in large type; the QR code holds the address and the number, never the code."""
    address = absolute(reverse("notify:lookup")) + f"?nummer={receipt.number}"
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", border=2, xmldecl=False, svgns=True)
    return {
        "words": _(
            "Wie steht es um Ihren Beitrag? Scannen Sie das Bild oder rufen Sie an. Sie brauchen Nummer und Code."
        ),
        "number": receipt.number,
        "code": receipt.code,
        "qr": drawn.getvalue().decode(),
        "alt": _("QR-Code: führt zu %(address)s") % {"address": address},
    }
