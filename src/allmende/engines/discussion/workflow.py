"""States and transitions of comments and of cases, as tables that a clerk can read."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class CommentState(models.TextChoices):
    """Who sees a comment: everyone, or only its author and the moderators."""

    PUBLISHED = "published", _("veröffentlicht")
    HELD = "held", _("wird geprüft")
    REFUSED = "refused", _("nicht veröffentlicht")
    WITHDRAWN = "withdrawn", _("zurückgezogen")


COMMENT_TRANSITIONS: dict[tuple[CommentState, str], CommentState] = {
    (CommentState.PUBLISHED, "hold"): CommentState.HELD,
    (CommentState.PUBLISHED, "refuse"): CommentState.REFUSED,
    (CommentState.PUBLISHED, "withdraw"): CommentState.WITHDRAWN,
    (CommentState.HELD, "release"): CommentState.PUBLISHED,
    (CommentState.HELD, "refuse"): CommentState.REFUSED,
    (CommentState.HELD, "withdraw"): CommentState.WITHDRAWN,
    (CommentState.REFUSED, "release"): CommentState.PUBLISHED,  # after an objection
    (CommentState.REFUSED, "hold"): CommentState.HELD,  # a refusal undone
    (CommentState.REFUSED, "withdraw"): CommentState.WITHDRAWN,
}


class Stance(models.TextChoices):
    """What a comment is to its thing; optional."""

    PRO = "pro", _("dafür")
    CONTRA = "contra", _("dagegen")
    NEUTRAL = "neutral", _("Hinweis")


class Cause(models.TextChoices):
    """Why something is to be checked."""

    NEW = "new", _("neu eingegangen")
    REPORTED = "reported", _("gemeldet")
    HEURISTIC = "heuristic", _("aufgefallen")
    NO_PROOF = "no_proof", _("ohne Spam-Schutz gesendet")
    OBJECTION = "objection", _("Widerspruch")
    AGAIN = "again", _("noch einmal zu prüfen")


class CaseState(models.TextChoices):
    OPEN = "open", _("zu prüfen")
    DECIDED = "decided", _("entschieden")
    ESCALATED = "escalated", _("weitergegeben wegen Gefahr")


class Decision(models.TextChoices):
    """How a case ended. `kept` answers a report: the post stays as it is."""

    RELEASED = "released", _("freigegeben")
    KEPT = "kept", _("bleibt veröffentlicht")
    REFUSED = "refused", _("nicht veröffentlicht")
    WITHDRAWN = "withdrawn", _("von der Person zurückgezogen")


CASE_TRANSITIONS: dict[tuple[CaseState, str], CaseState] = {
    (CaseState.OPEN, "decide"): CaseState.DECIDED,
    (CaseState.OPEN, "escalate"): CaseState.ESCALATED,
    (CaseState.ESCALATED, "decide"): CaseState.DECIDED,
    (CaseState.ESCALATED, "return"): CaseState.OPEN,
    (CaseState.DECIDED, "undo"): CaseState.OPEN,
    (CaseState.DECIDED, "check again"): CaseState.DECIDED,  # it stays, and a new case begins
}

DEPTH = 3
"""Levels of a thread that stay readable; deeper answers stand on the third and name whom they answer."""
CLAIM = timedelta(minutes=30)
"""How long a claim lasts before others can take the case (practice.md 7)."""
HANDED_OVER = timedelta(hours=24)
"""How long a case stays with the person to whom it was handed."""
UNDO = timedelta(minutes=5)
"""How long a decision can be taken back by whoever took it."""
OBJECTION = timedelta(days=183)
"""How long one may object to a decision: six months (DSA Art. 20(1))."""
REMIND_AGAIN = timedelta(days=1)
"""After the date those on duty are reminded; when nothing happens for this long, their deputies."""
BODY_LIMIT = 4000
"""Characters of a comment."""
REASON_LIMIT = 2000
REPORT_LIMIT = 4000


class ReportReason(models.TextChoices):
    """What somebody finds wrong with a post (DSA Art. 16(2)(a))."""

    ILLEGAL = "illegal", _("Der Beitrag ist nach meiner Ansicht rechtswidrig.")
    INSULT = "insult", _("Der Beitrag beleidigt oder bedroht jemanden.")
    PRIVACY = "privacy", _("Der Beitrag nennt private Angaben über eine andere Person.")
    ADVERTISING = "advertising", _("Der Beitrag ist Werbung oder Spam.")
    FALSE_OFFICE = "impostor", _("Jemand gibt sich als eine andere Person oder als Amt aus.")
    OTHER = "other", _("Etwas anderes stimmt nicht.")
