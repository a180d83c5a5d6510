"""My account: what is there about me, and how I change, take along or delete it."""

import json
import zipfile
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import wraps
from io import BytesIO
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allmende.accounts import actions, queries, tokens, visitors
from allmende.accounts import sessions as sessions_of_mine
from allmende.accounts.forms import DetailsForm, EraseForm, FirstAdministratorForm, TokenForm
from allmende.accounts.models import Person
from allmende.accounts.views.factors import prove_first
from allmende.core import city, manifest
from allmende.core.errors import NotSignedIn, TooMany
from allmende.core.http import Request
from allmende.ui.views import render_form, safe_next


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For people with an account; nothing of it is cached anywhere."""

    @wraps(view)
    @never_cache
    def wrapped(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.viewer.is_signed_in:
            raise NotSignedIn
        return view(request, *args, **kwargs)

    return wrapped


def me(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


def _crumbs(title: str) -> list[tuple[str, str]]:
    return [(_("Mein Konto"), reverse("accounts:home")), (title, "")]


@require_safe
@signed_in
def home(request: Request) -> HttpResponse:
    """Everything about me on one page, each with the way to change it."""
    person = me(request)
    context = {
        "person": person,
        "mail_language": dict(settings.LANGUAGES).get(person.language, person.language),
        "roles": queries.role_labels(request.viewer),
        "roles_rest": getattr(request, "roles_rest", False),
        "memberships": queries.memberships_of(person.pk, request.at),
        "sessions": queries.sessions_of(person.pk, request.at).count(),
        "tokens": queries.tokens_of(person.pk).count(),
        "crumbs": [(_("Mein Konto"), "")],
    }
    return render(request, "accounts/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def details(request: Request) -> HttpResponse:
    """Name, language and the way we answer."""
    person = me(request)
    names = (
        "display_name", "language", "contact_kind", "telephone", "postal_address", "is_under_16", "birth_band",
        "adult_name",
    )  # fmt: skip
    year = timezone.localdate(request.at).year
    form = DetailsForm(request.POST or None, year=year, initial={name: getattr(person, name) for name in names})
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.change_details(actor=request.actor, person_id=person.pk, values=form.cleaned_data)
            messages.success(request, _("Ihre Angaben sind gespeichert."))
            return redirect("accounts:home")
    return render_form(request, "accounts/details.html", form, {"crumbs": _crumbs(_("Angaben"))})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def sessions(request: Request) -> HttpResponse:
    """Where I am signed in; one or all others can be ended."""
    person = me(request)
    here = request.session.session_key or ""
    if request.method == "POST":
        actions.end_sessions(actor=request.actor, person_id=person.pk, keep=here, only=request.POST.get("session", ""))
        messages.success(request, _("Die Anmeldung ist beendet."))
        return redirect("accounts:sessions")
    rows = [
        {
            "id": tokens.public_id(row.session_key),
            "row": row,
            "here": row.session_key == here,
            "way": queries.way_label(row.way),
        }
        for row in queries.sessions_of(person.pk, request.at)
    ]
    context = {"sessions": rows, "others": len(rows) > 1, "crumbs": _crumbs(_("Anmeldungen"))}
    return render(request, "accounts/sessions.html", context)


def recently(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For what a stolen or forgotten session must not do: the person shows first that it is them."""

    @wraps(view)
    def wrapped(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if not sessions_of_mine.is_recent(request, me(request), request.at):
            return prove_first(request, request.path if request.method == "GET" else reverse("accounts:data"))
        return view(request, *args, **kwargs)

    return wrapped


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def resume(request: Request) -> HttpResponse:
    """Signed in again: what was typed before is here and can be sent, or thrown away."""
    typed = request.session.pop(sessions_of_mine.TYPED, None)
    if typed is None or request.method == "POST":
        return redirect("accounts:home")
    context = {
        **typed,
        "shown": [value for name, value in typed["fields"] if not name.startswith("_") and value.strip()],
        "crumbs": [(_("Weiter nach der Anmeldung"), "")],
    }
    return render(request, "accounts/resume.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@recently
def token_list(request: Request) -> HttpResponse:
    """My tokens for programs; a new one is shown on the answer to this very form and never again."""
    in_a_season = timezone.localdate(request.at) + timedelta(days=90)
    form = TokenForm(request.POST or None, initial={"expires_on": in_a_season})
    made = None
    if form.is_bound and form.is_valid():
        with form.attempt():
            day = form.cleaned_data["expires_on"] + timedelta(days=1)
            made = actions.create_token(
                actor=request.actor,
                label=form.cleaned_data["label"],
                scopes=form.cleaned_data["scopes"],
                expires_at=datetime.combine(day, time(), tzinfo=city.current().zone),
                at=request.at,
                second_factor=sessions_of_mine.has_second_factor(request, me(request)),
            )
            form = TokenForm(initial={"expires_on": in_a_season})
    context = {
        "tokens": queries.tokens_of(me(request).pk),
        "made": made,
        "secret": tokens.secret_of(made.pk) if made else "",
        "crumbs": _crumbs(_("Zugänge für Programme")),
    }
    return render_form(request, "accounts/tokens.html", form, context)


@require_POST
@signed_in
def token_end(request: Request, token_id: UUID) -> HttpResponse:
    actions.revoke_token(actor=request.actor, token_id=token_id)
    messages.success(request, _("Der Zugang gilt nicht mehr."))
    return redirect("accounts:tokens")


@require_safe
@signed_in
def data(request: Request) -> HttpResponse:
    """What the portal holds about me, room by room: what for, how long; and all of it to take along."""
    rows = [(room.label, data) for room in manifest.registry().values() for data in room.personal_data]
    return render(request, "accounts/data.html", {"rows": rows, "crumbs": _crumbs(_("Meine Daten"))})


@require_POST
@signed_in
@recently
def export(request: Request) -> HttpResponse:
    """One ZIP: a page that anyone can read, and the same as JSON (GDPR Art. 15 and 20)."""
    visitors.limit(request, "accounts.export", times=10, per=timedelta(hours=1))
    body = export_zip(me(request).pk, request.at)
    response = HttpResponse(body, content_type="application/zip")
    name = f"{settings.CITY_ID}-{timezone.localdate(request.at):%Y-%m-%d}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def export_zip(person_id: UUID, at: datetime) -> bytes:
    """The archive itself, in memory, since a person's own words are small; with their own files in `files/`."""
    rooms = manifest.registry().values()
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        names = []
        for room in rooms:
            for data in room.personal_data:
                for name, path in data.files(person_id) if data.files else ():
                    if path.is_file():
                        names.append(f"files/{room.name}/{name}")
                        archive.write(path, names[-1])
        parts = [
            {
                "room": room.name,
                "room_label": str(room.label),
                "kind": data.kind,
                "label": str(data.label),
                "purpose": str(data.purpose),
                "rows": [dict(row) for row in data.export(person_id)],
            }
            for room in rooms
            for data in room.personal_data
        ]
        plain = {
            "exported_at": at,
            "data": {f"{part['room']}.{part['kind']}": part["rows"] for part in parts},
            "files": names,
        }
        archive.writestr("data.json", json.dumps(plain, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
        context = {"parts": parts, "files": names, "at": at}
        archive.writestr("index.html", render_to_string("accounts/export.html", context))
    return held.getvalue()


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def erase(request: Request) -> HttpResponse:
    """Deletes my account, at once and for good; before it, I show once more that it is me."""
    here = reverse("accounts:erase")
    if not sessions_of_mine.is_recent(request, me(request), request.at):
        return prove_first(request, here)
    form = EraseForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.erase_person(
                actor=request.actor.without_key(),
                person_id=me(request).pk,
                keep_texts=form.cleaned_data["keep_texts"] == "keep",
            )
            logout(request)
            return redirect("accounts:erased")
    return render_form(request, "accounts/erase.html", form, {"crumbs": _crumbs(_("Konto löschen"))})


@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    """Says goodbye, and what stays."""
    return render(request, "accounts/erased.html", {"crumbs": [(_("Konto gelöscht"), "")]})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def confirm(request: Request) -> HttpResponse:
    """For those without a password: a fresh code by mail, then on to what they wanted."""
    person = me(request)
    back = safe_next(request, request.POST.get("next") or request.GET.get("next"), default=reverse("accounts:erase"))
    if request.method == "POST":
        try:
            visitors.limit(
                request, "accounts.code.address", times=8, per=timedelta(hours=1), subject=person.email or ""
            )
        except TooMany as error:
            messages.error(request, str(error.message))
            return redirect("accounts:confirm")
        email = person.email
        logout(request)
        LoginCodeVerificationProcess.initiate(request=request, user=person, email=email)
        return redirect(f"{reverse('account_confirm_login_code')}?{urlencode({'next': back})}")
    return render(
        request, "accounts/confirm.html", {"person": person, "back": back, "crumbs": _crumbs(_("Sind Sie es?"))}
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: Request, token: str) -> HttpResponse:
    """The first administrator's page, behind the link that the start of the portal printed."""
    visitors.limit(request, "accounts.setup", times=30, per=timedelta(hours=1))
    form = FirstAdministratorForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            person = actions.set_up_administrator(
                actor=request.actor.without_key(),
                secret=token,
                email=form.cleaned_data["email"],
                password=form.cleaned_data["password1"],
                at=request.at,
            )
            get_adapter(request).login(request, person)
            return redirect("accounts:staff")
    # The site's own referrer policy keeps the link from other hosts. A stricter one would have browsers send the form
    # with `Origin: null`, which is refused.
    return render_form(request, "accounts/set_up.html", form, {"crumbs": [(_("Einrichten"), "")]})
