"""The door to the editor's rooms: whoever may not write finds nothing there, and most of Wagtail's admin stays shut."""

import functools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override

from allmende.capabilities.portal.models import Editor
from allmende.capabilities.portal.rules.pages import may_edit
from allmende.core.errors import NotAllowed
from allmende.core.http import Request

OPEN = re.compile(
    r"^/redaktion/("
    r"|pages/(?!.*/(move|workflow|unlock|lock|privacy)/).*"
    r"|images/.*|documents/.*|redirects/.*"
    r"|choose-(page|external-link|email-link|phone-link|anchor-link)/.*"
    r"|translation/.*|tag-autocomplete/.*|editing-sessions/.*|dismissibles/|block-preview/|sprite/|jsi18n/"
    r"|account/|logout/"
    r"|api/main/.*"
    r")$"
)
"""What of Wagtail's admin is used. Not users, groups, sites, languages, workflows, bulk actions: the house has its
own, or every change must come through an action."""

SAVES = re.compile(r"^/redaktion/pages/(\d{1,9})/edit/")
LOCKS = 0x65646974
"""Class of the advisory locks of this room: "edit"."""

POLICY: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.UNSAFE_INLINE, CSP.UNSAFE_EVAL],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "font-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF],
    "media-src": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.SELF],
    "object-src": [CSP.NONE],
}
"""Wagtail's admin writes scripts and styles into its pages; see docs/decisions/editor.md."""


def door[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Lets in who may write, shows Wagtail an `Editor`, and answers with the editor's own policy."""

    @functools.wraps(view)
    @csp_override(POLICY)
    def opened(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request = cast("Request", args[0])
        if not request.viewer.is_signed_in:
            return redirect_to_login(request.get_full_path())
        if not may_edit(request.viewer):
            raise NotAllowed
        if not OPEN.match(request.path) or (request.path.startswith("/redaktion/api/") and request.method != "GET"):
            raise Http404
        cast("Any", request).user = Editor.objects.get(pk=str(request.viewer.person_id))
        saved = SAVES.match(request.path) if request.method == "POST" else None
        with in_turn(int(saved[1])) if saved else nullcontext():
            response = view(*args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


@contextmanager
def in_turn(page_id: int) -> Iterator[None]:
    """One saving of a page after the other.

    The editor keeps by itself what one types. When that is still being saved while somebody presses „Zeitplan
    speichern“, Wagtail would find both up to date, and the older text, without the moment, could become the latest
    version. In turn, what comes second is told that it is out of date. The lock is the connection's, not a
    transaction's: the actions below begin their own.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCKS, page_id])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKS, page_id])


def editor_from(request: HttpRequest) -> Request:
    """Wagtail's request as ours."""
    return cast("Request", request)
