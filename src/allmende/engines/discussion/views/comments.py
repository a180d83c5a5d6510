"""Reading, writing, changing and taking back comments."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.accounts import interface as accounts
from allmende.core import manifest
from allmende.core.actor import Actor
from allmende.core.errors import Invalid, NotFound
from allmende.core.http import Request
from allmende.core.refs import Ref
from allmende.engines.discussion import actions
from allmende.engines.discussion.forms import CommentForm, EditForm, ReceiptForm
from allmende.engines.discussion.models import Comment
from allmende.engines.discussion.queries import threads
from allmende.engines.discussion.queries.receipts import receipt_of
from allmende.engines.discussion.queries.things import Thing, comment_path, in_language, thing
from allmende.engines.discussion.rules import access, tokens
from allmende.engines.discussion.rules.hours import due
from allmende.engines.discussion.workflow import CommentState
from allmende.engines.notify import interface as notify
from allmende.ui.views import announce, render_form

AN_HOUR = timedelta(hours=1)
OFTEN = 30
"""Comments per hour and person or household."""


@require_safe
def thread(request: Request, capability: str, kind: str, object_id: UUID) -> HttpResponse:
    """All comments on a thing; with htmx and `nach` only what comes next."""
    ref = Ref(capability, kind, object_id)
    if not manifest.may_see(ref, request.viewer, request.at):
        raise NotFound
    found = threads.thread(
        ref,
        request.viewer,
        request.at,
        after=request.GET.get("nach", ""),
        order=request.GET.get("reihe", ""),
        only=request.GET.get("nur", ""),
    )
    if request.htmx and found.after:
        return render(request, "discussion/parts/more.html", {"thread": found})
    about = thing(ref, request.viewer, request.at)
    context = {
        "thread": found,
        "thing": about,
        "crumbs": [about.crumb, (pgettext("Überschrift", "Kommentare"), "")],
    }
    return render(request, "discussion/thread.html", context)


@require_safe
def comment(request: Request, comment_id: UUID) -> HttpResponse:
    """A comment with what it answers and its answers: the address that stays."""
    row = _visible(request, comment_id)
    about = thing(row.ref, request.viewer, request.at)
    found = threads.around(row, request.viewer, request.at)
    here = next((view for view in threads.walk(found.comments) if view.id == row.id), None)
    if here is None:
        raise NotFound
    context = {
        "thread": found,
        "thing": about,
        "here": here,
        "crumbs": [about.crumb, (_("Kommentar von %(name)s") % {"name": here.author}, "")],
    }
    return render(request, "discussion/comment.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request, capability: str, kind: str, object_id: UUID) -> HttpResponse:
    """The form for a comment or an answer; a page of its own, and in place with htmx."""
    ref = Ref(capability, kind, object_id)
    if request.method == "POST":
        if not manifest.may_see(ref, request.viewer, request.at):
            raise NotFound
    else:
        access.require_may_comment(ref, request.viewer, request.at)
    parent = _parent(request, ref)
    box = f"antwort-{parent.id}" if parent else "kommentar-neu"
    form = CommentForm(request.POST or None, viewer=request.viewer, is_answer=parent is not None, auto_id=f"{box}-%s")
    about = thing(ref, request.viewer, request.at)
    if form.is_bound and form.is_valid():
        with form.attempt():
            proof = accounts.check_visitor(request, "discussion.comment", times=OFTEN, per=AN_HOUR)
            if form.confirms:
                accounts.limit_proofs(request, form.cleaned_data["email"])
            made = actions.add_comment(
                actor=request.actor,
                ref=ref,
                body=form.cleaned_data["body"],
                parent_id=parent.id if parent else None,
                stance=form.cleaned_data.get("stance", ""),
                department=form.cleaned_data.get("department", ""),
                organisation_id=form.organisation_id(),
                guest=form.guest_data(language=request.actor.language) if form.asks_contact else None,
                proved=proof == "proved",
                language=(get_language() or "de")[:2],
                at=request.at,
            )
            return _added(request, made, about, box)
    context = {
        "thing": about,
        "thread": threads.Thread(ref, [], 0),
        "parent": threads.view_of(parent, request.viewer, request.at) if parent else None,
        "due": due(request.at),
        "box": box,
        "crumbs": [about.crumb, (pgettext("Verb", "Antworten") if parent else _("Kommentieren"), "")],
    }
    template = "discussion/parts/form.html" if request.htmx else "discussion/add.html"
    return render_form(request, template, form, context)


def _added(request: Request, made: Comment, about: Thing, box: str) -> HttpResponse:
    """Back to the thing with a sentence; in place with htmx; guests who left a way to be reached get their receipt."""
    view = threads.view_of(made, request.viewer, request.at)
    held = made.state == CommentState.HELD
    text = _("Ihr Kommentar wird geprüft.") if held else _("Ihr Kommentar ist veröffentlicht.")
    if made.awaits_proof:
        text = _("Wir haben Ihnen eine E-Mail gesendet. Bitte bestätigen Sie damit Ihre Adresse.")
    receipt = receipt_of(made.this, made.author_id)
    context = {
        "comment": view,
        "held": held,
        "due": due(made.written_at),
        "thing": about,
        "receipt": receipt,
        "confirm": accounts.proof_token(made.author_id) if made.awaits_proof and made.author_id else "",
        "text": text,
    }
    context |= {"thread": threads.Thread(made.ref, [], 0), "box": box}
    if request.htmx:
        return announce(render(request, "discussion/parts/added.html", context), text)
    if receipt is not None or held or not request.viewer.is_signed_in:
        context["form_path"] = request.path
        context["crumbs"] = [about.crumb, (_("Danke"), "")]
        context["claim_url"] = (
            accounts.claim_url(made.author_id) if made.author_id and not request.viewer.is_signed_in else ""
        )
        return render(request, "discussion/added.html", context)
    messages.success(request, text)
    return redirect(f"{about.url}#{view.anchor}" if about.url else _page_of(made))


def _parent(request: Request, ref: Ref) -> Comment | None:
    """The comment that is answered, by `antwort`; anything that is none on this thing is NotFound."""
    wanted = request.GET.get("antwort", "")
    if not wanted:
        return None
    try:
        parent_id = UUID(wanted)
    except ValueError:
        raise NotFound from None
    row = Comment.objects.on(ref).published().filter(pk=parent_id).select_related(*threads.SHOWN).first()
    if row is None and request.method != "POST":
        raise NotFound
    return row


def _page_of(row: Comment) -> str:
    return in_language(comment_path(row.id), (get_language() or "de")[:2])


def _visible(request: Request, comment_id: UUID) -> Comment:
    row = Comment.objects.visible_to(request.viewer).filter(pk=comment_id).select_related(*threads.SHOWN).first()
    if row is None or not manifest.may_see(row.ref, request.viewer, request.at):
        raise NotFound
    return row


def _own(request: Request, comment_id: UUID) -> Comment:
    row = Comment.objects.select_related("author", *threads.SHOWN).filter(pk=comment_id).first()
    if row is None:
        raise NotFound
    if not _by_token(request, row):
        access.require_own(row, request.viewer)
    return row


def _by_token(request: Request, row: Comment) -> bool:
    """Whether a guest came with the link that number and code gave them; an account signs in instead."""
    author = row.author
    return author is not None and author.is_guest and tokens.owns(request.GET.get("schein", ""), row.id)


def _acting(request: Request, row: Comment) -> Actor:
    """The guest themselves where they came by their receipt, else whoever is signed in."""
    if row.author is None or not _by_token(request, row):
        return request.actor
    return accounts.actor_for(row.author, request.actor.channel, request_id=request.actor.request_id)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, comment_id: UUID) -> HttpResponse:
    """One's own comment, changed; earlier words stay for the moderators."""
    row = _own(request, comment_id)
    form = EditForm(request.POST or None, initial={"body": row.body})
    about = thing(row.ref, request.viewer, request.at)
    if form.is_bound and form.is_valid():
        with form.attempt():
            proof = accounts.check_visitor(request, "discussion.comment", times=OFTEN, per=AN_HOUR)
            changed = actions.edit_comment(
                actor=_acting(request, row),
                comment_id=row.id,
                body=form.cleaned_data["body"],
                proved=proof == "proved",
                at=request.at,
            )
            held = changed.state == CommentState.HELD
            messages.success(request, _("Geändert. Ihr Kommentar wird geprüft.") if held else _("Geändert."))
            return redirect(_page_of(changed))
    context: dict[str, Any] = {
        "thing": about,
        "cancel_url": _page_of(row),
        "due": due(request.at),
        "crumbs": [about.crumb, (_("Kommentar ändern"), "")],
    }
    return render_form(request, "discussion/edit.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: Request, comment_id: UUID) -> HttpResponse:
    """Asks once more, then takes the comment back."""
    row = _own(request, comment_id)
    about = thing(row.ref, request.viewer, request.at)
    if request.method == "POST":
        actions.withdraw_comment(actor=_acting(request, row), comment_id=row.id, at=request.at)
        messages.success(request, _("Ihr Kommentar ist zurückgezogen."))
        return redirect(about.url or reverse("discussion:thread", args=[row.capability, row.kind, row.object_id]))
    context = {
        "title": _("Kommentar zurückziehen"),
        "question": _(
            "Ihre Worte werden gelöscht. Antworten von anderen bleiben stehen. Das lässt sich nicht umkehren."
        ),
        "action": _("Zurückziehen"),
        "danger": True,
        "cancel_url": _page_of(row),
        "crumbs": [about.crumb, (_("Kommentar zurückziehen"), "")],
    }
    return render(request, "ui/confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def by_code(request: Request, comment_id: UUID) -> HttpResponse:
    """Number and code show that a guest's comment is theirs; then they change it or take it back."""
    row = Comment.objects.select_related("author", *threads.SHOWN).filter(pk=comment_id).first()
    if row is None or not manifest.may_see(row.ref, request.viewer, request.at):
        raise NotFound
    about = thing(row.ref, request.viewer, request.at)
    crumbs = [about.crumb, (_("Ihr Kommentar"), "")]
    if _by_token(request, row):
        query = f"?{urlencode({'schein': request.GET['schein']})}"
        context = {
            "thing": about,
            "thread": threads.Thread(row.ref, [], 0),
            "here": threads.view_of(row, _acting(request, row).viewer, request.at),
            "edit_url": reverse("discussion:edit", args=[row.id]) + query,
            "withdraw_url": reverse("discussion:withdraw", args=[row.id]) + query,
            "crumbs": crumbs,
        }
        response = render(request, "discussion/mine_by_code.html", context)
        response["Cache-Control"] = "private, no-store"
        return response
    form = ReceiptForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            accounts.limit(request, "discussion.by_code", times=10, per=AN_HOUR, subject=str(comment_id))
            held = notify.receipt_by_code(form.cleaned_data["number"], form.cleaned_data["code"])
            if held is None or held.ref != row.this or row.author is None or not row.author.is_guest:
                raise Invalid(fields={"code": _("Nummer und Code gehören nicht zu diesem Kommentar.")})
            return redirect(f"{request.path}?{urlencode({'schein': tokens.own_token(row.id)})}")
    return render_form(request, "discussion/by_code.html", form, {"thing": about, "crumbs": crumbs})


@require_safe
def history(request: Request, comment_id: UUID) -> HttpResponse:
    """Earlier words of a public comment, as far as they were public and their author has not removed them."""
    row = _visible(request, comment_id)
    if row.state != CommentState.PUBLISHED:
        raise NotFound
    about = thing(row.ref, request.viewer, request.at)
    view = threads.view_of(row, request.viewer, request.at)
    context = {
        "thing": about,
        "here": view,
        "versions": list(row.versions.filter(was_public=True).order_by("-number")),
        "own": view.own,
        "crumbs": [about.crumb, (_("Fassungen"), "")],
    }
    return render(request, "discussion/history.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def blank_version(request: Request, comment_id: UUID, number: int) -> HttpResponse:
    """Asks once more, then takes earlier words out of the history."""
    row = _own(request, comment_id)
    back = reverse("discussion:history", args=[row.id])
    if request.method == "POST":
        actions.blank_version(actor=request.actor, comment_id=row.id, number=number, at=request.at)
        messages.success(request, _("Die Fassung ist entfernt."))
        return redirect(back)
    context = {
        "title": _("Fassung entfernen"),
        "question": _("Diese früheren Worte werden gelöscht. Das lässt sich nicht umkehren."),
        "action": _("Entfernen"),
        "danger": True,
        "cancel_url": back,
        "crumbs": [thing(row.ref, request.viewer, request.at).crumb, (_("Fassung entfernen"), "")],
    }
    return render(request, "ui/confirm.html", context)
