"""Who calls the API: a program with a token, or a page of ours with its session."""

from dataclasses import replace
from typing import Any, Never, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja.security import HttpBearer
from ninja.utils import check_csrf

from allmende.accounts import rules, tokens
from allmende.accounts.middleware import actor_of, viewer_of
from allmende.accounts.models import ApiToken
from allmende.core.actor import Channel
from allmende.core.errors import NotAllowed, NotSignedIn
from allmende.core.http import Request


class ApiAuth(HttpBearer):
    """Sets `request.viewer` and `request.actor` (channel `api`) from a Bearer token or from the session.

    A token must carry `scope` (None: any token will do) and its owner's roles decide the rest. A session needs the
    CSRF token for whatever is not a read. `optional`: whoever brings neither goes on as a visitor; a wrong token is
    still an error. Raises NotSignedIn or NotAllowed.
    """

    def __init__(self, scope: str | None = None, *, optional: bool = False) -> None:
        super().__init__()
        self.scope = scope
        self.optional = optional

    def __call__(self, request: HttpRequest) -> Any:
        ours = cast("Request", request)
        if request.headers.get(self.header):
            return super().__call__(request) or _refuse()
        if request.user.is_authenticated:
            if check_csrf(request) is not None:
                raise NotAllowed(_("Die Sicherheitsmarke der Seite fehlt. Bitte laden Sie die Seite neu."))
        elif not self.optional:
            _refuse()
        ours.actor = actor_of(ours, Channel.API)
        return ours.viewer if request.user.is_authenticated else "visitor"

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Accepts a token that is known, not ended, of someone who may sign in, and broad enough."""
        ours = cast("Request", request)
        row = ApiToken.objects.select_related("person").filter(token_hash=tokens.hashed(token)).first()
        if row is None or not row.is_valid(ours.at) or not row.person.may_sign_in:
            _refuse()
        if self.scope is not None and self.scope not in row.scopes:
            raise NotAllowed(_("Dieser Zugang hat die Berechtigung „%(scope)s“ nicht.") % {"scope": self.scope})
        today = ours.at.date()
        if row.last_used_on != today:
            ApiToken.objects.filter(pk=row.pk).update(last_used_on=today)
        viewer = viewer_of(row.person_id, (get_language() or "de")[:2])
        strong = row.second_factor or not settings.STAFF_SECOND_FACTOR
        ours.viewer = replace(viewer, grants=rules.awake(viewer.grants, second_factor=strong))
        ours.actor = actor_of(ours, Channel.API)
        return ours.viewer


def _refuse() -> Never:
    raise NotSignedIn(_("Bitte senden Sie einen gültigen Zugang mit (Authorization: Bearer …)."))
