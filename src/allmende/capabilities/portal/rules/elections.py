"""Restraint before elections: what is scheduled waits until somebody has released it once more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from allmende.capabilities.portal.models.elections import ElectionPeriod
from allmende.core.actor import Role, Viewer
from allmende.core.errors import NotAllowed, NotSignedIn

SCOPE = "portal"


@dataclass(frozen=True)
class Hold:
    """Why a post that was scheduled does not appear by itself."""

    title: Mapping[str, str]
    until: datetime
    reason: str


def hold(periods: Iterable[ElectionPeriod], at: datetime, *, renewed_at: datetime | None = None) -> Hold | None:
    """The period that holds a scheduled post at `at`, the one that ends last; None when nothing does.

    `renewed_at` is when somebody released the post again: a release within the period lets it pass, one from before
    the period does not. Periods are half-open.
    """
    holding = [
        period
        for period in periods
        if period.starts_at <= at < period.ends_at and (renewed_at is None or renewed_at < period.starts_at)
    ]
    if not holding:
        return None
    last = max(holding, key=lambda period: period.ends_at)
    return Hold(dict(last.title), last.ends_at, last.reason)


def may_plan(viewer: Viewer) -> bool:
    """Editors and administrators keep the calendar."""
    return viewer.has(Role.EDITOR, SCOPE) or viewer.has(Role.ADMINISTRATOR)


def require_may_plan(viewer: Viewer) -> None:
    if not viewer.is_signed_in:
        raise NotSignedIn
    if not may_plan(viewer):
        raise NotAllowed(_("Den Wahlkalender führen die Redaktion und die Verwaltung des Portals."))
