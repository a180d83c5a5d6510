"""Embargoes end, new versions take over, pages end: made known by the clock."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from allmende.capabilities.portal.actions import publishing
from allmende.capabilities.portal.models import Post
from allmende.core.actor import SYSTEM


def bring_pages(at: datetime) -> int:
    """Brings every page whose moment has come; returns how many."""
    due = Post.objects.filter(state=Post.State.RELEASED).filter(
        Q(visible_until__lte=at) | Q(next_from__lte=at) | Q(announced_at=None, visible_from__lte=at)
    )
    pages = list(due.order_by("visible_from").values_list("page_id", flat=True))
    for page_id in pages:
        publishing.bring_page(actor=SYSTEM, page_id=page_id, at=at)
    return len(pages)


@app.periodic(cron="* * * * *")
@app.task(name="portal.bring_pages", queue="default", queueing_lock="portal.bring_pages")
def every_minute(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Within a minute pictures and feeds follow; pages, search and programs know it to the second."""
    bring_pages(timezone.now())
