"""Reports that wait on a device: the page that shows them, the door they come in by, what makes the form installable.

The page is public and the same for everybody, so that a browser may keep it for the time without a network. What waits
lies in the browser alone (IndexedDB). Without script all of this is absent and the form is as it always was.
"""

import io
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from PIL import Image, ImageDraw

from allmende.accounts import interface as accounts
from allmende.capabilities.reports import actions
from allmende.capabilities.reports.forms.drafting import DraftForm
from allmende.capabilities.reports.models import Draft, Report
from allmende.capabilities.reports.queries import categories
from allmende.capabilities.reports.views.pages import crumbs, private_url, shortened
from allmende.core import city
from allmende.core.errors import Closed, Conflict, Invalid, NotFound, TooMany
from allmende.core.http import Request
from allmende.engines.media import interface as media
from allmende.ui import theme
from allmende.ui.pages import ours

PER_HOUR = 30
ICONS = (192, 512)
"""Pixels, as browsers ask for when a page is put on the start screen (W3C Web Application Manifest)."""
WORKER_CSP = "default-src 'none'; script-src 'self'; connect-src 'self'"


@ours
@require_safe
def overview(request: Request) -> HttpResponse:
    """Drafts on this device, and a short form that works without a network."""
    form = DraftForm(categories=categories.active(), language=request.viewer.language)
    form.fields["place"].required = True  # as the person reads it: where they stand is as good as words
    return render(request, "reports/drafts.html", {"form": form, "crumbs": crumbs((_("Entwürfe"), ""))})


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: Request) -> HttpResponse:
    """GET: what a device needs to send something. POST: takes a draft, once, and says where its report is."""
    offered, language = categories.active(), request.viewer.language
    if request.method != "POST":
        blank = DraftForm(categories=offered, language=language)
        return _answer({"token": get_token(request), "challenge": blank.challenge, "difficulty": blank.difficulty})
    form: Any = DraftForm(request.POST, request.FILES, categories=offered, language=language)
    known = _known(request.POST.get("draft", ""))
    if known is not None:
        return _told(known)
    if form.is_valid():
        try:
            return _told(_taken(request, form.cleaned_data, language))
        except TooMany as error:
            return _answer({"problems": [str(error.message)]}, HTTPStatus.TOO_MANY_REQUESTS)
        except (Closed, Conflict, Invalid) as error:
            form.add_domain_error(error)
    return _answer({"problems": [text for _id, text in form.problems]}, HTTPStatus.UNPROCESSABLE_ENTITY)


def _known(text: str) -> Report | None:
    try:
        row = Draft.objects.select_related("report").filter(pk=UUID(text)).first()
    except ValueError:
        return None
    return row.report if row else None


def _taken(request: Request, values: dict[str, Any], language: str) -> Report:
    times = int(city.setting("reports.per_hour", PER_HOUR))
    proof = accounts.check_visitor(request, "reports.submit", times=times)
    contact = None
    if values["email"] and not request.viewer.is_signed_in:
        contact = {"contact_kind": "email", "email": values["email"], "language": language}
    return actions.submit_report(
        actor=request.actor,
        data=actions.ReportData(
            words=values["words"],
            category=values["category"],
            place=values["place"],
            point=values["point"],
            detail=values["detail"],
        ),
        contact=contact,
        image_id=_image_id(request, values),
        draft_id=values["draft"],
        language=language,
        proven=proof == "proved",
        at=request.at,
    )


def _image_id(request: Request, values: dict[str, Any]) -> UUID | None:
    """Of the photo that comes along, or of one that had been sent before the network went. Raises Invalid."""
    if values["photo"]:
        alt = shortened(" ".join(values["words"].split()))
        return media.take_image(
            values["photo"], alt=alt, actor=request.actor, at=request.at, field="photo",
            language=request.viewer.language,
        ).pk  # fmt: skip
    try:
        return media.kept_image(values["photo_ticket"]).pk if values["photo_ticket"] else None
    except Invalid:
        return None


def _told(report: Report) -> HttpResponse:
    return _answer({"number": report.number, "url": private_url(report)})


def _answer(data: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
    response = JsonResponse(data, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It answers for the form and the page of drafts only, and only when there is no network."""
    response = render(request, "reports/worker.js", content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    response["Content-Security-Policy"] = WORKER_CSP
    return response


@ours
@require_safe
def manifest(request: Request) -> HttpResponse:
    """What a browser asks for to put the form on the start screen (W3C Web Application Manifest)."""
    colours = theme.light(city.current().colours)
    data = {
        "name": _("Schaden melden: %(city)s") % {"city": city.current().name},
        "short_name": _("Schaden melden"),
        "lang": request.viewer.language,
        "start_url": reverse("reports:new"),
        "scope": "/",
        "display": "standalone",
        "background_color": colours["paper"],
        "theme_color": colours["primary"],
        "icons": [
            {"src": reverse("reports:icon", args=[size]), "sizes": f"{size}x{size}", "type": "image/png",
             "purpose": "any maskable"}
            for size in ICONS
        ],
    }  # fmt: skip
    response = JsonResponse(data, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "public, max-age=3600"
    return response


@ours
@require_safe
def icon(request: Request, size: int) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """The picture for the start screen, drawn in the city's colours: a pin with an exclamation mark."""
    if size not in ICONS:
        raise NotFound
    colours = theme.light(city.current().colours)
    response = HttpResponse(_drawn(size, colours["primary"]), content_type="image/png")
    response["Cache-Control"] = "public, max-age=86400"
    return response


def _drawn(size: int, ground: str) -> bytes:
    """Everything that matters lies within the middle 80 percent, which no device cuts off."""
    wide = size * 4
    image = Image.new("RGB", (wide, wide), ground)
    pen, unit = ImageDraw.Draw(image), wide / 100
    pen.ellipse((27 * unit, 18 * unit, 73 * unit, 64 * unit), fill="white")
    pen.polygon([(30 * unit, 51 * unit), (70 * unit, 51 * unit), (50 * unit, 84 * unit)], fill="white")
    pen.rounded_rectangle((46.5 * unit, 27 * unit, 53.5 * unit, 46 * unit), radius=3 * unit, fill=ground)
    pen.ellipse((46 * unit, 49 * unit, 54 * unit, 57 * unit), fill=ground)
    target = io.BytesIO()
    image.resize((size, size), Image.Resampling.LANCZOS).quantize(16).save(target, "PNG", optimize=True)
    return target.getvalue()
