"""Questionnaires as a PDF for a pen: tagged, with boxes and lines, and the way to answer online instead."""

import io
from datetime import datetime

import segno
from django.utils import translation
from django.utils.translation import gettext as _

from allmende.engines.questions.rules import paper
from allmende.engines.questions.rules.definition import Definition
from allmende.ui import pdf


def printed(
    definition: Definition, *, language: str, at: datetime, address: str = "", author: str = "", until: str = "",
    back: str = "",
) -> bytes:  # fmt: skip
    """The PDF. `address` is the short address of the survey (also as QR code), `until` and `back` say until when and
    where the sheet is given back; each may be absent.
    """
    spoken = language if language in definition.languages else definition.languages[0]
    with translation.override(spoken if spoken in {"de", "en"} else "en"):
        data = paper.sheet(definition, spoken) | {
            "address": address.removeprefix("https://").removeprefix("http://"),
            "qr": _qr(address),
            "qr_alt": _("QR-Code: führt zu %(address)s") % {"address": address},
            "online": _("Lieber online? Sie finden diese Fragen auch hier:") if address else "",
            "until": until,
            "back": back,
            "why": _("Warum fragen wir das?"),
            "page": _("Seite"),
        }
    return pdf.make(
        "questions/pdf/questionnaire.typ", data, title=data["heading"], language=spoken, at=at, author=author
    )


def _qr(address: str) -> str:
    if not address:
        return ""
    target = io.BytesIO()
    segno.make(address, error="m").save(target, kind="svg", border=2)
    return target.getvalue().decode()
