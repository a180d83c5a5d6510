"""A survey's own page: what it is for, who asks, what happens with the answers, and how to take part."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from allmende.capabilities.surveys import queries, rules, workflow
from allmende.capabilities.surveys.models import CONTRACT_FIELDS, Survey
from allmende.capabilities.surveys.views.pages import marked, office_name, ours, state_tag, survey_crumbs, until, word
from allmende.capabilities.surveys.workflow import Access, Phase
from allmende.core.http import Request
from allmende.engines.notify import interface as notify
from allmende.engines.trace import interface as trace


def contract_facts(survey: Survey, language: str) -> list[tuple[str, str]]:
    """The five answers before opening (practice.md 1)."""
    labels = {
        "what_is_open": _("Was ist offen?"),
        "decided_already": _("Was steht schon fest?"),
        "who_decides": _("Wer entscheidet?"),
        "when_decided": _("Wann wird entschieden?"),
        "what_it_changes": _("Was ändert das Ergebnis?"),
    }
    return [(labels[name], marked(survey.contract.get(name), language)) for name in CONTRACT_FIELDS]


def privacy_facts(survey: Survey, language: str) -> list[tuple[str, str]]:
    """The manifest of this survey's data: purpose, legal basis, who reads, how long."""
    day = formats.date_format(survey.raw_until, "DATE_FORMAT") if survey.raw_until else ""
    if survey.raw_deleted_at is not None:
        kept = _("Die einzelnen Antworten sind am %(day)s gelöscht worden. Die Ergebnisse bleiben.") % {
            "day": formats.date_format(timezone.localtime(survey.raw_deleted_at), "DATE_FORMAT")
        }
    else:
        kept = _("Die einzelnen Antworten werden am %(day)s gelöscht. Die Ergebnisse bleiben.") % {"day": day}
    asked_by = word(survey.asked_by, language)
    readers = [office_name(survey.department, language), asked_by]
    return [
        (_("Wozu"), marked(survey.privacy.get("purpose"), language)),
        (_("Rechtsgrundlage"), marked(survey.privacy.get("legal_basis"), language)),
        (_("Wer die Antworten liest"), ", ".join(name for name in readers if name)),
        (_("Wie lange"), kept),
    ]


def anonymity(survey: Survey) -> str:
    """What can be known of who answered, in plain words, per way in."""
    if survey.access == Access.CODE:
        return _(
            "Ihr Code zeigt nur, dass er benutzt wurde. Was Sie antworten, liegt an einer anderen Stelle, ohne Code "
            "und ohne Uhrzeit. Es wird mit anderen Antworten gemischt. Am Ende werden alle Codes vernichtet."
        )
    if survey.access == Access.VERIFIED:
        return _(
            "Wir merken uns verschlüsselt, dass Sie geantwortet haben, damit jeder Mensch einmal zählt. Was Sie "
            "antworten, liegt an einer anderen Stelle, ohne Namen und ohne Uhrzeit. Es wird mit anderen Antworten "
            "gemischt. Am Ende wird vernichtet, wer teilgenommen hat."
        )
    return _(
        "Wir speichern Ihre Antworten ohne Namen, ohne Adresse und ohne Uhrzeit. Sie werden mit anderen Antworten "
        "gemischt. Schreiben Sie bitte nichts hinein, woran man Sie erkennt."
    )


def facts(survey: Survey, language: str) -> list[tuple[str, str]]:
    minutes = ngettext("etwa %d Minute", "etwa %d Minuten", survey.minutes) % survey.minutes
    asking = (office_name(survey.department, language), word(survey.asked_by, language))
    return [
        (_("Wer fragt"), ", ".join(name for name in asking if name)),
        (_("Wer antworten kann"), word(workflow.ACCESS_WORDS[Access(survey.access)], language)),
        (_("Wie lange es dauert"), minutes),
    ]  # fmt: skip


@ours
@require_safe
def survey(request: Request, number: int) -> HttpResponse:
    """Before, while and after it runs."""
    viewer, at = request.viewer, request.at
    found = queries.survey_by_number(number, viewer)
    language = viewer.language
    phase = found.phase(at)
    tag, tag_kind = state_tag(found, language, at)
    title = word(found.title, language)
    earlier = found.wave_of if found.wave_of_id and found.wave_of and rules.may_see(found.wave_of, viewer) else None
    context: dict[str, Any] = {
        "survey": found,
        "title": title,
        "spoken": language if found.title.get(language) else "de",
        "text": word(found.summary, language),
        "tag": tag,
        "tag_kind": tag_kind,
        "phase": phase.value,
        "is_full": phase is Phase.RUNNING and queries.is_full(found),
        "facts": facts(found, language),
        "contract": contract_facts(found, language),
        "privacy": privacy_facts(found, language),
        "anonymity": anonymity(found),
        "answered": queries.response_count(found) if phase in {Phase.ENDED, Phase.RESULTS} else None,
        "earlier": (marked(earlier.title, language), reverse("surveys:survey", args=[earlier.number]))
        if earlier
        else None,
        "may_edit": rules.may_edit(viewer),
        "may_enter": rules.may_enter(viewer) and phase in {Phase.RUNNING, Phase.GRACE},
        "may_see_results": rules.may_see_results(found, viewer),
        "may_check": found.state == workflow.State.DRAFT and rules.may_check(found, request.actor.plain()),
        "next_step": word(workflow.STATES[workflow.State(found.state)].next_step, language),
        "office": office_name(found.department, language),
        "follow": notify.follow_box(request, found.ref, about=title),
        "trace": trace.trace_of(found.ref, viewer, at),
        "example": found.is_example,
        "crumbs": survey_crumbs(found, language),
    }
    page = render(request, "surveys/survey.html", context)
    return until(page, found.opens_at, found.closes_at, found.grace_until, found.ends_at, at=at)
