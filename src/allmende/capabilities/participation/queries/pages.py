"""Single pages: an idea, a store, a group, the overview; and the facts about the viewer that rules ask for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from allmende.accounts.interface import person_names
from allmende.capabilities.participation import rules, workflow
from allmende.capabilities.participation.models import (
    GroupMember,
    Idea,
    IdeaDraft,
    Meeting,
    OfficialAnswer,
    Phase,
    StatusChange,
    Support,
    TopicStore,
    WorkingGroup,
)
from allmende.capabilities.participation.queries.nested import built, together
from allmende.capabilities.participation.workflow import StoreState
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound

WHOLE = ("version", "pending", "store", "store__group", "store__module", "category", "organisation")


def function_in(viewer: Viewer, group_id: UUID) -> str:
    """The viewer's function in a group now, "" for none."""
    if viewer.person_id is None:
        return ""
    rows = GroupMember.objects.filter(group_id=group_id, person_id=viewer.person_id, until=None)
    return rows.values_list("function", flat=True).first() or ""


def functions_of(viewer: Viewer) -> dict[UUID, str]:
    """Group → the viewer's function there."""
    if viewer.person_id is None:
        return {}
    rows = GroupMember.objects.filter(person_id=viewer.person_id, until=None)
    return dict(rows.values_list("group_id", "function"))


@dataclass(frozen=True)
class IdeaPage:
    """An idea as its page shows it to this viewer."""

    idea: Idea
    function: str
    supported: bool
    history: Sequence[StatusChange]
    answers: Sequence[OfficialAnswer]


def answers(idea_id: UUID) -> list[OfficialAnswer]:
    """The city's answers to an idea, the latest first."""
    return list(OfficialAnswer.objects.filter(idea_id=idea_id))


def answered_idea(answer_id: UUID) -> UUID | None:
    """The idea that an answer belongs to."""
    return OfficialAnswer.objects.filter(pk=answer_id).values_list("idea_id", flat=True).first()


def idea_by_number(number: int, viewer: Viewer, at: datetime) -> IdeaPage:
    """One query. Raises NotFound for what is not there and what this viewer may not know of."""
    person = viewer.person_id
    here = {"idea": OuterRef("pk")}
    rows = Idea.objects.select_related(*WHOLE, "entry__contest").annotate(
        told=together(StatusChange.objects.filter(**here).order_by("at", "id")),
        answered=together(OfficialAnswer.objects.filter(**here).order_by("-at", "-id")),
        phased=together(Phase.objects.filter(module__store=OuterRef("store")).order_by("starts_at", "id")),
    )
    if person is not None:
        member = GroupMember.objects.filter(group=OuterRef("store__group"), person_id=person, until=None)
        rows = rows.annotate(
            supported=Exists(Support.objects.filter(idea=OuterRef("pk"), person_id=person)),
            function=Coalesce(Subquery(member.values("function")[:1]), Value("")),
        )
    idea = rows.filter(number=number).first() if 0 < number < 2**63 else None
    if idea is None or not rules.may_see_idea(idea, viewer, at):
        raise NotFound
    idea.store.module.read_phases = built(Phase, getattr(idea, "phased", ()))
    return IdeaPage(
        idea=idea,
        function=getattr(idea, "function", ""),
        supported=getattr(idea, "supported", False),
        history=built(StatusChange, getattr(idea, "told", ())),
        answers=built(OfficialAnswer, getattr(idea, "answered", ())),
    )


def idea(idea_id: UUID) -> Idea | None:
    """The row with its words and store, whoever asks; for index, notices and gates."""
    rows = Idea.objects.select_related(*WHOLE)
    return rows.filter(pk=idea_id).first()


def awaiting_proof(person_id: UUID) -> list[UUID]:
    """Ids of a guest's ideas that wait until the address is confirmed."""
    return list(Idea.objects.filter(author_id=person_id, awaits_proof=True).values_list("pk", flat=True))


def whole_ideas(ids: Sequence[UUID]) -> QuerySet[Idea]:
    """Rows with all that is shown of them, in no order. One query."""
    return Idea.objects.filter(pk__in=ids).select_related("version", "store", "category", "organisation")


def all_groups() -> QuerySet[WorkingGroup]:
    return WorkingGroup.objects.all()


def announced_stores() -> list[TopicStore]:
    """Every store that is not in preparation, what ends last first. Two queries."""
    rows = visible_stores().select_related("group", "module__project").prefetch_related("categories")
    return list(rows.order_by("-closes_at", "-number"))


def open_store(number: int, viewer: Viewer, at: datetime) -> TopicStore:
    """The store; the action says why it takes nothing. Raises NotFound."""
    return store_by_number(number, viewer, at)[0]


def in_same_group(viewer: Viewer, idea: Idea) -> bool:
    """Whether viewer and author are both members of the group that asks (practice.md 7). One query."""
    if viewer.person_id is None or idea.author_id is None:
        return False
    people = GroupMember.objects.filter(
        group_id=idea.store.group_id, person_id__in={viewer.person_id, idea.author_id}, until=None
    )
    return len(set(people.values_list("person_id", flat=True))) == 2  # noqa: PLR2004 - both of them


def store(store_id: UUID) -> TopicStore | None:
    return TopicStore.objects.select_related("group").filter(pk=store_id).first()


def group(group_id: UUID) -> WorkingGroup | None:
    return WorkingGroup.objects.filter(pk=group_id).first()


def meeting(meeting_id: UUID) -> Meeting | None:
    return Meeting.objects.select_related("group").filter(pk=meeting_id).first()


def live_members(group_id: UUID) -> list[UUID]:
    """Who is in the group now."""
    return list(GroupMember.objects.filter(group_id=group_id, until=None).values_list("person_id", flat=True))


def visible_stores() -> QuerySet[TopicStore]:
    """Stores that everybody knows of: announced, open or closed."""
    return TopicStore.objects.filter(opens_at__isnull=False).select_related("group")


def open_stores(at: datetime) -> QuerySet[TopicStore]:
    """Where one can take part now, what ends first comes first. One query."""
    rows = TopicStore.objects.filter(opens_at__lte=at, closes_at__gt=at).select_related("group")
    return rows.order_by("closes_at", "number")


ENTRY_FOR = timedelta(days=60)
"""How long after its end what had arrived in time can still be entered."""


def stores_for_entry(at: datetime) -> list[TopicStore]:
    """Stores for which something may still lie on a desk, with their categories. Two queries."""
    rows = TopicStore.objects.filter(opens_at__lte=at, closes_at__gt=at - ENTRY_FOR)
    found = rows.select_related("group", "module__project").prefetch_related("categories")
    return list(found.order_by("-closes_at", "number"))


def waiting_for(departments: Collection[str] | None, *, limit: int = 200) -> list[Idea]:
    """Public ideas that wait for these offices (None: all), what is due first comes first."""
    rows = Idea.objects.public().exclude(due_at=None).select_related("version")
    if departments is not None:
        rows = rows.filter(department__in=departments)
    return list(rows.order_by("due_at", "id")[:limit])


def store_by_number(number: int, viewer: Viewer, at: datetime) -> tuple[TopicStore, str]:
    """The store with its part of a project, and the viewer's function in its group. Four queries. Raises NotFound."""
    rows = TopicStore.objects.select_related("group", "module__project").prefetch_related(
        "categories", "module__phases"
    )
    store = rows.filter(number=number).first() if 0 < number < 2**63 else None
    if store is None:
        raise NotFound
    function = function_in(viewer, store.group_id)
    if not rules.may_see_store(store, viewer, at, function):
        raise NotFound
    return store, function


@dataclass(frozen=True)
class Overview:
    """Where one can have a say now."""

    open: Sequence[TopicStore]
    planned: Sequence[TopicStore]
    closed: Sequence[TopicStore]
    groups: Sequence[WorkingGroup]
    meetings: Mapping[UUID, Meeting]
    """Group → its next meeting."""


def overview(at: datetime) -> Overview:
    """Three queries."""
    stores = list(visible_stores().order_by("closes_at", "number"))
    by_state: dict[StoreState, list[TopicStore]] = {state: [] for state in StoreState}
    for store in stores:
        by_state[rules.store_state(store, at)].append(store)
    return Overview(
        open=by_state[StoreState.OPEN],
        planned=by_state[StoreState.PLANNED],
        closed=by_state[StoreState.CLOSED][::-1][:6],
        groups=list(WorkingGroup.objects.all()),
        meetings=next_meetings(at),
    )


def next_meetings(at: datetime) -> dict[UUID, Meeting]:
    """Group → its next meeting that takes place. One query."""
    rows = Meeting.objects.filter(ends_at__gt=at, cancelled_at=None).order_by("group_id", "starts_at")
    return {meeting.group_id: meeting for meeting in rows.distinct("group_id")}


@dataclass(frozen=True)
class Member:
    """Someone in a group, by function and public name (practice.md 4)."""

    person_id: UUID
    function: str
    name: str
    since: datetime


@dataclass(frozen=True)
class GroupPage:
    """A group as its page shows it."""

    group: WorkingGroup
    function: str
    leads: Sequence[Member]
    members: int
    meetings: Sequence[Meeting]
    stores: Sequence[TopicStore]


def group_by_slug(slug: str, viewer: Viewer, at: datetime) -> GroupPage:
    """Four queries. Raises NotFound. Only chair and deputies are named; members are counted."""
    group = WorkingGroup.objects.filter(slug=slug).first()
    if group is None:
        raise NotFound
    rows = list(group.members.filter(until=None).order_by("since").values_list("person_id", "function", "since"))
    lead_ids = [person for person, function, _since in rows if function in rules.LEADS]
    names = person_names(lead_ids)
    leads = [
        Member(person, function, names.get(person, ""), since)
        for person, function, since in rows
        if function in rules.LEADS
    ]
    leads.sort(key=lambda member: member.function != GroupMember.Function.CHAIR)
    own = next((function for person, function, _since in rows if person == viewer.person_id), "")
    stores = group.stores.order_by("-opens_at", "-number")
    if not rules.may_edit_store(viewer, own):
        stores = stores.filter(opens_at__isnull=False)
    return GroupPage(
        group=group,
        function=own,
        leads=leads,
        members=len(rows),
        meetings=list(group.meetings.filter(ends_at__gt=at).order_by("starts_at")[:6]),
        stores=list(stores[:30]),
    )


def members_of(group_id: UUID) -> list[Member]:
    """Everybody in the group with a name, for those who appoint. Two queries."""
    rows = list(
        GroupMember.objects.filter(group_id=group_id, until=None)
        .order_by("since")
        .values_list("person_id", "function", "since")
    )
    names = person_names([person for person, _function, _since in rows])
    return [Member(person, function, names.get(person, ""), since) for person, function, since in rows]


def meeting_by_number(number: int) -> Meeting:
    """Raises NotFound."""
    meeting = Meeting.objects.select_related("group").filter(number=number).first() if 0 < number < 2**63 else None
    if meeting is None:
        raise NotFound
    return meeting


def drafts_of(person_id: UUID, at: datetime) -> list[IdeaDraft]:
    """The person's drafts, newest first."""
    return list(IdeaDraft.objects.filter(person_id=person_id, expires_at__gt=at).order_by("-saved_at")[:20])


def draft(draft_id: UUID, viewer: Viewer, at: datetime, *, owned: bool = False) -> IdeaDraft | None:
    """A draft, for whoever it belongs to; `owned`: a visitor has shown the signed id."""
    found = IdeaDraft.objects.filter(pk=draft_id, expires_at__gt=at).first()
    if found is None:
        return None
    mine = found.person_id == viewer.person_id if found.person_id is not None else owned
    return found if mine else None


def last_draft(store: int, viewer: Viewer, at: datetime, *, held: UUID | None) -> IdeaDraft | None:
    """The viewer's newest draft for a store (by number); for a visitor the one whose id they hold."""
    rows = IdeaDraft.objects.filter(expires_at__gt=at, fields__store=store).order_by("-saved_at")
    if viewer.person_id is not None:
        return rows.filter(person_id=viewer.person_id).first()
    return rows.filter(pk=held, person__isnull=True).first() if held else None


def overdue_ideas(at: datetime, *, limit: int = 500) -> list[UUID]:
    """Public ideas whose next step is late and of which nobody was reminded yet, or the deputy not yet."""
    late = Q(due_at__lte=at) & (Q(reminded_at=None) | Q(deputy_reminded_at=None))
    return list(Idea.objects.public().filter(late).order_by("due_at").values_list("pk", flat=True)[:limit])


def overdue_stores(at: datetime) -> list[UUID]:
    late = Q(due_at__lte=at, closes_at__lte=at) & (Q(reminded_at=None) | Q(deputy_reminded_at=None))
    return list(TopicStore.objects.filter(late).order_by("due_at").values_list("pk", flat=True))


def stores_to_note(at: datetime) -> list[UUID]:
    """Stores whose beginning or end has come and was not made known yet."""
    begun = Q(opens_at__lte=at, open_noted_at=None)
    ended = Q(closes_at__lte=at, opens_at__isnull=False, close_noted_at=None)
    return list(TopicStore.objects.filter(begun | ended).order_by("closes_at").values_list("pk", flat=True))


@dataclass(frozen=True)
class NextStep:
    """What happens next with a store, in words per language."""

    texts: Mapping[str, str] = field(default_factory=dict)
    due: datetime | None = None


def store_step(store: TopicStore, at: datetime) -> NextStep:
    """From its own words when it is closed, else from the workflow's."""
    state = rules.store_state(store, at)
    if state == StoreState.CLOSED:
        return NextStep(store.next_step or workflow.STORE_NEXT[state], store.due_at)
    due = store.opens_at if state == StoreState.PLANNED else store.closes_at
    return NextStep(workflow.STORE_NEXT[state], due)


def next_change(stores: Sequence[TopicStore], at: datetime) -> datetime:
    """Until when a page about these stores stays as it is: the next opening or end, at the latest in an hour."""
    instants = [
        instant for store in stores for instant in (store.opens_at, store.closes_at) if instant and instant > at
    ]
    return min([*instants, at + timedelta(hours=1)])
