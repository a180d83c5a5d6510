"""What editors and the office do: settings, the jury's members, who takes part, the plenary's vote, the places."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.accounts import interface as accounts
from allmende.capabilities.participation import actions, queries, rules
from allmende.capabilities.participation.forms.contest import (
    CheckForm,
    ContestForm,
    JurorForm,
    PlacingForm,
    PlenaryForm,
)
from allmende.capabilities.participation.models import Entry
from allmende.capabilities.participation.queries import ContestPage
from allmende.capabilities.participation.views.contest.pages import (
    contest_crumbs,
    deadline,
    entry_title,
    result_context,
)
from allmende.capabilities.participation.views.pages import ours, remap, word
from allmende.capabilities.participation.workflow import State, label
from allmende.capabilities.participation.workflow import contest as words
from allmende.capabilities.participation.workflow.contest import Admission, Entrant
from allmende.core import city
from allmende.core.errors import Invalid, NotFound
from allmende.core.http import Request
from allmende.ui.views import render_form

TEXT_LIMIT = 2000
"""Characters of what the council decided, in the form for the places."""


def _page(request: Request, number: int) -> ContestPage:
    """For the office and editors. Raises NotSignedIn, NotFound, NotAllowed."""
    rules.require_signed_in(request.viewer)
    page = queries.contest_by_number(number, request.viewer, request.at)
    rules.require_may_run_contest(request.viewer, page.store, page.function)
    return page


def _context(request: Request, page: ContestPage, title: str) -> dict[str, Any]:
    back = reverse("participation:contest_office", args=[page.store.number])
    return {
        "title": title,
        "store_title": word(page.store.title, request.viewer.language),
        "submit": _("Speichern"),
        "cancel_url": back,
        "crumbs": contest_crumbs(page, request.viewer.language, (_("Wettbewerb führen"), back), (title, "")),
        "example": page.store.is_example,
    }


@ours
@require_safe
def contest_office(request: Request, number: int) -> HttpResponse:
    """Where everything stands: entries and who they are from, how far the jury is, what is to be recorded."""
    page = _page(request, number)
    made, store, language, at = page.contest, page.store, request.viewer.language, request.at
    entries = queries.all_entries(made.pk)
    progress = queries.progress_of(entries, len(page.jurors))
    rows = [
        {
            "title": entry_title(entry),
            "language": entry.idea.language,
            "url": reverse("participation:idea", args=[entry.idea.number]),
            "author": entry.idea.author_name or _("Gast"),
            "group": entry.idea.organisation.get_kind_display() if entry.idea.organisation else "",
            "entrant": word(words.ENTRANTS[Entrant(entry.entrant)], language) if entry.entrant else _("steht nicht da"),
            "state": _("geprüft, erscheint nach der Frist")
            if entry.cleared_at and entry.idea.state == State.SUBMITTED
            else label(entry.idea.state, language),
            "admission": word(words.ADMISSIONS[Admission(entry.admission)], language),
            "kind": {"open": "warn", "admitted": "good", "outside": "quiet"}[entry.admission],
            "check_url": reverse("participation:contest_check", args=[number, entry.idea.number]),
        }
        for entry in entries
    ]
    context: dict[str, Any] = {
        "title": word(store.title, language),
        "deadline": deadline(store.closes_at, language),
        "published": made.published_at,
        "rows": rows,
        "jurors": [row.name for row in page.jurors],
        "progress": progress,
        "may_name": rules.may_name_jury(request.viewer),
        "may_edit": rules.may_edit_store(request.viewer, page.function),
        "may_place": rules.may_place(request.viewer, store, at, page.function) and made.published_at is not None,
        "decided": _decided(page, request) if made.published_at is not None else [],
        "number": number,
        "crumbs": contest_crumbs(page, language, (_("Wettbewerb führen"), "")),
        "example": store.is_example,
    }
    if progress.is_done or rules.jury_is_public(store, at):
        context["result"] = result_context(page, at, language, staff=True, entries=entries)
    return render(request, "participation/contest_office.html", context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def contest_settings(request: Request, number: int) -> HttpResponse:
    """Who can take part, rules, prizes, the deadline, what the jury looks at."""
    page = _page(request, number)
    rules.require_may_edit_store(request.viewer, page.function)
    form = ContestForm(
        request.POST or None,
        contest=page.contest,
        criteria=page.criteria,
        language=request.viewer.language,
        zone=city.current().zone,
    )
    if form.is_bound and form.is_valid():
        with form.attempt():
            data, places = form.data_of_contest()
            names = {f"criterion_{n}": f"criterion_{place}" for n, place in enumerate(places)}
            before = page.store.closes_at
            try:
                actions.save_contest(actor=request.actor, store_id=page.store.pk, data=data, at=request.at)
            except Invalid as error:
                fields = {"criteria": "criterion_0", "closes_at": "closes_on", "moves_phases": "later"}
                raise remap(error, {**names, **fields}) from error
            moved = "later" in form.fields and data.moves_phases and data.closes_at not in {None, before}
            messages.success(
                request, _("Gespeichert. Was nach der Frist kommt, ist mitgerückt.") if moved else _("Gespeichert.")
            )
            return redirect("participation:contest", number=number)
    context = _context(request, page, _("Wettbewerb einstellen"))
    return render_form(request, "participation/contest_settings.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def contest_jurors(request: Request, number: int) -> HttpResponse:
    """Names members of the jury by their accounts; ends a seat."""
    page = _page(request, number)
    rules.require_may_name_jury(request.viewer)
    ended = request.POST.get("end", "")
    form = JurorForm(None if ended else request.POST or None)
    if ended:
        seat = next((row for row in page.jurors if str(row.pk) == ended), None)
        if seat is None:
            raise NotFound
        actions.dismiss_juror(actor=request.actor, store_id=page.store.pk, juror_id=seat.pk, at=request.at)
        messages.success(request, _("Der Sitz in der Jury ist beendet."))
        return redirect("participation:contest_jurors", number=number)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.appoint_juror(
                actor=request.actor,
                store_id=page.store.pk,
                person_id=_account(form.cleaned_data["email"]),
                name=form.cleaned_data["name"],
                at=request.at,
            )
            messages.success(request, _("Gespeichert."))
            return redirect("participation:contest_jurors", number=number)
    context = _context(request, page, _("Jury benennen")) | {"jurors": page.jurors, "submit": _("Benennen")}
    return render_form(request, "participation/contest_jurors.html", form, context)


def _account(email: str) -> UUID:
    """Raises Invalid for an address without an account."""
    rows = accounts.Person.objects.filter(email__iexact=email.strip(), is_guest=False, is_active=True)
    found = rows.values_list("pk", flat=True).first()
    if found is None:
        raise Invalid(fields={"email": _("Zu dieser Adresse gibt es kein Konto.")})
    return found


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def contest_check(request: Request, number: int, entry: int) -> HttpResponse:
    """Whether an entrant belongs to those whom the contest is open to."""
    page = _page(request, number)
    found = queries.entry_to_check(page.contest.pk, entry)
    initial = {
        "admission": found.admission if found.admission != Admission.OPEN else "",
        "entrant": found.entrant,
        "reason": found.admission_reason,
    }
    form = CheckForm(request.POST or None, initial=initial, language=request.viewer.language)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.check_entrant(actor=request.actor, idea_id=found.idea_id, at=request.at, **form.cleaned_data)
            messages.success(request, _("Gespeichert."))
            return redirect("participation:contest_office", number=number)
    invited = [word(words.GROUPS[Entrant(group)], request.viewer.language) for group in page.contest.groups]
    context = _context(request, page, _("Teilnahme prüfen")) | {
        "entry": entry_title(found),
        "entry_language": found.idea.language,
        "entry_url": reverse("participation:idea", args=[entry]),
        "invited": ", ".join(invited),
    }
    return render_form(request, "participation/contest_check.html", form, context)


def _public(page: ContestPage) -> list[Entry]:
    rules.require_entries_public(page.contest)
    return queries.entries(page.contest.pk)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def contest_plenary(request: Request, number: int) -> HttpResponse:
    """Records how the plenary voted; a further record corrects the one before, which stays readable."""
    page = _page(request, number)
    entries, earlier = queries.ranked(_public(page)), queries.plenaries(page.contest.pk)
    form = PlenaryForm(request.POST or None, entries=entries, latest=earlier[0] if earlier else None)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        with form.attempt():
            actions.record_plenary(
                actor=request.actor,
                store_id=page.store.pk,
                held_on=values["held_on"],
                voters=values["voters"],
                votes=form.votes(),
                reason=values["reason"],
                at=request.at,
            )
            messages.success(request, _("Das Ergebnis der Vollversammlung ist festgehalten."))
            return redirect("participation:contest_office", number=number)
    context = _context(request, page, _("Abstimmung der Vollversammlung festhalten"))
    return render_form(request, "participation/form.html", form, context)


def _decided(page: ContestPage, request: Request) -> list[dict[str, str]]:
    """What was decided elsewhere on the contest or its entries: the council's paper, part by part."""
    language = request.viewer.language
    return [
        {
            "kind": one.kind_label,
            "title": one.title(language),
            "language": one.title_language(language),
            "state": one.state_label(language),
            "url": one.path(language),
            "permanent": f"{settings.PUBLIC_URL}{one.path('de')}",
            "words": f"{one.title('de')} ({one.state_label('de')})",
        }
        for one in queries.decided_elsewhere(page.contest, request.viewer, request.at)
    ]


def _begun_with(decided: list[dict[str, str]]) -> tuple[str, str]:
    """The first words and the address in the form for the places: all that was decided, and where it stands."""
    urls = {one["permanent"].partition("#")[0] for one in decided}
    return "\n".join(one["words"] for one in decided)[:TEXT_LIMIT], next(iter(urls)) if len(urls) == 1 else ""


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def contest_placing(request: Request, number: int) -> HttpResponse:
    """Records the places beside what jury and plenary said; public at once, with a reason wherever it differs."""
    page = _page(request, number)
    rules.require_may_place(request.viewer, page.store, request.at, page.function)
    entries = _public(page)
    placings = queries.placings(page.contest.pk, only_latest=True)
    decided = _decided(page, request)
    form = PlacingForm(
        request.POST or None,
        entries=queries.ranked(entries),
        latest=placings[0] if placings else None,
        decided=_begun_with(decided),
    )
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        with form.attempt():
            try:
                actions.publish_placing(
                    actor=request.actor,
                    store_id=page.store.pk,
                    places=form.places(),
                    decision=values["decision"],
                    decision_url=values["decision_url"],
                    reason=values["reason"],
                    at=request.at,
                )
            except Invalid as error:
                first = f"place_{form.entries[0].pk}" if form.entries else ""
                raise remap(error, {"places": first}) from error
            messages.success(request, _("Die Plätze sind veröffentlicht. Wer mitgemacht hat, bekommt Bescheid."))
            return redirect("participation:contest_result", number=number)
    found = result_context(page, request.at, request.viewer.language, staff=True, entries=entries)
    by_entry = {row["entry"].pk: row for row in found["rows"]}
    context = _context(request, page, _("Plätze festhalten") if not placings else _("Plätze berichtigen")) | {
        "rows": [
            {**by_entry[entry.pk], "place_field": form[f"place_{entry.pk}"], "why_field": form[f"why_{entry.pk}"]}
            for entry in form.entries
        ],
        "rest": [form[name] for name in ("decision", "decision_url", "reason")],
        "is_correction": bool(placings),
        "decided": decided,
    }
    return render_form(request, "participation/contest_placing.html", form, context)
