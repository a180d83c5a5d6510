"""What a person wants to be told when and where: topics, quiet hours, devices, the feed's secret address."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allmende.accounts.interface import recipients
from allmende.core.errors import DomainError, NotSignedIn
from allmende.core.http import Request
from allmende.engines.notify import actions, rules
from allmende.engines.notify.actions import pushing
from allmende.engines.notify.forms import DeviceForm, WishesForm
from allmende.engines.notify.queries import absolute, wishes
from allmende.ui.views import render_form


def _person(request: Request) -> UUID:
    if request.viewer.person_id is None:
        raise NotSignedIn(_("Ihre Einstellungen sehen Sie, sobald Sie angemeldet sind."))
    return request.viewer.person_id


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Mitteilungen"), reverse("notify:notices")), *more]


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: Request) -> HttpResponse:
    """One form for topics and quiet hours; links to devices and the feed below it."""
    person_id = _person(request)
    wish = wishes.wish_of(person_id)
    recipient = recipients([person_id]).get(person_id)
    devices = wishes.devices_of(request.viewer)
    form = WishesForm(request.POST or None, wish=wish, with_push=wishes.push_is_on() and bool(devices))
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_wishes(
                actor=request.actor, topics=form.wanted, weekday=form.cleaned_data["weekday"], quiet=form.quiet
            )
        except DomainError as error:
            form.add_domain_error(error)
        else:
            messages.success(request, _("Gespeichert."))
            return redirect("notify:settings")
    return render_form(
        request,
        "notify/settings.html",
        form,
        {
            "recipient": recipient,
            "trouble": wishes.trouble_of(recipient) if recipient else set(),
            "push_is_on": wishes.push_is_on(),
            "devices": devices,
            "feed_url": _feed_url(wish.feed),
            "crumbs": _crumbs((_("Einstellungen"), "")),
        },
    )


def _feed_url(feed: UUID | None) -> str:
    return absolute(reverse("notify:feed", args=[rules.feed_token(feed)])) if feed else ""


@require_POST
def change_feed(request: Request) -> HttpResponse:
    """A new secret address, or an end to it (`action` close)."""
    _person(request)
    if request.POST.get("action") == "close":
        actions.close_feed(actor=request.actor)
        messages.success(request, _("Die Adresse gilt nicht mehr."))
    else:
        actions.open_feed(actor=request.actor)
        messages.success(request, _("Ihre Adresse steht unten. Eine frühere gilt nicht mehr."))
    return redirect(reverse("notify:settings") + "#feed")


@require_POST
def try_again(request: Request) -> HttpResponse:
    """The person says that their address is right, so we try once more."""
    _person(request)
    actions.try_address_again(actor=request.actor)
    messages.success(request, _("Danke. Ab jetzt schreiben wir Ihnen wieder."))
    return redirect("notify:settings")


@require_http_methods(["GET", "HEAD", "POST"])
def push(request: Request) -> HttpResponse:
    """What pushes mean, the consent, and the browsers that have it."""
    _person(request)
    on = wishes.push_is_on()
    form = DeviceForm(request.POST or None) if on else None
    if form is not None and request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            if not given["endpoint"]:
                form.add_error(None, _("Ihr Browser hat noch nicht zugestimmt. Dafür muss JavaScript erlaubt sein."))
            else:
                actions.add_device(actor=request.actor, at=request.at, **given)
                messages.success(request, _("Dieser Browser bekommt jetzt Push-Nachrichten."))
                return redirect("notify:devices")
        except DomainError as error:
            form.add_domain_error(error)
    return render_form(
        request,
        "notify/devices.html",
        form,
        {
            "push_is_on": on,
            "key": pushing.pusher().public_key() if on else "",
            "devices": wishes.devices_of(request.viewer),
            "crumbs": _crumbs((_("Einstellungen"), reverse("notify:settings")), (_("Push-Nachrichten"), "")),
        },
    )


@require_POST
def remove_device(request: Request) -> HttpResponse:
    """Nothing is pushed to the browser `id` any more."""
    _person(request)
    try:
        device_id = UUID(request.POST.get("id", ""))
    except ValueError:
        return redirect("notify:devices")
    actions.remove_device(actor=request.actor, device_id=device_id)
    messages.success(request, _("Dieser Browser bekommt nichts mehr von uns."))
    return redirect("notify:devices")


WORKER = "notify/push-worker.js"


@require_safe
def worker(request: Request) -> HttpResponse:
    """The service worker that shows pushes. Its scope is its folder: it never stands between people and pages."""
    response = render(request, WORKER, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response
