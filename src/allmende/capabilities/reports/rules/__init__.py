"""Who may do what: pure predicates; `require_…` raise what the person reads."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from allmende.capabilities.reports.models import Report, Subtask
from allmende.capabilities.reports.workflow import ENDED, STEPS, State, Step, Who
from allmende.core.actor import Actor, Channel, Role, Viewer
from allmende.core.errors import Closed, Conflict, NotAllowed, NotFound, NotSignedIn

SCOPE = "reports"
HOUR = timedelta(hours=1)
REOPEN_FOR = timedelta(days=28)
"""So long after the end a reporter may say that it is not done, unless the city decides otherwise."""
HAND_CHANNELS = (Channel.TELEPHONE, Channel.COUNTER, Channel.PAPER, Channel.EMAIL)


def is_desk(viewer: Viewer) -> bool:
    """Those who handle reports of every office: clerks of the whole city or of this room."""
    return viewer.has(Role.CLERK, SCOPE)


def may_handle(viewer: Viewer, report: Report) -> bool:
    """The desk, and those of the office that the report lies with to whom its kind is entrusted."""
    if is_desk(viewer):
        return True
    return is_of_office(viewer, report.department) and report.category.is_entrusted_to(viewer.person_id)


def is_of_office(viewer: Viewer, department: str) -> bool:
    return viewer.has(Role.CLERK, f"department:{department}")


def may_do_subtask(viewer: Viewer, subtask: Subtask) -> bool:
    """The office that was asked, and the desk."""
    return is_desk(viewer) or is_of_office(viewer, subtask.department)


def may_see_subtask(viewer: Viewer, subtask: Subtask) -> bool:
    """Also whoever sees to the report."""
    return may_do_subtask(viewer, subtask) or may_handle(viewer, subtask.report)


def may_open_inbox(viewer: Viewer) -> bool:
    """Clerks of any office: each sees its own."""
    return viewer.has_anywhere(Role.CLERK)


def departments_of(viewer: Viewer) -> frozenset[str] | None:
    """The offices whose reports somebody handles; None for all of them."""
    if is_desk(viewer):
        return None
    scopes = (grant.scope for grant in viewer.grants if grant.role == Role.CLERK)
    return frozenset(scope.removeprefix("department:") for scope in scopes if scope.startswith("department:"))


def is_reporter(viewer: Viewer, report: Report, token: str = "") -> bool:
    """Whoever holds the private link, and whoever reported it with an account."""
    return (token != "" and token == report.token) or (
        viewer.person_id is not None and viewer.person_id == report.reporter_id
    )


def may_see(viewer: Viewer, report: Report) -> bool:
    return report.is_public or may_handle(viewer, report) or is_reporter(viewer, report)


def require_may_open_inbox(viewer: Viewer) -> None:
    if may_open_inbox(viewer):
        return
    if not viewer.is_signed_in:
        raise NotSignedIn
    raise NotAllowed(_("Den Eingang der Meldungen öffnet die Sachbearbeitung."))


def require_desk(viewer: Viewer) -> None:
    if is_desk(viewer):
        return
    if not viewer.is_signed_in:
        raise NotSignedIn
    raise NotAllowed(_("Das kann nur, wer die Meldungen aller Ämter betreut."))


def require_may_handle(viewer: Viewer, report: Report) -> None:
    if may_handle(viewer, report):
        return
    if not viewer.is_signed_in:
        raise NotSignedIn
    if is_of_office(viewer, report.department):
        raise NotAllowed(_("Um diese Art von Meldungen kümmern sich andere in Ihrem Amt."))
    if not report.is_public:
        raise NotFound
    raise NotAllowed(_("Diese Meldung liegt bei einem anderen Amt."))


def require_may_handle_office(viewer: Viewer, department: str) -> None:
    """What lies with an office, as an incident does. Raises NotSignedIn, NotFound."""
    if is_desk(viewer) or viewer.has(Role.CLERK, f"department:{department}"):
        return
    if not viewer.is_signed_in:
        raise NotSignedIn
    raise NotFound


def require_may_enter(actor: Actor) -> None:
    """What came by telephone, at the counter or on paper is entered by clerks; everything else anybody sends."""
    if actor.channel in HAND_CHANNELS:
        require_may_open_inbox(actor.viewer)


def may_object(report: Report, at: datetime, within: timedelta) -> bool:
    """Whether its reporter may still say that it is not done."""
    return report.state == State.DONE and report.closed_at is not None and at < report.closed_at + within


def step_of(report: Report, verb: str, who: Who) -> Step:
    """The step, if it can be taken now. Raises NotFound for none of this table, Conflict when it is too late."""
    step = STEPS.get(verb)
    if step is None or step.who != who:
        raise NotFound
    if report.state not in step.sources:
        raise Conflict(_("Die Meldung ist inzwischen einen Schritt weiter. Bitte laden Sie die Seite neu."))
    return step


def require_in_time(report: Report, at: datetime, within: timedelta) -> None:
    if not may_object(report, at, within):
        raise Closed(_("Dafür ist es zu spät. Bitte melden Sie die Sache neu."))


def may_join(report: Report) -> bool:
    return report.is_public and report.state not in ENDED
