"""`{% load notify %}{% unread_notices as count %}`: only asked for whoever is signed in."""

from collections.abc import Mapping
from typing import Any

from django import template

from allmende.engines.notify.queries import unread_count

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_notices(context: Mapping[str, Any]) -> int:
    """How many notices the signed-in person has not read; 0 and no query for a visitor."""
    viewer = getattr(context.get("request"), "viewer", None)
    return unread_count(viewer) if viewer is not None else 0
