"""Who looks and who acts, made from the request once and only when asked for."""

import hashlib
import re
from collections.abc import Callable
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from allmende.accounts.models import PersonKey, RoleGrant
from allmende.core.actor import Actor, Channel, Grant, Idempotency, Role, Viewer
from allmende.core.errors import Invalid
from allmende.core.http import Request

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
    """The actor of this request over the given channel (one query for the pseudonym)."""
    viewer = request.viewer
    return Actor(
        viewer=viewer,
        key=key_of(viewer.person_id) if viewer.person_id else None,
        channel=channel,
        request_id=request.id,
        idempotency=idempotency_of(request),
    )


class ViewerMiddleware:
    """Sets `request.viewer` and `request.actor`. Both are lazy: a page for everyone asks the database nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, http_request: HttpRequest) -> HttpResponse:
        request = cast("Request", http_request)

        def viewer() -> Viewer:
            person_id = request.user.pk if request.user.is_authenticated else None
            return viewer_of(person_id, (get_language() or "de")[:2])

        request.viewer = cast("Viewer", SimpleLazyObject(viewer))
        request.actor = cast("Actor", SimpleLazyObject(lambda: actor_of(request, Channel.WEB)))
        return self.get_response(request)
