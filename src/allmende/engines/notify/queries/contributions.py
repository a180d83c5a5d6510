"""What a person brought in, and what became of it: for that person alone."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound
from allmende.core.manifest import Shown
from allmende.core.texts import Text
from allmende.engines.notify.models import Receipt
from allmende.engines.trace.interface import Trace, traces_of


@dataclass(frozen=True)
class Contribution:
    """Something that the viewer brought in, in the viewer's language. Without `title` it is not public, or gone."""

    receipt: Receipt
    kind_label: Text
    trace: Trace
    title: str = ""
    title_language: str = ""
    """Where it is not the page's."""
    url: str = ""
    state: str = ""
    next_step: str = ""
    office: str = ""
    due: datetime | None = None


def contributions_of(viewer: Viewer, at: datetime, *, after: UUID | None = None, limit: int = 10) -> list[Contribution]:
    """What the viewer brought in, newest first, in four queries; `after` is the last receipt of the part before."""
    if viewer.person_id is None:
        return []
    kinds = manifest.index_kinds()
    mine = Q()
    for (capability, name), kind in kinds.items():
        if kind.brought_in:
            mine |= Q(capability=capability, kind=name)
    found = Receipt.objects.filter(mine, person_id=viewer.person_id).order_by("-id")
    rows = list((found.filter(id__lt=after) if after else found)[:limit])
    refs = {row.ref for row in rows}
    shown = manifest.lookup().resolve(refs, viewer, at) if refs else {}
    traces = traces_of(refs, viewer, at) if refs else {}
    language = viewer.language
    return [
        _told(row, kinds[row.capability, row.kind].label, traces[row.ref], shown.get(row.ref), language) for row in rows
    ]


def _told(row: Receipt, label: Text, trace: Trace, shown: Shown | None, language: str) -> Contribution:
    if shown is None:
        return Contribution(row, label, trace)
    return Contribution(
        row,
        label,
        trace,
        title=shown.title(language),
        title_language=shown.title_language(language),
        url=shown.path(language),
        state=shown.state_label(language),
        next_step=shown.next_step_text(language),
        office=shown.office_name(language),
        due=shown.due,
    )


def receipt_by_id(receipt_id: UUID, viewer: Viewer) -> Receipt:
    """The viewer's own receipt. Raises NotFound for anybody else's."""
    found = Receipt.objects.filter(pk=receipt_id, person_id=viewer.person_id).first() if viewer.person_id else None
    if found is None:
        raise NotFound
    return found
