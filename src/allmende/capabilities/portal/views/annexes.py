"""The PDF files of an official notice: added and taken away on pages of their own, while it is a draft."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allmende.capabilities.portal.actions import annexes as actions
from allmende.capabilities.portal.forms.notices import AnnexForm
from allmende.capabilities.portal.models.notices import Notice
from allmende.capabilities.portal.queries import notices as queries
from allmende.capabilities.portal.rules import notices as rules
from allmende.capabilities.portal.views.notices import desk_crumbs, ours
from allmende.core import city
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.media import interface as media
from allmende.ui.forms import Form
from allmende.ui.views import render_form


def _draft(request: Request, notice_id: UUID) -> queries.NoticePage:
    """The notice, for those who may change it now."""
    page = queries.by_id(notice_id, request.viewer, request.at)
    rules.require_office(page.notice.department, request.viewer, city.current())
    rules.require_step("write", page.notice, request.at)
    return page


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request, notice_id: UUID) -> HttpResponse:
    """A PDF with its name and what is in it; `media` looks at it before anything is kept."""
    notice = _draft(request, notice_id).notice
    form = AnnexForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            return _keep(request, notice, form)
    return render_form(request, "portal/notices/annex.html", form, _context(notice, _("Anlage hinzufügen")))


def _keep(request: Request, notice: Notice, form: AnnexForm) -> HttpResponse:
    values = form.cleaned_data
    values["file"].seek(0)
    content: bytes = values["file"].read()
    words = media.Words(values["title"], values["summary"], "de")
    actor = request.actor.without_key()
    kept = media.take_document(content, words=words, actor=actor, at=request.at, library=True)
    actions.add_annex(
        actor=actor,
        notice_id=notice.pk,
        title=values["title"],
        summary=values["summary"],
        kept=kept,
        content=content,
        at=request.at,
    )
    messages.success(request, _("Anlage hinzugefügt."))
    return redirect("portal:notice_work", notice_id=notice.pk)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: Request, notice_id: UUID, annex_id: UUID) -> HttpResponse:
    """Takes one away, asked once more."""
    page = _draft(request, notice_id)
    annex = next((one for one in page.annexes if one.row.pk == annex_id), None)
    if annex is None:
        raise NotFound
    form = Form(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.remove_annex(actor=request.actor, notice_id=notice_id, annex_id=annex_id, at=request.at)
            messages.success(request, _("Anlage entfernt."))
            return redirect("portal:notice_work", notice_id=notice_id)
    question = _("Die Anlage „%(title)s“ wird gelöscht. Der Text der Bekanntmachung bleibt.") % {
        "title": annex.row.title
    }
    context = {
        **_context(page.notice, _("Anlage entfernen")),
        "question": question,
        "action": _("Entfernen"),
        "example": page.notice.is_example,
    }
    return render_form(request, "ui/confirm.html", form, context)


def _context(notice: Notice, title: str) -> dict[str, object]:
    back = reverse("portal:notice_work", args=[notice.pk])
    return {"title": title, "cancel_url": back, "crumbs": desk_crumbs((notice.title, back), (title, ""))}
