"""The door to the editor's rooms: whoever may not write finds nothing there, and most of Wagtail's admin stays shut."""

import functools
import re
from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
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
        response = view(*args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


def editor_from(request: HttpRequest) -> Request:
    """Wagtail's request as ours."""
    return cast("Request", request)
