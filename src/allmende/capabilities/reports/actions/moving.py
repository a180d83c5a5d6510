"""Steps of the workflow: by the offices, and by whoever reported it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.actions import recording
from allmende.capabilities.reports.actions.rows import locked, note_line, require_up_to_date, words_of
from allmende.capabilities.reports.events import ReportMoved
from allmende.capabilities.reports.models import Report, Subtask, Update
from allmende.capabilities.reports.workflow import ENDED, HIDDEN, State, Who
from allmende.core import audit, city, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.engines.media import interface as media


def reopen_for() -> timedelta:
    """How long a reporter may object, as the city decided."""
    return timedelta(days=int(city.setting("reports.reopen_days", rules.REOPEN_FOR.days)))


@action
def move_report(
    *,
    actor: Actor,
    report_id: UUID,
    verb: str,
    words: str = "",
    note: str = "",
    department: str = "",
    publish: bool | None = None,
    publish_image: bool = False,
    public_words: str | None = None,
    image_id: UUID | None = None,
    seen: str = "",
    at: datetime,
) -> Report:
    """An office takes a step. `words` are for the reporter and, but for a question, for everybody; `note` stays inside.

    `department` is the office that it is passed on to. `publish` says whether everybody may read the report from now
    on (None: as before), `public_words` what they read of the reporter's words, `publish_image` whether they see the
    picture. `image_id` is a picture of what was done, private until somebody shows it; `seen` the last line of the
    history that the actor has read. Raises NotFound, Conflict when somebody was quicker, Invalid with fields.
    """
    report = locked(report_id)
    rules.require_may_handle(actor.viewer, report)
    require_up_to_date(actor, report, seen)
    step = rules.step_of(report, verb, Who.OFFICE)
    if verb == "finish":
        _require_all_parts_done(report, actor.language)
    said = words_of(words, required=step.required)
    inside = words_of(note, required=False, field="note")
    office = report.department
    if step.to_office:
        if city.current().department(department) is None or department == report.department:
            raise Invalid(fields={"department": _("Bitte wählen Sie das Amt, das es bekommt.")})
        report.department = department
    assert step.target is not None, "steps of an office lead somewhere"
    if verb == "ask":
        report.resume = report.state
    change_state(report, step.target, at)
    put_before_public(report, publish=publish, public_words=public_words, with_image=publish_image, at=at)
    report.save()
    if image_id is not None:
        media.attach(image_id, report.ref, person_id=actor.person_id)
    line = note_line(report, verb, words=said, note=inside, language=actor.language, department=office, at=at)
    audit.record(
        actor, "reports.move_report", report.ref, fields=["state", *(["department"] if step.to_office else [])]
    )
    tell(actor, report, line)
    return report


def _require_all_parts_done(report: Report, language: str) -> None:
    """Raises Conflict while another office still has its part to do."""
    here = city.current()
    offices = Subtask.objects.filter(report=report, done_at__isnull=True, dropped_at__isnull=True).values_list(
        "department", flat=True
    )
    names = [found.name(language) for slug in sorted(set(offices)) if (found := here.department(slug)) is not None]
    if offices:
        raise Conflict(
            _("Erst müssen alle Teilaufgaben erledigt sein. Offen bei: %(offices)s.") % {"offices": ", ".join(names)}
        )


@action
def answer_question(*, actor: Actor, report_id: UUID, token: str = "", words: str, at: datetime) -> Report:
    """The reporter answers what was asked; the report goes back to where it stood.

    Raises NotFound, Conflict, Invalid.
    """
    report = _own(actor, report_id, token)
    rules.step_of(report, "answer", Who.REPORTER)
    said = words_of(words, required=True)
    change_state(report, State(report.resume or State.CHECKED), at)
    report.resume = ""
    report.save()
    line = note_line(report, "answer", words=said, language=actor.language, at=at)
    audit.record(actor, "reports.answer_question", report.ref, fields=["state"])
    tell(actor, report, line)
    return report


@action
def object_to_done(
    *, actor: Actor, report_id: UUID, token: str = "", words: str, image_id: UUID | None = None, at: datetime
) -> Report:
    """The reporter says that it is not done, within the city's time: it is open again. Raises Closed when too late."""
    report = _own(actor, report_id, token)
    rules.step_of(report, "object", Who.REPORTER)
    rules.require_in_time(report, at, reopen_for())
    said = words_of(words, required=True)
    change_state(report, State.REOPENED, at)
    report.confirmed_at = None
    report.save()
    if image_id is not None:
        media.attach(image_id, report.ref, person_id=report.reporter_id)
    line = note_line(report, "object", words=said, language=actor.language, at=at)
    audit.record(actor, "reports.object_to_done", report.ref, fields=["state"])
    tell(actor, report, line)
    return report


@action
def confirm_done(*, actor: Actor, report_id: UUID, token: str = "", at: datetime) -> Report:
    """The reporter says that it is done indeed. Saying so twice changes nothing."""
    report = _own(actor, report_id, token)
    rules.step_of(report, "confirm", Who.REPORTER)
    if report.confirmed_at is None:
        report.confirmed_at = at
        report.save()
        line = note_line(report, "confirm", language=actor.language, at=at)
        tell(actor, report, line)
    audit.record(actor, "reports.confirm_done", report.ref, fields=["confirmed_at"])
    return report


def _own(actor: Actor, report_id: UUID, token: str) -> Report:
    """The report of whoever acts, locked. For everybody else it does not exist."""
    report = locked(report_id)
    if not rules.is_reporter(actor.viewer, report, token):
        raise NotFound
    return report


def change_state(report: Report, state: State, at: datetime) -> None:
    """Into the state, with the times that go with it; the caller saves."""
    was_open = report.state not in ENDED
    report.state, report.state_at = state.value, at
    if state in ENDED and was_open:
        report.closed_at = at
    elif state not in ENDED:
        report.closed_at = None


def put_before_public(
    report: Report, *, publish: bool | None, public_words: str | None, with_image: bool, at: datetime
) -> None:
    """What everybody sees of it from now on; `publish` None leaves that as it is. The caller saves.

    What the moderators have taken down stays down, whatever an office says (DSA Art. 16 and 20).
    """
    if public_words is not None:
        report.public_words = words_of(public_words, required=bool(publish), field="public_words", limit=4000)
    if publish and not report.public_words:
        raise Conflict(_("Bitte schreiben Sie zuerst auf, was in der Aufnahme gesagt wird."))
    shown = report.is_public if publish is None else publish
    report.is_public = (
        shown
        and not report.is_barred
        and report.category.publishes
        and report.state not in HIDDEN
        and report.state != State.RECEIVED
    )
    if report.is_public:
        report.published_at = report.published_at or at
    if publish is not None:
        report.shows_image = with_image
    report.shows_image = report.shows_image and report.is_public
    if publish is not None or not report.shows_image:
        (media.release if report.shows_image else media.withdraw)(report.ref)
    recording.settle(report)


def tell(actor: Actor, report: Report, line: Update) -> None:
    events.publish(actor, ReportMoved(ref=report.ref, verb=line.verb, state=report.state, update_id=line.pk))
