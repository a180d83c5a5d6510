"""Who looks and who acts, made from the request once and only when asked for."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from allmende.accounts import rules, sessions
from allmende.accounts.models import Person, PersonKey, RoleGrant
from allmende.core import audit
from allmende.core.actor import SYSTEM, Actor, Channel, Grant, Idempotency, Role, Viewer
from allmende.core.errors import Invalid
from allmende.core.http import Request
from allmende.core.refs import Ref
from allmende.ui.context import SESSION_ENDS, cookie_name
from allmende.ui.errors import typed_in

ONCE_FIELD = "_once"
"""Hidden form field that holds a key made with the form, so that a form sent twice counts once."""

KEY = re.compile(r"[\x21-\x7e]{1,200}")
"""What a sender's key may hold."""


def viewer_of(person_id: UUID | None, language: str) -> Viewer:
    """A viewer with the grants of the person (one query), or the visitor."""
    if person_id is None:
        return Viewer(language=language)
    grants = RoleGrant.objects.filter(person_id=person_id).values_list("role", "scope")
    return Viewer(person_id, frozenset(Grant(Role(role), scope) for role, scope in grants), language)


def key_of(person_id: UUID) -> UUID:
    """The person's pseudonym for audit and events."""
    return PersonKey.objects.values_list("key", flat=True).get(person_id=person_id)


def idempotency_of(request: HttpRequest) -> Idempotency | None:
    """The sender's key: header `Idempotency-Key` (programs) or the form's hidden field."""
    key = request.headers.get("Idempotency-Key")
    if key and not KEY.fullmatch(key):
        raise Invalid(_("Der Schlüssel für Wiederholungen (Idempotency-Key) hat bis zu 200 sichtbare ASCII-Zeichen."))
    if not key and request.method == "POST":
        key = request.POST.get(ONCE_FIELD, "")
    if not key or not KEY.fullmatch(key):
        return None
    if request.content_type == "application/json":
        digest = hashlib.sha256(request.body)
    else:
        digest = hashlib.sha256()
        for name in sorted(set(request.POST) - {"csrfmiddlewaretoken"}):
            digest.update(repr((name, request.POST.getlist(name))).encode())
    digest.update(request.path.encode())
    return Idempotency(key, digest.digest())


def actor_of(request: Request, channel: Channel) -> Actor:
    """The actor of this request over the given channel (without a session one query for the pseudonym)."""
    viewer = request.viewer
    owner = sessions.owner_in(request) if viewer.person_id else None
    known = owner.key if owner is not None and owner.person.pk == viewer.person_id else None
    return Actor(
        viewer=viewer,
        key=known or (key_of(viewer.person_id) if viewer.person_id else None),
        channel=channel,
        request_id=request.id,
        idempotency=idempotency_of(request),
    )


def viewer_in(request: HttpRequest) -> Viewer:
    """Who looks in this login. Staff roles rest without a second factor; `request.roles_rest` then says so."""
    language = (get_language() or "de")[:2]
    if not isinstance(request.user, Person):
        return viewer_of(None, language)
    owner = sessions.owner_in(request)
    viewer = Viewer(owner.person.pk, owner.grants, language) if owner else viewer_of(request.user.pk, language)
    if not viewer.is_staff or not settings.STAFF_SECOND_FACTOR or sessions.has_second_factor(request, request.user):
        return viewer
    request.roles_rest = True  # type: ignore[attr-defined]
    return replace(viewer, grants=rules.awake(viewer.grants, second_factor=False))


class PersonMiddleware(AuthenticationMiddleware):
    """Django's own, but that the person comes with the session and is not asked for again."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: sessions.person_in(request))  # type: ignore[assignment]


class ViewerMiddleware:
    """Sets `request.viewer` and `request.actor`. Both are lazy: a page for everyone asks the database nothing.

    Staff who came without a second factor are led to the page where they set one up, from wherever they were refused
    and from every address below `STAFF_PATHS`, whose pages ask nobody's viewer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, http_request: HttpRequest) -> HttpResponse:
        request = cast("Request", http_request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            waiting = self._watch_session(request)
            if waiting is not None:
                return waiting
        request.viewer = cast("Viewer", SimpleLazyObject(lambda: viewer_in(request)))
        request.actor = cast("Actor", SimpleLazyObject(lambda: actor_of(request, Channel.WEB)))
        if request.path.startswith(settings.STAFF_PATHS) and not request.viewer.is_staff and self._rest(request):
            return self._lead_to_second_factor(request)
        response = self.get_response(request)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            self._keep_typed(request)
        if (
            response.status_code == HTTPStatus.FORBIDDEN
            and self._rest(request)
            and not request.path.startswith("/api/")
        ):
            return self._lead_to_second_factor(request)
        return response

    @staticmethod
    def _watch_session(request: Request) -> HttpResponse | None:
        """Ends a session that turns up on another device; notes its days; leads back to what was typed."""
        if SESSION_KEY not in request.session:
            return None
        if sessions.is_other_device(request):
            person_id = UUID(request.session[SESSION_KEY])
            logout(request)
            audit.record(SYSTEM, "accounts.stop_session", Ref("accounts", "person", person_id), reason="other device")
            return None
        today = timezone.localdate(request.at).isoformat()
        if request.COOKIES.get(cookie_name("kiosk")) == "1":
            request.session.set_expiry(int(sessions.KIOSK_IDLE.total_seconds()))
            request.session.pop(SESSION_ENDS, None)
        elif request.session.get(sessions.SEEN) != today and request.method == "GET":
            request.session[sessions.SEEN] = today
            request.session.pop(SESSION_ENDS, None)  # it is saved now and lasts from today on
        typed = request.session.get(sessions.TYPED)
        if typed and request.method == "GET" and request.path == typed["path"] and request.user.is_authenticated:
            return redirect("accounts:resume")
        return None

    @staticmethod
    def _keep_typed(request: Request) -> None:
        """A form came after its login had ended: what was typed waits for the next one (practice.md 14)."""
        if request.method != "POST" or request.path.startswith("/api/") or request.headers.get("HX-Request"):
            return
        if request.COOKIES.get(cookie_name("kiosk")) == "1" or not request.COOKIES.get(settings.CSRF_COOKIE_NAME):
            return
        typed = typed_in(request)
        if sum(len(value) for _name, value in typed) > sessions.TYPED_MOST:
            return
        if any(value.strip() for name, value in typed if not name.startswith("_")):
            request.session[sessions.TYPED] = {"path": request.path, "fields": typed, "files": bool(request.FILES)}

    @staticmethod
    def _rest(request: HttpRequest) -> bool:
        return getattr(request, "roles_rest", False)

    @staticmethod
    def _lead_to_second_factor(request: HttpRequest) -> HttpResponse:
        back = request.get_full_path() if request.method == "GET" else ""
        target = reverse("mfa_index") + (f"?{urlencode({'next': back})}" if back else "")
        if request.headers.get("HX-Request"):
            return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": target})
        return redirect(target)
