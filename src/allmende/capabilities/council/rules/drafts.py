"""Who writes, signs and brings in a draft paper, and what cannot be: pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.council.rules import may_keep
from allmende.capabilities.council.rules.tracking import PREFIX, departments_of
from allmende.capabilities.council.workflow import DRAFT_STEPS, By, DraftState
from allmende.core.actor import Actor, Channel, Role, Viewer
from allmende.core.errors import Conflict, NotAllowed, NotSignedIn
from allmende.core.texts import Text

ROLES = ("Vorberatung", "Anhörung", "Kenntnisnahme", "Entscheidung")
"""What a station may be, in OParl's words."""
DECIDES = "Entscheidung"
MOST_STATIONS = 4
MOST_SIGNERS = 5
OFFICE = "office"


@dataclass(frozen=True)
class Way:
    """A station as it was planned."""

    organization: UUID
    role: str


@dataclass(frozen=True)
class DraftData:
    """All that is signed."""

    title: str
    resolution: str
    reasons: str
    costs: str
    department: str
    is_public: bool
    in_order: bool
    signers: tuple[str, ...]
    stations: tuple[Way, ...]


def writes_for(viewer: Viewer, department: str) -> bool:
    """Whoever answers for the department, and the council's office."""
    return may_keep(viewer) or signs_for(viewer, department)


def signs_for(viewer: Viewer, department: str) -> bool:
    """A department signs for itself; nobody does so in its place, the council's office neither."""
    return viewer.has(Role.CLERK, f"{PREFIX}{department}")


def require_may_see_drafts(viewer: Viewer) -> None:
    """For the list: what stands on it is a part of the query."""
    mine = departments_of(viewer)
    if mine is None or mine:
        return
    if not viewer.is_signed_in:
        raise NotSignedIn
    raise NotAllowed(_("Das können nur das Büro des Stadtrats und die Ämter."))


def require_may_write(actor: Actor, department: str) -> None:
    if _is_house(actor) or writes_for(actor.viewer, department):
        return
    if not actor.viewer.is_signed_in:
        raise NotSignedIn
    raise NotAllowed(_("Schreiben kann daran nur das Amt, das die Vorlage verantwortet, oder das Büro des Stadtrats."))


def require_may_sign(actor: Actor, department: str) -> None:
    if _is_house(actor) or signs_for(actor.viewer, department):
        return
    if not actor.viewer.is_signed_in:
        raise NotSignedIn
    raise NotAllowed(_("Mitzeichnen kann ein Amt nur für sich selbst."))


def _is_house(actor: Actor) -> bool:
    return actor.person_id is None and actor.channel in {Channel.SYSTEM, Channel.SEED}


def require_step(verb: str, state: str) -> None:
    """Raises Conflict when the draft has gone on since the page was made."""
    if DraftState(state) not in DRAFT_STEPS[verb].sources:
        raise Conflict(_("Die Vorlage ist inzwischen einen Schritt weiter. Bitte laden Sie die Seite neu."))


def require_version(known: int, now: int) -> None:
    """Nobody signs or overwrites a text that they have not read."""
    if known != now:
        raise Conflict(
            _("Inzwischen hat jemand den Text geändert. Bitte laden Sie die Seite neu und lesen Sie ihn noch einmal.")
        )


def turn(waiting: Sequence[str], *, in_order: bool) -> Sequence[str]:
    """Who may sign now, of those who have not yet: all of them, or the first."""
    return waiting[:1] if in_order else waiting


def steps_of(viewer: Viewer, state: str, department: str, signing: Sequence[str]) -> list[str]:
    """What this viewer can do next, in the table's order. `signing`: whose turn it is to sign."""
    by = {
        By.AUTHOR: writes_for(viewer, department),
        By.SIGNER: any(signs_for(viewer, one) for one in signing),
        By.OFFICE: may_keep(viewer),
    }
    return [verb for verb, step in DRAFT_STEPS.items() if DraftState(state) in step.sources and by[step.by]]


def faults(data: DraftData, departments: Collection[str], organizations: Collection[UUID]) -> dict[str, Text]:
    """What cannot be, per field: also of a draft that is only begun."""
    found: dict[str, Text] = {}
    if not data.title.strip():
        found["title"] = _("Bitte geben Sie der Vorlage einen Namen.")
    if data.department not in departments:
        found["department"] = _("Bitte wählen Sie ein Amt.")
    for place, slug in enumerate(data.signers, 1):
        if slug not in departments:
            found[f"signer{place}"] = _("Bitte wählen Sie ein Amt.")
        elif slug == data.department:
            found[f"signer{place}"] = _("Das Amt, das die Vorlage schreibt, zeichnet nicht mit.")
        elif slug in data.signers[: place - 1]:
            found[f"signer{place}"] = _("Dieses Amt steht schon da.")
    for place, one in enumerate(data.stations, 1):
        if one.organization not in organizations:
            found[f"station{place}"] = _("Bitte wählen Sie ein Gremium.")
        if one.role not in ROLES:
            found[f"role{place}"] = _("Bitte wählen Sie, was das Gremium tut.")
    return found


def unfinished(resolution: str, reasons: str, roles: Sequence[str]) -> Text:
    """What is still missing before others are asked to sign; empty: nothing."""
    if not resolution.strip():
        return _("Es fehlt noch, was beschlossen werden soll.")
    if not reasons.strip():
        return _("Es fehlt noch die Begründung.")
    if DECIDES not in roles:
        return _("Es fehlt noch, welches Gremium entscheidet.")
    return ""
