"""Which event tells whom what, in the reader's language.

A refusal's statement of reasons and new comments come from the discussion engine, new links from the Trace.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from allmende.accounts.models import RoleGrant
from allmende.capabilities.participation import index, queries, workflow
from allmende.capabilities.participation.models import Idea, OfficialAnswer, StatusChange
from allmende.capabilities.participation.workflow import Outcome, phases
from allmende.core import city
from allmende.core.actor import Role
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule, NoticeText
from allmende.core.refs import Ref
from allmende.engines.notify import interface as notify

LONGEST_TITLE = 80


def _word(texts: Mapping[str, Any], language: str) -> str:
    return str(texts.get(language) or texts.get("de", ""))


def _title(idea: Idea) -> str:
    title = idea.version.title if idea.version else ""
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1].rstrip()}…"


def _day(row_instant: Any) -> str:
    return formats.date_format(timezone.localtime(row_instant), "DATE_FORMAT")


def _step(idea: Idea, language: str) -> str:
    """„Nächster Schritt: … Zuständig: … Bis …“, or nothing."""
    if not idea.next_step:
        return ""
    parts = [_("Nächster Schritt: %(step)s") % {"step": _word(idea.next_step, language)}]
    office = _word(index.office_of(idea), language)
    if office:
        parts.append(_("Zuständig: %(office)s.") % {"office": office})
    if idea.due_at is not None:
        parts.append(_("Bis %(day)s.") % {"day": _day(idea.due_at)})
    return " ".join(parts)


def author_of(event: Stored) -> Iterable[UUID]:
    idea = queries.idea(event.ref.id)
    return () if idea is None or idea.author_id is None else (idea.author_id,)


def itself(event: Stored) -> Iterable[Ref]:
    return (event.ref,)


def received(event: Stored, language: str) -> NoticeText | None:
    """For who sent it without an account, or on paper: that it arrived, under which number."""
    idea = queries.idea(event.ref.id)
    if idea is None or idea.author_id is None:
        return None
    receipt = notify.receipt_of(idea.ref, idea.author_id)
    lines = [_("Danke. Wir haben Ihren Beitrag bekommen.")]
    if receipt is not None:
        lines.append(_("Ihre Nummer: %(number)s.") % {"number": receipt.number})
    lines.append(_step(idea, language))
    return NoticeText(_("Eingegangen: „%(title)s“") % {"title": _title(idea)}, "\n\n".join(lines), idea.ref)


def published(event: Stored, language: str) -> NoticeText | None:
    idea = queries.idea(event.ref.id)
    if idea is None or not idea.is_public:
        return None
    return NoticeText(
        _("Veröffentlicht: „%(title)s“") % {"title": _title(idea)},
        "\n\n".join([_("Ihr Beitrag ist geprüft. Alle können ihn jetzt lesen."), _step(idea, language)]),
        idea.ref,
    )


def change_decided(event: Stored, _language: str) -> NoticeText | None:
    idea = queries.idea(event.ref.id)
    status = StatusChange.objects.filter(pk=event.payload["status_id"]).first()
    if idea is None or status is None or not idea.is_public:
        return None
    if event.payload["accepted"]:
        return NoticeText(
            _("Ihre Änderung ist zu sehen: „%(title)s“") % {"title": _title(idea)},
            _("Wir haben den neuen Text geprüft. Alle können ihn jetzt lesen."),
            idea.ref,
        )
    return NoticeText(
        _("Ihre Änderung ist nicht übernommen: „%(title)s“") % {"title": _title(idea)},
        _("Der bisherige Text bleibt stehen. Begründung: %(reason)s") % {"reason": status.reason},
        idea.ref,
    )


def taken_up(event: Stored, language: str) -> NoticeText | None:
    idea = queries.idea(event.ref.id)
    if idea is None or idea.state != workflow.State.IN_REVIEW:
        return None
    return NoticeText(
        _("In Bearbeitung: „%(title)s“") % {"title": _title(idea)},
        "\n\n".join([_("Das zuständige Amt prüft die Idee."), _step(idea, language)]),
        idea.ref,
    )


def answered(event: Stored, language: str) -> NoticeText | None:
    idea = queries.idea(event.ref.id)
    answer = OfficialAnswer.objects.filter(pk=event.payload["answer_id"]).first()
    if idea is None or answer is None or not idea.is_public:
        return None
    lines = [_word(workflow.OUTCOMES[Outcome(answer.outcome)], language) + ".", answer.text]
    if answer.alternative:
        lines.append(_("Was stattdessen geht: %(alternative)s") % {"alternative": answer.alternative})
    if answer.ask_again_on is not None:
        day = formats.date_format(answer.ask_again_on, "DATE_FORMAT")
        lines.append(_("Ab dem %(day)s kann man wieder fragen.") % {"day": day})
    lines.append(_step(idea, language))
    return NoticeText(
        _("Die Stadt hat geantwortet: „%(title)s“") % {"title": _title(idea)},
        "\n\n".join(line for line in lines if line),
        idea.ref,
    )


def step_set(event: Stored, language: str) -> NoticeText | None:
    idea = queries.idea(event.ref.id)
    if idea is None or not idea.is_public or not idea.next_step:
        return None
    return NoticeText(_("So geht es weiter: „%(title)s“") % {"title": _title(idea)}, _step(idea, language), idea.ref)


# For offices


def clerks(event: Stored) -> Iterable[UUID]:
    """The people of the office that is reminded, or of its deputy."""
    scopes = [f"department:{event.payload['department']}", "participation"]
    rows = RoleGrant.objects.filter(role=Role.CLERK, scope__in=scopes)
    return list(rows.values_list("person_id", flat=True).distinct())


def idea_overdue(event: Stored, language: str) -> NoticeText | None:
    idea = queries.idea(event.ref.id)
    if idea is None or not idea.is_public or idea.due_at is None or idea.due_at > event.at:
        return None
    office = city.current().department(idea.department)
    lines = [
        _("Zugesagt war: %(step)s Bis %(day)s.") % {"step": _word(idea.next_step, language), "day": _day(idea.due_at)}
    ]
    if event.payload["for_deputy"] and office is not None:
        lines.append(_("Sie vertreten: %(office)s.") % {"office": office.name(language)})
    return NoticeText(_("Überfällig: „%(title)s“") % {"title": _title(idea)}, "\n\n".join(lines), idea.ref)


def store_overdue(event: Stored, language: str) -> NoticeText | None:
    store = queries.store(event.ref.id)
    if store is None or store.due_at is None or store.due_at > event.at:
        return None
    title = _word(store.title, language)
    return NoticeText(
        _("Überfällig: Zusammenfassung von „%(title)s“") % {"title": title},
        _("Zugesagt war sie bis %(day)s.") % {"day": _day(store.due_at)},
        store.ref,
    )


# For who follows a store or a group


def store_opened(event: Stored, language: str) -> NoticeText | None:
    store = queries.store(event.ref.id)
    if store is None or store.closes_at is None or store.closes_at <= event.at:
        return None
    return NoticeText(
        _("Jetzt offen: „%(title)s“") % {"title": _word(store.title, language)},
        _("Sie können bis %(day)s etwas beitragen.") % {"day": _day(store.closes_at - timedelta(seconds=1))},
        store.ref,
    )


def store_closed(event: Stored, language: str) -> NoticeText | None:
    store = queries.store(event.ref.id)
    if store is None:
        return None
    step = queries.store_step(store, event.at)
    line = _word(step.texts, language)
    return NoticeText(
        _("Geschlossen: „%(title)s“") % {"title": _word(store.title, language)},
        _("%(count)s Beiträge sind da. %(step)s") % {"count": store.idea_count, "step": line},
        store.ref,
    )


def condensed(event: Stored, language: str) -> NoticeText | None:
    """For everybody whose words stand in a document, and who follows the store: once per edition."""
    document = queries.document_by_id(event.ref.id)
    if document is None:
        return None
    title = _word(document.store.title, language)
    themes = len(document.content.get("themes", ()))
    return NoticeText(
        _("Zusammengefasst: „%(title)s“") % {"title": title},
        _("Das Ergebnis ist da: %(n)s Themen. Dort steht auch, was aus den einzelnen Beiträgen wurde.") % {"n": themes},
        document.ref,
    )


def condensed_authors(event: Stored) -> Iterable[UUID]:
    document = queries.document_by_id(event.ref.id)
    return () if document is None else queries.authors_of(document)


def condensed_store(event: Stored) -> Iterable[Ref]:
    return (Ref("participation", "store", UUID(event.payload["store_id"])),)


def turned(event: Stored, language: str) -> NoticeText | None:
    """For who follows a project: what has begun."""
    phase = queries.phase(UUID(event.payload["phase_id"])) if event.payload["phase_id"] else None
    if phase is None or phase.ends_at <= event.at:
        return None
    project = phase.module.project
    names = {
        "phase": _word(phases.PHASES[phases.PhaseKind(phase.kind)], language),
        "part": _word(phase.module.title, language),
        "day": _day(phase.ends_at - timedelta(seconds=1)),
    }
    return NoticeText(
        _("Es geht weiter: „%(title)s“") % {"title": _word(project.title, language)},
        _("Jetzt läuft: %(phase)s (%(part)s), bis %(day)s.") % names,
        project.ref,
    )


def group_of(event: Stored) -> Iterable[Ref]:
    return (Ref("participation", "group", UUID(event.payload["group_id"])),)


def store_group(event: Stored) -> Iterable[Ref]:
    """The store itself, and the group that asks."""
    store = queries.store(event.ref.id)
    return (event.ref,) if store is None else (event.ref, store.group.ref)


def group_members(event: Stored) -> Iterable[UUID]:
    return queries.live_members(UUID(event.payload["group_id"]))


def group_and_meeting(event: Stored) -> Iterable[Ref]:
    return (event.ref, *group_of(event))


def _meeting(event: Stored, language: str, subject: str) -> NoticeText | None:
    meeting = queries.meeting(event.ref.id)
    if meeting is None or meeting.starts_at <= event.at:
        return None
    starts = timezone.localtime(meeting.starts_at)
    lines = [
        _("%(day)s, %(hour)s Uhr") % {"day": _day(meeting.starts_at), "hour": f"{starts:%H:%M}"},
        _word(meeting.place, language),
        meeting.online_url,
    ]
    if meeting.cancelled_at is not None:
        lines = [lines[0], meeting.cancel_reason]
    title = f"{_word(meeting.group.names, language)}: {_word(meeting.topic, language)}"
    return NoticeText(subject % {"title": title}, "\n".join(line for line in lines if line), meeting.ref)


def meeting_planned(event: Stored, language: str) -> NoticeText | None:
    return _meeting(event, language, _("Neuer Termin: %(title)s"))


def meeting_changed(event: Stored, language: str) -> NoticeText | None:
    return _meeting(event, language, _("Termin geändert: %(title)s"))


def meeting_cancelled(event: Stored, language: str) -> NoticeText | None:
    return _meeting(event, language, _("Abgesagt: %(title)s"))


# For entrants of a contest


def cleared(event: Stored, _language: str) -> NoticeText | None:
    idea = queries.idea(event.ref.id)
    if idea is None or idea.state != workflow.State.SUBMITTED:
        return None
    return NoticeText(
        _("Geprüft: „%(title)s“") % {"title": _title(idea)},
        _("Ihr Beitrag zum Wettbewerb ist geprüft. Er erscheint nach dem Ende der Frist, zusammen mit allen anderen."),
        idea.ref,
    )


def entrant_checked(event: Stored, _language: str) -> NoticeText | None:
    """Only for who stands outside the ranking: everybody else takes part, as they expected."""
    idea = queries.idea(event.ref.id)
    entry = queries.entry_of(idea) if idea is not None else None
    if idea is None or entry is None or entry.admission != "outside":
        return None
    return NoticeText(
        _("Außer Wertung: „%(title)s“") % {"title": _title(idea)},
        _("Ihr Beitrag erscheint mit den anderen, bekommt aber keinen Platz. Der Grund: %(reason)s")
        % {"reason": entry.admission_reason},
        idea.ref,
    )


def entry_placed(event: Stored, language: str) -> NoticeText | None:
    """Once for each entry; again only when its place was corrected."""
    idea = queries.idea(event.ref.id)
    place = queries.place_in(UUID(event.payload["placing_id"]), event.ref.id)
    if idea is None or place is None or not idea.is_public:
        return None
    words = {"n": place.place, "title": _title(idea), "contest": _word(idea.store.title, language)}
    if place.place:
        subject = _("%(n)s. Platz: „%(title)s“") % words
        said = _("Herzlichen Glückwunsch: Ihr Beitrag steht im Wettbewerb „%(contest)s“ auf dem %(n)s. Platz.") % words
    else:
        subject = _("Der Wettbewerb ist entschieden: „%(title)s“") % words
        said = _("Ihr Beitrag hat im Wettbewerb „%(contest)s“ keinen Platz bekommen. Danke fürs Mitmachen.") % words
    lines = [said]
    if place.placing.edition > 1:
        lines.append(_("Die Plätze wurden berichtigt. Der Grund: %(reason)s") % {"reason": place.placing.reason})
    lines.append(_("Beim Beitrag finden Sie Ihre Urkunde, beim Wettbewerb das ganze Ergebnis."))
    return NoticeText(subject, "\n\n".join(lines), idea.ref)


def placed(event: Stored, language: str) -> NoticeText | None:
    """For who follows the contest."""
    contest = queries.contest(event.ref.id)
    if contest is None:
        return None
    title = {"title": _word(contest.store.title, language)}
    subject = (
        _("Der Wettbewerb ist entschieden: „%(title)s“")
        if event.payload["edition"] == 1
        else _("Die Plätze wurden berichtigt: „%(title)s“")
    )
    return NoticeText(subject % title, _("Wer welchen Platz bekommen hat, und warum, steht beim Ergebnis."), event.ref)


def contest_store(event: Stored) -> Iterable[Ref]:
    return (Ref("participation", "store", UUID(event.payload["store_id"])),)


RULES = (
    NoticeRule("participation.idea_submitted", received, people=author_of),
    NoticeRule("participation.idea_published", published, people=author_of),
    NoticeRule("participation.idea_change_decided", change_decided, people=author_of),
    NoticeRule("participation.idea_taken_up", taken_up, people=author_of, followed=itself),
    NoticeRule("participation.idea_answered", answered, people=author_of, followed=itself),
    NoticeRule("participation.next_step_set", step_set, people=author_of, followed=itself),
    NoticeRule("participation.next_step_overdue", idea_overdue, people=clerks),
    NoticeRule("participation.store_overdue", store_overdue, people=clerks),
    NoticeRule("participation.store_opened", store_opened, followed=store_group),
    NoticeRule("participation.store_closed", store_closed, followed=store_group),
    NoticeRule("participation.store_condensed", condensed, people=condensed_authors, followed=condensed_store),
    NoticeRule("participation.entry_cleared", cleared, people=author_of),
    NoticeRule("participation.entrant_checked", entrant_checked, people=author_of),
    NoticeRule("participation.entry_placed", entry_placed, people=author_of, followed=itself),
    NoticeRule("participation.contest_placed", placed, followed=contest_store),
    NoticeRule("participation.project_turned", turned, followed=itself),
    NoticeRule("participation.meeting_planned", meeting_planned, people=group_members, followed=group_of),
    NoticeRule("participation.meeting_changed", meeting_changed, people=group_members, followed=group_and_meeting),
    NoticeRule("participation.meeting_cancelled", meeting_cancelled, people=group_members, followed=group_and_meeting),
)
