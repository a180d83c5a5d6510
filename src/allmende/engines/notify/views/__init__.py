"""Notices, following, unsubscribing. `lookup` holds the receipts' page, `errands` the staff's letters and calls."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound, NotSignedIn
from allmende.core.http import Request
from allmende.core.refs import Ref
from allmende.engines.notify import actions, interface, queries
from allmende.engines.search.interface import entry
from allmende.ui.views import announce, safe_next

PAGE = 20


def after(request: Request) -> UUID | None:
    """Where the part of a list that was shown before ends."""
    try:
        return UUID(request.GET["after"])
    except (KeyError, ValueError):
        return None


@require_safe
def notices(request: Request) -> HttpResponse:
    """What the signed-in person was told, newest first."""
    if not request.viewer.is_signed_in:
        raise NotSignedIn(_("Ihre Mitteilungen sehen Sie, sobald Sie angemeldet sind."))
    language = request.viewer.language
    found = queries.notices_of(request.viewer, after=after(request), limit=PAGE + 1)
    shown, more = found[:PAGE], len(found) > PAGE
    context = {
        "rows": [(notice, notice.subject(language), notice.body(language)) for notice in shown],
        "unread": queries.unread_count(request.viewer),
        "more_url": f"?after={shown[-1].id}" if more else None,
        "crumbs": [(_("Mitteilungen"), "")],
    }
    if request.htmx and request.GET.get("after"):
        return render(request, "notify/notices_more.html", context)
    return render(request, "notify/notices.html", context)


@require_safe
def open_notice(request: Request, notice_id: UUID) -> HttpResponse:
    """Leads to what a notice tells of, and notes that it was read; from one that is gone, back to the list."""
    if not request.viewer.is_signed_in:
        raise NotSignedIn
    try:
        notice = actions.mark_read(actor=request.actor, notice_id=notice_id, at=request.at)
    except NotFound as error:
        messages.info(request, str(error.message))
        return redirect("notify:notices")
    return redirect(queries.path_of(notice.ref, request.viewer.language))


@require_POST
def read(request: Request) -> HttpResponse:
    """Notes that one notice (`id`), or every one, was read."""
    if wanted := request.POST.get("id"):
        try:
            actions.mark_read(actor=request.actor, notice_id=UUID(wanted), at=request.at)
        except ValueError:
            raise NotFound from None
        messages.success(request, _("Als gelesen markiert."))
    else:
        count = actions.mark_all_read(actor=request.actor, at=request.at)
        text = ngettext("%(count)s Mitteilung ist jetzt gelesen.", "%(count)s Mitteilungen sind jetzt gelesen.", count)
        messages.success(request, text % {"count": count})
    return redirect(safe_next(request, request.POST.get("next"), reverse("notify:notices")))


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: Request, capability: str, kind: str, object_id: UUID) -> HttpResponse:
    """The form page behind "Folgen": explains it, and leads a visitor to sign in."""
    ref = Ref(capability, kind, object_id)
    if not manifest.may_see(ref, request.viewer, request.at):
        raise NotFound
    if request.method == "POST":
        return _change(request, ref)
    found = entry(ref, request.viewer, request.at)
    title = found.title(request.viewer.language) if found else ""
    index_kind = manifest.index_kinds().get((capability, kind))
    return render(
        request,
        "notify/follow.html",
        {
            "follow": interface.follow_box(request, ref, about=title),
            "thing": title or (str(index_kind.label) if index_kind else ""),
            "thing_language": found.title_language(request.viewer.language) if found else "",
            "thing_url": queries.path_of(ref, request.viewer.language),
            "feed_url": reverse("notify:thing_feed", args=[capability, kind, object_id])
            if manifest.may_see(ref, Viewer(), request.at)
            else "",
            "crumbs": [(_("Folgen"), "")],
        },
    )


def _change(request: Request, ref: Ref) -> HttpResponse:
    ends = request.POST.get("action") == "unfollow"
    change = actions.unfollow if ends else actions.follow
    change(actor=request.actor.without_key(), ref=ref, at=request.at)
    said = _("Sie folgen dem nicht mehr.") if ends else _("Sie folgen jetzt. Wir melden uns, wenn sich etwas tut.")
    if request.htmx:
        found = entry(ref, request.viewer, request.at)
        box = interface.follow_box(request, ref, about=found.title(request.viewer.language) if found else "")
        return announce(render(request, "notify/parts/follow.html", {"follow": box}), said)
    messages.success(request, said)
    return redirect(safe_next(request, request.POST.get("next"), queries.path_of(ref, request.viewer.language)))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: Request, token: str) -> HttpResponse:
    """Ends mail about a thing without a login. A mail program posts here by itself (RFC 8058), a person presses once.

    GET changes nothing, since scanners of mails open every link. The signed address is the permission, so no CSRF
    token is asked for.
    """
    subscription = queries.subscription_of(token)
    done = request.method == "POST"
    collected = subscription.ref == queries.COLLECTED
    if done:
        actor, person_id = request.actor.without_key(), subscription.person_id
        if collected:
            actions.stop_collected(actor=actor, person_id=person_id, at=request.at)
        else:
            actions.stop_mail(actor=actor, person_id=person_id, ref=subscription.ref, at=request.at)
    # Who holds the mail need not be who may see the thing; the title is shown only if everybody may.
    found = entry(subscription.ref, request.viewer, request.at)
    response = render(
        request,
        "notify/unsubscribe.html",
        {
            "done": done,
            "collected": collected,
            "thing": found.title(request.viewer.language) if found else "",
            "thing_language": found.title_language(request.viewer.language) if found else "",
            "crumbs": [(_("Nachrichten beenden"), "")],
        },
    )
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
