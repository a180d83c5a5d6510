"""What goes into files: exactly the cells that the pages show, one per line, in a form that programs read. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from allmende.engines.questions.interface import Words

type Record = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """A column of the files."""

    name: str
    type: str
    """string, integer or number."""
    label: Words


FIELDS: tuple[Field, ...] = tuple(
    Field(name, kind, {"de": german, "en": english})
    for name, kind, german, english in (
        ("place", "integer", "Nummer des Ergebnisses in seiner Adresse", "Number of the result in its address"),
        ("variable", "string", "Name der Frage", "Name of the question"),
        ("question", "string", "Wortlaut der Frage", "Wording of the question"),
        ("form", "string", "Art: choice, several, numbers, means, map, topics, counted",
         "Kind: choice, several, numbers, means, map, topics, counted"),
        ("group", "string", "Frage, nach der unterschieden wird; leer: alle zusammen",
         "Question told apart by; empty: all together"),
        ("group_value", "string", "Gruppe", "Group"),
        ("answer", "string", "Name der Antwort; mit + verbunden: zusammengefasst",
         "Name of the answer; joined by +: put together"),
        ("answer_label", "string", "Wortlaut der Antwort", "Wording of the answer"),
        ("count", "integer", "Wie viele; leer: verborgen", "How many; empty: hidden"),
        ("answers", "integer", "Wie viele in dieser Zeile geantwortet haben: alle oder die Gruppe",
         "How many answered: all, or the group"),
        ("effective", "number", "Wirksame Fallzahl nach Kish; ohne Gewicht gleich answers",
         "Effective number by Kish; unweighted equal to answers"),
        ("share", "number", "Anteil von 0 bis 1; gewichtet gerundet", "Share from 0 to 1; rounded where weighted"),
        ("low", "number", "Untere Grenze des 95-%-Bereichs", "Lower end of the 95 % interval"),
        ("high", "number", "Obere Grenze des 95-%-Bereichs", "Upper end of the 95 % interval"),
        ("mean", "number", "Mittelwert", "Mean"),
        ("median", "number", "Median", "Median"),
    )
)  # fmt: skip
NAMES = tuple(one.name for one in FIELDS)


@dataclass(frozen=True)
class Published:
    """A finding with its cuts, as it is published."""

    place: int
    variable: str
    question: str
    table: Mapping[str, Any]
    cuts: Sequence[tuple[str, Mapping[str, Any]]] = ()
    """Group and its table."""


def records(published: Iterable[Published], language: str) -> list[Record]:
    """One per cell that is shown, or of which is shown that it is hidden."""
    found: list[Record] = []
    for one in published:
        head = {"place": one.place, "variable": one.variable, "question": one.question}
        found += [_full(head | row) for row in _total(one.table, language)]
        for group, table in one.cuts:
            found += [_full(head | {"group": group} | row) for row in _cut(table, language)]
    return found


def _full(values: Mapping[str, Any]) -> Record:
    return {name: values.get(name) for name in NAMES}


def _word(texts: Words | None, language: str) -> str:
    return "" if not texts else str(texts.get(language) or texts.get("de", ""))


def _total(table: Mapping[str, Any], language: str) -> Iterable[Record]:
    form = table.get("form")
    head: Record = {"form": form, "answers": table.get("answers"), "effective": table.get("effective")}
    if head["effective"] is None and form in {"choice", "several", "numbers"}:
        head["effective"] = table.get("answers")
    if (figures := table.get("numbers")) is not None:
        yield head | {key: figures[key] for key in ("mean", "low", "high", "median")} | {"answer": ""}
    if form == "map":
        for place, field in enumerate(table.get("fields", []), start=1):
            longitude, latitude = field["centre"]
            yield head | {
                "answer": f"{latitude:.4f},{longitude:.4f}",
                "answer_label": str(place),
                "count": field["count"],
            }
        return
    rows = table.get("rows", [])
    for row in rows:
        yield head | {
            "answer": "+".join(row["names"]),
            "answer_label": _word(row["label"], language),
            "count": row.get("count"),
            **{key: row.get(key) for key in ("share", "low", "high", "mean")},
        }
    if not rows and figures is None:
        yield head


def _cut(table: Mapping[str, Any], language: str) -> Iterable[Record]:
    groups = table["groups"]
    for place, group in enumerate(groups):
        head = {
            "form": table["form"], "group_value": _word(group["label"], language), "answers": group["answers"],
            "effective": group["answers"],
        }  # fmt: skip
        if not table["rows"]:
            yield head | {key: group.get(key) for key in ("mean", "low", "high", "median")} | {"answer": ""}
        for row in table["rows"]:
            count = row["cells"][place]
            yield head | {
                "answer": "+".join(row["names"]),
                "answer_label": _word(row["label"], language),
                "count": count,
                "share": None if count is None or not group["answers"] else round(count / group["answers"], 4),
            }
