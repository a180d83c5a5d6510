"""What journeys may call: references, and the words with which an idea is known elsewhere."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from allmende.capabilities.participation import queries, rules
from allmende.capabilities.participation.actions import (
    answer_idea,
    place_part,
    set_next_step,
    submit_idea,
    take_impulse,
    take_up_idea,
)
from allmende.capabilities.participation.queries import needs, parts
from allmende.capabilities.participation.workflow import phases
from allmende.core.actor import Viewer
from allmende.core.panels import Collecting, Decidable
from allmende.core.refs import Ref

__all__ = [
    "DECIDABLE",
    "PLACING",
    "answer_idea",
    "answers_of",
    "idea_ref",
    "may_see_answer",
    "may_see_idea",
    "may_see_project",
    "may_see_store",
    "open_deeds",
    "parts_to_place",
    "place_part",
    "placing_of",
    "released_at",
    "set_next_step",
    "store_of",
    "store_ref",
    "submit_idea",
    "take_impulse",
    "take_up_idea",
]


def idea_ref(idea_id: UUID) -> Ref:
    return Ref("participation", "idea", idea_id)


def store_ref(store_id: UUID) -> Ref:
    return Ref("participation", "store", store_id)


def store_of(idea_id: UUID) -> Ref | None:
    """The topic store in which an idea lies; None for an idea that is gone."""
    idea = queries.idea(idea_id)
    return None if idea is None else idea.store.ref


def released_at(idea_id: UUID) -> datetime | None:
    """When everybody could read the idea for the first time."""
    idea = queries.idea(idea_id)
    return None if idea is None else idea.published_at


def answers_of(idea_id: UUID) -> list[tuple[Ref, datetime]]:
    """The city's answers to an idea, oldest first, and when each was given."""
    return [(answer.ref, answer.at) for answer in reversed(queries.answers(idea_id))]


def may_see_answer(answer_id: UUID, viewer: Viewer, at: datetime) -> bool:
    """The gate of kind "answer": whoever may see the idea."""
    idea_id = queries.answered_idea(answer_id)
    return idea_id is not None and may_see_idea(idea_id, viewer, at)


def may_see_idea(idea_id: UUID, viewer: Viewer, at: datetime) -> bool:
    """The gate of kind "idea"."""
    idea = queries.idea(idea_id)
    return idea is not None and rules.may_see_idea(idea, viewer, at)


def may_comment_on_idea(idea_id: UUID, _viewer: Viewer, at: datetime) -> bool:
    """The gate "comment:idea"."""
    idea = queries.idea(idea_id)
    return idea is not None and rules.may_comment(idea, at)


def is_own_idea(idea_id: UUID, viewer: Viewer, _at: datetime) -> bool:
    """The gate "own:idea": one's own post, or one from the group that asks, of which one is a member."""
    idea = queries.idea(idea_id)
    return idea is not None and (rules.is_author(idea, viewer) or queries.in_same_group(viewer, idea))


def may_see_store(store_id: UUID, viewer: Viewer, at: datetime) -> bool:
    """The gate of kind "store"."""
    store = queries.store(store_id)
    if store is None:
        return False
    return rules.may_see_store(store, viewer, at) or rules.may_see_store(
        store, viewer, at, queries.function_in(viewer, store.group_id)
    )


def may_see_project(project_id: UUID, viewer: Viewer, at: datetime) -> bool:
    """The gate of kind "project"."""
    found = queries.bare_project(project_id)
    return found is not None and rules.may_see_project(
        found, viewer, at, queries.function_in(viewer, found.group_id) if found.announced_at is None else ""
    )


def may_see_poll(poll_id: UUID, viewer: Viewer, at: datetime) -> bool:
    """The gate of kind "poll": whoever may see its project."""
    project = queries.project_of_poll(poll_id)
    if project is None:
        return False
    function = queries.function_in(viewer, project.group_id) if project.announced_at is None else ""
    return rules.may_see_project(project, viewer, at, function)


def may_conduct_poll(poll_id: UUID, viewer: Viewer, _at: datetime) -> bool:
    """The gate "vote:poll": the office in charge, editors, the group's lead."""
    found = queries.poll(poll_id)
    if found is None:
        return False
    project = found.module.project
    return rules.may_conduct(project, viewer, queries.function_in(viewer, project.group_id))


def may_enter_papers(poll_id: UUID, viewer: Viewer, _at: datetime) -> bool:
    """The gate "paper:poll": who enters what comes on paper everywhere else, too."""
    return queries.poll(poll_id) is not None and rules.may_enter(viewer)


def may_see_theme(theme_id: UUID, viewer: Viewer, at: datetime) -> bool:
    """The gate of kind "theme": whoever may see its store."""
    found = queries.theme(theme_id)
    return found is not None and may_see_store(found.store_id, viewer, at)


def may_see_offer(offer_id: UUID, viewer: Viewer, at: datetime) -> bool:
    """The gate of kind "offer": whoever may see its group."""
    found = needs.offer(offer_id)
    return found is not None and may_see_store(found.theme.store_id, viewer, at)


def may_see_partner_offer(partner_id: UUID, viewer: Viewer, _at: datetime) -> bool:
    """The gate of kind "partner_offer": who sent it and the staff; never residents."""
    found = needs.partner_offer_by_id(partner_id)
    if found is None or viewer.person_id is None:
        return False
    return found.sender_id == viewer.person_id or rules.may_enter(viewer)


def may_see_document(document_id: UUID, viewer: Viewer, at: datetime) -> bool:
    """The gate of kind "document": whoever may see its store."""
    found = queries.document_by_id(document_id)
    return found is not None and may_see_store(found.store_id, viewer, at)


def may_see_placing(contest_id: UUID, viewer: Viewer, at: datetime) -> bool:
    """The gate of kind "placing": whoever may see the contest's store, once places are given."""
    found = queries.contest(contest_id)
    return found is not None and bool(queries.placings(contest_id)) and may_see_store(found.store_id, viewer, at)


def may_comment_on_project(project_id: UUID, _viewer: Viewer, at: datetime) -> bool:
    """The gate "comment:project": while a discussion of the project is in a phase that lets people talk."""
    found = queries.project(project_id)
    return found is not None and rules.may_talk_about(found, at)


def parts_to_place() -> list[tuple[UUID, phases.ModuleKind, str]]:
    """Parts of example projects that are a survey or draft text of another room, and nobody has said which; with the
    German title of the project.
    """
    return [(row.pk, phases.ModuleKind(row.kind), str(row.project)) for row in parts.empty_parts()]


def open_deeds(project_id: UUID, viewer: Viewer, at: datetime) -> dict[UUID, frozenset[phases.Deed]]:
    """Part of the project → what this viewer can do with it now; for rooms whose things stand in a project."""
    found = queries.project(project_id)
    if found is None or not may_see_project(project_id, viewer, at):
        return {}
    standing = queries.standing_in(found, viewer, queries.function_in(viewer, found.group_id))
    return {module.pk: rules.deeds(module, standing, at) for module in found.modules.all()}


def may_see_group(group_id: UUID, _viewer: Viewer, _at: datetime) -> bool:
    """The gate of kind "group": everybody."""
    return queries.group(group_id) is not None


def may_see_meeting(meeting_id: UUID, _viewer: Viewer, _at: datetime) -> bool:
    """The gate of kind "meeting": everybody."""
    return queries.meeting(meeting_id) is not None


def may_see_decision(decision_id: UUID, _viewer: Viewer, _at: datetime) -> bool:
    """The gate of kind "decision": everybody; decisions are made by publishing minutes."""
    return queries.decision(decision_id) is not None


def may_see_task(task_id: UUID, _viewer: Viewer, _at: datetime) -> bool:
    """The gate of kind "task": everybody; the page keeps names to those who work on it."""
    return queries.task(task_id) is not None


def may_see_certificate(certificate_id: UUID, viewer: Viewer, _at: datetime) -> bool:
    """The gate of kind "certificate": its person, and who may give it."""
    found = queries.certificate(certificate_id)
    if found is None or viewer.person_id is None:
        return False
    if found.person_id == viewer.person_id:
        return True
    return rules.may_edit_store(viewer, queries.function_in(viewer, found.group_id))


PLACING = ("participation", "placing")
"""Room and kind of what `placing_of` answers with."""


def placing_of(ref: Ref) -> Ref | None:
    """The placing of a contest, given or not, behind its topic store or one of its entries that everybody may read."""
    contest = queries.contest_behind(ref.kind, ref.id) if ref.capability == PLACING[0] else None
    return None if contest is None else contest.placing_ref


def contests(_at: datetime) -> list[Ref]:
    """Contests whose places the council can decide on, the last one first."""
    return [store_ref(contest.store_id) for contest in queries.contests_to_decide()]


def contest_entries(_at: datetime) -> list[Ref]:
    """Their entries, the last contest first."""
    return [idea_ref(idea_id) for idea_id in queries.entries_to_decide()]


MOST_OFFERED = 100


def collecting(at: datetime) -> list[Ref]:
    """Topic stores that collect now, what ends first comes first."""
    return [store.ref for store in queries.open_stores(at).filter(kind="store")[:MOST_OFFERED]]


COLLECTING = (Collecting("store", _("Themenspeicher"), collecting),)
DECIDABLE = (
    Decidable("store", _("Wettbewerbe"), contests),
    Decidable("idea", _("Beiträge in Wettbewerben"), contest_entries),
)
