"""One report on a clerk's desk: everything that is known of it, and what can be done next."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from allmende.accounts import interface as accounts
from allmende.capabilities.reports import actions, rules, workflow
from allmende.capabilities.reports.actions.rows import Overtaken, last_line
from allmende.capabilities.reports.forms.handling import CorrectForm, MergeForm, NoteForm, ShowForm, StepForm
from allmende.capabilities.reports.models import Report, Update
from allmende.capabilities.reports.queries import (
    asking,
    categories,
    handovers,
    inbox,
    partners,
    recordings,
    reports,
    subtasks,
)
from allmende.capabilities.reports.queries.reports import Nearby
from allmende.capabilities.reports.rules.answers import DEFAULT, Answer, filled, parsed
from allmende.capabilities.reports.views.pages import OUTSIDE_STATES, crumbs, deed, rows_of, shortened
from allmende.capabilities.reports.workflow import STATES, STEPS, State, Who, steps_of
from allmende.core import city
from allmende.core.actor import CHANNEL_LABELS, Channel
from allmende.core.errors import Invalid
from allmende.core.http import Request
from allmende.engines.media import interface as media
from allmende.engines.places import interface as places
from allmende.ui.pages import district_name, office_name, ours
from allmende.ui.views import render_form


def crumbs_of(found: Report, language: str, last: str = "") -> list[tuple[str, str]]:
    """Inbox, report, and what is being done with it."""
    here = reverse("reports:handle", args=[found.number])
    more = [(found.title(language), here if last else "")]
    return crumbs((_("Eingang der Meldungen"), reverse("reports:inbox")), *more, *([(last, "")] if last else []))


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def handle(request: Request, number: int) -> HttpResponse:
    """Words, place, picture, whole history with notes, what may be the same, the buttons of the next steps."""
    language = request.viewer.language
    found = inbox.by_number(number, request.viewer)
    form = NoteForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.add_note(actor=request.actor, report_id=found.pk, note=form.cleaned_data["note"], at=request.at)
            messages.success(request, _("Die Notiz ist gespeichert."))
            return redirect("reports:handle", number=number)
    mergeable = "merge" in steps_of(found.state, Who.MERGE)
    referrals = partners.referrals_of(found)
    context = {
        "report": found,
        "title": found.title(language),
        "state": workflow.label(found.state, language),
        "kind": STATES[State(found.state)].kind,
        "facts": _facts(found, language),
        "recording": recordings.of(found),
        "answers": [(one.label, one.text) for one in asking.said(found, language)],
        "late": found.state in workflow.OPEN and found.due_at is not None and found.due_at < request.at,
        "images": media.images_of([found.ref]).get(found.ref, []),
        "undrawn": media.undrawn(found.ref),
        "history": [_line(line, language) for line in reversed(reports.history(found))],
        "steps": [(verb, step.label) for verb, step in steps_of(found.state, Who.OFFICE).items()],
        "handovers": handover_rows(found),
        "referrals": referrals,
        "subtasks": [
            (one, office_name(one.department, language), reverse("reports:subtask", args=[one.pk]))
            for one in subtasks.of_report(found)
        ],
        "tools": _tools(found, request, mergeable=mergeable, sent=bool(referrals)),
        "splittable": found.main if found.state == State.DUPLICATE else None,
        "same": [_alike(one, language) for one in inbox.same_as(found, request.viewer)] if mergeable else [],
        "crumbs": crumbs_of(found, language),
        "example": found.is_example,
    }
    return render_form(request, "reports/handle.html", form, context)


def _tools(
    found: Report, request: Request, *, mergeable: bool, sent: bool
) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """What else can be done, in groups: heading, then label, address and a mark for what went wrong."""

    def to(label: str, name: str, mark: str = "") -> tuple[str, str, str]:
        return label, reverse(f"reports:{name}", args=[found.number]), mark

    facts = [to(_("Art und Ort ändern"), "correct")]
    if found.state not in {State.RECEIVED, State.REFUSED}:
        facts.append(to(_("Was alle lesen"), "show"))
    others = [to(_("Teilaufgabe vergeben"), "give_subtask")] if found.state in workflow.OPEN else []
    if sent or partners.is_taken(found):
        trouble = _("nicht angekommen") if sent and partners.is_troubled(found, request.at) else ""
        others.append(to(str(STEPS["hand_over"].label), "to_partner", trouble))
    elif "hand_over" in steps_of(found.state, Who.OUTSIDE):
        others.append(to(str(STEPS["hand_over"].label), "hand_over"))
    if mergeable:
        others.append(to(str(STEPS["merge"].label), "merge"))
    views = [to(_("So sehen es alle"), "report")] if found.is_public else []
    views.append(to(_("Blatt zum Ausdrucken"), "sheet"))
    groups = [(_("Angaben zur Meldung"), facts), (_("Andere beteiligen"), others), (_("Ansehen"), views)]
    return [(heading, links) for heading, links in groups if links]


def handover_rows(found: Report) -> list[dict[str, Any]]:
    """Who outside has or had it."""
    return [
        {
            "id": one.pk,
            "party": one.party,
            "state": OUTSIDE_STATES[one.state][0],
            "kind": OUTSIDE_STATES[one.state][1],
            "sent_at": one.sent_at,
            "expires_at": one.expires_at,
            "is_open": one.is_open,
        }
        for one in handovers.of_report(found)
    ]


def _alike(near: Nearby, language: str) -> dict[str, Any]:
    one = near.report
    return {
        "title": one.title(language),
        "url": reverse("reports:handle", args=[one.number]),
        "metres": near.metres,
        "same_view": near.same_view,
        "state": workflow.label(one.state, language),
        "number": one.number,
        "text": shortened(one.public_words),
        "language": one.language,
    }


def _facts(found: Report, language: str) -> list[tuple[str, Any]]:
    return [
        (_("Art"), found.category.name(language)),
        (_("Wo"), ", ".join(part for part in (found.place, found.detail) if part)),
        (_("Stadtteil"), district_name(found.district)),
        (_("Amt"), office_name(found.department, language)),
        (_("Kam über"), CHANNEL_LABELS[Channel(found.channel)]),
        (_("Antwort"), _contact(found)),
        (_("Öffentlich"), _("ja") if found.is_public else _("nein")),
    ]


def _contact(found: Report) -> str:
    """How its reporter is reached; addresses stay where mails are sent from."""
    if found.reporter_id is None:
        return _("nur über den Link")
    kind = accounts.person(found.reporter_id).contact_kind
    ways = {"email": _("per E-Mail"), "telephone": _("per Telefon"), "letter": _("per Brief")}
    return ways.get(kind, _("nur über den Link"))


def _line(line: Update, language: str) -> dict[str, Any]:
    words = {"note": _("Notiz"), "edit": _("Angaben geändert"), "outside": _("Nachricht von einer anderen Stelle")}
    return {
        "when": line.at,
        "text": deed(line, language) or words.get(line.verb, ""),
        "who": office_name(line.department, language) if line.department else "",
        "words": line.words,
        "note": line.note,
        "language": line.language,
    }


class Seen:
    """What the person had before their eyes when the form was made; once they were told of more, that too."""

    def __init__(self, request: Request, report: Report) -> None:
        self.report = report
        self.line = request.POST["seen"] if "seen" in request.POST else last_line(report)

    @contextmanager
    def asked(self) -> Iterator[None]:
        try:
            yield
        except Overtaken:
            self.line = last_line(self.report)
            raise


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: Request, number: int, verb: str) -> HttpResponse:
    """One step of the table, with the person's words beside it."""
    language = request.viewer.language
    found = inbox.by_number(number, request.viewer)
    asked = rules.step_of(found, verb, Who.OFFICE)
    images = media.images_of([found.ref]).get(found.ref, [])
    initial = {"publish": "yes", "public_words": found.public_words, "words": _from_template(request, found)}
    form = StepForm(
        request.POST or None, initial=initial, step=asked, report=found, has_image=bool(images), language=language
    )
    seen = Seen(request, found)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        with form.attempt(), seen.asked():
            actions.move_report(
                actor=request.actor,
                report_id=found.pk,
                verb=verb,
                words=values["words"],
                note=values["note"],
                department=values.get("department", ""),
                publish_image=bool(values.get("with_image")),
                seen=seen.line,
                at=request.at,
                **form.shown,
            )
            messages.success(request, _("Gespeichert. Wer es gemeldet hat, hört davon."))
            handles_still = rules.may_handle(request.viewer, reports.by_id(found.pk) or found)
            return redirect("reports:handle", number=number) if handles_still else redirect("reports:inbox")
    context = {
        "report": found,
        "title": found.title(language),
        "label": asked.label,
        "submit": asked.label,
        "seen": seen.line,
        "images": images,
        "answers": [(number, one.title) for number, one in enumerate(templates_of_city(), start=1)],
        "crumbs": crumbs_of(found, language, str(asked.label)),
        "example": found.is_example,
    }
    return render_form(request, "reports/step.html", form, context)


def templates_of_city() -> list[Answer]:
    """As the city wrote them."""
    lines = city.setting("reports.answers", list(DEFAULT))
    return parsed(lines.splitlines() if isinstance(lines, str) else lines)


def _from_template(request: Request, found: Report) -> str:
    """The words of the chosen template, in German as the city wrote them."""
    templates, given = templates_of_city(), request.GET.get("vorlage", "")
    chosen = int(given) if given.isascii() and given.isdecimal() and len(given) < 3 else 0  # noqa: PLR2004 - two digits
    if not 1 <= chosen <= len(templates):
        return ""
    values = {"nummer": str(found.number), "art": found.category.name("de"), "ort": found.place}
    return filled(templates[chosen - 1].text, values)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Request, number: int) -> HttpResponse:
    """What everybody reads of it."""
    found = inbox.by_number(number, request.viewer)
    images = media.images_of([found.ref]).get(found.ref, [])
    initial = {
        "publish": "yes" if found.is_public else "no",
        "public_words": found.public_words,
        "with_image": found.shows_image,
    }
    form = ShowForm(request.POST or None, initial=initial, report=found, has_image=bool(images))
    seen = Seen(request, found)
    if form.is_bound and form.is_valid() and form.shown:
        with form.attempt(), seen.asked():
            actions.show_report(
                actor=request.actor, report_id=found.pk, publish=form.shown["publish"],
                public_words=form.cleaned_data["public_words"] or found.public_words,
                with_image=bool(form.cleaned_data.get("with_image")), seen=seen.line, at=request.at,
            )  # fmt: skip
            messages.success(request, _("Gespeichert."))
            return redirect("reports:handle", number=number)
    return _plain(request, found, form, _("Was alle lesen"), images=images, seen=seen.line)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: Request, number: int) -> HttpResponse:
    """Another kind or place."""
    found = inbox.by_number(number, request.viewer)
    initial = {
        "category": found.category.slug,
        "place": places.said(found.place, (found.longitude, found.latitude)),
        "detail": found.detail,
    }
    offered = categories.active()
    form = CorrectForm(request.POST or None, initial=initial, offered=offered, language=request.viewer.language)
    seen = Seen(request, found)
    if not places.search_step(form) and form.is_bound and form.is_valid():
        values = form.cleaned_data
        data = actions.Correction(values["category"], values["place"].text, values["place"].point, values["detail"])
        with form.attempt(), seen.asked():
            actions.correct_report(actor=request.actor, report_id=found.pk, data=data, seen=seen.line, at=request.at)
            messages.success(request, _("Gespeichert."))
            handles_still = rules.may_handle(request.viewer, reports.by_id(found.pk) or found)
            return redirect("reports:handle", number=number) if handles_still else redirect("reports:inbox")
    return _plain(request, found, form, _("Art und Ort ändern"), seen=seen.line)


def _plain(request: Request, found: Report, form: Any, label: str, **more: Any) -> HttpResponse:
    language = request.viewer.language
    context = {
        "report": found,
        "title": found.title(language),
        "label": label,
        "submit": _("Speichern"),
        "crumbs": crumbs_of(found, language, label),
        "example": found.is_example,
        **more,
    }
    return render_form(request, "reports/step.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: Request, number: int) -> HttpResponse:
    """The same as another report: proposals by place, time, kind, words and photo, or any number."""
    language = request.viewer.language
    found = inbox.by_number(number, request.viewer)
    rules.step_of(found, "merge", Who.MERGE)
    form = MergeForm(request.POST or None, initial={"main": request.GET.get("mit", "")[:18]})
    if form.is_bound and form.is_valid():
        with form.attempt():
            main = Report.objects.filter(number=form.cleaned_data["main"]).first()
            if main is None or not rules.may_see(request.viewer, main):
                raise Invalid(fields={"main": _("Eine Meldung mit dieser Nummer gibt es nicht.")})
            actions.merge_reports(actor=request.actor, report_id=found.pk, main_id=main.pk, at=request.at)
            messages.success(request, _("Zusammengelegt. Das lässt sich zurücknehmen."))
            return redirect("reports:handle", number=number)
    near = inbox.same_as(found, request.viewer)
    context = {
        "report": found,
        "title": found.title(language),
        "label": str(STEPS["merge"].label),
        "submit": _("Zusammenlegen"),
        "near": rows_of([one.report for one in near], language, {one.report.pk: one.metres for one in near}),
        "crumbs": crumbs_of(found, language, str(STEPS["merge"].label)),
        "example": found.is_example,
    }
    return render_form(request, "reports/step.html", form, context)


@ours
@require_POST
def split(request: Request, number: int) -> HttpResponse:
    """Takes a merge back."""
    found = inbox.by_number(number, request.viewer)
    actions.split_report(actor=request.actor, report_id=found.pk, at=request.at)
    messages.success(request, _("Zurückgenommen. Die Meldung läuft wieder für sich."))
    return redirect("reports:handle", number=number)
