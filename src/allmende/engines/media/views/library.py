"""The editors' library: what there is, a new one, one with all that belongs to it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.core.errors import Invalid, NotAllowed, NotFound, NotSignedIn
from allmende.core.http import Request
from allmende.engines.media import actions, interface, queries, rules
from allmende.engines.media.actions import films, incoming, pictures, scanning
from allmende.engines.media.actions.sniffing import HEAD, Sort, sniff
from allmende.engines.media.forms import (
    CaptionsForm,
    DescribeForm,
    FilterForm,
    LinkForm,
    PosterForm,
    SignForm,
    UploadForm,
)
from allmende.engines.media.models import Medium
from allmende.ui import forms as ui
from allmende.ui.views import render_form

form_page = require_http_methods(["GET", "HEAD", "POST"])
SIZE = 20


def _editor(request: Request) -> None:
    if not request.viewer.is_signed_in:
        raise NotSignedIn
    if not rules.may_edit(request.viewer):
        raise NotAllowed


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        (_("Verwaltung"), reverse("accounts:staff")),
        (_("Videos und PDF"), reverse("medialibrary:overview")),
        *more,
    ]


@require_safe
def overview(request: Request) -> HttpResponse:
    """Videos and PDF files, newest first."""
    _editor(request)
    form = FilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    before = None
    with suppress(ValueError):
        before = UUID(request.GET.get("vor", ""))
    rows = queries.library(media_type=chosen.get("art", ""), words=chosen.get("q", ""), before=before, size=SIZE + 1)
    more = ""
    if len(rows) > SIZE:
        keys = request.GET.copy()
        keys["vor"] = str(rows[SIZE - 1].pk)
        more = "?" + keys.urlencode()
    context = {
        "filters": form,
        "filtered": any(chosen.values()),
        "columns": [
            {"label": _("Titel")},
            {"label": _("Art")},
            {"label": _("Zustand")},
            {"label": _("Bis")},
            {"label": _("Da seit")},
        ],
        "rows": [_row(medium, request.at) for medium in rows[:SIZE]],
        "more": more,
        "crumbs": [*_crumbs()[:-1], (_("Videos und PDF"), "")],
    }
    return render(request, "media/library.html", context)


def _row(medium: Medium, at: datetime) -> dict[str, Any]:
    until = formats.date_format(timezone.localtime(medium.expires_at), "SHORT_DATE_FORMAT") if medium.expires_at else ""
    return {
        "url": reverse("medialibrary:item", args=[medium.pk]),
        "cells": [
            medium.title,
            _("PDF") if medium.media_type == Medium.Type.DOCUMENT else _("Video"),
            _state(medium, at),
            until,
            formats.date_format(timezone.localtime(medium.created_at), "SHORT_DATE_FORMAT"),
        ],
    }


def _state(medium: Medium, at: datetime) -> str:
    """In two words, what an editor wants to know."""
    if medium.scan == Medium.Scan.WAITING:
        return _("wartet auf Virenprüfung")
    if medium.state == Medium.State.EXPIRED or (medium.expires_at is not None and medium.expires_at <= at):
        return _("abgelaufen")
    if medium.state == Medium.State.PUBLIC:
        return _("öffentlich")
    return _("nicht öffentlich")


# New ones


@form_page
def new(request: Request) -> HttpResponse:
    """A file with its words, from the form itself or sent in pieces before."""
    _editor(request)
    form = UploadForm(request.POST or None, request.FILES or None, initial={"language": request.viewer.language})
    if request.method == "POST" and form.is_valid():
        with form.attempt():
            medium = _kept(request, form)
            messages.success(request, _("Gespeichert. Öffentlich wird es erst mit der Seite, auf der Sie es zeigen."))
            return redirect("medialibrary:item", medium.pk)
    _forget_refused(form)
    return render_form(
        request,
        "media/library_new.html",
        form,
        {"limit": films.limit(), "crumbs": _crumbs((_("Hochladen"), ""))},
    )


def _kept(request: Request, form: UploadForm) -> Medium:
    """Whatever the file is by its bytes, kept as that."""
    words, rights = _said(form), _rights(form)
    path = _sent(request, form)
    try:
        with path.open("rb") as file:
            if sniff(file.read(HEAD)) == Sort.PDF:
                file.seek(0)
                return interface.take_document(
                    file, words=words, rights=rights, library=True, actor=request.actor, at=request.at
                )
        return interface.take_video(path, words=words, rights=rights, library=True, actor=request.actor, at=request.at)
    finally:
        path.unlink(missing_ok=True)


def _sent(request: Request, form: ui.Form) -> Path:
    """The file of the form: sent in pieces before, or with it."""
    if ticket := form.cleaned_data.get("upload"):
        return incoming.finished(ticket, request.viewer.person_id)
    if not form.cleaned_data.get("file"):
        raise Invalid(fields={"file": _("Bitte wählen Sie eine Datei.")})
    return incoming.received_at_once(form.cleaned_data["file"])


def _forget_refused(form: ui.Form) -> None:
    """A file that was refused is gone: the form that comes back does not say that it is still there."""
    if "file" in form.errors:
        form.data = {**form.data.dict(), "upload": ""} if isinstance(form.data, QueryDict) else form.data


def _said(form: ui.Form) -> interface.Words:
    values = form.cleaned_data
    return interface.Words(values["title"], values["summary"], values["language"], values.get("transcript", ""))


def _rights(form: ui.Form) -> interface.Rights:
    values = form.cleaned_data
    day = values.get("expires_on")
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time())) if day else None
    return interface.Rights(values.get("credit", ""), values.get("licence", ""), end)


@form_page
def new_link(request: Request) -> HttpResponse:
    """A video that stays with its host."""
    _editor(request)
    form = LinkForm(request.POST or None, request.FILES or None, initial={"language": request.viewer.language})
    if request.method == "POST" and form.is_valid():
        with form.attempt():
            medium = actions.keep_link(
                actor=request.actor.without_key(),
                link=form.cleaned_data["link"],
                words=_said(form),
                rights=_rights(form),
                library=True,
                at=request.at,
            )
            return redirect("medialibrary:item", medium.pk)
    return render_form(request, "media/library_link.html", form, {"crumbs": _crumbs((_("Verlinken"), ""))})


# One of them


@require_safe
def item(request: Request, medium_id: UUID) -> HttpResponse:
    """One with all that belongs to it, and what is still missing."""
    _editor(request)
    medium = queries.library_item(medium_id, request.viewer)
    files = list(medium.files.all())
    video = queries.video_view(medium, files) if medium.media_type == Medium.Type.VIDEO else None
    waiting = medium.scan == Medium.Scan.WAITING
    missing = _missing(video) if video is not None else []
    context = {
        "medium": medium,
        "video": None if waiting else video,
        "document": None if waiting else queries.document_view(medium, files),
        "waiting": waiting,
        "missing": bool(missing),
        "missing_words": ", ".join(missing) + ".",
        "state": _state(medium, request.at),
        "size": filesizeformat(sum(row.size for row in files if row.role in {"video", "document"})),
        "last_day": timezone.localtime(medium.expires_at) - timedelta(days=1) if medium.expires_at else None,
        "may_remove": rules.may_remove(medium),
        "crumbs": _crumbs((medium.title, "")),
    }
    return render(request, "media/library_item.html", context)


def _missing(video: interface.VideoView) -> list[str]:
    """What a video needs before it is fit for everyone (practice.md 17, design.md)."""
    found = []
    if video.link:
        return [] if video.poster else [_("ein Vorschaubild")]
    if not video.captions:
        found.append(_("Untertitel"))
    if not video.transcript:
        found.append(_("die Mitschrift"))
    if not video.sign:
        found.append(_("die Fassung in Gebärdensprache"))
    if not video.poster:
        found.append(_("ein Vorschaubild"))
    return found


@form_page
def change(request: Request, medium_id: UUID) -> HttpResponse:
    """Its words and rights."""
    _editor(request)
    medium = queries.library_item(medium_id, request.viewer)
    last = timezone.localtime(medium.expires_at).date() - timedelta(days=1) if medium.expires_at else None
    initial = {
        name: getattr(medium, name) for name in ("title", "summary", "language", "transcript", "credit", "licence")
    } | {"expires_on": last}
    form = DescribeForm(request.POST or None, initial=initial, with_transcript=medium.media_type == Medium.Type.VIDEO)
    if request.method == "POST" and form.is_valid():
        with form.attempt():
            actions.describe(
                actor=request.actor.without_key(), medium_id=medium.pk, words=_said(form), rights=_rights(form)
            )
            return redirect("medialibrary:item", medium.pk)
    context = {
        "heading": _("Was soll dabeistehen?"),
        "about": medium.title,
        "about_language": medium.language,
        "submit": _("Speichern"),
        "cancel_url": reverse("medialibrary:item", args=[medium.pk]),
        "crumbs": _crumbs((medium.title, reverse("medialibrary:item", args=[medium.pk])), (_("Angaben"), "")),
    }
    return render_form(request, "media/library_form.html", form, context)


type Work = Callable[[Request, Medium, Any], object]


def _addition(
    request: Request, medium_id: UUID, form: ui.Form, work: Work, *, heading: str, submit: str
) -> HttpResponse:
    """A page with one form that adds something to a video."""
    medium = queries.library_item(medium_id, request.viewer)
    if medium.media_type != Medium.Type.VIDEO:
        raise NotFound
    back = reverse("medialibrary:item", args=[medium.pk])
    if request.method == "POST" and form.is_valid():
        with form.attempt():
            work(request, medium, form)
            return redirect(back)
    _forget_refused(form)
    context = {
        "heading": heading,
        "about": medium.title,
        "about_language": medium.language,
        "submit": submit,
        "files": True,
        "cancel_url": back,
        "chunks": isinstance(form, SignForm),
        "limit": films.limit(),
        "crumbs": _crumbs((medium.title, back), (heading, "")),
    }
    return render_form(request, "media/library_form.html", form, context)


@form_page
def captions(request: Request, medium_id: UUID) -> HttpResponse:
    _editor(request)
    form = CaptionsForm(request.POST or None, request.FILES or None)
    heading = _("Welche Untertitel gehören dazu?")
    return _addition(request, medium_id, form, _add_captions, heading=heading, submit=_("Untertitel speichern"))


def _add_captions(request: Request, medium: Medium, form: ui.Form) -> None:
    file = form.cleaned_data["file"]
    file.seek(0)
    try:
        actions.add_captions(
            actor=request.actor.without_key(),
            medium_id=medium.pk,
            language=form.cleaned_data["language"],
            content=file.read(),
        )
    except Invalid as error:
        raise Invalid(fields={"file": error.message}) from error


@form_page
def sign(request: Request, medium_id: UUID) -> HttpResponse:
    _editor(request)
    form = SignForm(request.POST or None, request.FILES or None)
    heading = _("Wo ist die Fassung in Gebärdensprache?")
    return _addition(request, medium_id, form, _add_sign, heading=heading, submit=_("Fassung speichern"))


def _add_sign(request: Request, medium: Medium, form: ui.Form) -> None:
    path = _sent(request, form)
    try:
        with path.open("rb") as content:
            scan = scanning.examine(content)
        actions.add_sign_language(
            actor=request.actor.without_key(),
            medium_id=medium.pk,
            path=path,
            film=films.take_film(path),
            scan=scan,
        )
    except Invalid as error:
        raise Invalid(fields={"file": error.message}) from error
    finally:
        path.unlink(missing_ok=True)


@form_page
def poster(request: Request, medium_id: UUID) -> HttpResponse:
    _editor(request)
    form = PosterForm(request.POST or None, request.FILES or None)
    heading = _("Welches Bild soll vor dem Video stehen?")
    return _addition(request, medium_id, form, _set_poster, heading=heading, submit=_("Bild speichern"))


def _set_poster(request: Request, medium: Medium, form: ui.Form) -> None:
    file = form.cleaned_data["file"]
    file.seek(0)
    alt = form.cleaned_data["alt"]
    actions.set_poster(actor=request.actor.without_key(), medium_id=medium.pk, picture=pictures.draw(file), alt=alt)


@form_page
def remove(request: Request, medium_id: UUID) -> HttpResponse:
    """Asks once more, then deletes for good."""
    _editor(request)
    medium = queries.library_item(medium_id, request.viewer)
    if request.method == "POST":
        actions.remove_medium(actor=request.actor.without_key(), medium_id=medium.pk)
        messages.success(request, _("Gelöscht."))
        return redirect("medialibrary:overview")
    context = {
        "title": _("„%(title)s“ löschen?") % {"title": medium.title},
        "question": _("Die Dateien gehen für immer verloren, auch Untertitel und Mitschrift."),
        "action": _("Löschen"),
        "danger": True,
        "cancel_url": reverse("medialibrary:item", args=[medium.pk]),
        "crumbs": _crumbs((medium.title, reverse("medialibrary:item", args=[medium.pk])), (_("Löschen"), "")),
    }
    return render(request, "ui/confirm.html", context)
