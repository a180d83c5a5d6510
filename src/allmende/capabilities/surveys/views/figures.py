"""Tables of results in words: the sentence first, then figures as people read them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import formats
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from allmende.capabilities.surveys.models import Cut, Evaluation, Finding, Survey
from allmende.capabilities.surveys.rules.independence import SIGNIFICANT, Strength, Verdict
from allmende.capabilities.surveys.views.pages import word
from allmende.ui.templatetags.ui import plain_number

LEAST_P = 0.001
"""Smaller ones are said to be smaller."""
NAMED = 50
"""Fields of a map that stand in the table beside it."""
STRIKING = 6
"""Tables of „Was auffällt“."""
type Table = Mapping[str, Any]


def percent(share: float | None) -> str:
    return "" if share is None else _("%(n)s %%") % {"n": formats.number_format(100 * share, 0)}


def number(value: float | None) -> str:
    """With one decimal, or none where it is whole."""
    if value is None or not math.isfinite(value):
        return ""
    return formats.number_format(value, 0 if float(value).is_integer() else 1, force_grouping=True)


def between(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    return _("%(low)s bis %(high)s %%") % {
        "low": formats.number_format(100 * low, 0), "high": formats.number_format(100 * high, 0),
    }  # fmt: skip


def people(count: int | None) -> str:
    """„312 Antworten“, or that there are too few to say how many."""
    if count is None:
        return _("wenige Antworten")
    return ngettext("%(n)s Antwort", "%(n)s Antworten", count) % {"n": plain_number(count)}


def unit_of(table: Table, language: str) -> str:
    found = (table.get("numbers") or {}).get("unit") or table.get("unit") or {}
    return word(found, language)


def sentence(table: Table, language: str) -> str:
    """What a table says, in one sentence or two."""
    state, form = table.get("state"), table.get("form")
    if state == "empty":
        return _("Diese Frage hat niemand beantwortet.")
    if state == "few":
        return _(
            "Hier haben so wenige geantwortet, dass man auf einzelne Menschen schließen könnte. Deshalb "
            "steht hier nichts."
        )
    if form in _SENTENCES:
        return _SENTENCES[form](table, language)
    return _("Wie viele geantwortet haben: %(n)s. Mehr werten wir hier nicht aus.") % {
        "n": people(table.get("answers"))
    }


def _first(table: Table, key: str, *, least: bool = False) -> Mapping[str, Any] | None:
    rows = [row for row in table["rows"] if row.get(key) is not None]
    return (min if least else max)(rows, key=lambda row: row[key]) if rows else None


def _choice(table: Table, language: str) -> str:
    row = _first(table, "share")
    if row is None:
        return ""
    label = word(row["label"], language)
    if table["state"] == "constant":
        return _("Alle, die geantwortet haben, sagten dasselbe: %(label)s.") % {"label": label}
    said = _("Am häufigsten: %(label)s, %(share)s.") % {"label": label, "share": percent(row["share"])}
    figures = table.get("numbers")
    if figures:
        said += " " + _("Im Mittel: %(mean)s.") % {"mean": number(figures["mean"])}
    return said


def _several(table: Table, language: str) -> str:
    row = _first(table, "share")
    if row is None:
        return _("Jede Antwort haben sehr wenige oder fast alle gewählt. Deshalb steht hier keine Zahl.")
    return _("Am häufigsten gewählt: %(label)s, von %(share)s. Man konnte mehreres wählen.") % {
        "label": word(row["label"], language), "share": percent(row["share"]),
    }  # fmt: skip


def _numbers(table: Table, language: str) -> str:
    figures = table["numbers"]
    unit = unit_of(table, language)
    if table["state"] == "constant":
        return _("Alle gaben dieselbe Zahl an: %(n)s.") % {"n": f"{number(figures['mean'])} {unit}".strip()}
    return _("Die Hälfte gab höchstens %(median)s an, im Mittel waren es %(mean)s.") % {
        "median": f"{number(figures['median'])} {unit}".strip(), "mean": f"{number(figures['mean'])} {unit}".strip(),
    }  # fmt: skip


def _means(table: Table, language: str) -> str:
    ranked = table.get("better") == "low"
    row = _first(table, "mean", least=ranked)
    if row is None:
        return ""
    label = word(row["label"], language)
    if ranked:
        return _("Am weitesten vorn: %(label)s, im Mittel auf Platz %(mean)s.") % {
            "label": label,
            "mean": number(row["mean"]),
        }
    return _("Am meisten bekam: %(label)s, im Mittel %(mean)s.") % {
        "label": label, "mean": f"{number(row['mean'])} {unit_of(table, language)}".strip(),
    }  # fmt: skip


def _map(table: Table, _language: str) -> str:
    return _(
        "%(n)s. Je kräftiger ein Feld, desto mehr Menschen nannten etwas darin. Einzelne Orte zeigen wir nicht."
    ) % {"n": people(table.get("answers"))}


def _topics(table: Table, _language: str) -> str:
    if table["rows"]:
        return _("%(n)s in eigenen Worten. Darin ging es am häufigsten um diese Themen.") % {
            "n": people(table["answers"])
        }
    return _("%(n)s in eigenen Worten. Die Themen daraus sind noch nicht geordnet.") % {"n": people(table["answers"])}


_SENTENCES = {
    "choice": _choice, "several": _several, "numbers": _numbers, "means": _means, "map": _map, "topics": _topics,
}  # fmt: skip


def method(table: Table, evaluation: Evaluation) -> str:
    """How the figures came about, in one plain sentence."""
    form = table.get("form")
    if table.get("state") not in {"shown", "constant"} or form == "map":
        return ""
    if form == "means":
        said = _(
            "Mittelwerte. Der Bereich dahinter sagt, wo der Wert läge, wenn alle gefragt wären: in 95 von "
            "100 Fällen darin."
        )
    else:
        said = _(
            "Anteile an denen, die geantwortet haben. Der Bereich dahinter sagt, wo der Anteil läge, wenn "
            "alle gefragt wären: in 95 von 100 Fällen darin."
        )
    if evaluation.weighting:
        said += " " + _("Gewichtet; so sicher wie %(n)s Antworten ohne Gewicht.") % {
            "n": plain_number(round(table.get("effective") or evaluation.weighting["effective"]))
        }
    if table.get("merged"):
        said += " " + _("Seltene Antworten stehen zusammen.")
    return said


def rows_of(table: Table, language: str) -> dict[str, Any]:
    """Columns and rows of the table beside the chart."""
    form = table.get("form")
    unit = unit_of(table, language)
    if form == "means":
        title = (
            _("Mittlerer Platz") if table.get("better") == "low" else _("Im Mittel") + (f" ({unit})" if unit else "")
        )
        columns = [title, pgettext("surveys", "Bereich"), pgettext("surveys", "Antworten")]
        rows = [
            (word(row["label"], language), [number(row["mean"]),
             f"{number(row.get('low'))} – {number(row.get('high'))}" if row["mean"] is not None else "",
             _cell(row["count"])])
            for row in table["rows"]
        ]  # fmt: skip
    elif form == "topics":
        columns = [pgettext("surveys", "Antworten")]
        rows = [(word(row["label"], language), [plain_number(row["count"])]) for row in table["rows"]]
    elif form == "map":
        columns = [_("Menschen")]
        rows = [
            (_field(place, field), [plain_number(field["count"])])
            for place, field in enumerate(table.get("fields", [])[:NAMED], start=1)
        ]
        if rows and table.get("elsewhere"):
            rows.append((_("an anderen Orten"), [plain_number(table["elsewhere"])]))
    else:
        columns = [_("Anteil"), pgettext("surveys", "Bereich"), pgettext("surveys", "Antworten")]
        rows = [
            (word(row["label"], language), [percent(row["share"]) or few(), between(row["low"], row["high"]),
                                            _cell(row["count"])])
            for row in table.get("rows", [])
        ]  # fmt: skip
    return {"columns": columns, "rows": [(label, list(zip(columns, cells, strict=True))) for label, cells in rows]}


def _field(place: int, field: Mapping[str, Any]) -> str:
    """A field of the map for whoever does not see it: where about it lies."""
    where = {
        "n": place, "lat": formats.number_format(field["centre"][1], 3),
        "lon": formats.number_format(field["centre"][0], 3), "district": field.get("where", ""),
    }  # fmt: skip
    if where["district"]:
        return _("Feld %(n)s: %(district)s, um %(lat)s° Nord, %(lon)s° Ost") % where
    return _("Feld %(n)s: um %(lat)s° Nord, %(lon)s° Ost") % where


def few() -> str:
    return _("zu wenige")


def _cell(value: int | None) -> str:
    return few() if value is None else plain_number(value)


def cut_rows(table: Table, language: str) -> dict[str, Any]:
    """A question by a group: a column per group, with the share of the group and how many that are."""
    groups = table["groups"]
    names = [word(one["label"], language) for one in groups]
    unit = word(table.get("unit"), language)
    if not table["rows"]:
        columns = [_("Im Mittel") + (f" ({unit})" if unit else ""), _("Mitte"), pgettext("surveys", "Antworten")]
        rows = [
            (name, [f"{number(one['mean'])} ({number(one['low'])} – {number(one['high'])})", number(one["median"]),
                    plain_number(one["answers"])])
            for name, one in zip(names, groups, strict=True)
        ]  # fmt: skip
    else:
        columns = [_("%(name)s (%(n)s)") % {"name": name, "n": plain_number(one["answers"])}
                   for name, one in zip(names, groups, strict=True)]  # fmt: skip
        rows = [
            (word(row["label"], language), [_share_of(count, one["answers"]) for count, one in
                                            zip(row["cells"], groups, strict=True)])
            for row in table["rows"]
        ]  # fmt: skip
    return {"columns": columns, "rows": [(label, list(zip(columns, cells, strict=True))) for label, cells in rows]}


def _share_of(count: int | None, whole: int) -> str:
    if count is None:
        return few()
    return _("%(share)s (%(n)s)") % {"share": percent(count / whole if whole else 0), "n": plain_number(count)}


def chance(table: Table) -> str:
    """What χ² says, in words; the figures stand behind them."""
    found = table.get("chance")
    if not found:
        return (
            _("Ob der Unterschied Zufall ist, rechnen wir hier nicht aus: Einige Zahlen sind verborgen.")
            if table.get("hidden")
            else ""
        )
    verdict, figures = found["verdict"], _figures(found)
    if verdict == Verdict.MORE_THAN_CHANCE:
        return f"{_STRENGTHS()[Strength(found['strength'])]} {figures}"
    if verdict == Verdict.TOO_FEW:
        return _(
            "In vielen Feldern wären weniger als 5 Antworten zu erwarten. Deshalb sagen wir nicht, ob der "
            "Unterschied Zufall ist."
        )
    if verdict == Verdict.MAYBE_CHANCE:
        return _("Der Unterschied kann Zufall sein.") + f" {figures}"
    return ""


def _STRENGTHS() -> Mapping[Strength, str]:  # noqa: N802  a table of words in the reader's language
    return {
        Strength.NONE: _("Der Unterschied ist größer, als der Zufall erklären würde, aber sehr klein."),
        Strength.WEAK: _("Der Unterschied ist größer, als der Zufall erklären würde, aber klein."),
        Strength.MEDIUM: _("Der Unterschied ist größer, als der Zufall erklären würde, und deutlich."),
        Strength.STRONG: _("Der Unterschied ist größer, als der Zufall erklären würde, und groß."),
    }


def _figures(found: Mapping[str, Any]) -> str:
    return _("(χ² = %(x)s, Freiheitsgrade %(f)s, p %(p)s, Cramérs V = %(v)s)") % {
        "x": formats.number_format(found["statistic"], 1), "f": found["freedom"],
        "p": ("< " if found["p"] < LEAST_P else "= ") + formats.number_format(max(found["p"], LEAST_P), 3),
        "v": formats.number_format(found["v"], 2),
    }  # fmt: skip


def most_striking(cuts: Sequence[Cut]) -> list[Cut]:
    """The strongest differences that even so many comparisons do not explain (Bonferroni), each pair once."""
    tested = [one for one in cuts if one.table["chance"]["freedom"]]
    bound = SIGNIFICANT / max(1, len(tested))
    found, seen = [], set()
    for one in sorted(tested, key=lambda one: -one.table["chance"]["v"]):
        told = one.table["chance"]
        pair = frozenset((one.finding.variable, one.group))
        weak = told["strength"] == Strength.NONE
        if told["p"] < bound and told["verdict"] == Verdict.MORE_THAN_CHANCE and not weak and pair not in seen:
            seen.add(pair)
            found.append(one)
    return found[:STRIKING]


def drawing(charts: Mapping[str, str], language: str) -> SafeString:
    """An SVG of our own making, whose texts `ui.charts` has escaped."""
    return mark_safe(charts.get(language) or charts.get("de", ""))  # noqa: S308


def titled(row: Finding, language: str) -> str:
    """The question as it was asked; of a row of a matrix with the row."""
    part = word(row.part, language)
    title = word(row.title, language)
    return f"{title} {part}" if part else title


def spoken(texts: Mapping[str, str], language: str) -> str:
    """The language in which `word` says it."""
    return language if texts.get(language) else "de"


def weighting_facts(evaluation: Evaluation, language: str) -> list[tuple[str, str]]:
    """What raking says of itself, for the page."""
    found = evaluation.weighting
    if not found:
        return []
    by = ", ".join(word(one["title"], language) for one in found["margins"])
    facts = [
        (_("Gewichtet nach"), by),
        (_("Verfahren"), _("Raking: Schritt für Schritt, bis die Anteile denen der Einwohnerstatistik entsprechen")),
        (_("Quelle"), word(found.get("source", {}).get("title"), language)),
        (_("So sicher wie"), _("%(n)s Antworten ohne Gewicht") % {"n": plain_number(round(found["effective"]))}),
        (_("Kleinstes und größtes Gewicht"), f"{number(found['least'])} – {number(found['most'])}"),
    ]
    if found["trimmed"]:
        facts.append((_("Begrenzte Gewichte"), plain_number(found["trimmed"])))
    if not found["converged"]:
        facts.append((_("Größter Rest zur Statistik"), percent(found["largest_gap"])))
    if found["missing"]:
        facts.append((_("Niemand antwortete aus"), ", ".join(word(one["label"], language) for one in found["missing"])))
    return facts


def heading(survey: Survey, language: str) -> str:
    return _("Ergebnisse: %(title)s") % {"title": word(survey.title, language)}
