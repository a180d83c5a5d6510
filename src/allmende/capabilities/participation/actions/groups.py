"""Working groups and who is in them."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.participation import rules
from allmende.capabilities.participation.actions.rows import locked_group
from allmende.capabilities.participation.events import GroupMembersChanged, GroupSaved
from allmende.capabilities.participation.models import GroupMember, WorkingGroup
from allmende.capabilities.participation.workflow import Texts
from allmende.core import audit, city, events
from allmende.core.actions import action
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Conflict, Invalid, NotAllowed

Function = GroupMember.Function


@action
def ensure_group(
    *, actor: Actor, slug: str, names: Texts, summary: Texts, department: str, order: int, at: datetime
) -> WorkingGroup:
    """Brings a group of the city pack. One that is there already is left as the city has it."""
    if actor.channel not in {Channel.SYSTEM, Channel.SEED} and not rules.may_appoint(actor.viewer):
        raise NotAllowed
    group, fresh = WorkingGroup.objects.get_or_create(
        slug=slug,
        defaults={
            "names": dict(names), "summary": dict(summary), "department": department, "order": order, "created_at": at,
        },
    )  # fmt: skip
    if fresh:
        audit.record(actor, "participation.ensure_group", group.ref, fields=["names", "summary", "department"])
        events.publish(actor, GroupSaved(ref=group.ref))
    return group


@action
def save_group(*, actor: Actor, group_id: UUID, names: Texts, summary: Texts, department: str) -> WorkingGroup:
    """Changes what a group is called, what it does, and which office answers for it. Editors."""
    group = locked_group(group_id)
    rules.require_signed_in(actor.viewer)
    if not rules.may_appoint(actor.viewer):
        raise NotAllowed
    wrong: dict[str, str] = {}
    if not names.get("de", "").strip():
        wrong["names"] = _("Bitte geben Sie der Gruppe einen Namen.")
    if city.current().department(department) is None:
        wrong["department"] = _("Dieses Amt kennen wir nicht. Bitte wählen Sie eines aus der Liste.")
    if wrong:
        raise Invalid(fields=wrong)
    group.names, group.summary, group.department = dict(names), dict(summary), department
    group.save()
    audit.record(actor, "participation.save_group", group.ref, fields=["names", "summary", "department"])
    events.publish(actor, GroupSaved(ref=group.ref))
    return group


@action
def join_group(*, actor: Actor, group_id: UUID, at: datetime) -> GroupMember:
    """Anybody with an account may join. Joining twice changes nothing."""
    person_id = rules.require_signed_in(actor.viewer)
    group = locked_group(group_id)
    member, fresh = GroupMember.objects.get_or_create(
        group=group, person_id=person_id, until=None, defaults={"since": at}
    )
    if fresh:
        audit.record(actor, "participation.join_group", group.ref, fields=["members"])
        events.publish(actor, GroupMembersChanged(ref=group.ref))
    return member


@action
def leave_group(*, actor: Actor, group_id: UUID, at: datetime) -> WorkingGroup:
    """Ends one's own membership, whatever its function. Not being a member is no error."""
    person_id = rules.require_signed_in(actor.viewer)
    group = locked_group(group_id)
    if group.members.filter(person_id=person_id, until=None).update(until=at):
        audit.record(actor, "participation.leave_group", group.ref, fields=["members"])
        events.publish(actor, GroupMembersChanged(ref=group.ref))
    return group


def set_function(group: WorkingGroup, person_id: UUID, wanted: Function, at: datetime) -> None:
    """Gives somebody a function in a group whose row is locked; a former chair stays as a member."""
    now = {row.person_id: row for row in group.members.select_for_update().filter(until=None)}
    changes = {person_id: wanted}
    if wanted == Function.CHAIR:
        changes |= {row.person_id: Function.MEMBER for row in now.values() if row.function == Function.CHAIR}
        changes[person_id] = wanted
    for who, to in sorted(changes.items(), key=lambda pair: pair[1] == Function.CHAIR):
        held = now.get(who)
        if held is not None and held.function == to:
            continue
        if held is not None:
            held.until = max(at, held.since)
            held.save(update_fields=["until"])
        GroupMember.objects.create(group=group, person_id=who, function=to, since=at)


@action
def appoint_member(*, actor: Actor, group_id: UUID, person_id: UUID, function: str, at: datetime) -> GroupMember:
    """Says who chairs a group, who stands in, who is a member. A former chair stays as a member. Editors."""
    if actor.channel != Channel.SEED:
        rules.require_signed_in(actor.viewer)
        if not rules.may_appoint(actor.viewer):
            raise NotAllowed
    wanted = Function(function)
    group = locked_group(group_id)
    set_function(group, person_id, wanted, at)
    audit.record(actor, "participation.appoint_member", group.ref, fields=["members"])
    events.publish(actor, GroupMembersChanged(ref=group.ref))
    member = group.members.filter(person_id=person_id, until=None).first()
    if member is None:
        raise Conflict
    return member
