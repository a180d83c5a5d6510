"""Ways to vote, who may, and the two states of a vote."""

from datetime import datetime
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Way(models.TextChoices):
    """How people fill in the paper. Pages offer the first three; the fourth is for rules that need an order."""

    AGREE = "agree", _("zustimmen")
    POINTS = "points", _("Punkte verteilen")
    BUDGET = "budget", _("Budget verplanen")
    RANK = "rank", _("ordnen")


class Gate(models.TextChoices):
    """Who may vote, once each."""

    ACCOUNT = "account", _("alle mit Konto")
    VERIFIED = "verified", _("alle, deren Wohnort geprüft ist")
    CODE = "code", _("alle mit einem Code aus ihrem Brief")
    GUEST = "guest", _("alle mit bestätigter E-Mail-Adresse")


class State(models.TextChoices):
    """open → closed; there is no way back."""

    OPEN = "open", _("offen")
    CLOSED = "closed", _("ausgezählt")


class Phase(StrEnum):
    """What the two states and the clock come to."""

    PLANNED = "planned"
    RUNNING = "running"
    WAITING = "waiting"  # over, not yet counted
    COUNTED = "counted"


def phase(state: str, opens_at: datetime, closes_at: datetime, at: datetime) -> Phase:
    """Where a vote stands at that time; it runs from `opens_at` until before `closes_at`."""
    if state == State.CLOSED:
        return Phase.COUNTED
    if at < opens_at:
        return Phase.PLANNED
    return Phase.RUNNING if at < closes_at else Phase.WAITING


RULES_OF: dict[str, tuple[str, ...]] = {
    Way.AGREE: ("approval", "greedy", "equal-shares", "phragmen"),
    Way.POINTS: ("score", "greedy", "equal-shares"),
    Way.BUDGET: ("knapsack", "equal-shares", "phragmen", "greedy"),
    Way.RANK: ("schulze", "runoff", "stv", "borda"),
}
"""Rules that can count what is filled in that way, the usual one first."""
