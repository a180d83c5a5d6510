"""Who may open a vote, who may vote, and what a filled-in paper must keep to."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.errors import Closed, Invalid, NotAllowed, NotFound, NotSignedIn
from allmende.core.refs import Ref
from allmende.engines.ballots.models import Vote
from allmende.engines.ballots.workflow import Gate, Phase, State, Way, phase

type Choices = Sequence[tuple[int, int]]
"""(place, points) as filled in; points 0 where the way has none."""


def may_conduct(ref: Ref, viewer: Viewer, at: datetime) -> bool:
    """Whether the viewer may put the thing to the vote: the gate "vote:<kind>" of its room decides."""
    room = manifest.registry().get(ref.capability)
    gate = room.gates.get(f"vote:{ref.kind}") if room else None
    return gate is not None and gate(ref.id, viewer, at)


def require_may_conduct(ref: Ref, viewer: Viewer, at: datetime) -> None:
    if not manifest.may_see(ref, viewer, at):
        raise NotFound
    if not may_conduct(ref, viewer, at):
        raise NotAllowed


def may_enter_papers(ref: Ref, viewer: Viewer, at: datetime) -> bool:
    """Whether the viewer may enter what came on paper: the gate "paper:<kind>" of its room decides."""
    room = manifest.registry().get(ref.capability)
    gate = room.gates.get(f"paper:{ref.kind}") if room else None
    return gate is not None and gate(ref.id, viewer, at)


def require_running(vote: Vote, viewer: Viewer, at: datetime, *, on_paper: bool = False) -> None:
    """Raises NotFound for whom the thing is hidden, Closed outside of the time to vote.

    Papers that came in time may be entered somewhat longer, by whoever the room lets.
    """
    if not manifest.may_see(vote.ref, viewer, at):
        raise NotFound
    now = phase(vote.state, vote.opens_at, vote.closes_at, at)
    if now is Phase.PLANNED:
        raise Closed(_("Die Abstimmung hat noch nicht begonnen."))
    if on_paper:
        if not may_enter_papers(vote.ref, viewer, at):
            raise NotAllowed
        if vote.state == State.CLOSED or at >= vote.counts_at:
            raise Closed(_("Die Abstimmung ist ausgezählt. Dieser Zettel kommt nicht mehr dazu."))
        return
    if now is not Phase.RUNNING:
        raise Closed(_("Die Abstimmung ist beendet. Ihre Stimme konnte nicht mehr gezählt werden."))


def identity(
    vote: Vote, viewer: Viewer, *, is_verified: bool = False, code: str = "", address: str = "", paper: str = ""
) -> str:
    """What makes this voter one and the same; raises NotSignedIn or NotAllowed when the gate is closed for them.

    `address` is an e-mail address proven by a guest or known from the account; `paper` the number on a paper, which the
    office has given out once per voter.
    """
    if vote.gate == Gate.CODE:
        return f"code:{tidy(code)}"
    if paper:
        return f"paper:{tidy(paper)}"
    if vote.gate == Gate.GUEST and address:
        return f"email:{tidy_address(address)}"
    if viewer.person_id is None:
        raise NotSignedIn(_("Zum Abstimmen melden Sie sich bitte an."))
    if vote.gate == Gate.VERIFIED and not is_verified:
        raise NotAllowed(_("Hier stimmen Menschen ab, deren Wohnort geprüft ist."))
    return person(viewer.person_id)


def person(person_id: UUID) -> str:
    """The identity of somebody with an account."""
    return f"person:{person_id}"


def tidy(code: str) -> str:
    """A code as it was printed, however it was typed."""
    return "".join(one for one in code if one.isprintable() and not one.isspace()).replace("-", "").upper()


def tidy_address(address: str) -> str:
    """An address however it was typed; what stands behind a "+" leads to the same letter box (RFC 5233)."""
    box, _at, host = address.strip().lower().rpartition("@")
    return f"{box.partition('+')[0]}@{host}"


def mark(key: bytes, who: str) -> bytes:
    """The keyed hash that stands with the ballot (HMAC-SHA-256). Without the key nobody can compute it again."""
    return hmac.digest(key, who.encode(), sha256)


def require_valid(vote: Vote, costs: Mapping[int, int], choices: Choices) -> None:
    """Raises Invalid with the sentence for the person who filled it in. An empty paper is a valid abstention.

    `costs` are those of the lines on the paper, in cents, by their place.
    """
    places = [place for place, _points in choices]
    if len(set(places)) != len(places) or not costs.keys() >= set(places):
        raise Invalid(fields={"choices": _("Bitte füllen Sie den Stimmzettel noch einmal aus.")})
    if vote.most_choices is not None and len(places) > vote.most_choices:
        said = ngettext(
            "Sie können eine Möglichkeit wählen.", "Sie können bis zu %d Möglichkeiten wählen.", vote.most_choices
        )
        raise Invalid(fields={"choices": said % vote.most_choices if "%d" in said else said})
    points = [given for _place, given in choices]
    if vote.way == Way.POINTS:
        if any(given < 1 for given in points) or (vote.most_points is not None and sum(points) > vote.most_points):
            raise Invalid(fields={"choices": _("Sie haben mehr Punkte vergeben, als Sie haben.")})
    elif any(points):
        raise Invalid(fields={"choices": _("Bitte füllen Sie den Stimmzettel noch einmal aus.")})
    if vote.way == Way.BUDGET and sum(costs[place] for place in places) > vote.budget:
        raise Invalid(fields={"choices": _("Ihre Auswahl kostet mehr als das Budget.")})
