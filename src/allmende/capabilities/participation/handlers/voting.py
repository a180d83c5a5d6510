"""What a vote and the check of a proposal tell whom."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from allmende.capabilities.participation import queries
from allmende.capabilities.participation.models import Idea, Poll, Proposal
from allmende.capabilities.participation.workflow import voting as words
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule, NoticeText
from allmende.core.refs import Ref
from allmende.engines.ballots.interface import voting


def _poll(event: Stored) -> Poll | None:
    """The poll that an event of the engine is about; None for a vote of another room."""
    thing = Ref.parse(event.payload["thing"])
    return queries.poll(thing.id) if (thing.capability, thing.kind) == ("participation", "poll") else None


def _title(poll: Poll, language: str) -> str:
    return str(poll.title.get(language) or poll.title.get("de", ""))


def of_project(event: Stored) -> Iterable[Ref]:
    """Followers of the vote and of its project."""
    poll = _poll(event)
    return () if poll is None else (poll.ref, poll.module.project.ref)


def opened(event: Stored, language: str) -> NoticeText | None:
    """Only for a vote that runs at once: one that is planned is told by its project's turn."""
    poll = _poll(event)
    vote = voting.vote(poll.vote_id) if poll is not None else None
    if poll is None or vote is None or not vote.opens_at <= event.at < vote.closes_at:
        return None
    day = formats.date_format(timezone.localtime(vote.closes_at - timedelta(seconds=1)), "DATE_FORMAT")
    return NoticeText(
        _("Jetzt abstimmen: „%(title)s“") % {"title": _title(poll, language)},
        _("Die Abstimmung läuft bis %(day)s.") % {"day": day},
        poll.ref,
    )


def counted(event: Stored, language: str) -> NoticeText | None:
    poll = _poll(event)
    vote = voting.vote(poll.vote_id) if poll is not None else None
    if poll is None or vote is None or vote.result is None:
        return None
    titles = {option.place + 1: option.title for option in vote.options.all()}
    won = [titles[int(id_)] for id_ in vote.result["winners"]]
    said = _("Gewonnen: %(names)s.") % {"names": ", ".join(won)} if won else _("Diesmal hat nichts gewonnen.")
    return NoticeText(
        _("Das Ergebnis ist da: „%(title)s“") % {"title": _title(poll, language)},
        _("%(said)s Dort steht auch, wie gezählt wurde.") % {"said": said},
        poll.ref,
    )


def _winning_ideas(event: Stored) -> list[Ref]:
    poll = _poll(event)
    vote = voting.vote(poll.vote_id) if poll is not None else None
    if vote is None or vote.result is None:
        return []
    won = {int(id_) - 1 for id_ in vote.result["winners"]}
    things = [Ref.parse(option.thing) for option in vote.options.all() if option.place in won and option.thing]
    return [thing for thing in things if (thing.capability, thing.kind) == ("participation", "idea")]


def winners(event: Stored) -> Iterable[UUID]:
    """Authors of the ideas that won."""
    ids = [thing.id for thing in _winning_ideas(event)]
    return list(Idea.objects.filter(pk__in=ids, author__isnull=False).values_list("author_id", flat=True))


def won(event: Stored, language: str) -> NoticeText | None:
    poll = _poll(event)
    if poll is None:
        return None
    return NoticeText(
        _("Ihre Idee hat gewonnen"),
        _("In der Abstimmung „%(title)s“ ist sie dabei. Danke.") % {"title": _title(poll, language)},
        poll.ref,
    )


def _proposal(event: Stored) -> Proposal | None:
    return Proposal.objects.select_related("idea").filter(pk=event.ref.id).first()


def proposer(event: Stored) -> Iterable[UUID]:
    proposal = _proposal(event)
    author = proposal.idea.author_id if proposal is not None and proposal.idea is not None else None
    return () if author is None else (author,)


def checked(event: Stored, language: str) -> NoticeText | None:
    proposal = _proposal(event)
    if proposal is None or proposal.idea is None:
        return None
    if proposal.is_feasible:
        said = _("Das Amt hat geprüft: Es geht und kostet %(cost)s. Ihr Vorschlag kommt auf den Stimmzettel.")
        body = said % {"cost": words.euros(proposal.cost, language)}
    else:
        body = _("Das Amt hat geprüft: Es geht leider nicht. Der Grund: %(reason)s") % {"reason": proposal.reason}
    return NoticeText(_("Ihr Vorschlag ist geprüft: „%(title)s“") % {"title": proposal.title}, body, proposal.idea.ref)


RULES = (
    NoticeRule("ballots.vote_opened", opened, followed=of_project),
    NoticeRule("ballots.vote_closed", counted, followed=of_project),
    NoticeRule("ballots.vote_closed", won, people=winners),
    NoticeRule("participation.proposal_checked", checked, people=proposer),
)
