"""Opening a vote, casting a ballot, closing and counting."""

import json
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import SystemRandom
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from allmende.core import audit, events, statements
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Channel, Viewer
from allmende.core.errors import Closed, Conflict, Invalid, NotAllowed, NotFound
from allmende.core.models import IdempotencyKey
from allmende.core.refs import Ref
from allmende.engines.ballots import queries
from allmende.engines.ballots.events import BallotCast, VoteClosed, VoteOpened
from allmende.engines.ballots.models import CastBallot, CountedBallot, Vote, VoteOption, VotingCode
from allmende.engines.ballots.rules import access
from allmende.engines.ballots.rules.counting import RULES, count
from allmende.engines.ballots.workflow import RULES_OF, Gate, State

LETTERS = "ACDEFGHJKLMNPQRTUVWXY34679"
"""Of codes and receipts: nothing that is mistaken for something else."""
FEWEST_OPTIONS = 2


@dataclass(frozen=True)
class OptionData:
    """A line of the ballot paper: its words with their language, its cost in cents, what stands behind it."""

    title: str
    cost: int = 0
    language: str = "de"
    thing: Ref | None = None


@action
def open_vote(*, actor: Actor, ref: Ref, options: Sequence[OptionData | tuple[str, int]], **declared: Any) -> Vote:
    """Puts a thing to the vote: see `put_to_vote`."""
    vote = put_to_vote(actor=actor, ref=ref, options=options, **declared)
    audit.record(actor, "ballots.open_vote", vote.this, fields=["state"])
    return vote


def put_to_vote(
    *,
    actor: Actor,
    ref: Ref,
    title: str,
    way: str,
    options: Sequence[OptionData | tuple[str, int]],
    opens_at: datetime,
    closes_at: datetime,
    at: datetime,
    gate: str = Gate.ACCOUNT,
    rule: str = "",
    **declared: Any,
) -> Vote:
    """Puts a thing to the vote, inside an action of its room, which audits it.

    `options` are lines of the paper, or titles with their cost in cents; `declared` the other fields of `Vote` that
    decide the outcome. Nothing of this can be changed afterwards. Raises Invalid with fields.
    """
    access.require_may_conduct(ref, actor.viewer, at)
    rule = rule or RULES_OF.get(way, ("",))[0]
    if rule not in RULES_OF.get(way, ()) or gate not in Gate.values:
        raise Invalid(fields={"rule": _("So ausgefüllte Stimmzettel lassen sich nach dieser Regel nicht zählen.")})
    if len(options) < FEWEST_OPTIONS:
        raise Invalid(fields={"options": _("Zur Wahl stehen mindestens zwei Möglichkeiten.")})
    if closes_at <= max(at, opens_at):
        raise Invalid(fields={"closes_at": _("Das Ende liegt nach dem Anfang.")})
    if RULES[rule].spends and not declared.get("budget"):
        raise Invalid(fields={"budget": _("Bitte geben Sie das Budget an.")})
    if declared.get("paper_until") is not None and declared["paper_until"] < closes_at:
        raise Invalid(fields={"paper_until": _("Papier wird bis zum Ende der Abstimmung angenommen, nicht kürzer.")})
    vote = Vote.objects.create(
        capability=ref.capability,
        kind=ref.kind,
        object_id=ref.id,
        title=title,
        way=way,
        gate=gate,
        rule=rule,
        opens_at=opens_at,
        closes_at=closes_at,
        key=secrets.token_bytes(32),
        **declared,
    )
    lines = [one if isinstance(one, OptionData) else OptionData(*one) for one in options]
    VoteOption.objects.bulk_create(
        VoteOption(
            vote=vote, place=place, title=line.title, cost=line.cost, language=line.language,
            thing=str(line.thing) if line.thing else "",
        )
        for place, line in enumerate(lines)
    )  # fmt: skip
    events.publish(actor, VoteOpened(ref=vote.this, thing=ref))
    return vote


@action
def make_codes(*, actor: Actor, vote_id: UUID, number: int, at: datetime) -> list[str]:
    """Codes for letters, in clear only here and now; kept are their keyed hashes."""
    vote = _shared(vote_id)
    access.require_may_conduct(vote.ref, actor.viewer, at)
    if vote.key is None or vote.gate != Gate.CODE:
        raise Conflict(_("Diese Abstimmung hat keine Codes."))
    key = bytes(vote.key)
    codes = [code(12) for _number in range(number)]
    VotingCode.objects.bulk_create(VotingCode(vote=vote, mark=access.mark(key, f"code:{text}")) for text in codes)
    audit.record(actor, "ballots.make_codes", vote.this, fields=["codes"])
    return codes


@action
def cast_ballot(
    *, actor: Actor, vote_id: UUID, choices: access.Choices, at: datetime, code: str = "", guest: str = "",
    paper: str = "",
) -> CastBallot:  # fmt: skip
    """Casts a ballot, or puts it in the place of the one cast before: one person, one vote.

    Audit and event say that one more was cast, nothing else. The row hangs on the keyed hash until the close.
    `guest` is an address that its owner has proven to the page. `paper` is the number on a paper that somebody enters
    for the voter: it counts once, takes nobody's place, and nobody's takes its own.
    """
    vote = _shared(vote_id)
    on_paper = actor.channel == Channel.PAPER
    access.require_running(vote, actor.viewer, at, on_paper=on_paper)
    if on_paper and not access.tidy(code if vote.gate == Gate.CODE else paper):
        raise Invalid(fields={"paper": _("Bitte geben Sie an, was auf dem Zettel als Nummer oder Code steht.")})
    who = access.identity(
        vote,
        actor.viewer,
        is_verified=vote.gate == Gate.VERIFIED and queries.is_verified(actor.viewer),
        code=code,
        address=queries.proven_address(vote, actor.viewer, guest),
        paper=paper if on_paper else "",
    )
    costs = dict(statements.rows("SELECT place, cost FROM ballots_voteoption WHERE vote_id = %s", [vote.id]))
    access.require_valid(vote, costs, choices)
    assert vote.key is not None  # by constraint, while it is open
    own = access.mark(bytes(vote.key), who)
    if vote.gate == Gate.CODE and not VotingCode.objects.filter(vote=vote, mark=own).exists():
        raise NotAllowed(_("Diesen Code gibt es nicht. Bitte prüfen Sie ihn noch einmal."))
    made = _put(
        CastBallot(
            vote=vote, mark=own, choices=list(map(list, choices)), receipt=receipt(vote), channel=actor.channel.value
        )
    )
    if made is None and on_paper:
        raise Conflict(_("Mit dieser Nummer ist schon eine Stimme da. Dieser Zettel zählt nicht noch einmal."))
    if made is None:
        raise Conflict(_("Ihre Stimme ist schon auf Papier eingegangen. Sie zählt einmal, so wie auf dem Zettel."))
    nobody = nameless(actor)
    audit.record(nobody, "ballots.cast_ballot", vote.this, fields=["cast"])
    events.publish(nobody, BallotCast(ref=vote.this))
    return made


def _put(ballot: CastBallot) -> CastBallot | None:
    """Writes it in the place of the one with the same mark, which keeps its id and its receipt. One statement.

    None, and nothing is written, where one of the two came on paper: that takes nobody's place, and nobody takes its.
    """
    rows = statements.rows(
        "INSERT INTO ballots_castballot AS held (id, vote_id, mark, choices, receipt, channel)"
        " VALUES (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (vote_id, mark) DO UPDATE SET choices = EXCLUDED.choices"
        " WHERE held.channel <> %s AND EXCLUDED.channel <> %s RETURNING id, receipt",
        (
            ballot.id, ballot.vote_id, bytes(ballot.mark), json.dumps(ballot.choices), ballot.receipt,
            ballot.channel, Channel.PAPER.value, Channel.PAPER.value,
        ),
    )  # fmt: skip
    if not rows:
        return None
    ((ballot.id, ballot.receipt),) = rows
    return ballot


@action
def close_vote(*, actor: Actor, vote_id: UUID, at: datetime) -> Vote:
    """Closes, rewrites, counts; by the clock or by whoever conducts the vote, never before its end.

    In this one transaction all ballots are written anew, under new ids and in random order, and what led to them is
    deleted: the old rows with their marks, codes, the answers kept for repeated requests, the key. The new rows share
    one transaction number, so nothing that was written with the old ones tells which is whose.
    """
    vote = lock(Vote.objects.all(), id=vote_id)
    if actor.channel != Channel.SYSTEM:
        access.require_may_conduct(vote.ref, actor.viewer, at)
    if vote.state == State.CLOSED:
        return vote
    if at < vote.counts_at:
        raise Closed(_("Die Abstimmung läuft noch."))
    came = Counter(CastBallot.objects.filter(vote=vote).values_list("channel", flat=True))
    cast = list(CastBallot.objects.filter(vote=vote).values_list("id", "choices", "receipt"))
    SystemRandom().shuffle(cast)
    CountedBallot.objects.bulk_create(
        (
            CountedBallot(id=uuid4(), vote=vote, number=number, choices=choices, receipt=text)
            for number, (_id, choices, text) in enumerate(cast, 1)
        ),
        batch_size=5000,
    )
    answered = [str(id_) for id_, _choices, _text in cast]
    IdempotencyKey.objects.filter(result_model="ballots.castballot", result_id__in=answered).delete()
    CastBallot.objects.filter(vote=vote).delete()
    VotingCode.objects.filter(vote=vote).delete()
    election = queries.election_of(vote, [choices for _id, choices, _text in cast])
    vote.result = count(election, vote.rule, vote.counting()).as_data()
    vote.channels = dict(came)
    vote.state, vote.key, vote.closed_at = State.CLOSED, None, at
    vote.save()
    audit.record(actor, "ballots.close_vote", vote.this, fields=["state"])
    events.publish(actor, VoteClosed(ref=vote.this, thing=vote.ref))
    return vote


def erase_ballots(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - called so by erasure
    """What the person has cast in votes that are still open goes; in closed ones nobody knows whose is whose."""
    CastBallot.objects.filter(id__in=queries.own_ballot_ids(person_id)).delete()


def nameless(actor: Actor) -> Actor:
    """The channel stays, the person, the request and whoever it was for do not."""
    return replace(actor, viewer=Viewer(language=actor.language), key=None, on_behalf_of=None, request_id="")


def _shared(vote_id: UUID) -> Vote:
    """The vote, held open for this transaction: others may cast at the same time, closing waits for them."""
    found = statements.instance(Vote, "SELECT {columns} FROM ballots_vote t WHERE id = %s FOR SHARE", [vote_id])
    if found is None:
        raise NotFound
    return found


def code(length: int) -> str:
    """A code of letters and digits, drawn at random."""
    return "".join(secrets.choice(LETTERS) for _place in range(length))


def receipt(vote: Vote) -> str:
    """A receipt by which one finds one's ballot in the public list; empty unless the vote has such a list."""
    return code(10) if vote.has_receipts else ""
