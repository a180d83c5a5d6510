"""Reports that are spoken or signed: the file on its way through the form, and the office that writes it down."""

from collections.abc import Mapping
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allmende.capabilities.reports import actions
from allmende.capabilities.reports.forms.reporting import ReportForm
from allmende.capabilities.reports.forms.spoken import TranscriptForm
from allmende.capabilities.reports.queries import inbox, recordings
from allmende.capabilities.reports.views.pages import crumbs
from allmende.core.errors import Invalid, NotFound
from allmende.core.http import Request
from allmende.engines.media import interface as media
from allmende.ui.pages import ours
from allmende.ui.views import render_form


def ticket(request: Request, form: ReportForm) -> str:
    """Of a new recording, or of the one that was there. Raises Invalid."""
    file = form.cleaned_data.get("recording")
    if not isinstance(file, UploadedFile):
        removed = request.POST.get("recording_remove")
        return "" if removed else str(request.POST.get("recording_ticket", ""))[:400]
    said = _("Aufnahme zu einer Meldung")
    kept_one = media.take_video(
        cast("BinaryIO", file), words=media.Words(said, said, request.viewer.language), actor=request.actor,
        at=request.at, field="recording", sound=True,
    )  # fmt: skip
    return media.ticket_of(kept_one.pk)


def kept(sent: Mapping[str, Any]) -> UUID | None:
    """None for one that is attached already, or too old."""
    try:
        found = str(sent.get("recording_ticket", ""))
        return media.kept_image(found).pk if found else None
    except Invalid:
        return None


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def transcribe(request: Request, number: int) -> HttpResponse:
    """The recording, and a field for what is said in it."""
    found = inbox.by_number(number, request.viewer)
    pair = recordings.of(found)
    if pair is None:
        raise NotFound
    row, film = pair
    form: Any = TranscriptForm(
        request.POST or None, initial={"transcript": row.transcript, "publish": row.is_public}, public=found.is_public
    )
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.transcribe_recording(
                actor=request.actor,
                report_id=found.pk,
                transcript=form.cleaned_data["transcript"],
                publish=bool(form.cleaned_data.get("publish")),
                at=request.at,
            )
            messages.success(request, _("Die Mitschrift ist gespeichert."))
            return redirect("reports:handle", number=number)
    title = found.title(request.viewer.language)
    context = {
        "film": film,
        "title": title,
        "back": reverse("reports:handle", args=[number]),
        "crumbs": crumbs(
            (_("Eingang der Meldungen"), reverse("reports:inbox")),
            (title, reverse("reports:handle", args=[number])),
            (_("Mitschrift"), ""),
        ),
    }
    return render_form(request, "reports/transcribe.html", form, context)
