"""Faces and number plates made unreadable by hand before a photo is shown."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allmende.capabilities.reports import actions
from allmende.capabilities.reports.forms.blurring import BlurForm
from allmende.capabilities.reports.queries import inbox
from allmende.capabilities.reports.views.handling import crumbs_of
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.media import interface as media
from allmende.ui.pages import ours
from allmende.ui.views import render_form


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def blur(request: Request, number: int, image_id: UUID) -> HttpResponse:
    """One picture with its rectangles. What is covered is gone for good once the page was sent."""
    found = inbox.by_number(number, request.viewer)
    image = next((one for one in media.images_of([found.ref]).get(found.ref, []) if one.id == image_id), None)
    if image is None:
        raise NotFound
    form = BlurForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            content, _kind = media.content_of(image_id, found.ref)
            made = media.take_image(
                media.pixelated(content, form.parts()), alt=image.alt, decorative=image.decorative,
                actor=request.actor, at=request.at, language=image.language,
            )  # fmt: skip
            actions.replace_image(
                actor=request.actor, report_id=found.pk, image_id=image_id, made_id=made.pk, at=request.at
            )
            messages.success(request, _("Unkenntlich gemacht. Das Bild ist noch verborgen, bis Sie es zeigen."))
            return redirect("reports:blur", number=number, image_id=made.pk)
    label = _("Unkenntlich machen")
    context = {
        "report": found,
        "image": image,
        "title": found.title(request.viewer.language),
        "label": label,
        "crumbs": crumbs_of(found, request.viewer.language, label),
        "example": found.is_example,
    }
    return render_form(request, "reports/blur.html", form, context)
