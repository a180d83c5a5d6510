"""What was said: lists in pages of the same size, one thing by number, who supports."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from django.db.models import Q

from allmende.capabilities.strategy.models import Feedback, Paragraph, Support, Text, Wording
from allmende.capabilities.strategy.rules import texts as access
from allmende.capabilities.strategy.rules.words import merge
from allmende.capabilities.strategy.workflow.texts import Heard, Kind
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound

PAGE = 25
COMPARED = 12
"""How many suggestions of one paragraph are laid beside one another to find contradictions."""


def feedback(feedback_id: UUID) -> Feedback | None:
    return Feedback.objects.select_related("text", "paragraph", "version", "answer").filter(pk=feedback_id).first()


def by_number(number: int, viewer: Viewer) -> Feedback:
    """Raises NotFound for what the viewer may not see."""
    rows = Feedback.objects.select_related("text", "paragraph__goal__field", "version", "answer", "taken_into")
    found = rows.filter(number=number).first()
    if found is None or not access.may_see_feedback(found, viewer):
        raise NotFound
    return found


@dataclass(frozen=True)
class Listed:
    """Some rows, and where to go on (0 at the end)."""

    rows: Sequence[Feedback]
    next: int = 0


def said_here(paragraph: Paragraph, *, after: int = 0, limit: int = PAGE) -> Listed:
    """What everybody can read of a paragraph, most supported first; `after` is the number where the list went on."""
    rows = Feedback.objects.filter(paragraph=paragraph, state=Heard.SHOWN).select_related("answer", "version")
    if after:
        last = Feedback.objects.filter(number=after).values_list("supports", flat=True).first()
        if last is None:
            raise NotFound
        rows = rows.filter(Q(supports__lt=last) | Q(supports=last, number__lt=after))
    found = list(rows.order_by("-supports", "-number")[: limit + 1])
    return Listed(found[:limit], found[limit - 1].number if len(found) > limit else 0)


def open_here(text: Text, *, kind: str = "", paragraph: int = 0, after: int = 0, limit: int = PAGE) -> Listed:
    """What has no answer yet, newest first, for the team."""
    rows = Feedback.objects.filter(text=text, state=Heard.SHOWN, answer=None).select_related("paragraph", "version")
    if kind:
        rows = rows.filter(kind=kind)
    if paragraph:
        rows = rows.filter(paragraph__number=paragraph)
    if after:
        rows = rows.filter(number__lt=after)
    found = list(rows.order_by("-number")[: limit + 1])
    return Listed(found[:limit], found[limit - 1].number if len(found) > limit else 0)


def bases(rows: Collection[Feedback]) -> dict[UUID, str]:
    """Feedback → the words to which it was said, in one query."""
    wanted = {(row.version_id, row.paragraph_id) for row in rows}
    found = Wording.objects.filter(
        version__in={one for one, _two in wanted}, paragraph__in={two for _one, two in wanted}
    )
    words = {(row.version_id, row.paragraph_id): row.body for row in found}
    return {row.pk: words.get((row.version_id, row.paragraph_id), "") for row in rows}


def contradictions(rows: Sequence[Feedback]) -> dict[UUID, list[int]]:
    """Suggested wording → numbers of others of the same paragraph and version that cannot be taken over as well."""
    by_place: dict[tuple[UUID, UUID], list[Feedback]] = {}
    for row in rows:
        if row.kind == Kind.WORDING and row.wording:
            by_place.setdefault((row.version_id, row.paragraph_id), []).append(row)
    words = bases(rows)
    found: dict[UUID, list[int]] = {}
    for group in by_place.values():
        for one, two in combinations(group[:COMPARED], 2):
            if merge(words[one.pk], one.wording, two.wording).conflict:
                found.setdefault(one.pk, []).append(two.number)
                found.setdefault(two.pk, []).append(one.number)
    return found


def supports(feedback_id: UUID, viewer: Viewer) -> bool:
    """Whether the viewer supports it."""
    if viewer.person_id is None:
        return False
    return Support.objects.filter(feedback=feedback_id, person=viewer.person_id).exists()
