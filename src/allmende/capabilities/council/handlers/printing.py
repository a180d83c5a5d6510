"""A paper that was brought in gets its document: tagged PDF (PDF/UA-1), made from the draft."""

import hashlib
from datetime import datetime

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from allmende.capabilities.council import actions
from allmende.capabilities.council.models import Draft, File
from allmende.capabilities.council.queries import drafts as queries
from allmende.capabilities.council.workflow import SignatureState
from allmende.core import city
from allmende.core.actor import SYSTEM
from allmende.core.events import Stored
from allmende.engines.media import interface as media
from allmende.ui import pdf

SPOKEN = "de"


def document_of(draft: Draft, at: datetime) -> bytes:
    """The paper as PDF, in the language of the council. Remarks of those who signed are nobody else's business."""
    with translation.override(SPOKEN):
        office = city.current().department(draft.department)
        signed = [
            found.name(SPOKEN) if (found := city.current().department(row.department)) else row.department
            for row in draft.signatures.filter(state=SignatureState.SIGNED).order_by("place")
        ]
        way = [
            f"{row.organization.name}: {row.role}"
            for row in draft.stations.select_related("organization").order_by("place")
        ]
        day = formats.date_format(timezone.localtime(draft.changed_at), "DATE_FORMAT")
        facts = [
            [_("Nummer"), draft.paper.reference if draft.paper else _("noch nicht eingebracht")],
            [_("Stand"), day],
            [_("Verantwortlich"), office.name(SPOKEN) if office else draft.department],
            [_("Mitgezeichnet"), ", ".join(signed)],
            [_("Öffentlichkeit"), _("öffentlich") if draft.is_public else _("nichtöffentlich, nicht weitergeben")],
        ]
        parts = [
            [_("Beschlussvorschlag"), draft.resolution],
            [_("Begründung"), draft.reasons],
            [_("Finanzielle Auswirkungen"), draft.costs or _("keine")],
        ]
        title = f"{_('Beschlussvorlage')}: {draft.title}"
        data = {
            "heading": title,
            "facts": [row for row in facts if row[1]],
            "parts": [row for row in parts if row[1]],
            "way_title": _("Beratungsfolge"),
            "way": way,
        }
        return pdf.make("council/pdf/draft.typ", data, title=title, language=SPOKEN, author=city.current().name, at=at)


def print_paper(event: Stored) -> None:
    """Makes the document of a public paper; done once, however often it is told."""
    draft = Draft.objects.filter(pk=event.ref.id).select_related("paper").first()
    file = None
    if draft is not None and draft.paper is not None:
        file = File.objects.public().filter(paper=draft.paper, role="main", sha512="").first()
    if draft is None or file is None:
        return
    content = document_of(draft, draft.changed_at)
    with translation.override(SPOKEN):
        summary = queries.text_of(draft)[:1000]
    words = media.Words(file.name, summary, SPOKEN)
    medium = media.take_document(content, words=words, actor=SYSTEM, at=draft.changed_at)
    digest = hashlib.sha512(content).hexdigest()
    actions.attach_document(actor=SYSTEM, file_id=file.pk, medium_id=medium.pk, size=len(content), sha512=digest)
