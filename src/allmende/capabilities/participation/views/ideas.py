"""The page of an idea, and what its reader and its author can do there."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from allmende.accounts import interface as accounts
from allmende.capabilities.participation import actions, index, queries, rules, workflow
from allmende.capabilities.participation.forms import EditIdeaForm, ReasonForm
from allmende.capabilities.participation.models import Idea, OfficialAnswer
from allmende.capabilities.participation.queries import IdeaPage
from allmende.capabilities.participation.views.contest.pages import entry_box
from allmende.capabilities.participation.views.needs import offers_for
from allmende.capabilities.participation.views.pages import crumbs, office_name, ours, until, word
from allmende.capabilities.participation.workflow import Outcome, State
from allmende.core import city
from allmende.core.actor import CHANNEL_LABELS, Channel
from allmende.core.errors import NotFound, NotSignedIn
from allmende.core.http import Request
from allmende.engines.discussion import interface as discussion
from allmende.engines.media import interface as media
from allmende.engines.notify import interface as notify
from allmende.engines.places import interface as places
from allmende.engines.trace import interface as trace
from allmende.ui.views import announce, render_form

HOUR = timedelta(hours=1)
OUTCOME_KINDS = {Outcome.ACCEPTED: "good", Outcome.PARTLY: "warn", Outcome.ALREADY: "good", Outcome.NO: "bad"}


def _answer(answer: OfficialAnswer, language: str) -> dict[str, Any]:
    outcome = Outcome(answer.outcome)
    return {
        "outcome": word(workflow.OUTCOMES[outcome], language),
        "kind": OUTCOME_KINDS[outcome],
        "text": answer.text,
        "alternative": answer.alternative,
        "language": answer.language,
        "office": office_name(answer.department, language),
        "ask_again_on": answer.ask_again_on,
        "at": answer.at,
    }


def _history(page: IdeaPage, language: str, *, own: bool) -> list[dict[str, Any]]:
    """Context of ui/parts/timeline.html, newest first; reasons that are only the author's stay with the author."""
    return [
        {
            "when": row.at,
            "text": word(workflow.DEEDS.get(row.verb), language),
            "who": office_name(row.department, language) if row.department else "",
            "note": row.reason if own or row.is_public else "",
        }
        for row in reversed(page.history)
        if own or row.is_public
    ]


def support_context(idea: Idea, at: datetime, *, signed_in: bool, supported: bool) -> dict[str, Any]:
    """Context of participation/parts/support.html."""
    count = idea.support_count
    return {
        "support_id": f"support-{idea.pk}",
        "support_url": reverse("participation:support", args=[idea.number]),
        "support_about": idea.version.title if idea.version else "",
        "support_open": rules.may_support(idea, idea.store, at),
        "supported": supported,
        "signed_in": signed_in,
        "count": count,
        "count_text": ngettext("Mensch unterstützt das", "Menschen unterstützen das", count),
    }


def _author(idea: Idea) -> str:
    return idea.author_name or _("Gast")


@ours
@require_safe
def idea(request: Request, number: int) -> HttpResponse:
    """Title, author, place, picture, words; support, follow; answer, next step; where it comes from and what became
    of it; what others say; what was done with it.
    """
    viewer, at, language = request.viewer, request.at, request.viewer.language
    page = queries.idea_by_number(number, viewer, at)
    found = page.idea
    title = found.version.title if found.version else ""
    own = rules.is_author(found, viewer)
    ref = found.ref
    district = city.current().districts.get(found.district)
    context: dict[str, Any] = {
        "idea": found,
        "title": title,
        "author": _author(found),
        "channel": CHANNEL_LABELS[Channel(found.channel)] if found.channel in rules.HAND_CHANNELS else "",
        "place": ", ".join(part for part in (found.place, district.name if district else "") if part),
        "store_title": word(found.store.title, language),
        "store_url": reverse("participation:store", args=[found.store.number]),
        "category": word(found.category.names, language) if found.category else "",
        "state": workflow.label(found.state, language),
        "meaning": word(workflow.STATES[State(found.state)].meaning, language),
        "images": media.images_of([ref]).get(ref, []),
        "documents": media.documents_of([ref]).get(ref, []),
        "entry": entry_box(found, language, own=own),
        "answers": [_answer(answer, language) for answer in page.answers],
        "offers": offers_for(found, language) if found.store.is_need else [],
        "step": {
            "step": word(found.next_step, language),
            "office": word(index.office_of(found), language),
            "due": found.due_at,
            "at": at,
        },
        "history": _history(page, language, own=own),
        "refusal": next((row for row in reversed(page.history) if row.state == State.REFUSED), None) if own else None,
        "own": own,
        "public": found.is_public,
        "may_edit": rules.may_edit_idea(found, found.store, viewer, at),
        "may_withdraw": rules.may_withdraw(found, viewer),
        "staff_links": _staff_links(page, request),
        "crumbs": crumbs(
            (word(found.store.title, language), reverse("participation:store", args=[found.store.number])), (title, "")
        ),
        "example": found.is_example,
        "is_question": found.store.is_question,
        "counts_support": found.store.counts_support,
        **support_context(found, at, signed_in=viewer.is_signed_in, supported=page.supported),
    }
    if found.is_public:
        context["follow"] = notify.follow_box(request, ref, about=title)
        context["trace"] = trace.trace_of(ref, viewer, at)
        context["thread"] = discussion.thread(ref, viewer, at, is_open=rules.may_comment(found, at))
    return until(render(request, "participation/idea.html", context), found.due_at, found.store.closes_at, at=at)


def _staff_links(page: IdeaPage, request: Request) -> list[tuple[str, str]]:
    """What the office, editors and those who lead the group can do next."""
    found, viewer = page.idea, request.viewer
    links = []
    if rules.may_answer(found, viewer) and workflow.may_step("answer", found.state):
        links.append((pgettext("participation", "Antworten"), reverse("participation:answer", args=[found.number])))
    if found.is_public and rules.may_lead(found, viewer, page.function):
        if workflow.may_step("review", found.state):
            links.append((_("In Bearbeitung nehmen"), reverse("participation:take_up", args=[found.number])))
        links.append((_("Nächsten Schritt festlegen"), reverse("participation:next_step", args=[found.number])))
    return links


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def support(request: Request, number: int) -> HttpResponse:
    """Support, or take it back. A page of its own for visitors and without script; in place with htmx."""
    page = queries.idea_by_number(number, request.viewer, request.at)
    found = page.idea
    if not found.is_public:
        raise NotFound
    if request.method == "POST":
        if not request.viewer.is_signed_in:
            raise NotSignedIn(_("Zum Unterstützen melden Sie sich bitte an. So zählt jeder Mensch nur einmal."))
        accounts.limit(request, "participation.support", times=300, per=HOUR)
        take_back = bool(request.POST.get("take_back"))
        deed = actions.unsupport_idea if take_back else actions.support_idea
        deed(actor=request.actor, idea_id=found.pk, at=request.at)
        said = (
            _("Sie unterstützen diese Idee nicht mehr.") if take_back else _("Danke. Ihre Unterstützung ist gezählt.")
        )
        if not request.htmx:
            messages.success(request, said)
            return redirect("participation:idea", number=number)
        page = queries.idea_by_number(number, request.viewer, request.at)
        context = support_context(page.idea, request.at, signed_in=True, supported=page.supported)
        return announce(render(request, "participation/parts/support.html", context), said)
    title = found.version.title if found.version else ""
    context = {
        **support_context(found, request.at, signed_in=request.viewer.is_signed_in, supported=page.supported),
        "idea": found,
        "title": title,
        "idea_url": reverse("participation:idea", args=[number]),
        "crumbs": crumbs((title, reverse("participation:idea", args=[number])), (_("Unterstützen"), "")),
        "is_question": found.store.is_question,
        "counts_support": found.store.counts_support,
        "example": found.is_example,
    }
    return render(request, "participation/support.html", context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, number: int) -> HttpResponse:
    """New words by the author; once public, the former ones stay until the new ones are checked."""
    page = queries.idea_by_number(number, request.viewer, request.at)
    found = page.idea
    rules.require_may_edit_idea(found, found.store, request.viewer, request.at)
    words = found.pending or found.version
    initial = {
        "title": words.title if words else "",
        "body": words.body if words else "",
        "category": found.category.slug if found.category else "",
        "place": places.said(found.place, (found.longitude, found.latitude)),
        "district": found.district,
    }
    form = EditIdeaForm(request.POST or None, initial=initial, store=found.store, language=request.viewer.language)
    if not places.search_step(form) and form.is_bound and form.is_valid():
        values = form.cleaned_data
        with form.attempt():
            actions.edit_idea(
                actor=request.actor,
                idea_id=found.pk,
                title=values["title"],
                body=values["body"],
                category=values.get("category"),
                place=values["place"].text,
                district=values["district"],
                point=values["place"].point,
                at=request.at,
            )
            messages.success(request, _("Ihre Änderung ist gespeichert. Wir prüfen sie, dann wird sie sichtbar."))
            return redirect("participation:idea", number=number)
    title = str(initial["title"])
    context = {
        "title": title,
        "idea": found,
        "check_until": discussion.due(request.at),
        "idea_url": reverse("participation:idea", args=[number]),
        "crumbs": crumbs((title, reverse("participation:idea", args=[number])), (_("Ändern"), "")),
        "example": found.is_example,
    }
    return render_form(request, "participation/idea_edit.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: Request, number: int) -> HttpResponse:
    """Asks once more, then takes the idea back."""
    page = queries.idea_by_number(number, request.viewer, request.at)
    found = page.idea
    rules.require_may_withdraw(found, request.viewer)
    form = ReasonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.withdraw_idea(
                actor=request.actor, idea_id=found.pk, reason=form.cleaned_data["reason"], at=request.at
            )
            messages.success(request, _("Ihre Idee ist zurückgezogen."))
            return redirect("participation:mine")
    title = found.version.title if found.version else ""
    context = {
        "title": _("Idee zurückziehen"),
        "question": _("Möchten Sie „%(title)s“ zurückziehen? Die Idee ist dann nicht mehr öffentlich.")
        % {"title": title},
        "action": _("Zurückziehen"),
        "cancel_url": reverse("participation:idea", args=[number]),
        "danger": True,
        "crumbs": crumbs((title, reverse("participation:idea", args=[number])), (_("Zurückziehen"), "")),
    }
    return render_form(request, "ui/confirm.html", form, context)
