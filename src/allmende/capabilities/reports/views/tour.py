"""A crew's day on the phone: the list in the order of the way, big buttons, a file to take along without a network."""

import base64
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.reports import actions, rules, workflow
from allmende.capabilities.reports.actions.visiting import Found
from allmende.capabilities.reports.forms.visiting import DONE, MORE, NOTHING, VisitForm
from allmende.capabilities.reports.models import Report
from allmende.capabilities.reports.queries import categories, inbox
from allmende.capabilities.reports.queries import tour as tours
from allmende.capabilities.reports.queries.tour import Tour
from allmende.capabilities.reports.views.pages import crumbs
from allmende.core import city
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.core.texts import Text
from allmende.engines.media import interface as media
from allmende.engines.places import interface as places
from allmende.ui.pages import district_name, office_name, ours
from allmende.ui.views import render_form

FILTERS = ("department", "district", "category")
THUMB = 320
LONGEST = 120


def _asked(request: Request) -> tuple[dict[str, str], str, list[Any]]:
    """What the tour is narrowed to, where it begins in words, and the selects of the form."""
    language = request.viewer.language
    theirs = rules.departments_of(request.viewer)
    offices = [one for one in city.current().departments.values() if theirs is None or one.slug in theirs]
    districts = sorted(city.current().districts.values(), key=lambda one: one.name)
    every = ("", pgettext("report", "alle"))
    offered: list[tuple[str, str, list[tuple[str, Text]]]] = [
        ("department", _("Amt"), [every, *((one.slug, one.name(language)) for one in offices)]),
        ("district", _("Stadtteil"), [every, *((one.slug, one.name) for one in districts)]),
        ("category", _("Was"), [every, *((one.slug, one.name(language)) for one in categories.active()
                                          if not one.elsewhere)]),
    ]  # fmt: skip
    chosen = {}
    for name, _label, options in offered:
        given = request.GET.get(name, "")
        chosen[name] = given if any(value == given for value, _words in options) else ""
    start = " ".join(request.GET.get("ab", "").replace("\0", "").split())[:LONGEST]
    return chosen, start, [(name, label, options, chosen[name]) for name, label, options in offered]


def _found(request: Request, chosen: dict[str, str], start: str) -> tuple[Tour, bool]:
    """The tour, and whether the words for its start name a place."""
    there = places.likely(start) if start else None
    begin = there.point if there is not None else city.current().centre
    return tours.tour(request.viewer, start=begin, **chosen), there is not None or not start


@ours
@require_safe
def overview(request: Request) -> HttpResponse:
    """Today's list."""
    rules.require_may_open_inbox(request.viewer)
    chosen, start, selects = _asked(request)
    found, known = _found(request, chosen, start)
    stops = [*found.stops, *found.elsewhere]
    images = media.images_of([one.ref for one in stops])
    context = {
        "rows": [_row(one, request, images.get(one.ref, [])) for one in found.stops],
        "elsewhere": [_row(one, request, images.get(one.ref, [])) for one in found.elsewhere],
        "kilometres": number_format(found.metres / 1000, decimal_pos=1),
        "more": found.more,
        "selects": selects,
        "start": start,
        "start_unknown": not known,
        "query": request.GET.urlencode(),
        "crumbs": crumbs((_("Eingang der Meldungen"), reverse("reports:inbox")), (_("Tour"), "")),
    }
    return _private(render(request, "reports/tour.html", context))


def _row(one: Report, request: Request, images: Sequence[Any]) -> dict[str, Any]:
    language = request.viewer.language
    return {
        "number": one.number,
        "title": one.title(language),
        "place": ", ".join(part for part in (one.place, one.detail) if part),
        "district": district_name(one.district),
        "office": office_name(one.department, language),
        "words": one.words,
        "language": one.language,
        "state": workflow.label(one.state, language),
        "due": one.due_at,
        "late": one.due_at is not None and one.due_at < request.at,
        "point": f"{one.latitude:.6f},{one.longitude:.6f}" if one.point else "",
        "images": images,
    }


@ours
@require_safe
def take_along(request: Request) -> HttpResponse:
    """The same list as one file with small pictures in it: it opens without a network, and nothing else is kept."""
    rules.require_may_open_inbox(request.viewer)
    chosen, start, _selects = _asked(request)
    found, _known = _found(request, chosen, start)
    stops = [*found.stops, *found.elsewhere]
    pictures = media.small_pictures_of([one.ref for one in stops], width=THUMB)
    rows = []
    for one in stops:
        inside = [
            (f"data:{kind};base64,{base64.b64encode(content).decode()}", alt)
            for content, kind, alt in pictures.get(one.ref, [])
        ]
        rows.append(_row(one, request, inside))
    context = {"rows": rows, "at": request.at, "language": request.viewer.language}
    response = render(request, "reports/tour_file.html", context)
    day = f"{request.at.astimezone(city.current().zone):%Y-%m-%d}"
    response["Content-Disposition"] = f'attachment; filename="tour-{day}.html"'
    return _private(response)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: Request, number: int, outcome: str) -> HttpResponse:
    """Done, nothing found, or more is needed: one sentence, one photo."""
    labels = {DONE: _("Erledigt"), NOTHING: _("Nicht gefunden"), MORE: _("Braucht mehr")}
    if outcome not in labels:
        raise NotFound
    found = inbox.by_number(number, request.viewer)
    initial = {"words": _("Vor Ort behoben.")} if outcome == DONE else {}
    form = VisitForm(request.POST or None, request.FILES or None, outcome=outcome, initial=initial)
    if form.is_bound and form.is_valid():
        with form.attempt():
            _tell(request, found, outcome, form)
            messages.success(request, _("Gespeichert."))
            return redirect("reports:tour")
    context = {
        "report": found,
        "title": found.title(request.viewer.language),
        "label": labels[outcome],
        "crumbs": crumbs((_("Tour"), reverse("reports:tour")), (labels[outcome], "")),
        "example": found.is_example,
    }
    return render_form(request, "reports/visit.html", form, context)


def _tell(request: Request, found: Report, outcome: str, form: VisitForm) -> None:
    words = form.cleaned_data["words"]
    image_id = None
    if form.cleaned_data.get("photo"):
        alt = " ".join(words.split())[:200] or found.title(found.language)
        image_id = media.take_image(
            form.cleaned_data["photo"], alt=alt, actor=request.actor, at=request.at, field="photo"
        ).pk
    if outcome == DONE:
        actions.move_report(
            actor=request.actor, report_id=found.pk, verb="finish", words=words, image_id=image_id, at=request.at
        )
        return
    seen = Found.NOTHING if outcome == NOTHING else Found.MORE
    actions.report_visit(
        actor=request.actor, report_id=found.pk, found=seen, words=words, image_id=image_id, at=request.at
    )


def _private(response: HttpResponse) -> HttpResponse:
    """What residents wrote stays with whoever asked for it: no store on the way keeps it."""
    response["Cache-Control"] = "private, no-store"
    return response
