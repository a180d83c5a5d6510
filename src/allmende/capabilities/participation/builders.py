"""Groups, stores and ideas for tests, made as the actions make them."""

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from allmende.accounts import builders as people
from allmende.accounts.models import Person
from allmende.capabilities.participation import actions
from allmende.capabilities.participation.models import (
    CONTRACT_FIELDS,
    Idea,
    Meeting,
    Module,
    Poll,
    Project,
    TopicStore,
    WorkingGroup,
)
from allmende.core.actor import SYSTEM, Actor, Channel
from allmende.engines.ballots.interface import voting

_numbers = itertools.count(1)

CONTRACT = {name: {"de": f"Antwort zu {name}", "en": f"Answer on {name}"} for name in CONTRACT_FIELDS}


def group(**fields: Any) -> WorkingGroup:
    """A group; its office is „umwelt“ unless said otherwise."""
    number = next(_numbers)
    return actions.ensure_group(
        actor=SYSTEM,
        slug=fields.get("slug", f"gruppe-{number}"),
        names=fields.get("names", {"de": f"Gruppe {number}", "en": f"Group {number}"}),
        summary=fields.get("summary", {"de": "Worum es geht", "en": "What it is about"}),
        department=fields.get("department", "umwelt"),
        order=number,
        at=fields.get("at", timezone.now()),
    )


def data(at: datetime, **fields: Any) -> actions.StoreData:
    """What an editor says of a store that has been open for ten days and stays open for ten more."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "title": {"de": f"Welche Ideen fehlen noch? {number}", "en": f"Which ideas are missing? {number}"},
        "description": {"de": "Worum es geht", "en": "What it is about"},
        "contract": CONTRACT,
        "opens_at": at - timedelta(days=10),
        "closes_at": at + timedelta(days=10),
        "categories": [("licht", {"de": "Licht", "en": "Light"}), ("gruen", {"de": "Grün", "en": "Green"})],
    }
    return actions.StoreData(**{**values, **fields})


def store(in_group: WorkingGroup | None = None, **fields: Any) -> TopicStore:
    """An open store, unless the fields of `StoreData` say otherwise."""
    at = fields.pop("at", timezone.now())
    editor = people.actor(people.editor())
    return actions.save_store(
        actor=editor, group_id=(in_group or group()).pk, data=data(at, **fields), at=min(at, at - timedelta(days=11))
    )


def idea(in_store: TopicStore | None = None, *, author: Person | None = None, **fields: Any) -> Idea:
    """An idea that waits to be checked."""
    number = next(_numbers)
    at = fields.pop("at", timezone.now())
    actor = people.actor(author) if author is not None else Actor(channel=Channel.WEB)
    values: dict[str, Any] = {
        "title": f"Eine Bank an Haltestelle {number}",
        "body": "Wer wartet, möchte sitzen, am besten im Schatten.",
        "language": "de",
        "guest": None if author is not None else {"contact_kind": "none", "display_name": "Ahorn 12"},
    }
    return actions.submit_idea(actor=actor, store_id=(in_store or store()).pk, at=at, **{**values, **fields})


def published(in_store: TopicStore | None = None, *, author: Person | None = None, **fields: Any) -> Idea:
    """An idea that a moderator has released."""
    at = fields.get("at", timezone.now())
    made = idea(in_store, author=author, **fields)
    moderator = people.actor(people.moderator("participation"))
    return actions.release_idea(actor=moderator, object_id=made.pk, at=at)


def meeting(in_group: WorkingGroup | None = None, **fields: Any) -> Meeting:
    """A meeting in a week."""
    at = fields.pop("at", timezone.now())
    values: dict[str, Any] = {
        "topic": {"de": "Ideen lesen", "en": "Reading ideas"},
        "starts_at": at + timedelta(days=7),
        "ends_at": at + timedelta(days=7, hours=2),
        "place": {"de": "Pop-up-Store", "en": "Pop-up store"},
    }
    editor = people.actor(people.editor())
    return actions.plan_meeting(actor=editor, group_id=(in_group or group()).pk, at=at, **{**values, **fields})


PROPOSALS = (("Bänke", 300_00), ("Bäume", 500_00), ("Brunnen", 900_00))


def an_hour_ago() -> datetime:
    """When votes of these builders are set up, so that they run when a test begins."""
    return timezone.now() - timedelta(hours=1)


def budget_project(editor: Person, audience: str = "account") -> Project:
    """A project whose vote on money began yesterday and lasts until in twenty days."""
    opens = an_hour_ago() - timedelta(days=60)
    made = actions.create_project(
        actor=people.actor(editor),
        group_id=group().pk,
        blueprint="budget",
        data=actions.ProjectData(title={"de": "Geld für Plätze", "en": "Money"}, contract=CONTRACT),
        opens_at=opens,
        closes_at=an_hour_ago() - timedelta(days=29),
        at=opens,
    )
    wanted = [
        actions.PhaseData(row.module_id, row.kind, row.starts_at, row.ends_at, audience, row.pk)
        for module in made.modules.all()
        for row in module.phases.all()
    ]
    actions.save_phases(actor=people.actor(editor), project_id=made.pk, wanted=wanted, at=an_hour_ago())
    return made


def checked(editor: Person, project: Project, *proposals: tuple[str, int]) -> Module:
    """Proposals that the office found feasible, with what they cost; returns the part that decides on money."""
    module = project.modules.get(kind="budget")
    for title, cost in proposals or PROPOSALS:
        actions.check_proposal(
            actor=people.actor(editor),
            module_id=module.pk,
            data=actions.ProposalData(title=title, cost=cost),
            at=an_hour_ago(),
        )
    return module


def poll(editor: Person, audience: str = "account", **fields: Any) -> Poll:
    """A vote on 1,000 euros that runs, unless the fields of `PollData` say otherwise."""
    module = checked(editor, budget_project(editor, audience))
    values: dict[str, Any] = {
        "title": {"de": "Was soll mit dem Geld geschehen?", "en": "What should happen with the money?"},
        "way": "budget",
        "budget": 1000_00,
    }
    return actions.open_poll(
        actor=people.actor(editor),
        module_id=module.pk,
        data=actions.PollData(**{**values, **fields}),
        at=an_hour_ago(),
    )


def count_votes(made: Poll) -> voting.Vote:
    """As the clock does at the end."""
    vote = voting.vote(made.vote_id)
    assert vote is not None
    return voting.close_vote(actor=SYSTEM, vote_id=vote.pk, at=vote.counts_at)
