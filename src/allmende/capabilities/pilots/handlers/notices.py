"""Which event tells whom what: those who follow a pilot, and whoever brought in or follows what led to it."""

from collections.abc import Iterable
from uuid import UUID

from django.utils import formats
from django.utils.translation import gettext as _

from allmende.accounts.models import RoleGrant
from allmende.capabilities.pilots.events import (
    DecisionTakenBack,
    MilestoneDue,
    MilestoneSaved,
    PilotMoved,
    ValueRecorded,
)
from allmende.capabilities.pilots.models import Milestone, Pilot
from allmende.capabilities.pilots.queries import indicators, portfolio
from allmende.capabilities.pilots.queries.indicators import values_of
from allmende.capabilities.pilots.rules import SCOPE
from allmende.capabilities.pilots.views.figures import figure, with_unit
from allmende.capabilities.pilots.workflow import STEPS, State
from allmende.core.actor import Role
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule, NoticeText
from allmende.core.refs import Ref
from allmende.engines.trace import interface as trace
from allmende.ui.pages import word

LONGEST_TITLE = 80


def short(text: str) -> str:
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1].rstrip()}…"


def _concerned(event: Stored) -> Iterable[Ref]:
    """The pilot, and all that led to it."""
    ref = Ref.parse(event.payload["pilot"]) if "pilot" in event.payload else event.ref
    return (event.ref, *({ref} - {event.ref}), *trace.origins_of(ref))


def _pilot(event: Stored) -> Pilot | None:
    found = portfolio.by_id(event.ref.id)
    return found if found is not None and found.is_public else None


def moved(event: Stored, language: str) -> NoticeText | None:
    """Nothing once a later step was taken: that one tells."""
    found = _pilot(event)
    verb = event.payload["verb"]
    if found is None or found.state != event.payload["state"] or not STEPS[verb].told:
        return None
    title = {"title": short(word(found.title, language))}
    subjects = {
        State.PROPOSED: _("Neuer Vorschlag für einen Piloten: „%(title)s“"),
        State.DECIDED: _("Beschlossen: Der Pilot „%(title)s“ kommt"),
        State.RUNNING: _("Es geht los: Der Pilot „%(title)s“ läuft"),
        State.FINISHED: _("Abgeschlossen: der Pilot „%(title)s“"),
        State.STOPPED: _("Vorzeitig beendet: der Pilot „%(title)s“"),
        State.DECLINED: _("Der Pilot „%(title)s“ wird nicht umgesetzt"),
    }
    if verb == "reopen":
        subjects[State.PROPOSED] = _("Noch nicht entschieden: der Pilot „%(title)s“")
    reason = word(found.reason, language)
    if not reason:
        body = _("Auf der Seite des Piloten steht, was als Nächstes kommt.")
    elif found.state == State.FINISHED:
        body = _("Das ist dabei herausgekommen: %(reason)s") % {"reason": reason}
    else:
        body = _("Der Grund: %(reason)s") % {"reason": reason}
    return NoticeText(subjects[State(found.state)] % title, body, found.ref)


def milestone(event: Stored, language: str) -> NoticeText | None:
    """Only when one was reached."""
    found = _pilot(event)
    if found is None or not event.payload["reached"]:
        return None
    reached = found.milestones.filter(place=event.payload["place"]).exclude(reached_on=None).first()
    if reached is None or reached.reached_on is None:
        return None
    return NoticeText(
        _("Geschafft: „%(milestone)s“") % {"milestone": short(word(reached.title, language))},
        _("Der Pilot „%(title)s“ hat das am %(day)s erreicht.")
        % {"title": word(found.title, language), "day": formats.date_format(reached.reached_on, "DATE_FORMAT")},
        found.ref,
    )


def value(event: Stored, language: str) -> NoticeText | None:
    """What was measured, beside the target."""
    found = indicators.by_id(event.ref.id)
    if found is None or not found.pilot.is_public:
        return None
    values = values_of(found)
    if not values:
        return None
    unit = word(found.unit, language)
    figures = {"value": with_unit(values[-1].value, unit), "target": with_unit(found.target, unit)}
    return NoticeText(
        _("Gemessen: %(title)s, %(value)s")
        % {"title": short(word(found.title, language)), "value": figure(values[-1].value)},
        _("Der neueste Wert ist %(value)s, das Ziel %(target)s. So sehen Sie, was der Pilot bewirkt.") % figures,
        found.ref,
    )


def _due(event: Stored) -> Milestone | None:
    """The milestone, unless it was reached, moved or given up since."""
    found = portfolio.open_milestone(event.ref.id, event.payload["place"])
    return found if found is not None and found.planned_on.isoformat() == event.payload["planned_on"] else None


def leading(event: Stored) -> Iterable[UUID]:
    """Whoever answers for the leading office; where nobody does, the portfolio's team."""
    found = _due(event)
    if found is None:
        return ()
    return _answering_for(found.pilot)


def _answering_for(pilot: Pilot) -> Iterable[UUID]:
    grants = RoleGrant.objects.filter(role=Role.CLERK, scope=f"department:{pilot.department}")
    grants = grants if grants.exists() else RoleGrant.objects.filter(role=Role.EDITOR, scope__in=["", SCOPE])
    return list(grants.values_list("person_id", flat=True).distinct())


def working_on(event: Stored) -> Iterable[UUID]:
    """Whoever answers for the leading office; where nobody does, the portfolio's team."""
    found = _pilot(event)
    return _answering_for(found) if found is not None else ()


def taken_back(event: Stored, language: str) -> NoticeText | None:
    """Nothing once the pilot is a proposal again."""
    found = _pilot(event)
    if found is None or found.state == State.PROPOSED:
        return None
    title = word(found.title, language)
    body = _(
        "Der Stadtrat hat seinen Beschluss zum Piloten „%(title)s“ zurückgenommen oder vertagt. Der Pilot hat aber "
        "schon begonnen, deshalb bleibt er, wie er ist. Bitte klären Sie, wie es weitergeht."
    )
    subject = _("Der Beschluss gilt nicht mehr: „%(title)s“") % {"title": short(title)}
    return NoticeText(subject, body % {"title": title}, found.ref)


def milestone_due(event: Stored, language: str) -> NoticeText | None:
    found = _due(event)
    if found is None:
        return None
    names = {
        "milestone": short(word(found.title, language)),
        "title": word(found.pilot.title, language),
        "day": formats.date_format(found.planned_on, "DATE_FORMAT"),
    }
    if event.payload["is_overdue"]:
        subject = _("Überfällig: Meilenstein „%(milestone)s“")
        body = _(
            "Der Pilot „%(title)s“ wollte das bis %(day)s erreichen. Ist es geschafft? Dann tragen Sie es bitte ein. "
            "Wenn nicht, nennen Sie einen neuen Tag und den Grund."
        )
    else:
        subject = _("Bis %(day)s: Meilenstein „%(milestone)s“")
        body = _("Der Pilot „%(title)s“ will das bis %(day)s erreichen. Tragen Sie bitte ein, sobald es geschafft ist.")
    return NoticeText(subject % names, body % names, found.pilot.ref)


RULES = (
    NoticeRule(PilotMoved.name, moved, followed=_concerned, owned=_concerned),
    NoticeRule(DecisionTakenBack.name, taken_back, people=working_on),
    NoticeRule(MilestoneSaved.name, milestone, followed=_concerned, owned=_concerned),
    NoticeRule(ValueRecorded.name, value, followed=_concerned, owned=_concerned),
    NoticeRule(MilestoneDue.name, milestone_due, people=leading),
)
