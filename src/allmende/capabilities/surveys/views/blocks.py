"""One question's result for a page: sentence, chart, table, method. Drawn once, then the same for everybody.

A survey of sixty questions has some two thousand figures to put into words. They change only when it is computed anew
or an editor says something to one, so each process keeps the finished parts, by everything that they are made from.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from allmende.capabilities.surveys.models import Cut, Evaluation, Finding
from allmende.capabilities.surveys.views import figures, waves
from allmende.capabilities.surveys.views.pages import word

MOST = 2000
"""Parts that a process keeps, some 5 kB each."""
_kept: dict[bytes, SafeString] = {}


def part(row: Finding, evaluation: Evaluation, number: int, language: str, cut: Cut | None = None) -> SafeString:
    """The finished part of a results page. Nothing in it depends on who asks."""
    made_from = repr((
        number, language, get_language(), row.pk, row.place, row.title, row.part, row.table, row.charts, row.before,
        row.note, evaluation.weighting.get("effective"), evaluation.least, evaluation.wanted_at is None,
        (cut.pk, cut.group_title, cut.table, cut.charts) if cut is not None else None,
    ))  # fmt: skip
    key = hashlib.blake2b(made_from.encode(errors="surrogatepass"), digest_size=20).digest()
    found = _kept.get(key)
    if found is not None:
        return found
    context = {"one": block(row, evaluation, number, language, cut), "linked": True}
    drawn = render_to_string("surveys/parts/finding.html", context)
    if len(_kept) >= MOST:
        _kept.clear()
    _kept[key] = drawn
    return drawn


def block(row: Finding, evaluation: Evaluation, number: int, language: str, cut: Cut | None = None) -> dict[str, Any]:
    """Context of surveys/parts/finding.html."""
    title = figures.titled(row, language)
    shown: dict[str, Any] = {
        "id": f"frage-{row.place}",
        "title": title,
        "title_language": figures.spoken(row.title, language),
        "url": reverse("surveys:finding", args=[number, row.place]),
        "sentence": figures.sentence(row.table, language),
        "note": word(row.note, language),
        "note_language": figures.spoken(row.note, language),
    }
    if cut is not None:
        group = word(cut.group_title, language)
        return shown | {
            "id": f"frage-{row.place}-{cut.pk}",
            "group": group,
            "sentence": figures.chance(cut.table) or _("Die Gruppen nebeneinander."),
            "chart": figures.drawing(cut.charts, language),
            "table": figures.cut_rows(cut.table, language),
            "answers": figures.people(cut.table["answers"]),
            "method": _hidden(cut, evaluation),
            "is_drawn": _is_drawn(cut.charts, evaluation),
        }
    return shown | {
        "chart": figures.drawing(row.charts, language),
        "table": figures.rows_of(row.table, language),
        "answers": figures.people(row.table.get("answers")) if row.table.get("state") != "empty" else "",
        "method": figures.method(row.table, evaluation),
        "waves": waves.of_finding(row, language),
        "is_drawn": _is_drawn(row.charts, evaluation),
    }


def _is_drawn(charts: Mapping[str, str], evaluation: Evaluation) -> bool:
    """False while the job that draws is still to come: then the page says so instead of leaving a hole."""
    return bool(charts) or evaluation.wanted_at is None


def _hidden(cut: Cut, evaluation: Evaluation) -> str:
    said = (
        _("Anteile an der Gruppe, ohne Gewicht. In Klammern: wie viele Menschen das sind.") if cut.table["rows"] else ""
    )
    if cut.table.get("hidden"):
        said += " " + _(
            "„zu wenige“ steht, wo es weniger als %(n)s Menschen sind, und an so vielen weiteren Stellen, "
            "dass man keine davon ausrechnen kann."
        ) % {"n": evaluation.least}
    return said.strip()
