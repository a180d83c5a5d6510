"""People who vote: makes them and signs them in; afterwards proves against the database what became of their votes.

Usage, with the settings of a running city:
python voters.py make COUNT          prints the running vote of the demonstration, its options, cookie and token of each
python voters.py proof VOTE < FILE   compares what was answered with what stands in the database (JSON in, JSON out)
"""

import json
import secrets
import sys
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import django

if __name__ == "__main__":
    django.setup()

from django.conf import settings
from django.db import transaction
from signed_in import session_of

from allmende.accounts.models import Person, PersonKey
from allmende.capabilities.participation.models import Poll
from allmende.core.actor import Viewer
from allmende.core.models import AuditEntry, Event
from allmende.engines.ballots import queries
from allmende.engines.ballots.models import CastBallot, Vote
from allmende.engines.ballots.rules import access
from allmende.engines.ballots.workflow import Gate, State, Way

GATES = (Gate.ACCOUNT, Gate.GUEST)
"""Where people with an account vote without anything more; guests may, too, or not."""
TOKEN = 32
"""Characters of the secret in the CSRF cookie (Django)."""


def running_vote(at: datetime) -> Vote:
    """The vote of the demonstration that people with an account may cast in now."""
    rows = Vote.objects.filter(state=State.OPEN, opens_at__lte=at, closes_at__gt=at)
    vote = rows.filter(gate__in=GATES, way__in=(Way.AGREE, Way.BUDGET)).order_by("-closes_at").first()
    assert vote is not None, "the demonstration has no vote that runs"
    return vote


def make(count: int, *, at: datetime) -> dict[str, Any]:
    """People with an account and a session each, as signing up and signing in leave them."""
    vote = running_vote(at)
    people = [
        Person(
            email=f"voter{number}-{secrets.token_hex(4)}@example.org",
            display_name=f"Wählerin {number + 1}",
            contact_kind=Person.ContactKind.EMAIL,
            created_at=at,
        )
        for number in range(count)
    ]
    for person in people:
        person.set_unusable_password()
    voters = []
    with transaction.atomic():
        Person.objects.bulk_create(people, batch_size=1000)
        PersonKey.objects.bulk_create([PersonKey(person=person) for person in people], batch_size=1000)
        for person in people:
            token = secrets.token_hex(TOKEN // 2)
            cookie = f"{settings.SESSION_COOKIE_NAME}={session_of(person)}; {settings.CSRF_COOKIE_NAME}={token}"
            voters.append({"person": str(person.pk), "cookie": cookie, "token": token})
    audited, published = _written(vote)
    poll = Poll.objects.get(vote_id=vote.pk)
    return {
        "vote": str(vote.pk),
        "page": f"/mitmachen/abstimmungen/{poll.number}/stimmzettel/",
        "places": _affordable(vote),
        "voters": voters,
        "before": {"ballots": vote.cast.count(), "audited": audited, "published": published},
    }


def _affordable(vote: Vote) -> list[int]:
    """Up to three lines that may stand on one paper."""
    left, places = vote.budget, []
    for place, cost in vote.options.order_by("cost", "place").values_list("place", "cost"):
        if vote.way == Way.BUDGET and cost > left:
            break
        left -= cost
        places.append(place)
    return places[: min(3, vote.most_choices or 3)]


def _mark(vote: Vote, person: str) -> bytes:
    """The keyed hash with which this person's ballot stands."""
    assert vote.key is not None
    viewer = Viewer(person_id=UUID(person))
    address = queries.proven_address(vote, viewer, "")
    who = access.identity(vote, viewer, is_verified=False, code="", address=address)
    return access.mark(bytes(vote.key), who)


def _written(vote: Vote) -> tuple[int, int]:
    audited = AuditEntry.objects.filter(action="ballots.cast_ballot", object_id=vote.pk).count()
    return audited, Event.objects.filter(name="ballots.ballot_cast", object_id=vote.pk).count()


def proof(vote_id: UUID, told: dict[str, Any]) -> dict[str, int]:
    """`told`: before (`make`), accepted ([person, choices] for each accepted vote, in no order).

    lost: people whose vote was accepted and does not stand there as they cast it (as one of those, when they cast
    several). double: ballots beyond one for each person. unwritten: how many audit entries or events are missing or too
    many, one of each for every accepted vote.
    """
    vote = Vote.objects.get(pk=vote_id)
    sent: dict[str, list[list[list[int]]]] = {}
    for person, choices in told["accepted"]:
        sent.setdefault(person, []).append(choices)
    marks = {_mark(vote, person): person for person in sent}
    rows = CastBallot.objects.filter(vote=vote).values_list("mark", "choices")
    stands: dict[str, list[list[int]]] = {}
    ours = 0
    for mark, choices in rows:
        person = marks.get(bytes(mark))
        if person is not None:
            ours += 1
            stands[person] = choices
    audited, published = _written(vote)
    before, accepted = told["before"], len(told["accepted"])
    return {
        "accepted": accepted,
        "voters": len(sent),
        "lost": sum(stands.get(person) not in choices for person, choices in sent.items()),
        "double": len(rows) - before["ballots"] - len(sent) + sum(person not in stands for person in sent),
        "unwritten": abs(audited - before["audited"] - accepted) + abs(published - before["published"] - accepted),
        "ours": ours,
    }


if __name__ == "__main__":
    if sys.argv[1] == "make":
        json.dump(make(int(sys.argv[2]), at=datetime.now(UTC)), sys.stdout)
    else:
        json.dump(proof(UUID(sys.argv[2]), json.load(sys.stdin)), sys.stdout)
