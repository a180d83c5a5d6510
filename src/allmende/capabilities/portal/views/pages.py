"""The editors' pages as everybody sees them, and the desk where they are checked and released."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.portal.actions import publishing
from allmende.capabilities.portal.forms.pages import PreviewForm, StepForm
from allmende.capabilities.portal.index import PAGES
from allmende.capabilities.portal.models import NewsPage, Post, ProgrammePage, ProjectPage, VersionPage
from allmende.capabilities.portal.models.files import shown_documents, shown_films, shown_pictures
from allmende.capabilities.portal.models.pages import EditorialPage
from allmende.capabilities.portal.models.pages import Form as VersionForm
from allmende.capabilities.portal.queries import pages as queries
from allmende.capabilities.portal.rules import pages as rules
from allmende.capabilities.portal.views.editor import editor_from
from allmende.core import city
from allmende.core.actor import Viewer
from allmende.core.errors import DomainError, Invalid, NotAllowed, NotSignedIn
from allmende.core.http import Request
from allmende.engines.notify import interface as notify
from allmende.ui.views import render_form

LISTS = {"section", "programme"}
FRESH_FOR = timedelta(hours=1)
"""How long a page may be kept when nothing is planned; a change ends it at once."""


@require_safe
def serve(http_request: HttpRequest, path: str) -> HttpResponse:
    """A page of the editors under its address, in the reader's language or in German."""
    request = editor_from(http_request)
    shown = queries.page_at(path, request.viewer, request.at)
    if shown is None:
        raise Http404
    return draw(request, shown, request.viewer, request.at)


def draw(
    request: Request, shown: queries.Shown, viewer: Viewer, at: datetime, *, preview: bool = False
) -> HttpResponse:
    """The page as `viewer` sees it at `at`."""
    page, post = shown.page, shown.post
    context: dict[str, Any] = {
        "page": page,
        "post": post,
        "shown": shown,
        "pictures": shown.pictures,
        "documents": shown.documents,
        "films": shown.films,
        "language_of_text": shown.language,
        "versions": [(version, queries.local(version.path, viewer.language)) for version in shown.versions],
        "corrections": sorted((row.value for row in page.corrections), key=lambda row: row["date"], reverse=True),
        "crumbs": crumbs(shown, viewer.language),
        "path": queries.local(queries.public_path(page.original or page), viewer.language),
        "preview": preview,
        "at": at,
    }
    moments = [queries.next_change([post], at), at + FRESH_FOR]
    if page.kind in LISTS:
        teasers, more = queries.children(shown, viewer, at, after=queries.place_of(request.GET.get("after", "")[:120]))
        context |= {"teasers": teasers, "more_url": f"?after={queries.place_after(more)}" if more else ""}
        moments.append(queries.next_appearance(at))
    if isinstance(page, NewsPage):
        context["about"] = queries.what_it_is_about(page, viewer, at)
    if isinstance(page, (ProjectPage, ProgrammePage)):
        context["news"] = queries.news_about(page, viewer, at)
        moments.append(queries.next_appearance(at))
    if isinstance(page, ProjectPage):
        office = city.current().department(page.office)
        context["office"] = office.name(viewer.language) if office else page.office
    if isinstance(page, VersionPage):
        context |= original_of(page, at)
    elif not preview:
        context["follow"] = notify.follow_box(request, post.ref, about=page.title)
    response = render(request, f"portal/pages/{page.kind}.html", context)
    response["X-Allmende-Until"] = min(moment for moment in moments if moment).isoformat()
    return response


def draw_draft(request: HttpRequest, page: EditorialPage) -> HttpResponse:
    """A version that is being written, for Wagtail's preview."""
    ours = _editor(request)
    post = Post.objects.filter(page_id=page.pk).select_related("page").first() or Post(
        page=page, key=page.translation_key, kind=page.kind, language=page.locale.language_code
    )
    shown = queries.Shown(
        page=page,
        post=post,
        language=page.locale.language_code,
        translated=True,
        pictures=shown_pictures(page.pictures(), timezone.localdate(ours.at)),
        documents=shown_documents(page.files()),
        films=shown_films(page.films(), ours.at, draft=True),
    )
    return draw(ours, shown, ours.viewer, ours.at, preview=True)


def original_of(page: VersionPage, at: datetime) -> dict[str, Any]:
    """What a version says about the page that it belongs to."""
    above = Post.objects.filter(page=page.get_parent()).select_related("page").first()
    return {
        "original": above.page if above else None,
        "is_behind": above is not None and queries.is_behind(page, above),
        "is_sign": page.form == VersionForm.SIGN,
        "checked_at": at,
    }


def crumbs(shown: queries.Shown, language: str) -> list[tuple[str, str]]:
    """Where one is; the trees' roots have no page."""
    above = shown.page.get_ancestors().filter(depth__gt=2).order_by("depth")
    rows = [(_named(page.title, shown), queries.local(queries.public_path(page), language)) for page in above]
    return [*rows, (_named(shown.page.title, shown), "")]


def _named(title: str, shown: queries.Shown) -> str:
    """A title in the crumbs, marked with its language where the page is not translated."""
    return title if shown.translated else format_html('<span lang="{}">{}</span>', shown.language, title)


def _editor(http_request: HttpRequest) -> Request:
    request = editor_from(http_request)
    if not request.viewer.is_signed_in:
        raise NotSignedIn
    if not rules.may_edit(request.viewer):
        raise NotAllowed
    return request


@require_safe
def desk(http_request: HttpRequest) -> HttpResponse:
    """What waits to be checked or released, what is held, what appears when."""
    request = _editor(http_request)
    rows = queries.waiting(request.at)
    kinds, languages = {kind: one for kind, one, _many in PAGES}, dict(settings.LANGUAGES)
    context = {
        "rows": [
            (
                post,
                stage(post, request.at),
                kinds.get(post.kind, _("Fassung")),
                languages.get(post.language, post.language),
                reverse("portal:desk_step", args=[post.page_id]),
            )
            for post in rows
        ],
        "crumbs": [(_("Verwaltung"), reverse("accounts:staff")), (_("Prüfen und freigeben"), "")],
    }
    return render(request, "portal/desk/desk.html", context)


def stage(post: Post, at: datetime) -> tuple[str, str]:
    """Where the latest version stands, in words, and the kind of its tag."""
    latest = post.page.latest_revision_id
    if post.state == Post.State.HELD:
        return _("angehalten"), "warn"
    if post.is_embargoed(at) and post.released_revision == latest:
        return _("freigegeben, erscheint später"), "good"
    if post.next_revision is not None and post.next_revision == latest:
        return _("neue Fassung erscheint später"), "good"
    if post.checked_revision == latest:
        return (_("freigegeben"), "good") if post.released_revision == latest else (_("geprüft"), "hot")
    return _("wartet auf die Prüfung"), "hot"


VERBS: dict[str, Callable[..., Post | None]] = {
    "check": publishing.check_page,
    "release": publishing.release_page,
    "withdraw": publishing.withdraw_page,
    "hold": publishing.hold_page,
}


@require_http_methods(["GET", "HEAD", "POST"])
def desk_step(http_request: HttpRequest, page_id: int) -> HttpResponse:
    """One page at the desk: its state, and the steps that are possible now."""
    request = _editor(http_request)
    post = get_object_or_404(Post.objects.select_related("page", "checked_by", "released_by"), page_id=page_id)
    form = StepForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        verb = VERBS.get(request.POST.get("verb", ""))
        if verb is None:
            raise Http404
        try:
            verb(actor=request.actor, page_id=page_id, at=request.at, reason=form.cleaned_data["reason"])
        except Invalid as error:
            for name, text in (error.fields or {"reason": error.message}).items():
                form.add_error(name, str(text))
        except DomainError as error:
            messages.error(request, str(error.message))
            return redirect("portal:desk_step", page_id=page_id)
        else:
            messages.success(request, DONE[request.POST["verb"]]())
            return redirect("portal:desk_step", page_id=page_id)
    page = post.page.specific
    latest = page.get_latest_revision()
    word, kind = stage(post, request.at)
    context = {
        "post": post,
        "title": latest.as_object().title if latest else page.title,
        "stage": word,
        "stage_kind": kind,
        "own": request.viewer.person_id in publishing.authors_of(post, page),
        "may_check": rules.may_check(request.viewer) and latest is not None and post.checked_revision != latest.pk,
        "may_release": rules.may_release(request.viewer)
        and latest is not None
        and post.checked_revision == latest.pk
        and (post.released_revision != latest.pk or post.state in {Post.State.HELD, Post.State.WITHDRAWN}),
        "may_withdraw": rules.may_release(request.viewer) and post.state in {Post.State.RELEASED, Post.State.HELD},
        "may_hold": rules.may_release(request.viewer)
        and (post.is_embargoed(request.at) or post.next_revision is not None),
        "path": queries.local(queries.public_path(page.original or page), post.language),
        "is_visible": post.is_visible(request.at),
        "preview": PreviewForm(initial={"als": "visitor"}, prefix=None),
        "edit_url": reverse("wagtailadmin_pages:edit", args=[page_id]),
        "crumbs": [(_("Prüfen und freigeben"), reverse("portal:desk")), (page.title, "")],
    }
    return render_form(request, "portal/desk/step.html", form, context)


DONE: dict[str, Callable[[], str]] = {
    "check": lambda: _("Als geprüft vermerkt. Die Seite kann jetzt freigegeben werden."),
    "release": lambda: _("Freigegeben."),
    "withdraw": lambda: _("Zurückgezogen. Niemand sieht die Seite mehr."),
    "hold": lambda: _("Angehalten bis zur erneuten Freigabe."),
}


@require_safe
def preview(http_request: HttpRequest, page_id: int) -> HttpResponse:
    """The page as somebody would see it at some time; says so when it would not be there."""
    request = _editor(http_request)
    post = get_object_or_404(Post.objects.select_related("page"), page_id=page_id)
    form = PreviewForm(request.GET)
    moment = form.moment(request.at)
    draft = request.GET.get("als") == "editor"
    viewer = request.viewer if draft else Viewer()
    viewer = Viewer(viewer.person_id, viewer.grants, post.language)
    page = post.page.specific
    path = queries.public_path(page.original or page).lstrip("/")
    shown = queries.page_at(path, viewer, moment, draft=draft)
    if shown is None:
        context = {
            "title": page.title,
            "moment": moment,
            "back": reverse("portal:desk_step", args=[page_id]),
            "crumbs": [(_("Prüfen und freigeben"), reverse("portal:desk")), (page.title, "")],
        }
        return render(request, "portal/desk/nothing.html", context)
    return draw(request, shown, viewer, moment, preview=True)
