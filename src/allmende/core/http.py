"""What a view's request carries here; the middlewares set it."""

from datetime import datetime

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from allmende.core.actor import Actor, Viewer


class Request(HttpRequest):
    """Type of every view's `request`: an id, the one instant that counts as now, who looks and who acts."""

    id: str
    at: datetime
    viewer: Viewer
    actor: Actor
    htmx: HtmxDetails
