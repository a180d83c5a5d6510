"""Parts of papers: for everybody those of public papers; for the office what parts can be about, and where decided."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from allmende.capabilities.council.models import AgendaItem, Paper, Part
from allmende.capabilities.council.rules.parts import MOST, Standing
from allmende.core import manifest, panels
from allmende.core.actor import Viewer
from allmende.core.manifest import Shown
from allmende.core.refs import Ref
from allmende.core.texts import Text


def public_parts() -> QuerySet[Part]:
    """What everybody may read, with its paper."""
    return Part.objects.filter(Paper.public_if("paper__"), place__isnull=False).select_related("paper")


def parts_of(papers: Collection[UUID]) -> dict[UUID, list[Part]]:
    """Paper → its parts in order, each with the point of a meeting as `seen_item` where everybody may read that."""
    found: dict[UUID, list[Part]] = defaultdict(list)
    if papers:
        rows = Part.objects.filter(paper__in=papers, place__isnull=False).select_related("item__meeting__body")
        for part in rows.order_by("paper", "place"):
            found[part.paper_id].append(part)
    return dict(found)


def seen_item(part: Part) -> AgendaItem | None:
    """The point at which a part was decided, of one that was read by `parts_of`; None for what is not public."""
    item = part.item
    if item is None:
        return None
    owners = (item, item.meeting, item.meeting.body)
    return item if all(one.public and not one.deleted for one in owners) else None


def public_part(key: UUID) -> Part | None:
    return public_parts().filter(pk=key).first()


def may_see_part(key: UUID, _viewer: Viewer, _at: datetime) -> bool:
    """The gate of kind "part": the same for everybody."""
    return public_parts().filter(pk=key).exists()


def by_papers(papers: Collection[UUID]) -> list[Ref]:
    """All parts of these papers, also what is hidden or was taken out: what the public index looks at again."""
    rows = Part.objects.filter(paper__in=papers).order_by("paper", "number") if papers else ()
    return [part.ref for part in rows]


def untold(papers: Collection[UUID]) -> list[UUID]:
    """Those of the papers that are public and hold decisions that no event has told yet."""
    rows = public_parts().filter(paper__in=papers, told=False).exclude(decision="") if papers else Part.objects.none()
    return sorted(set(rows.values_list("paper_id", flat=True)))


def things_of(parts: Sequence[Part], viewer: Viewer, at: datetime) -> Mapping[Ref, Shown]:
    """What parts are about, as far as the viewer may see it; one query, none where they are about nothing."""
    refs = {part.about_ref for part in parts} - {None}
    return manifest.lookup().resolve([ref for ref in refs if ref is not None], viewer, at) if refs else {}


@dataclass(frozen=True)
class Choices:
    """What a part can be about, in groups: (what they are, things)."""

    groups: Sequence[tuple[Text, Sequence[Shown]]]

    @property
    def allowed(self) -> frozenset[str]:
        return frozenset(str(one.ref) for _label, things in self.groups for one in things)

    def titled(self) -> Mapping[str, str]:
        """Title, however it is written → reference; of what has a title that nothing else has."""
        named: dict[str, set[str]] = defaultdict(set)
        for _label, things in self.groups:
            for one in things:
                named[folded(one.title("de"))].add(str(one.ref))
        return {title: next(iter(refs)) for title, refs in named.items() if len(refs) == 1}


def folded(text: str) -> str:
    """For comparing titles: without case and spaces at the ends or doubled."""
    return " ".join(text.split()).casefold()


def choices(at: datetime) -> Choices:
    """What rooms offer, of that what everybody may read: a part of a public paper leads nowhere else."""
    offered = panels.decidable(at)
    shown = manifest.lookup().resolve([ref for _label, refs in offered for ref in refs], Viewer(), at)
    groups = [(label, [shown[ref] for ref in refs if ref in shown]) for label, refs in offered]
    return Choices([(label, things) for label, things in groups if things])


def is_offered(about: Collection[str], at: datetime) -> frozenset[str]:
    """Those of the references that a part can be about: of a kind that is decided on, and for everybody to read."""
    refs = []
    for text in about:
        try:
            ref = Ref.parse(text)
        except ValueError:
            continue
        if panels.may_be_decided(ref):
            refs.append(ref)
    return frozenset(map(str, manifest.lookup().resolve(refs, Viewer(), at))) if refs else frozenset()


def standing(parts: Sequence[Part]) -> dict[UUID, Standing]:
    return {one.pk: Standing(one.pk, one.edition, one.title, one.about, one.decision) for one in parts}


def points_of(paper_id: UUID) -> list[AgendaItem]:
    """All points of the meetings that deal with the paper, with their meeting, the last meeting first."""
    rows = AgendaItem.objects.filter(
        Q(meeting__deleted=False), deleted=False, meeting__consultations__paper=paper_id,
        meeting__consultations__deleted=False,
    )  # fmt: skip
    return list(rows.select_related("meeting__body").distinct().order_by("-meeting__start", "place", "id")[: MOST * 10])


def day_of(item: AgendaItem) -> date | None:
    """The day of its meeting."""
    start = item.meeting.start
    return timezone.localtime(start).date() if start is not None else None
