"""Notices that something should not stand there (DSA Art. 16), and objections to a refusal (DSA Art. 20)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.accounts import interface as accounts
from allmende.core import audit, events, manifest
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from allmende.core.refs import Ref
from allmende.engines.discussion.actions.cases import open_case
from allmende.engines.discussion.events import ContentReported
from allmende.engines.discussion.models import Case, Report
from allmende.engines.discussion.rules import access, tokens
from allmende.engines.discussion.rules.heuristics import tidy
from allmende.engines.discussion.workflow import REPORT_LIMIT, Cause, ReportReason
from allmende.engines.notify import interface as notify


@action
def report_content(
    *, actor: Actor, ref: Ref, reason: str, text: str, at: datetime, guest: Mapping[str, Any] | None = None
) -> Report:
    """Takes a notice about anything public. No account is needed, and contact is a matter of choice.

    The post stays as it is until somebody has decided. Several notices of one thing are one case. Whoever left a way to
    be reached, or signed in, gets a receipt and is told what was decided.
    """
    if not manifest.may_see(ref, actor.viewer, at):
        raise NotFound
    if reason not in ReportReason.values:
        raise Invalid(fields={"reason": _("Bitte wählen Sie aus, was nicht stimmt.")})
    words = tidy(text)
    if not words:
        raise Invalid(fields={"text": _("Beschreiben Sie bitte kurz, was nicht stimmt.")})
    if len(words) > REPORT_LIMIT:
        raise Invalid(
            fields={"text": _("Der Text ist zu lang. Erlaubt sind %(limit)s Zeichen.") % {"limit": REPORT_LIMIT}}
        )
    reporter_id = actor.person_id
    if guest is not None and reporter_id is None:
        reporter_id = accounts.guest(**{"language": actor.language, **guest}).pk
    kind = manifest.moderated_kinds().get((ref.capability, ref.kind))
    preview = kind.preview(ref.id) if kind else None
    scope = preview.scope if preview else ref.capability
    case = open_case(actor, ref, scope=scope, cause=Cause.REPORTED, at=at)
    report = Report.objects.create(
        case=case,
        capability=ref.capability,
        kind=ref.kind,
        object_id=ref.id,
        reason=reason,
        text=words,
        reporter_id=reporter_id,
        language=actor.language,
        received_at=at,
    )
    if reporter_id is not None:
        notify.issue_receipt(report.this, reporter_id, at)
    audit.record(actor, "discussion.report_content", report.this, fields=["reason", "text"])
    events.publish(actor, ContentReported(ref=report.this, thing=ref, reason=reason))
    return report


@action
def object_to_decision(*, actor: Actor, case_id: UUID, text: str, at: datetime, token: str = "") -> Case:
    """The author objects to a refusal; another moderator looks at it afresh (DSA Art. 20(6)).

    Guests come with the token from their notice. Raises Conflict when there was an objection already or it is too late.
    """
    try:
        case = lock(Case.objects.all(), pk=case_id)
    except Case.DoesNotExist:
        raise NotFound from None
    require_author(case, actor, token)
    if not access.may_object(case, at):
        raise Conflict(_("Gegen diese Entscheidung ist kein Widerspruch mehr möglich."))
    if Case.objects.filter(previous=case).exists() or Case.objects.about(case.ref).undecided().exists():
        raise Conflict(_("Ihr Widerspruch ist schon bei uns. Jemand anderes prüft ihn."))
    again = open_case(
        actor, case.ref, scope=case.scope, cause=Cause.OBJECTION, at=at, previous=case, objection=_reasons(text)
    )
    audit.record(actor, "discussion.object_to_decision", again.this, fields=["objection"])
    return again


@action
def complain(*, actor: Actor, report_id: UUID, text: str, at: datetime, token: str = "") -> Case:
    """Who gave notice objects that the post stays; another moderator looks at it afresh (DSA Art. 20).

    Guests come with the token from their notice. Raises Conflict when somebody objected already or it is too late.
    """
    report = Report.objects.select_related("case").filter(pk=report_id).first()
    if report is None:
        raise NotFound
    require_reporter(report, actor, token)
    case = lock(Case.objects.all(), pk=report.case_id)
    if not access.may_complain(case, at):
        raise Conflict(_("Gegen diese Entscheidung ist kein Widerspruch mehr möglich."))
    if Case.objects.filter(previous=case).exists() or Case.objects.about(case.ref).undecided().exists():
        raise Conflict(_("Der Beitrag wird schon noch einmal geprüft."))
    again = open_case(
        actor, case.ref, scope=case.scope, cause=Cause.OBJECTION, at=at, previous=case, objection=_reasons(text)
    )
    again.is_public = True  # it stands until somebody has decided
    again.save(update_fields=["is_public"])
    audit.record(actor, "discussion.complain", again.this, fields=["objection"])
    return again


def _reasons(text: str) -> str:
    words = tidy(text)
    if not words:
        raise Invalid(fields={"text": _("Schreiben Sie bitte kurz, warum wir noch einmal prüfen sollen.")})
    if len(words) > REPORT_LIMIT:
        raise Invalid(
            fields={"text": _("Der Text ist zu lang. Erlaubt sind %(limit)s Zeichen.") % {"limit": REPORT_LIMIT}}
        )
    return words


def require_reporter(report: Report, actor: Actor, token: str) -> None:
    """Who gave the notice, signed in or with the token from the answer."""
    if tokens.opens(token, report.pk):
        return
    if actor.person_id is None:
        raise NotSignedIn
    if report.reporter_id is None or report.reporter_id != actor.person_id:
        raise NotAllowed


def require_author(case: Case, actor: Actor, token: str) -> None:
    """The author of what was decided on, signed in or with the token from the notice."""
    if tokens.opens(token, case.pk):
        return
    if actor.person_id is None:
        raise NotSignedIn
    if case.author_id is None or case.author_id != actor.person_id:
        raise NotAllowed
