"""Recording how the council voted."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from allmende.capabilities.council import events, rules
from allmende.capabilities.council.actions.burying import touch_holders
from allmende.capabilities.council.models import AgendaItem, GroupVote, Meeting, NamedVote, Paper, Recusal, Vote
from allmende.capabilities.council.queries.attendance import present_at
from allmende.capabilities.council.queries.votes import entitled
from allmende.capabilities.council.rules import votes
from allmende.capabilities.council.rules.votes import VoteData
from allmende.core import audit
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Invalid, NotFound
from allmende.core.events import publish


@action
def record_vote(
    *, actor: Actor, item_id: UUID, data: VoteData, at: datetime, quiet: bool = False, is_example: bool = False
) -> Vote:
    """Records a vote on a public agenda item, or corrects it. The result follows from the rule of its majority.

    Votes on motions to change the item (`data.order` above 0) leave the item without a result. Raises NotFound,
    Invalid.
    """
    rules.require_may_keep(actor)
    try:
        item = lock(AgendaItem.objects.public().select_related("meeting"), pk=item_id)
    except AgendaItem.DoesNotExist:
        raise NotFound from None
    lock(Meeting.objects.all(), pk=item.meeting_id)  # the list of those present stays as it is meanwhile
    members = entitled(item)
    there = present_at(item)
    if wrong := votes.faults(data, members, there):
        raise Invalid(fields=wrong)
    others = Vote.objects.filter(item=item).exclude(order=data.order)
    counts = [one.yes + one.no + one.abstention for one in others]
    if there is not None and max(counts, default=0) > len(there - data.recused):
        text = _(
            "Bei einer anderen Abstimmung zu diesem Punkt sind dann mehr Stimmen eingetragen, als Mitglieder durften."
        )
        raise Invalid(fields={"kind": text})
    before = Vote.objects.filter(item=item, order=data.order).first()
    vote = before or Vote(item=item, order=data.order, recorded_at=at, is_example=is_example)
    vote.subject = data.subject.strip()
    vote.kind, vote.majority, vote.seats, vote.channel = data.kind, data.majority, data.seats, data.channel
    vote.yes, vote.no = data.count.yes, data.count.no
    vote.abstention, vote.absent = data.count.abstention, data.count.absent
    vote.passed = votes.passed(data.majority, data.count, data.seats)
    vote.changed_at, vote.corrections = at, vote.corrections + (1 if before else 0)
    vote.save()
    vote.groups.all().delete()
    vote.names.all().delete()
    GroupVote.objects.bulk_create(
        GroupVote(vote=vote, organization_id=key, yes=one.yes, no=one.no, abstention=one.abstention, absent=one.absent)
        for key, one in data.groups.items()
    )
    NamedVote.objects.bulk_create(
        NamedVote(vote=vote, person_id=key, choice=choice) for key, choice in data.names.items()
    )
    Recusal.objects.filter(item=item).exclude(person__in=data.recused).delete()
    Recusal.objects.bulk_create(
        (Recusal(item=item, person_id=key) for key in sorted(data.recused)), ignore_conflicts=True
    )
    written = timezone.now()
    if not item.result and not vote.order:
        item.result = "beschlossen" if vote.passed else "abgelehnt"
    item.modified = written
    item.save(update_fields=["result", "modified"])
    touch_holders([item], written)
    audit.record(actor, "council.record_vote", item.ref, fields=["recusals", "vote"])
    for paper in Paper.objects.public().filter(consultations__agenda_item=item).distinct():
        publish(actor, events.PaperVotedOn(ref=paper.ref))
        if not quiet and before is None and not vote.order:
            publish(actor, events.PaperDealtWith(ref=paper.ref))
    return vote
