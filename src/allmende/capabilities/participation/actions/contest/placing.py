"""What the plenary voted and who got which place: recorded by somebody authorised, with reason, never overwritten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from allmende.capabilities.participation import queries, rules
from allmende.capabilities.participation.actions.rows import locked_contest
from allmende.capabilities.participation.events import ContestPlaced, EntryPlaced, PlenaryRecorded
from allmende.capabilities.participation.models import Idea
from allmende.capabilities.participation.models.contest import Contest, Entry, Place, Placing, PlenaryResult
from allmende.capabilities.participation.workflow import PUBLIC_STATES
from allmende.capabilities.participation.workflow.contest import PLACED_STEP, Admission, differs
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Invalid, NotFound
from allmende.engines.trace import interface as trace

MOST_VOTES = 1_000_000
TEXT_LIMIT = 2000


def _ranked(contest: Contest) -> dict[UUID, Entry]:
    """Entries that can be voted on and placed: public, and not outside the ranking."""
    rows = contest.entries.select_related("idea").filter(idea__state__in=[state.value for state in PUBLIC_STATES])
    return {row.pk: row for row in rows.exclude(admission=Admission.OUTSIDE).order_by("idea__number")}


@action
def record_plenary(
    *,
    actor: Actor,
    store_id: UUID,
    held_on: date,
    votes: Mapping[UUID, int],
    voters: int | None = None,
    reason: str,
    at: datetime,
) -> PlenaryResult:
    """How the plenary voted, counted elsewhere and recorded here; `reason` says by whom it was counted.

    A further one corrects it; the former stays readable. Raises Invalid with fields, `votes_<entry id>` for an entry.
    """
    contest = locked_contest(store_id)
    store = contest.store
    rules.require_may_run_contest(actor.viewer, store, queries.function_in(actor.viewer, store.group_id))
    rules.require_entries_public(contest)
    entries = _ranked(contest)
    if set(votes) - set(entries):
        raise NotFound
    wrong: dict[str, str] = {}
    if not reason.strip():
        wrong["reason"] = _("Bitte sagen Sie, wer gezählt hat und woher die Zahlen kommen.")
    if held_on > timezone.localdate(at):
        wrong["held_on"] = _("Dieses Datum liegt in der Zukunft.")
    for entry_id in entries:
        count = votes.get(entry_id)
        if count is None or not 0 <= count <= MOST_VOTES:
            wrong[f"votes_{entry_id}"] = _("Bitte geben Sie die Zahl der Stimmen an.")
        elif voters is not None and count > voters:
            wrong[f"votes_{entry_id}"] = _("Das sind mehr Stimmen, als Menschen abgestimmt haben.")
    if wrong:
        raise Invalid(fields=wrong)
    last = contest.plenaries.first()
    made = PlenaryResult.objects.create(
        contest=contest,
        edition=last.edition + 1 if last else 1,
        held_on=held_on,
        voters=voters,
        votes={str(entry_id): count for entry_id, count in votes.items()},
        reason=reason.strip()[:TEXT_LIMIT],
        at=at,
    )
    audit.record(actor, "participation.record_plenary", store.ref, fields=["plenary"], reason=reason.strip()[:200])
    events.publish(actor, PlenaryRecorded(ref=store.ref, edition=made.edition))
    return made


@dataclass(frozen=True)
class PlaceData:
    """One entry's place, None for none, and why it differs from the jury or a vote."""

    entry_id: UUID
    place: int | None
    why: str = ""


def _check_places(contest: Contest, given: Mapping[UUID, PlaceData]) -> dict[str, str]:
    """Places begin with 1 and are given as in sports; where one differs from a result, it says why."""
    wrong: dict[str, str] = {}
    numbers = sorted(row.place for row in given.values() if row.place is not None)
    if not numbers:
        wrong["places"] = _("Bitte vergeben Sie mindestens den ersten Platz.")
    for row in given.values():
        if row.place is not None and row.place != 1 + sum(number < row.place for number in numbers):
            wrong[f"place_{row.entry_id}"] = _(
                "Plätze beginnen mit 1 und haben keine Lücken. Nach zwei zweiten Plätzen kommt der vierte."
            )
    last = max(numbers, default=0)
    others = queries.rankings(contest)
    for row in given.values():
        unlike = [name for name, places in others.items() if differs(row.place, places.get(row.entry_id), given=last)]
        if unlike and not row.why.strip():
            wrong[f"why_{row.entry_id}"] = _("Dieser Platz weicht ab. Bitte sagen Sie in einem Satz, warum.")
        elif len(row.why) > TEXT_LIMIT:
            wrong[f"why_{row.entry_id}"] = _("Bitte kürzen Sie die Begründung auf %(n)s Zeichen.") % {"n": TEXT_LIMIT}
    return wrong


@action
def publish_placing(
    *,
    actor: Actor,
    store_id: UUID,
    places: Sequence[PlaceData],
    decision: str,
    decision_url: str = "",
    reason: str,
    at: datetime,
) -> Placing:
    """Records who got which place by the council's decision, and makes it public at once.

    Each entrant is told once; a correction (a further edition) tells only those whose place changed. Every entry gets
    its edge on the Trace. Raises Invalid with fields, `place_<entry id>` and `why_<entry id>` for an entry.
    """
    contest = locked_contest(store_id)
    store = contest.store
    rules.require_may_place(actor.viewer, store, at, queries.function_in(actor.viewer, store.group_id))
    rules.require_entries_public(contest)
    entries = _ranked(contest)
    given = {row.entry_id: row for row in places}
    if set(given) != set(entries):
        raise NotFound
    wrong = _check_places(contest, given)
    for name, text in (("decision", decision), ("reason", reason)):
        if not text.strip():
            wrong[name] = _("Bitte füllen Sie dieses Feld aus.")
    if decision_url:
        try:
            URLValidator(schemes=["http", "https"])(decision_url)
        except ValidationError:
            wrong["decision_url"] = _("Bitte prüfen Sie die Adresse. Sie beginnt mit https://")
    if wrong:
        raise Invalid(fields=wrong)
    last = contest.placings.first()
    before = dict(last.places.values_list("entry_id", "place")) if last else {}
    placing = Placing.objects.create(
        contest=contest,
        edition=last.edition + 1 if last else 1,
        decision=decision.strip()[:TEXT_LIMIT],
        decision_url=decision_url,
        reason=reason.strip()[:TEXT_LIMIT],
        at=at,
    )
    Place.objects.bulk_create(
        Place(placing=placing, entry_id=row.entry_id, place=row.place, why=row.why.strip()) for row in places
    )
    shown = contest.entries.select_related("idea").filter(idea__state__in=[state.value for state in PUBLIC_STATES])
    for entry in shown.order_by("idea_id"):  # their next step, the jury's, would else be overdue for ever
        entry.idea.next_step, entry.idea.due_at = dict(PLACED_STEP), None
        entry.idea.save(update_fields=["next_step", "due_at"])
    for entry_id, entry in entries.items():
        place = given[entry_id].place
        if last is not None and before.get(entry_id, 0) == place:
            continue
        _tie(actor, entry.idea, contest, place, is_new=last is None, at=at)
        events.publish(actor, EntryPlaced(ref=entry.idea.ref, store_id=store.pk, placing_id=placing.pk))
    audit.record(actor, "participation.publish_placing", store.ref, fields=["places"], reason=reason.strip()[:200])
    events.publish(actor, ContestPlaced(ref=contest.placing_ref, store_id=store.pk, edition=placing.edition))
    return placing


def _tie(actor: Actor, idea: Idea, contest: Contest, place: int | None, *, is_new: bool, at: datetime) -> None:
    """The edge from the entry to the placing; a corrected place takes the former edge back."""
    with translation.override("de"):
        words = _("Im Wettbewerb: %(n)s. Platz.") % {"n": place} if place else _("Im Wettbewerb: ohne Platz.")
        if not is_new:
            trace.untie(actor, idea.ref, contest.placing_ref, reason=_("Die Plätze wurden berichtigt."), at=at)
        trace.tie(actor, idea.ref, contest.placing_ref, reason=words, happened_at=at, at=at, quiet=True)
