"""The queue as moderators see it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.utils.translation import gettext as _

from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.errors import NotAllowed, NotFound
from allmende.core.manifest import Preview
from allmende.engines.discussion.models import Case
from allmende.engines.discussion.rules import access
from allmende.engines.discussion.workflow import UNDO, CaseState, Cause, Decision

SAME_ENOUGH = 0.15
"""Share of common word triples (Jaccard index) from which two texts count as similar."""
LOOKED_AT = 60
LOOKED_BACK = timedelta(days=30)
"""How far back colleagues' decisions are listed."""
PAGE = 50


@dataclass(frozen=True)
class CaseView:
    """A case with the person's words beside it."""

    case: Case
    preview: Preview | None
    label: str
    """What kind of thing it is."""
    at: datetime

    @property
    def title(self) -> str:
        if self.preview is None:
            return self.label
        return self.preview.title or " ".join(self.preview.body.split()[:8]) or self.label

    @property
    def cause(self) -> str:
        return str(Cause(self.case.cause).label)

    @property
    def hint(self) -> str:
        return hint_text(self.case.hint)

    @property
    def overdue(self) -> bool:
        return self.case.is_overdue(self.at)

    @property
    def decision(self) -> str:
        return str(Decision(self.case.decision).label) if self.case.decision else ""


def hint_text(hint: str) -> str:
    """What a heuristic saw, for moderators."""
    return {
        "links": _("enthält Links"),
        "words": _("enthält ein Wort von der Liste"),
        "repeated": _("steht so schon einmal da"),
        "burst": _("viele neue Kommentare in kurzer Zeit"),
    }.get(hint, "")


def previews(cases: Iterable[Case]) -> dict[UUID, Preview]:
    """Case id → what it is about; one question per room where the room can answer for many."""
    by_kind: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases:
        by_kind[case.capability, case.kind].append(case)
    found: dict[UUID, Preview] = {}
    for key, rows in by_kind.items():
        kind = manifest.moderated_kinds().get(key)
        if kind is None:
            continue
        if kind.previews is not None:
            many = kind.previews([row.object_id for row in rows])
        else:
            many = {row.object_id: p for row in rows if (p := kind.preview(row.object_id)) is not None}
        found |= {row.id: many[row.object_id] for row in rows if row.object_id in many}
    return found


def kind_label(case: Case) -> str:
    key = (case.capability, case.kind)
    if (kind := manifest.moderated_kinds().get(key)) is not None:
        return str(kind.label)
    return str(index.label) if (index := manifest.index_kinds().get(key)) is not None else case.kind


def views_of(cases: Sequence[Case], at: datetime, *, with_words: bool = True) -> list[CaseView]:
    words = previews(cases) if with_words else {}
    return [CaseView(case, words.get(case.id), kind_label(case), at) for case in cases]


def case_for(viewer: Viewer, case_id: UUID) -> Case:
    """A case that this moderator, or for what was escalated this administrator, may read."""
    case = Case.objects.select_related("previous").filter(pk=case_id).first()
    if case is None:
        raise NotFound
    if not access.may_read_case(case, viewer):
        raise NotAllowed
    return case


def waiting(
    viewer: Viewer, at: datetime, *, scope: str = "", cause: str = "", only: str = "", after: str = ""
) -> QuerySet[Case]:
    """What this moderator may decide on, by due date. `only`: "overdue", "free"; `after` continues (keyset)."""
    rows: QuerySet[Case] = Case.objects.waiting().for_moderator(viewer).not_own(viewer).order_by("due_at", "id")
    if scope:
        rows = rows.filter(scope=scope)
    if cause in Cause.values:
        rows = rows.filter(cause=cause)
    if only == "overdue":
        rows = rows.filter(due_at__lte=at)
    elif only == "free":
        rows = rows.filter(Q(claimed_until=None) | Q(claimed_until__lte=at))
    if (key := _cursor(after)) is not None:
        due, id_ = key
        rows = rows.filter(Q(due_at__gt=due) | Q(due_at=due, id__gt=id_))
    return rows


def decided(viewer: Viewer, at: datetime, *, scope: str = "", cause: str = "", after: str = "") -> QuerySet[Case]:
    """What this moderator could have decided on and somebody did, the last first; `after` continues (keyset)."""
    mine = Case.objects.for_moderator(viewer).not_own(viewer).exclude(decision=Decision.WITHDRAWN)
    rows: QuerySet[Case] = mine.filter(state=CaseState.DECIDED, decided_at__gt=at - LOOKED_BACK)
    rows = rows.order_by("-decided_at", "-id")
    if scope:
        rows = rows.filter(scope=scope)
    if cause in Cause.values:
        rows = rows.filter(cause=cause)
    if (key := _cursor(after)) is not None:
        when, id_ = key
        rows = rows.filter(Q(decided_at__lt=when) | Q(decided_at=when, id__lt=id_))
    return rows


def cursor_of(case: Case) -> str:
    """By due date, or for what is decided by when that was."""
    return f"{(case.decided_at or case.due_at).timestamp():.6f}_{case.id.hex}"


def _cursor(text: str) -> tuple[datetime, UUID] | None:
    found = re.fullmatch(r"(\d{1,11}\.\d{6})_([0-9a-f]{32})", text)
    if not found:
        return None
    return datetime.fromtimestamp(float(found[1]), UTC), UUID(found[2])


@dataclass(frozen=True)
class Figures:
    """How full the queue is for this moderator."""

    waiting: int
    due_today: int
    overdue: int
    claimed: int


def figures_for(viewer: Viewer, at: datetime, *, end_of_day: datetime) -> Figures:
    """One query."""
    rows = Case.objects.waiting().for_moderator(viewer).not_own(viewer)
    counted: dict[str, Any] = rows.aggregate(
        waiting=Count("id"),
        due_today=Count("id", filter=Q(due_at__lte=end_of_day)),
        overdue=Count("id", filter=Q(due_at__lte=at)),
        claimed=Count("id", filter=Q(claimed_until__gt=at)),
    )
    return Figures(**counted)


@dataclass(frozen=True)
class WorkList:
    """A ten-minute list with an end."""

    id: UUID
    left: list[Case]
    done: list[Case]

    @property
    def total(self) -> int:
        return len(self.left) + len(self.done)


def work_list(viewer: Viewer, list_id: UUID, at: datetime) -> WorkList:
    """What this person claimed together: still to do, and done. What went to somebody else has left the list."""
    rows = Case.objects.filter(list_id=list_id).select_related("previous").order_by("due_at", "id")
    left, done = [], []
    for case in rows:
        if case.state == CaseState.OPEN and case.is_claimed_by(viewer, at):
            left.append(case)
        elif case.decided_by_id == viewer.person_id or case.state == CaseState.ESCALATED or not case.is_claimed(at):
            done.append(case)
    return WorkList(list_id, left, done)


def unfinished_list(viewer: Viewer, at: datetime) -> UUID | None:
    """The list this person is working on."""
    rows = Case.objects.waiting().filter(claimed_by_id=viewer.person_id, claimed_until__gt=at, list_id__isnull=False)
    return rows.order_by("due_at", "id").values_list("list_id", flat=True).first()


def handed_to(viewer: Viewer, at: datetime) -> list[Case]:
    """What a colleague handed to this person, or what they took for a longer look."""
    return list(
        Case.objects.waiting()
        .filter(claimed_by_id=viewer.person_id, claimed_until__gt=at, list_id=None)
        .order_by("due_at")
    )


def just_decided(viewer: Viewer, at: datetime) -> list[Case]:
    """What this person can still take back."""
    rows = Case.objects.filter(state=CaseState.DECIDED, decided_by_id=viewer.person_id, decided_at__gt=at - UNDO)
    return list(rows.exclude(decision=Decision.WITHDRAWN).order_by("-decided_at"))


def escalated() -> list[Case]:
    return list(Case.objects.filter(state=CaseState.ESCALATED).order_by("escalated_at"))


@dataclass(frozen=True)
class Earlier:
    """An earlier decision on something alike, for orientation: nobody is bound by it."""

    case: Case
    excerpt: str
    language: str
    same: bool
    """Whether the words are alike, or only the kind is."""

    @property
    def decision(self) -> str:
        return str(Decision(self.case.decision).label)


def _triples(text: str) -> set[str]:
    words = re.findall(r"\w+", text.casefold())
    return {" ".join(words[n : n + 3]) for n in range(len(words) - 2)} | set(words)


def likeness(one: str, other: str) -> float:
    """Jaccard index of the words and word triples of two texts, 0 to 1."""
    a, b = _triples(one), _triples(other)
    return len(a & b) / len(a | b) if a and b else 0.0


def recent_decisions(case: Case) -> list[Case]:
    """Decisions on other things of this kind, the last ones first."""
    rows = Case.objects.filter(
        state=CaseState.DECIDED,
        capability=case.capability,
        kind=case.kind,
        decision__in=[Decision.RELEASED, Decision.REFUSED, Decision.KEPT],
    ).exclude(object_id=case.object_id)
    return list(rows.order_by("-decided_at")[:LOOKED_AT])


def with_earlier(case: Case, *, limit: int = 3) -> tuple[Preview | None, list[Earlier]]:
    """The case's words, and decisions on texts like them; where there is none, the last refusals of this kind."""
    recent = recent_decisions(case)
    words = previews([case, *recent])
    preview = words.get(case.id)
    text = f"{preview.title} {preview.body}" if preview else ""
    scored = [(likeness(text, f"{w.title} {w.body}"), c, w) for c in recent if (w := words.get(c.id)) is not None]
    alike = sorted((row for row in scored if row[0] >= SAME_ENOUGH), key=lambda row: -row[0])[:limit]
    found = alike or [row for row in scored if row[1].decision == Decision.REFUSED][:limit]
    return preview, [
        Earlier(c, " ".join(w.body.split()[:24]) or w.title, w.language, same=score >= SAME_ENOUGH)
        for score, c, w in found
    ]


@dataclass(frozen=True)
class ScopeFigures:
    """Figures of one scope over a period. There are none per person (practice.md 10)."""

    scope: str
    waiting: int
    overdue: int
    decided: int
    refused: int
    in_time: int
    hours: float | None
    """Median hours from coming in to the decision."""


def figures_per_scope(at: datetime, *, days: int = 30) -> list[ScopeFigures]:
    """One query over what waits and what was decided within `days`."""
    since = at - timedelta(days=days)
    decided = Q(state=CaseState.DECIDED, decided_at__gt=since) & ~Q(decision=Decision.WITHDRAWN)
    open_ = ~Q(state=CaseState.DECIDED)
    took = ExpressionWrapper(F("decided_at") - F("opened_at"), output_field=DurationField())
    rows = (
        Case.objects.values("scope")
        .annotate(
            waiting=Count("id", filter=open_),
            overdue=Count("id", filter=open_ & Q(due_at__lte=at)),
            decided=Count("id", filter=decided),
            refused=Count("id", filter=decided & Q(decision=Decision.REFUSED)),
            in_time=Count("id", filter=decided & Q(decided_at__lte=F("due_at"))),
            took=ArrayAgg(took, filter=decided, default=[]),
        )
        .order_by("scope")
    )
    return [
        ScopeFigures(
            scope=row["scope"],
            waiting=row["waiting"],
            overdue=row["overdue"],
            decided=row["decided"],
            refused=row["refused"],
            in_time=row["in_time"],
            hours=median(value.total_seconds() / 3600 for value in row["took"]) if row["took"] else None,
        )
        for row in rows
    ]
