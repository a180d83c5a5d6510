"""Votes of projects, proposals for a budget, and what can be put on a paper."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from allmende.capabilities.participation import rules
from allmende.capabilities.participation.models import Idea, Module, Poll, Project, Proposal, Theme
from allmende.capabilities.participation.queries.pages import function_in
from allmende.capabilities.participation.workflow.phases import ModuleKind
from allmende.core import statements
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound
from allmende.engines.ballots.interface import voting


@dataclass(frozen=True)
class PollPage:
    """A vote as its pages show it; `function` is the viewer's in the group."""

    poll: Poll
    vote: voting.Vote
    options: Sequence[voting.VoteOption]
    function: str
    phase: voting.Phase

    @property
    def project(self) -> Project:
        return self.poll.module.project

    @property
    def is_running(self) -> bool:
        return self.phase is voting.Phase.RUNNING


def _polls() -> QuerySet[Poll]:
    return Poll.objects.select_related("module__project__group", "module__store")


def poll_by_number(number: int, viewer: Viewer, at: datetime) -> PollPage:
    """Four queries. Raises NotFound for what is not there and what this viewer may not know of."""
    found = _polls().filter(number=number).first() if 0 < number < 2**63 else None
    if found is None:
        raise NotFound
    function = function_in(viewer, found.module.project.group_id)
    if not rules.may_see_project(found.module.project, viewer, at, function):
        raise NotFound
    vote = voting.vote(found.vote_id)
    assert vote is not None  # written in one transaction with the poll
    phase = voting.phase(vote.state, vote.opens_at, vote.closes_at, at)
    return PollPage(found, vote, list(vote.options.all()), function, phase)


def project_of_poll(poll_id: UUID) -> Project | None:
    """The project's row alone, for who only asks whether the vote may be seen: with every ballot that is cast."""
    return statements.instance(
        Project,
        "SELECT {columns} FROM participation_poll v JOIN participation_module m ON m.id = v.module_id"
        " JOIN participation_project t ON t.id = m.project_id WHERE v.id = %s",
        [poll_id],
    )


def poll(poll_id: UUID) -> Poll | None:
    """The row with its project, whoever asks; for index, notices and gates."""
    return _polls().filter(pk=poll_id).first()


def polls_of(module_ids: Iterable[UUID]) -> list[tuple[Poll, voting.Vote]]:
    """The votes of these parts, newest first. Two queries."""
    rows = list(Poll.objects.filter(module_id__in=list(module_ids)).order_by("-created_at", "-number"))
    votes = voting.votes([row.vote_id for row in rows]) if rows else {}
    return [(row, votes[row.vote_id]) for row in rows]


def options_of(module: Module, source: str = "") -> list[voting.OptionData]:
    """What stands on the paper: feasible proposals of a budget, else themes or public contributions of the store."""
    if module.kind == ModuleKind.BUDGET:
        rows = module.proposals.filter(is_feasible=True).order_by("number")
        return [
            voting.OptionData(row.title, row.cost, row.language, row.idea.ref if row.idea_id and row.idea else None)
            for row in rows.select_related("idea")
        ]
    if module.store_id is None:
        return []
    if source == "themes":
        themes = Theme.objects.filter(store_id=module.store_id, dissolved_at=None).order_by("order", "number")
        return [voting.OptionData(str(theme.title.get("de", ""))[:200], thing=theme.ref) for theme in themes]
    ideas = Idea.objects.filter(store_id=module.store_id, published_at__isnull=False).select_related("version")
    return [
        voting.OptionData(idea.version.title[:200], language=idea.language, thing=idea.ref)
        for idea in ideas.order_by("number")
        if idea.is_public and idea.version is not None and idea.version.title
    ]


# Proposals of a budget


@dataclass(frozen=True)
class ProposalRow:
    """A line of the list: a checked proposal, or an idea that still waits to be checked."""

    title: str
    text: str
    language: str
    idea: Idea | None
    proposal: Proposal | None

    @property
    def state(self) -> str:
        """waiting, feasible or not_feasible."""
        if self.proposal is None:
            return "waiting"
        return "feasible" if self.proposal.is_feasible else "not_feasible"


def budget_module(project: Project) -> Module | None:
    """The part of a project that decides on money."""
    return next((module for module in project.modules.all() if module.kind == ModuleKind.BUDGET), None)


def proposals(project: Project, module: Module, *, limit: int = 500) -> list[ProposalRow]:
    """Checked ones with their cost, then the public ideas of the project that nobody has checked yet. Two queries."""
    checked = list(module.proposals.select_related("idea__version").order_by("-is_feasible", "number")[:limit])
    stores = [one.store_id for one in project.modules.all() if one.store_id is not None]
    done = [row.idea_id for row in checked if row.idea_id is not None]
    waiting = (
        Idea.objects.filter(store_id__in=stores, published_at__isnull=False)
        .exclude(pk__in=done)
        .select_related("version")
        .order_by("number")[:limit]
    )
    return [
        *(ProposalRow(row.title, row.text, row.language, row.idea, row) for row in checked),
        *(
            ProposalRow(idea.version.title, idea.version.body, idea.language, idea, None)
            for idea in waiting
            if idea.is_public and idea.version is not None
        ),
    ]


def proposal(number: int, module: Module) -> Proposal:
    """Raises NotFound."""
    found = (
        module.proposals.select_related("idea__version").filter(number=number).first() if 0 < number < 2**63 else None
    )
    if found is None:
        raise NotFound
    return found


def idea_to_check(number: int, project: Project) -> Idea:
    """A public idea from one of the project's collections. Raises NotFound."""
    stores = [one.store_id for one in project.modules.all() if one.store_id is not None]
    found = Idea.objects.filter(number=number, store_id__in=stores).select_related("version").first()
    if found is None or not found.is_public or found.version is None:
        raise NotFound
    return found
