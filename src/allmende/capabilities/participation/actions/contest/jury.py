"""The jury: who is in it, who is biased about what, and what they score."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.accounts import interface as accounts
from allmende.capabilities.participation import queries, rules
from allmende.capabilities.participation.actions.rows import locked_contest
from allmende.capabilities.participation.events import JuryChanged
from allmende.capabilities.participation.models import GroupMember
from allmende.capabilities.participation.models.contest import (
    Contest,
    Entry,
    Juror,
    JurorConflict,
    Score,
    ScoreSheet,
)
from allmende.capabilities.participation.workflow import PUBLIC_STATES
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Closed, Conflict, Invalid, NotAllowed, NotFound

NOTE_LIMIT = 1000
Cause = JurorConflict.Cause


def _bias(juror: Juror, entry: Entry, *, groups: frozenset[UUID], members: frozenset[UUID]) -> Cause | None:
    """Why this juror may not score this entry by rule (practice.md 7): their own, or from a group of theirs."""
    idea = entry.idea
    if juror.person_id is None:
        return None
    if juror.person_id in {idea.author_id, idea.entered_by_id}:
        return Cause.OWN
    if idea.organisation_id in groups or (juror.person_id in members and idea.author_id in members):
        return Cause.GROUP
    return None


def settle_conflicts(contest: Contest, at: datetime, only: Juror | None = None) -> None:
    """Writes down who may not score what by rule. Belongs into each action that adds jurors or entries.

    A rule goes before a declaration; what was scored in good time stays counted.
    """
    jurors = [only] if only is not None else list(contest.jurors.filter(until=None))
    entries = list(contest.entries.select_related("idea"))
    member_rows = GroupMember.objects.filter(group_id=contest.store.group_id, until=None)
    members = frozenset(member_rows.values_list("person_id", flat=True))
    scored = set(ScoreSheet.objects.filter(entry__contest=contest).values_list("juror_id", "entry_id"))
    fresh = []
    for juror in jurors:
        groups = accounts.groups_of(juror.person_id)
        for entry in entries:
            cause = _bias(juror, entry, groups=groups, members=members)
            if cause is not None and (juror.pk, entry.pk) not in scored:
                fresh.append(JurorConflict(juror=juror, entry=entry, cause=cause, at=at))
    JurorConflict.objects.bulk_create(
        fresh, update_conflicts=True, unique_fields=["juror", "entry"], update_fields=["cause"]
    )


@action
def appoint_juror(*, actor: Actor, store_id: UUID, person_id: UUID, name: str, at: datetime) -> Juror:
    """Names somebody with an account a juror, under the name that everybody reads. Editors.

    Repeating it only changes the name. Raises Closed once places are given.
    """
    contest = locked_contest(store_id)
    rules.require_may_name_jury(actor.viewer)
    name = " ".join(name.split())
    if not name:
        raise Invalid(fields={"name": _("Bitte geben Sie den Namen an, der öffentlich steht.")})
    if contest.placings.exists():
        raise Closed(_("Die Plätze sind vergeben. Die Jury steht fest."))
    juror = contest.jurors.filter(person_id=person_id, until=None).first()
    if juror is None:
        juror = Juror.objects.create(contest=contest, person_id=person_id, name=name[:120], since=at)
        settle_conflicts(contest, at, only=juror)
    else:
        juror.name = name[:120]
        juror.save(update_fields=["name"])
    audit.record(actor, "participation.appoint_juror", contest.store.ref, fields=["jurors"])
    events.publish(actor, JuryChanged(ref=contest.store.ref, juror_id=juror.pk))
    return juror


@action
def dismiss_juror(*, actor: Actor, store_id: UUID, juror_id: UUID, reason: str = "", at: datetime) -> Juror:
    """Ends somebody's seat. What they scored is counted no longer. Editors, until the jury is done."""
    contest = locked_contest(store_id)
    rules.require_may_name_jury(actor.viewer)
    juror = contest.jurors.filter(pk=juror_id, until=None).first()
    if juror is None:
        raise NotFound
    if contest.placings.exists() or queries.jury_progress(contest.pk).is_done:
        raise Closed(_("Die Jury ist fertig. Sie lässt sich nicht mehr ändern."))
    juror.until = max(at, juror.since)
    juror.save(update_fields=["until"])
    audit.record(actor, "participation.dismiss_juror", contest.store.ref, fields=["jurors"], reason=reason)
    events.publish(actor, JuryChanged(ref=contest.store.ref, juror_id=juror.pk))
    return juror


def _seat(actor: Actor, entry_number: int, store_id: UUID, at: datetime) -> tuple[Contest, Juror, Entry]:
    """Who scores what, locked. Raises NotSignedIn, NotAllowed, NotFound, or Closed outside the jury's phase."""
    person_id = rules.require_signed_in(actor.viewer)
    contest = locked_contest(store_id)
    juror = contest.jurors.select_for_update(of=("self",)).filter(person_id=person_id, until=None).first()
    if juror is None:
        raise NotAllowed(_("Hier bewertet nur die Jury."))
    entry = contest.entries.select_related("idea").filter(idea__number=entry_number).first()
    if entry is None or entry.idea.state not in PUBLIC_STATES:
        raise NotFound
    rules.require_jury_open(contest.store, at)
    if queries.jury_progress(contest.pk).is_done:
        raise Closed(_("Die ganze Jury hat bewertet. Die Bewertungen stehen jetzt fest."))
    return contest, juror, entry


@action
def declare_conflict(*, actor: Actor, store_id: UUID, entry_number: int, at: datetime) -> JurorConflict:
    """A juror says that they are biased about an entry; what they had scored goes."""
    contest, juror, entry = _seat(actor, entry_number, store_id, at)
    ScoreSheet.objects.filter(juror=juror, entry=entry).delete()
    conflict, _fresh = JurorConflict.objects.get_or_create(
        juror=juror, entry=entry, defaults={"cause": Cause.DECLARED, "at": at}
    )
    audit.record(actor, "participation.declare_conflict", entry.idea.ref, fields=["conflicts"])
    events.publish(actor, JuryChanged(ref=contest.store.ref, juror_id=juror.pk))
    return conflict


@action
def withdraw_conflict(*, actor: Actor, store_id: UUID, entry_number: int, at: datetime) -> Entry:
    """Takes one's own declaration back; what a rule says stays."""
    contest, juror, entry = _seat(actor, entry_number, store_id, at)
    gone, _rows = JurorConflict.objects.filter(juror=juror, entry=entry, cause=Cause.DECLARED).delete()
    if not gone and JurorConflict.objects.filter(juror=juror, entry=entry).exists():
        raise NotAllowed(_("Diesen Beitrag bewertet jemand anderes: Er kommt von Ihnen oder aus Ihrer Gruppe."))
    audit.record(actor, "participation.withdraw_conflict", entry.idea.ref, fields=["conflicts"])
    events.publish(actor, JuryChanged(ref=contest.store.ref, juror_id=juror.pk))
    return entry


@action
def score_entry(
    *, actor: Actor, store_id: UUID, entry_number: int, points: Mapping[UUID, int], note: str = "", at: datetime
) -> ScoreSheet:  # fmt: skip
    """A juror's points for every criterion; can be changed until all have scored or the phase ends.

    Refused for one's own entry, one's group's, or after a declaration of bias. Raises Invalid with the criterion's id
    as field.
    """
    contest, juror, entry = _seat(actor, entry_number, store_id, at)
    if entry.admission == "outside":
        raise Conflict(_("Dieser Beitrag steht außer Wertung."))
    settle_conflicts(contest, at, only=juror)  # who joined a group since
    held = JurorConflict.objects.filter(juror=juror, entry=entry).first()
    if held is not None and held.cause == Cause.DECLARED:
        raise NotAllowed(_("Sie haben sich hier für befangen erklärt. Nehmen Sie das zurück, um zu bewerten."))
    if held is not None:
        raise NotAllowed(_("Diesen Beitrag bewertet jemand anderes: Er kommt von Ihnen oder aus Ihrer Gruppe."))
    criteria = list(contest.criteria.all())
    wrong: dict[str, str] = {}
    for criterion in criteria:
        given = points.get(criterion.pk)
        if given is None or not 0 <= given <= criterion.scale:
            wrong[str(criterion.pk)] = _("Bitte geben Sie 0 bis %(n)s Punkte.") % {"n": criterion.scale}
    if len(note) > NOTE_LIMIT:
        wrong["note"] = _("Bitte kürzen Sie die Notiz auf %(n)s Zeichen.") % {"n": NOTE_LIMIT}
    if wrong:
        raise Invalid(fields=wrong)
    sheet, _fresh = ScoreSheet.objects.update_or_create(
        juror=juror, entry=entry, defaults={"note": note.replace("\0", "").strip(), "at": at}
    )
    sheet.scores.all().delete()
    Score.objects.bulk_create(
        Score(sheet=sheet, criterion=criterion, points=points[criterion.pk]) for criterion in criteria
    )
    audit.record(actor, "participation.score_entry", contest.store.ref, fields=["scores"])
    events.publish(actor, JuryChanged(ref=contest.store.ref, juror_id=juror.pk))
    return sheet
