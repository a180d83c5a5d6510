"""A survey beside the one before it, in words: what changed first, everything else folded away."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allmende.capabilities.surveys.models import Finding, Survey
from allmende.capabilities.surveys.rules.waves import certain
from allmende.capabilities.surveys.views import figures
from allmende.capabilities.surveys.views.pages import word

MOST = 6
"""Changes that are named at the top; the others stand with their questions."""


def _says(row: Mapping[str, Any]) -> str:
    """One answer then and now."""
    points = formats.number_format(abs(100 * row["gap"]), 0)
    if not row["sure"]:
        text = _("vorher %(before)s; der Unterschied kann Zufall sein")
    elif row["gap"] > 0:
        text = _("vorher %(before)s; gestiegen um %(points)s Punkte (%(low)s bis %(high)s)")
    else:
        text = _("vorher %(before)s; gesunken um %(points)s Punkte (%(low)s bis %(high)s)")
    ends = sorted((abs(row["low"]), abs(row["high"])))
    return text % {
        "before": figures.percent(row["before"]), "points": points,
        "low": formats.number_format(100 * ends[0], 0), "high": formats.number_format(100 * ends[1], 0),
    }  # fmt: skip


def of_finding(row: Finding, language: str) -> dict[str, Any] | None:
    """All compared answers of one question, and in a line what they come to; None where nothing is compared."""
    rows = row.before.get("rows", [])
    if not rows:
        return None
    sure = sum(1 for one in rows if one["sure"])
    said = (
        ngettext("eine von %(all)s Antworten anders", "%(n)s von %(all)s Antworten anders", sure)
        if sure
        else _("kein Unterschied, der mehr als Zufall wäre")
    )
    return {
        "says": said % {"n": sure, "all": len(rows)} if sure else said,
        "rows": [(word(one["label"], language), _says(one)) for one in rows],
    }


def summary(survey: Survey, findings: Sequence[Finding], language: str) -> dict[str, Any] | None:
    """What has surely changed since the survey before, the most first; None where nothing is compared."""
    every = [(row, one) for row in findings for one in row.before.get("rows", [])]
    if not every:
        return None
    changed = certain(every)
    return {
        "changes": [
            {
                "question": figures.titled(row, language),
                "language": figures.spoken(row.title, language),
                "answer": word(one["label"], language),
                "says": _says(one),
                "url": f"{reverse('surveys:finding', args=[survey.number, row.place])}#vorher",
            }
            for row, one in changed[:MOST]
        ],
        "more": max(0, len(changed) - MOST),
        "compared": ngettext("%(n)s Antwort", "%(n)s Antworten", len(every)) % {"n": len(every)},
    }
