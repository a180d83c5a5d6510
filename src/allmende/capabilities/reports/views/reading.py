"""What everybody reads: the list, one report, the feed; and the page that only its reporter has."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from allmende.accounts import interface as accounts
from allmende.capabilities.reports import actions, rules, workflow
from allmende.capabilities.reports.actions.moving import reopen_for
from allmende.capabilities.reports.forms.answering import ObjectForm, WordsForm
from allmende.capabilities.reports.models import Report, Update
from allmende.capabilities.reports.queries import asking, categories, recordings, reports
from allmende.capabilities.reports.queries.reports import Filters
from allmende.capabilities.reports.views import simple
from allmende.capabilities.reports.views.pages import crumbs, meaning, private_url, public_images, rows_of, timeline
from allmende.capabilities.reports.workflow import ENDED, STATES, State
from allmende.core import city
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.discussion import interface as discussion
from allmende.engines.media import interface as media
from allmende.engines.notify import interface as notify
from allmende.engines.trace import interface as trace
from allmende.ui.pages import district_name, office_name, ours, until
from allmende.ui.views import render_form

FILTERS = ("category", "district", "state", "since")


@ours
@require_safe
def overview(request: Request) -> HttpResponse:
    """Public reports, newest first; by kind, district and whether they are open."""
    language = request.viewer.language
    offered = categories.active()
    asked = Filters(*(request.GET.get(name, "")[:60].replace("\0", "") for name in FILTERS))
    if asked.state not in {"", "open", "done"}:
        raise NotFound
    found, further = reports.public(asked, request.at, after=request.GET.get("after", ""))
    districts = sorted(city.current().districts.values(), key=lambda one: one.name)
    every = ("", pgettext("report", "alle"))
    context = {
        "rows": rows_of(found, language),
        "count": reports.count_public(asked, request.at),
        "after": further,
        "narrowed": asked != Filters(),
        "selects": [
            ("category", _("Was"), [every, *((one.slug, one.name(language)) for one in offered if not one.elsewhere)],
             asked.category),
            ("district", _("Stadtteil"), [every, *((one.slug, one.name) for one in districts)], asked.district),
            ("state", pgettext("report", "Stand"), [every, ("open", _("noch offen")), ("done", _("abgeschlossen"))],
             asked.state),
            ("since", _("Gemeldet"), [("", _("irgendwann")), ("7", _("in den letzten 7 Tagen")),
             ("30", _("in den letzten 30 Tagen")), ("365", _("im letzten Jahr"))], asked.since),
        ],
        "map_query": urlencode({"ebene": "meldungen", "district": asked.district}),
        "crumbs": crumbs(),
        "example": any(one.is_example for one in found),
    }  # fmt: skip
    return until(render(request, "reports/overview.html", context), at=request.at)


@ours
@require_safe
def report(request: Request, number: int) -> HttpResponse:
    """One report: what it is, where it stands, what happened, both questions of the Trace."""
    viewer, at, language = request.viewer, request.at, request.viewer.language
    found = reports.by_number(number, viewer)
    lines = reports.history(found)
    title = found.title(language)
    own = rules.is_reporter(viewer, found)
    context = {
        **_facts(request, found, lines, own=own),
        "title": title,
        "text": found.words if own and not found.is_public else found.public_words,
        "images": public_images([found])[found.pk],
        "recording": _released(found),
        "own_url": private_url(found) if own else "",
        "handles": rules.may_handle(viewer, found),
        "step": _next_step(request, found),
        "crumbs": crumbs((title, "")),
        "example": found.is_example,
    }
    if found.is_public:
        context["follow"] = notify.follow_box(request, found.ref, about=title)
        context["trace"] = trace.trace_of(found.ref, viewer, at)
        context["notice_url"] = discussion.report_url(found.ref)
        context["joins"] = rules.may_join(found)
    return until(render(request, "reports/report.html", context), found.due_at, at=at)


def _released(found: Report) -> Any:
    """The recording with its transcript, once an office has written it down and released it."""
    pair = recordings.of(found) if found.is_public else None
    return pair if pair is not None and pair[0].is_public else None


def _facts(request: Request, found: Report, lines: list[Update] | Any, *, own: bool) -> dict[str, Any]:
    language, plainly = request.viewer.language, simple.is_on(request)
    state = State(found.state)
    main = found.main if found.main is not None and found.main.is_public else None
    return {
        "report": found,
        "state": workflow.label(found.state, language),
        "meaning": meaning(state, language, plainly=plainly),
        "simple": simple.language(request),
        "path": request.path,
        "kind": STATES[state].kind,
        "category": found.category.name(language),
        "place": ", ".join(part for part in (found.place, found.detail) if part),
        "district": district_name(found.district),
        "office": office_name(found.department, language),
        "history": timeline(lines, language, own=own, plainly=plainly),
        "answers": [(one.label, one.text) for one in asking.said(found, language, only_public=not own)],
        "main": (main.title(language), reverse("reports:report", args=[main.number])) if main else None,
    }


def _next_step(request: Request, found: Report) -> dict[str, Any]:
    """Context of ui/parts/next_step.html; nothing once the work has ended."""
    if found.state in ENDED:
        return {}
    language = request.viewer.language
    return {
        "step": meaning(State(found.state), language, plainly=simple.is_on(request)),
        "office": office_name(found.department, language),
        "due": found.due_at,
        "at": request.at,
    }


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: Request) -> HttpResponse:
    """The reporter's own page: thanks, number, every step in plain words, the question, "was it really done?".

    Without a private link: the reports of whoever is signed in.
    """
    token = request.GET.get("schein", "")
    if not token:
        return _all_mine(request)
    found = reports.by_token(token)
    answering = found.state == State.WAITING
    objecting = rules.may_object(found, request.at, reopen_for())
    form: Any = None
    if answering:
        form = WordsForm(request.POST or None)
    elif objecting:
        form = ObjectForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        accounts.limit(request, "reports.answer", times=30, per=rules.HOUR)
        if objecting and request.POST.get("say") == "yes":
            actions.confirm_done(actor=request.actor, report_id=found.pk, token=token, at=request.at)
            messages.success(request, _("Danke für die Rückmeldung."))
            return redirect(private_url(found))
        if form is not None and form.is_valid():
            with form.attempt():
                return _said(request, found, form, token, answering=answering)
    response = _private_page(request, found, form, answering=answering, objecting=objecting)
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "same-origin"  # with none at all, browsers send forms without their origin
    return response


def _said(request: Request, found: Report, form: Any, token: str, *, answering: bool) -> HttpResponse:
    words = form.cleaned_data["words"]
    if answering:
        actions.answer_question(actor=request.actor, report_id=found.pk, token=token, words=words, at=request.at)
        messages.success(request, _("Danke. Ihre Antwort ist beim Amt."))
        return redirect(private_url(found))
    image_id = None
    if form.cleaned_data.get("photo"):
        image_id = media.take_image(
            form.cleaned_data["photo"], alt=" ".join(words.split())[:200], actor=request.actor, at=request.at,
            field="photo",
        ).pk  # fmt: skip
    actions.object_to_done(
        actor=request.actor, report_id=found.pk, token=token, words=words, image_id=image_id, at=request.at
    )
    messages.success(request, _("Danke. Wir sehen es uns noch einmal an."))
    return redirect(private_url(found))


def _private_page(request: Request, found: Report, form: Any, *, answering: bool, objecting: bool) -> HttpResponse:
    language = request.viewer.language
    lines = reports.history(found)
    question = next((line for line in reversed(lines) if line.verb == "ask"), None) if answering else None
    title = found.title(language)
    context = {
        **_facts(request, found, lines, own=True),
        "title": title,
        "is_new": bool(request.GET.get("neu")) and found.state == State.RECEIVED,
        "private_address": settings.PUBLIC_URL + private_url(found),
        "public_url": reverse("reports:report", args=[found.number]) if found.is_public else "",
        "step": _next_step(request, found),
        "check_until": discussion.due(found.received_at),
        "question": question,
        "objecting": objecting,
        "object_until": found.closed_at + reopen_for() if found.closed_at else None,
        "told": _told(found),
        "has_recording": recordings.of(found) is not None,
        "has_photo": bool(media.images_of([found.ref]).get(found.ref)) or media.undrawn(found.ref),
        "crumbs": crumbs((_("Ihre Meldung"), "")),
        "example": found.is_example,
    }
    return render_form(request, "reports/mine.html", form, context)


def _told(found: Report) -> str:
    """By which way the reporter hears of each step: a contact kind, or nothing."""
    if found.reporter_id is None:
        return ""
    return accounts.person(found.reporter_id).contact_kind


def _all_mine(request: Request) -> HttpResponse:
    person_id = request.viewer.person_id
    found = reports.mine(person_id) if person_id is not None else []
    context = {
        "rows": [
            {"title": one.title(request.viewer.language), "url": private_url(one), "at": one.received_at,
             "state": workflow.label(one.state, request.viewer.language), "kind": STATES[State(one.state)].kind}
            for one in found
        ],
        "crumbs": crumbs((_("Meine Meldungen"), "")),
        "signed_in": person_id is not None,
    }  # fmt: skip
    response = render(request, "reports/mine_list.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@ours
@require_safe
def feed(request: Request) -> HttpResponse:
    """The newest public reports with their state, for feed readers."""
    language = request.viewer.language
    document = Rss201rev2Feed(
        title=_("%(city)s: Schäden und Gefahren") % {"city": city.current().name},
        link=settings.PUBLIC_URL + reverse("reports:reports"),
        description=_("Was gemeldet ist und was daraus wird."),
        language=language,
        feed_url=settings.PUBLIC_URL + reverse("reports:feed"),
    )
    add_items(document, reports.newest(), language)
    return HttpResponse(document.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")


def add_items(document: Rss201rev2Feed, found: Iterable[Report], language: str) -> None:
    """Reports as items of a feed."""
    for one in found:
        document.add_item(
            title=_printable(one.title(language)),
            link=settings.PUBLIC_URL + reverse("reports:report", args=[one.number]),
            description=_printable(one.public_words),
            unique_id=f"urn:uuid:{one.pk}",
            unique_id_is_permalink=False,
            pubdate=one.published_at,
            updateddate=one.state_at,
            categories=[workflow.label(one.state, language)],
        )


def _printable(text: str) -> str:
    """Without signs that XML 1.0 forbids (section 2.2)."""
    return "".join(sign for sign in text if sign in "\t\n\r" or " " <= sign < "\ufffe" or sign > "\uffff")
