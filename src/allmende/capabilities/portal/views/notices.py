"""Official notices: the public list and pages, and the offices' way to them."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.portal.actions import notices as actions
from allmende.capabilities.portal.forms.notices import NoticeForm, ProvideForm, WhyForm
from allmende.capabilities.portal.models.notices import Notice
from allmende.capabilities.portal.queries import notices as queries
from allmende.capabilities.portal.rules import notices as rules
from allmende.capabilities.portal.workflow.notices import LABELS, STEPS, State, may_step
from allmende.core import city
from allmende.core.errors import Invalid, NotFound
from allmende.core.http import Request
from allmende.core.texts import Text
from allmende.engines.notify import interface as notify
from allmende.ui.forms import Form
from allmende.ui.views import announce, render_form

type Crumbs = list[tuple[str, str]]
LONGEST_QUERY = 120


def ours(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Types the request: the middlewares have made it one of ours."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(cast("Request", request), *args, **kwargs)

    return run


def word(texts: Any, language: str) -> str:
    """A text of the city in the language, else in German."""
    return "" if not texts else str(texts.get(language) or texts.get("de", ""))


def path_of(notice: Notice) -> str:
    """The public address, or the staff's as long as there is none."""
    if notice.state == State.PROVIDED:
        return reverse("portal:notice", args=[notice.year, notice.number])
    return reverse("portal:notice_work", args=[notice.pk])


def office_of(notice: Notice, language: str) -> str:
    found = city.current().department(notice.department)
    return found.name(language) if found else ""


def shown_text(text: str) -> str:
    """The Markdown one level of headings lower where it begins with the highest: that is the page's title."""
    if re.search(r"^# ", text, re.MULTILINE):
        return re.sub(r"^(#{1,5}) ", r"#\1 ", text, flags=re.MULTILINE)
    return text


def _crumbs(*more: tuple[str, str]) -> Crumbs:
    return [(_("Bekanntmachungen"), reverse("portal:notices")), *more]


def desk_crumbs(*more: tuple[str, str]) -> Crumbs:
    return [(_("Bekanntmachungen bearbeiten"), reverse("portal:notices_desk")), *more]


# What everybody sees


@ours
@require_safe
def listing(request: Request) -> HttpResponse:
    """/bekanntmachungen/?jahr=…&q=…&after=…: the newest first."""
    at = request.at
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST_QUERY]
    asked = request.GET.get("jahr", "")
    years = queries.years(at)
    year = next((one for one, _n in years if str(one) == asked), None)
    part = queries.listed(at, year=year, words=words, after=request.GET.get("after", "")[:120])
    more = ""
    if part.next:
        values = request.GET.copy()
        values["after"] = part.next
        more = f"?{values.urlencode()}"
    context: dict[str, Any] = {
        "rows": [
            {
                "notice": row,
                "url": path_of(row),
                "office": office_of(row, request.viewer.language),
                "summary": row.summary.get(request.viewer.language, ""),
            }
            for row in part.notices
        ],
        "more_url": more,
    }
    if request.htmx and request.GET.get("after"):
        return announce(
            render(request, "portal/notices/more.html", context), _("Weitere Bekanntmachungen stehen darunter.")
        )
    here = reverse("portal:notices")
    context |= {
        "total": part.total,
        "words": words,
        "year": year,
        "tabs": [(_("Alle Jahre"), here, year is None)]
        + [(f"{one} ({n})", f"{here}?jahr={one}", one == year) for one, n in years],
        "crumbs": [(_("Bekanntmachungen"), "")],
        "feed_url": reverse("portal:feeds"),
        "works": rules.may_work(request.viewer),
    }
    response = render(request, "portal/notices/list.html", context)
    response["X-Allmende-Until"] = queries.next_change(at).isoformat()
    return response


@ours
@require_safe
def notice(request: Request, year: int, number: int) -> HttpResponse:
    """The notice as it stands, what it corrects and what corrects it, and how to prove that it was not changed."""
    page = queries.by_number(year, number, request.viewer, request.at)
    found, language = page.notice, request.viewer.language
    stands = rules.stands(found, request.at)
    shown = rules.text_is_shown(found, request.at)
    context = {
        "notice": found,
        "stands": stands,
        "text_shown": shown,
        "body": shown_text(found.text) if shown else "",
        "summary": word(found.summary, language),
        "office": office_of(found, language),
        "corrects_url": path_of(found.corrects) if found.corrects else "",
        "corrections": [(row, path_of(row)) for row in page.corrections],
        "annexes": page.annexes if shown else [],
        "wording_url": reverse("portal:notice_wording", args=[year, number]),
        "permanent": f"/r/{found.ref}",
        "works_on_it": page.works_on_it,
        "correct_url": f"{reverse('portal:notice_new')}?berichtigt={found.pk}",
        "work_url": reverse("portal:notice_work", args=[found.pk]),
        "follow": notify.follow_box(request, found.ref, about=found.title) if stands else None,
        "crumbs": _crumbs((found.label, "")),
        "example": found.is_example,
    }
    response = render(request, "portal/notices/notice.html", context)
    if not stands:
        response["Cache-Control"] = "private, no-store"
    else:
        response["X-Allmende-Until"] = queries.next_change(request.at).isoformat()
    return response


@ours
@require_safe
def wording(request: Request, year: int, number: int) -> HttpResponse:
    """The sealed wording as plain text: its SHA-256 is the one that the page names."""
    page = queries.by_number(year, number, request.viewer, request.at)
    if not rules.stands(page.notice, request.at) or not rules.text_is_shown(page.notice, request.at):
        raise NotFound
    response = HttpResponse(page.notice.sealed.encode(), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="bekanntmachung-{year}-{number}.txt"'
    response["Content-Language"] = "de"
    return response


# What offices do


@ours
@require_safe
def desk(request: Request) -> HttpResponse:
    """What the viewer's offices have in hand."""
    rules.require_may_work(request.viewer)
    rows = [
        {
            "notice": row,
            "url": reverse("portal:notice_work", args=[row.pk]),
            "state": _state(row, request.at),
            "office": office_of(row, request.viewer.language),
        }
        for row in queries.in_hand(request.viewer, request.at)
    ]
    context = {
        "rows": rows,
        "may_write": bool(rules.offices(request.viewer, city.current())),
        "crumbs": [(_("Bekanntmachungen bearbeiten"), "")],
    }
    return render(request, "portal/notices/desk.html", context)


def _state(row: Notice, at: datetime) -> Text:
    if row.state == State.PROVIDED and not rules.stands(row, at):
        return _("wartet auf den Termin")
    return LABELS[State(row.state)]


def _offices(request: Request) -> list[tuple[str, str]]:
    here = city.current()
    mine = rules.offices(request.viewer, here)
    return [(slug, one.name(request.viewer.language)) for slug, one in here.departments.items() if slug in mine]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """A draft; with ?berichtigt=… of a correction."""
    rules.require_may_work(request.viewer)
    asked = _uuid(request.GET.get("berichtigt", ""))
    corrected = queries.by_id(asked, request.viewer, request.at).notice if asked else None
    copied = None
    if corrected is not None:  # begins with the words that it puts right
        copied = Notice(
            **{name: getattr(corrected, name) for name in ("department", "text", "legal_basis", "signed_by")},
            paper_place=corrected.paper_place,
            title=_("Berichtigung der Bekanntmachung %(label)s: %(title)s")
            % {"label": corrected.label, "title": corrected.title},
        )
    form = NoticeForm(request.POST or None, offices=_offices(request), zone=city.current().zone, notice=copied)
    if form.is_bound and form.is_valid():
        with form.attempt():
            data = actions.NoticeData(**form.fields_of_notice(), corrects=corrected.pk if corrected else None)
            made = actions.write_notice(actor=request.actor, data=data, at=request.at)
            messages.success(request, _("Gespeichert. Als Nächstes prüft jemand anderes."))
            return redirect("portal:notice_work", notice_id=made.pk)
    title = _("Berichtigung schreiben") if corrected else _("Neue Bekanntmachung")
    return render_form(
        request,
        "portal/notices/form.html",
        form,
        {
            "title": title,
            "corrected": corrected,
            "corrected_url": path_of(corrected) if corrected else "",
            "cancel_url": reverse("portal:notices_desk"),
            "crumbs": desk_crumbs((title, "")),
        },
    )


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, notice_id: UUID) -> HttpResponse:
    """The draft again."""
    page = queries.by_id(notice_id, request.viewer, request.at)
    found = page.notice
    rules.require_office(found.department, request.viewer, city.current())
    rules.require_step("write", found, request.at)
    form = NoticeForm(request.POST or None, offices=_offices(request), zone=city.current().zone, notice=found)
    if form.is_bound and form.is_valid():
        with form.attempt():
            data = actions.NoticeData(**form.fields_of_notice(), corrects=found.corrects_id)
            actions.write_notice(actor=request.actor, notice_id=found.pk, data=data, at=request.at)
            messages.success(request, _("Gespeichert. Als Nächstes prüft jemand anderes."))
            return redirect("portal:notice_work", notice_id=found.pk)
    back = reverse("portal:notice_work", args=[found.pk])
    return render_form(
        request,
        "portal/notices/form.html",
        form,
        {
            "title": _("Bekanntmachung bearbeiten"),
            "corrected": found.corrects,
            "corrected_url": path_of(found.corrects) if found.corrects else "",
            "cancel_url": back,
            "crumbs": desk_crumbs((found.title, back), (_("Bearbeiten"), "")),
        },
    )


@ours
@require_safe
def work(request: Request, notice_id: UUID) -> HttpResponse:
    """One notice as its office sees it: the text as it will stand, what was done, what comes next."""
    page = queries.by_id(notice_id, request.viewer, request.at)
    found = page.notice
    here = city.current()
    rules.require_office(found.department, request.viewer, here)
    writers = {step.by_id for step in page.steps if step.verb == "write"}
    context = {
        "notice": found,
        "state": _state(found, request.at),
        "missing": [str(NoticeForm.base_fields[name].label) for name in rules.missing(found)],
        "body": shown_text(found.text),
        "annexes": page.annexes,
        "may_change": may_step("write", found.state),
        "office": office_of(found, request.viewer.language),
        "deputy": _deputy(found, request.viewer.language),
        "may_check": rules.may_check(found, request.viewer, here, writers),
        "stands": rules.stands(found, request.at),
        "public_url": path_of(found) if found.state == State.PROVIDED else "",
        "events": [{"when": step.at, "text": STEPS[step.verb].label, "note": step.reason} for step in page.steps],
        "crumbs": desk_crumbs((found.title, "")),
        "example": found.is_example,
    }
    return render(request, "portal/notices/work.html", context)


def _deputy(found: Notice, language: str) -> str:
    here = city.current()
    office = here.department(found.department)
    deputy = here.department(office.deputy) if office else None
    return deputy.name(language) if deputy else ""


ASK: dict[str, tuple[Text, Text, Text]] = {
    "check": (
        gettext_lazy("Bekanntmachung prüfen"),
        gettext_lazy("Sie haben den ganzen Wortlaut gelesen, und er ist vollständig und richtig?"),
        gettext_lazy("Als geprüft bestätigen"),
    ),
    "provide": (
        gettext_lazy("Bekannt machen"),
        gettext_lazy("Ab dem Bereitstellungstag steht der Text für immer so. Ändern geht danach nicht mehr."),
        gettext_lazy("Bekannt machen"),
    ),
    "send_back": (
        gettext_lazy("Zurückgeben"),
        gettext_lazy("Der Text wird wieder ein Entwurf."),
        gettext_lazy("Zurückgeben"),
    ),
    "discard": (
        gettext_lazy("Entwurf verwerfen"),
        gettext_lazy("Der Entwurf verschwindet aus der Liste."),
        gettext_lazy("Verwerfen"),
    ),
}


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: Request, notice_id: UUID, verb: str) -> HttpResponse:
    """Check, provide, send back or discard: asked once more on a page of its own."""
    found = queries.by_id(notice_id, request.viewer, request.at).notice
    rules.require_office(found.department, request.viewer, city.current())
    if verb not in ASK:
        raise NotFound
    title, question, label = ASK[verb]
    forms: dict[str, type[Form]] = {"check": Form, "provide": ProvideForm}
    form = forms.get(verb, WhyForm)(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            return _done(request, found, verb, form)
    context = {
        "title": title,
        "question": question,
        "action": label,
        "cancel_url": reverse("portal:notice_work", args=[found.pk]),
        "crumbs": desk_crumbs((found.title, reverse("portal:notice_work", args=[found.pk])), (str(title), "")),
        "example": found.is_example,
    }
    return render_form(request, "ui/confirm.html", form, context)


def _done(request: Request, found: Notice, verb: str, form: Form) -> HttpResponse:
    given: dict[str, Any] = {"actor": request.actor, "notice_id": found.pk, "at": request.at}
    if verb == "check":
        actions.check_notice(**given)
        messages.success(request, _("Geprüft. Jetzt kann der Text bekannt gemacht werden."))
    elif verb == "provide":
        assert isinstance(form, ProvideForm)
        actions.provide_notice(**given, not_before=form.not_before(city.current().zone))
        messages.success(request, _("Freigegeben. Die Bekanntmachung steht ab ihrem Bereitstellungstag."))
    elif verb == "send_back":
        actions.send_back_notice(**given, reason=form.cleaned_data["reason"])
        messages.success(request, _("Zurückgegeben."))
    else:
        actions.discard_notice(**given, reason=form.cleaned_data["reason"])
        messages.success(request, _("Verworfen."))
        return redirect("portal:notices_desk")
    return redirect("portal:notice_work", notice_id=found.pk)


def remap(error: Invalid, names: Mapping[str, str]) -> Invalid:
    """The action's fields under the names that the form has for them."""
    return Invalid(error.message, fields={names.get(name, name): text for name, text in error.fields.items()})
