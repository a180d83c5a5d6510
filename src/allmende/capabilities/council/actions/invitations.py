"""Inviting the members of an organisation to a meeting, and telling them when something changes."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from allmende.capabilities.council import events, rules
from allmende.capabilities.council.actions.agendas import locked_meeting, open_to_all
from allmende.capabilities.council.models import Invitation, Invited
from allmende.capabilities.council.queries import invitations as queries
from allmende.capabilities.council.rules import invitations
from allmende.core import audit
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid
from allmende.core.events import publish


@action
def invite_members(
    *, actor: Actor, number: int, urgency: str = "", at: datetime, is_example: bool = False
) -> Invitation:
    """Sends the invitation with the agenda as it stands; once more, it is a supplement. The meeting is public then.

    Between sending and meeting lie four full days; fewer only with a reason, which the invitation names.
    Raises NotFound, Conflict, Invalid.
    """
    rules.require_may_keep(actor)
    meeting = locked_meeting(number, at)
    if meeting.cancelled:
        raise Conflict(_("Diese Sitzung fällt aus."))
    if meeting.start is None:
        raise Invalid(_("Es steht noch nicht fest, wann die Sitzung ist."))
    sent, held = timezone.localtime(at).date(), timezone.localtime(meeting.start).date()
    if wrong := invitations.faults(sent, held, urgency):
        raise Invalid(fields=wrong)
    open_to_all(actor, meeting, at)
    agenda, before = queries.agenda_of(meeting), queries.sent_for(meeting)
    if not agenda["items"]:
        raise Invalid(_("Auf der Tagesordnung steht noch nichts."))
    if before and before[-1].agenda == agenda:
        raise Conflict(invitations.nothing_new())
    members = queries.members_of(meeting)
    if not members:
        raise Invalid(_("Für diesen Tag ist niemand als Mitglied eingetragen."))
    between = invitations.full_days(sent, held)
    invitation = Invitation.objects.create(
        meeting=meeting,
        issue=len(before),
        sent_at=at,
        full_days=between,
        urgency="" if invitations.is_in_time(sent, held) else urgency.strip(),
        agenda=agenda,
        is_example=is_example,
    )
    Invited.objects.bulk_create(
        Invited(invitation=invitation, person=one, by_post=one.account_id is None) for one in members
    )
    audit.record(actor, "council.invite_members", meeting.ref, fields=["invitations"])
    publish(actor, events.MembersInvited(ref=invitation.ref))
    return invitation
