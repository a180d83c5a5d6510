"""What people are told of comments and checks. Each returns None when there is nothing to say (any more)."""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from allmende.core.actor import Viewer
from allmende.core.events import Stored
from allmende.core.manifest import NoticeText
from allmende.core.refs import Ref
from allmende.engines.discussion.models import Case, Comment, Report
from allmende.engines.discussion.queries import duty
from allmende.engines.discussion.queries.mentions import people_named
from allmende.engines.discussion.queries.published import chain_text, rule_of
from allmende.engines.discussion.queries.queue import kind_label
from allmende.engines.discussion.queries.things import thing
from allmende.engines.discussion.rules import access, tokens
from allmende.engines.discussion.workflow import OBJECTION, CaseState, Cause, CommentState, Decision

EXCERPT = 30
"""Words of a comment that a notice repeats."""


def _comment(event: Stored) -> Comment | None:
    row = Comment.objects.filter(pk=event.ref.id).select_related("current", "parent").first()
    return row if row is not None and row.state == CommentState.PUBLISHED else None


def _case(event: Stored) -> Case | None:
    return Case.objects.select_related("author").filter(pk=event.ref.id).first()


def _title(ref: Ref, language: str, event: Stored) -> str:
    return thing(ref, Viewer(language=language), event.at).title


def _excerpt(text: str) -> str:
    words = text.split()
    return " ".join(words[:EXCERPT]) + (" …" if len(words) > EXCERPT else "")


def thing_of(event: Stored) -> Iterable[Ref]:
    """What followers follow."""
    return [Ref.parse(event.payload["thing"])]


def new_comment(event: Stored, language: str) -> NoticeText | None:
    """For those who follow the thing; at once or when a moderator released it."""
    row = _comment(event)
    if row is None:
        return None
    title = _title(row.ref, language, event)
    subject = _("Antwort der Stadt zu „%(title)s“") if row.is_official else _("Neuer Kommentar zu „%(title)s“")
    return NoticeText(subject % {"title": title}, _excerpt(row.body), row.this)


def answered(event: Stored) -> Iterable[UUID]:
    """Whose comment was answered."""
    row = _comment(event)
    parent = row.parent if row else None
    return [parent.author_id] if parent is not None and parent.author_id else []


def answer(event: Stored, language: str) -> NoticeText | None:
    row = _comment(event)
    if row is None or row.parent is None:
        return None
    title = _title(row.ref, language, event)
    subject = _("Auf Ihren Kommentar zu „%(title)s“ hat jemand geantwortet") % {"title": title}
    return NoticeText(subject, _excerpt(row.body), row.this)


def mentioned(event: Stored) -> Iterable[UUID]:
    """Whom the words address with „@“; whose comment they answer is told of the answer already."""
    row = _comment(event)
    if row is None:
        return []
    parent = row.parent
    return people_named(row) - ({parent.author_id} if parent is not None and parent.author_id else set())


def mention(event: Stored, language: str) -> NoticeText | None:
    row = _comment(event)
    if row is None:
        return None
    title = _title(row.ref, language, event)
    return NoticeText(_("Jemand spricht Sie an: „%(title)s“") % {"title": title}, _excerpt(row.body), row.this)


def comment_author(event: Stored) -> Iterable[UUID]:
    row = _comment(event)
    return [row.author_id] if row is not None and row.author_id else []


def released(event: Stored, language: str) -> NoticeText | None:
    row = _comment(event)
    if row is None:
        return None
    title = _title(row.ref, language, event)
    return NoticeText(
        _("Ihr Kommentar zu „%(title)s“ ist veröffentlicht") % {"title": title},
        _("Wir haben ihn geprüft. Alle können ihn jetzt lesen."),
        row.this,
    )


def refused_author(event: Stored) -> Iterable[UUID]:
    row = _case(event)
    if row is None or row.decision != Decision.REFUSED or row.author_id is None:
        return []
    return [row.author_id]


def grounds(row: Case) -> list[str]:
    """What else the statement of reasons says (DSA Art. 17(3)(a) to (d)): passage, law, what led to it, how long."""
    parts = [_("Stelle: %(passage)s") % {"passage": row.fact}] if row.fact else []
    if row.law:
        parts.append(_("Gesetz: %(law)s") % {"law": row.law})
    causes = {
        Cause.REPORTED: _("Anlass: Jemand hat den Beitrag gemeldet."),
        Cause.HEURISTIC: _("Anlass: Ein Programm hat den Beitrag zum Nachsehen vorgelegt. Entschieden hat ein Mensch."),
        Cause.AGAIN: _("Anlass: Eine zweite Person aus der Moderation hat noch einmal hingesehen."),
        Cause.OBJECTION: _("Anlass: Nach einem Widerspruch hat eine andere Person noch einmal geprüft."),
    }
    parts.append(causes.get(Cause(row.cause)) or _("Anlass: Wir prüfen Beiträge, bevor sie erscheinen."))
    parts.append(_("Das gilt überall und auf Dauer, solange die Entscheidung nicht geändert wird."))
    return parts


def refused(event: Stored, language: str) -> NoticeText | None:
    """The statement of reasons (DSA Art. 17(3)): what, by which rule, why, what can be done; decided by a person."""
    row = _case(event)
    if row is None or row.state != CaseState.DECIDED or row.decision != Decision.REFUSED:
        return None
    rule = rule_of(row.rule, event.at, language)
    parts = [
        _("Jemand aus der Moderation hat Ihren Beitrag gelesen und entschieden: Er wird nicht veröffentlicht."),
        _("Regel: %(rule)s. %(text)s") % {"rule": rule.short, "text": rule.long},
        _("Begründung: %(reason)s") % {"reason": row.reason},
        *grounds(row),
    ]
    if access.may_object(row, event.at):
        until = row.decided_at + OBJECTION if row.decided_at else event.at
        parts.append(
            _("Sind Sie nicht einverstanden, widersprechen Sie bis %(day)s. Dann prüft eine andere Person.")
            % {"day": formats.date_format(timezone.localtime(until), "DATE_FORMAT")}
        )
    if row.author is not None and row.author.is_guest:
        link = f"{reverse('discussion:reasons', args=[row.id])}?schluessel={tokens.token_for(row.id)}"
        parts.append(_("Alles dazu, auch ohne Konto: %(link)s") % {"link": settings.PUBLIC_URL + link})
    label = kind_label(row)
    return NoticeText(_("Nicht veröffentlicht: %(kind)s") % {"kind": label}, "\n\n".join(parts), row.this)


def reporters(event: Stored) -> Iterable[UUID]:
    row = _case(event)
    if row is None or row.decision not in {Decision.KEPT, Decision.REFUSED, Decision.RELEASED}:
        return []
    told = _reports_of(row).exclude(reporter=None).values_list("reporter_id", flat=True)
    return [id_ for id_ in told if id_]


def _reports_of(row: Case) -> QuerySet[Report]:
    """The notices that a case answers: its own, and after an objection those of the case before."""
    earlier = [row.previous_id] if row.cause == Cause.OBJECTION and row.previous_id else []
    return Report.objects.filter(case_id__in=[row.pk, *earlier]).order_by("received_at")


def report_answered(event: Stored, language: str) -> NoticeText | None:
    """What became of a notice (DSA Art. 16(5))."""
    row = _case(event)
    report = _reports_of(row).first() if row else None
    if row is None or report is None or row.state != CaseState.DECIDED:
        return None
    title = _title(row.ref, language, event)
    if row.decision == Decision.REFUSED:
        body = _(
            "Wir haben geprüft, was Sie gemeldet haben. Der Beitrag ist nicht mehr zu sehen. Danke für den Hinweis."
        )
    else:
        body = _(
            "Wir haben geprüft, was Sie gemeldet haben. Der Beitrag verstößt nicht gegen unsere Regeln und bleibt "
            "stehen."
        )
        if access.may_complain(row, event.at):
            link = f"{reverse('discussion:answer', args=[report.id])}?schluessel={tokens.token_for(report.id)}"
            body += "\n\n" + _(
                "Sehen Sie das anders, widersprechen Sie bis %(day)s. Dann prüft eine andere Person: %(link)s"
            ) % {
                "day": formats.date_format(timezone.localtime((row.decided_at or event.at) + OBJECTION), "DATE_FORMAT"),
                "link": settings.PUBLIC_URL + link,
            }
    return NoticeText(_("Ihre Meldung zu „%(title)s“ ist geprüft") % {"title": title}, body, report.this)


def escalated_to(_event: Stored) -> Iterable[UUID]:
    return duty.administrators()


def escalated(event: Stored, language: str) -> NoticeText | None:  # noqa: ARG001 - the rule's shape
    row = _case(event)
    if row is None or row.state != CaseState.ESCALATED:
        return None
    return NoticeText(_("Gefahr gemeldet: bitte sofort lesen"), chain_text(), row.this)


def overdue_for(event: Stored) -> Iterable[UUID]:
    row = _case(event)
    return duty.to_remind(row, int(event.payload["reminder"]), event.at) if row else []


def overdue(event: Stored, language: str) -> NoticeText | None:  # noqa: ARG001 - the rule's shape
    row = _case(event)
    if row is None or row.state != CaseState.OPEN:
        return None
    when = timezone.localtime(row.due_at)
    return NoticeText(
        _("Überfällig: %(kind)s prüfen") % {"kind": kind_label(row)},
        _("Zugesagt war die Prüfung bis %(day)s, %(hour)s Uhr. Wer geschrieben hat, wartet.")
        % {"day": formats.date_format(when, "DATE_FORMAT"), "hour": f"{when:%H:%M}"},
        row.this,
    )
