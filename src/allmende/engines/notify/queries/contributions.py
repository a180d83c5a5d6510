"""What a person brought in and what became of it, and what they follow: for that person alone."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound
from allmende.core.manifest import Shown
from allmende.core.refs import Ref
from allmende.core.texts import Text
from allmende.engines.notify.models import Receipt
from allmende.engines.notify.queries import follows_of
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


@dataclass(frozen=True)
class Followed:
    """Something that the viewer follows. Without `url` they may not see it any more, or it is gone."""

    id: UUID
    ref: Ref
    kind_label: Text
    title: str = ""
    title_language: str = ""
    url: str = ""


def followed_things(viewer: Viewer, at: datetime, *, after: UUID | None = None, limit: int = 30) -> list[Followed]:
    """What the viewer follows, newest first, in two queries; `after` is the last id of the part before."""
    rows = follows_of(viewer, after=after, limit=limit)
    kinds, language = manifest.index_kinds(), viewer.language
    shown = manifest.lookup().resolve({row.ref for row in rows}, viewer, at) if rows else {}
    found = []
    for row in rows:
        kind, thing = kinds.get((row.capability, row.kind)), shown.get(row.ref)
        words = (thing.title(language), thing.title_language(language), thing.path(language)) if thing else ("", "", "")
        found.append(Followed(row.id, row.ref, kind.label if kind else "", *words))
    return found


def receipt_by_id(receipt_id: UUID, viewer: Viewer) -> Receipt:
    """The viewer's own receipt. Raises NotFound for anybody else's."""
    found = Receipt.objects.filter(pk=receipt_id, person_id=viewer.person_id).first() if viewer.person_id else None
    if found is None:
        raise NotFound
    return found
