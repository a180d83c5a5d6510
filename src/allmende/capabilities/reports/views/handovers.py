"""Handing a report to somebody outside of the administration; the page behind their link.

Programs that open links in mails to look for harm change nothing: an answer is a form that somebody sends.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allmende.accounts import interface as accounts
from allmende.capabilities.reports import actions, rules
from allmende.capabilities.reports.forms.handovers import HandoverForm, OutsideForm
from allmende.capabilities.reports.models import Handover
from allmende.capabilities.reports.queries import handovers, inbox
from allmende.capabilities.reports.views.handling import Seen, crumbs_of
from allmende.capabilities.reports.views.pages import OUTSIDE_STATES, crumbs
from allmende.capabilities.reports.workflow import STEPS, Who
from allmende.core import city
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.media import interface as media
from allmende.ui.pages import office_name, ours
from allmende.ui.views import render_form


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: Request, number: int) -> HttpResponse:
    """Who gets it, what they read."""
    found = inbox.by_number(number, request.viewer)
    label = str(STEPS["hand_over"].label)
    rules.step_of(found, "hand_over", Who.OUTSIDE)
    images = media.images_of([found.ref]).get(found.ref, [])
    parties = _parties()
    initial = {"message": found.public_words, **_chosen(request, parties)}
    form = HandoverForm(request.POST or None, initial=initial, has_image=bool(images))
    seen = Seen(request, found)
    if form.is_bound and form.is_valid():
        with form.attempt(), seen.asked():
            actions.hand_over(
                actor=request.actor, report_id=found.pk, data=actions.HandoverData(**form.cleaned_data),
                seen=seen.line, at=request.at,
            )  # fmt: skip
            messages.success(request, _("Die Stelle hat eine E-Mail mit einem Link bekommen."))
            return redirect("reports:handle", number=number)
    context = {
        "report": found,
        "title": found.title(request.viewer.language),
        "label": label,
        "submit": _("Link per E-Mail senden"),
        "images": images,
        "seen": seen.line,
        "parties": [(place, name) for place, (name, _email) in enumerate(parties, start=1)],
        "crumbs": crumbs_of(found, request.viewer.language, label),
        "example": found.is_example,
    }
    return render_form(request, "reports/step.html", form, context)


def _parties() -> list[tuple[str, str]]:
    """Those that the city has written down once: name and address."""
    lines = city.setting("reports.parties", [])
    found = [str(line).rpartition(":") for line in (lines.splitlines() if isinstance(lines, str) else lines)]
    return [(name.strip(), email.strip()) for name, _colon, email in found if name.strip() and "@" in email][:40]


def _chosen(request: Request, parties: list[tuple[str, str]]) -> dict[str, str]:
    given = request.GET.get("stelle", "")
    place = int(given) if given.isascii() and given.isdecimal() and len(given) < 3 else 0  # noqa: PLR2004 - two digits
    if not 1 <= place <= len(parties):
        return {}
    name, email = parties[place - 1]
    return {"party": name, "email": email}


@ours
@require_POST
def take_back(request: Request, number: int, handover_id: UUID) -> HttpResponse:
    """Ends the link."""
    found = inbox.by_number(number, request.viewer)
    if not Handover.objects.filter(pk=handover_id, report=found).exists():
        raise NotFound
    actions.take_back(actor=request.actor, handover_id=handover_id, at=request.at)
    messages.success(request, _("Zurückgeholt. Der Link gilt nicht mehr."))
    return redirect("reports:handle", number=number)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def outside(request: Request) -> HttpResponse:
    """What those outside read, and how they answer. Without a link: where to find it."""
    link = request.GET.get("schein", "")
    if not link:
        return _private(
            render_form(request, "reports/outside_none.html", None, {"crumbs": crumbs((_("Von außen"), ""))})
        )
    found = handovers.by_link(link, request.at)
    form = OutsideForm(request.POST or None, request.FILES or None) if found.is_open else None
    if request.method == "POST":
        accounts.limit(request, "reports.outside", times=60, per=rules.HOUR)
        if form is not None and form.is_valid():
            with form.attempt():
                return _answered(request, found, form, link)
    report = found.report
    language = request.viewer.language
    context = {
        "found": found,
        "state": OUTSIDE_STATES[found.state][0],
        "title": report.title(language),
        "facts": [
            (_("Art"), report.category.name(language)),
            (_("Wo"), ", ".join(part for part in (report.place, report.detail) if part)),
            (_("Amt"), office_name(found.department, language)),
        ],
        "images": [
            f"{reverse('reports:outside_image', args=[place])}?schein={link}" for place in range(len(found.images))
        ],
        "crumbs": crumbs((_("Von außen"), "")),
        "example": report.is_example,
    }
    return _private(render_form(request, "reports/outside.html", form, context))


def _answered(request: Request, found: Handover, form: OutsideForm, link: str) -> HttpResponse:
    values = form.cleaned_data
    images = []
    if values.get("photo"):
        alt = _("Foto von %(party)s") % {"party": found.party}
        images = [media.take_image(values["photo"], alt=alt, actor=request.actor, at=request.at, field="photo").pk]
    actions.answer_handover(
        actor=request.actor, link=link, state=values["state"], words=values["words"], image_ids=images, at=request.at
    )
    messages.success(request, _("Danke. Das Amt hat Ihre Antwort."))
    return redirect(f"{reverse('reports:outside')}?schein={link}")


@ours
@require_safe
def outside_image(request: Request, place: int) -> HttpResponse:
    """One of the pictures that the office gave along; whoever holds the link sees it."""
    found = handovers.by_link(request.GET.get("schein", ""), request.at)
    if place >= len(found.images):
        raise NotFound
    content, kind = media.content_of(UUID(found.images[place]), found.report.ref)
    return _private(HttpResponse(content, content_type=kind))


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "same-origin"  # with none at all, browsers send forms without their origin
    response["X-Robots-Tag"] = "noindex"
    return response
