"""Ideas from a table: what the file holds, which column means what, which rows do not fit. Pure but for the form."""

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.participation import rules
from allmende.capabilities.participation.forms import workbook
from allmende.capabilities.participation.forms.choices import choose
from allmende.capabilities.participation.models import BODY_LIMIT, TITLE_LIMIT
from allmende.core.actor import CHANNEL_LABELS
from allmende.core.errors import Invalid
from allmende.core.texts import Text
from allmende.ui import forms as ui

ROWS = 500
"""Rows of one file; more are handed in as a second file."""
LARGEST = 2_000_000
FIELDS: Mapping[str, tuple[Text, tuple[str, ...]]] = {
    "title": (gettext_lazy("Titel"), ("titel", "title", "idee", "überschrift", "vorschlag")),
    "body": (gettext_lazy("Beschreibung"), ("beschreibung", "text", "description", "inhalt", "body")),
    "author": (gettext_lazy("Anzeigename"), ("name", "anzeigename", "autor", "author", "verfasser")),
    "category": (gettext_lazy("Rubrik"), ("rubrik", "kategorie", "category")),
    "district": (gettext_lazy("Stadtteil"), ("stadtteil", "ortsteil", "district")),
    "place": (gettext_lazy("Ort"), ("ort", "adresse", "place", "straße")),
    "received_on": (gettext_lazy("Eingegangen am"), ("eingegangen", "eingegangen am", "datum", "date")),
}
"""Field → what it is called, and the headings by which it is guessed."""
NEEDED = frozenset({"title", "body"})


@dataclass(frozen=True)
class Sheet:
    """A table as it was read."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    encoding: str
    delimiter: str


@dataclass(frozen=True)
class Row:
    """One row: where it stands in the file (from 1, the heading is 1), its values, and what is wrong with it."""

    line: int
    values: Mapping[str, str]
    received_on: date | None = None
    wrong: Sequence[str] = field(default_factory=tuple)


def read(content: bytes) -> Sheet:
    """A table from a file as spreadsheets write it: XLSX, or UTF-8 or Windows-1252 with semicolons, commas or tabs.

    Raises Invalid with a sentence for anything else.
    """
    if content[:4] in {b"PK\x03\x04", workbook.OLD_EXCEL}:
        return _table(workbook.rows(content, ROWS + 2), "Excel", "")
    try:
        text, encoding = content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        text, encoding = content.decode("cp1252", errors="replace"), "Windows-1252"
    text = text.replace("\0", "")
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(";\t,", key=first.count)
    try:
        rows = [
            row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(map(str.strip, row))
        ]
    except csv.Error:
        rows = []
    return _table(rows, encoding, delimiter)


def _table(rows: Sequence[Sequence[str]], encoding: str, delimiter: str) -> Sheet:
    """Heading and rows. Raises Invalid for too few and too many."""
    if len(rows) < 2:  # noqa: PLR2004 - a heading and one row
        raise Invalid(_("In dieser Datei steht keine Tabelle. Sie braucht eine Kopfzeile und darunter die Beiträge."))
    if len(rows) - 1 > ROWS:
        raise Invalid(_("Das sind mehr als %(n)s Zeilen. Bitte teilen Sie die Datei.") % {"n": ROWS})
    return Sheet([name.strip() for name in rows[0]], rows[1:], encoding, delimiter)


def guess(header: Sequence[str]) -> dict[str, str]:
    """Field → number of the column that seems to be meant, as text; "" for none."""
    names = [name.casefold() for name in header]
    return {
        name: next((str(names.index(word)) for word in words if word in names), "")
        for name, (_label, words) in FIELDS.items()
    }


def _day(text: str) -> date | None:
    for pattern in ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def check(
    sheet: Sheet,
    columns: Mapping[str, str],
    *,
    categories: Mapping[str, str],
    districts: Mapping[str, str],
    there: Collection[tuple[str, str]],
) -> list[Row]:
    """Every row with all that is wrong with it. `categories` and `districts` map names, casefolded, to slugs; `there`
    holds title and text of what the store has already.
    """
    found, seen = [], set(there)
    for line, cells in enumerate(sheet.rows, start=2):
        values = {
            name: " ".join(cells[int(at)].split()) if name != "body" else cells[int(at)].strip()
            for name, at in columns.items()
            if at and int(at) < len(cells)
        }
        wrong: list[str] = []
        for name, limit in (("title", TITLE_LIMIT), ("body", BODY_LIMIT)):
            if not values.get(name):
                wrong.append(_("%(field)s fehlt.") % {"field": FIELDS[name][0]})
            elif len(values[name]) > limit:
                wrong.append(_("%(field)s ist länger als %(n)s Zeichen.") % {"field": FIELDS[name][0], "n": limit})
        for name, known in (("category", categories), ("district", districts)):
            given = values.get(name, "")
            if given and given.casefold() not in known:
                wrong.append(_("%(field)s „%(given)s“ kennen wir nicht.") % {"field": FIELDS[name][0], "given": given})
            values[name] = known.get(given.casefold(), "")
        day = _day(values["received_on"]) if values.get("received_on") else None
        if values.get("received_on") and day is None:
            wrong.append(_("„%(given)s“ ist kein Datum. Richtig wäre 31.12.2026.") % {"given": values["received_on"]})
        key = (values.get("title", ""), values.get("body", ""))
        if key in seen:
            wrong.append(_("Das steht schon da."))
        seen.add(key)
        found.append(Row(line, values, day, tuple(wrong)))
    return found


class UploadForm(ui.Form):
    """The file, and how its rows reached the city."""

    channel = forms.ChoiceField(label=gettext_lazy("Wie kamen die Beiträge?"))
    received_on = ui.DateField(
        label=gettext_lazy("Eingegangen am"),
        help_text=gettext_lazy("Gilt für Zeilen, in denen kein eigenes Datum steht."),
    )
    file = ui.KeptFile(
        label=gettext_lazy("Datei"),
        max_size=LARGEST,
        accept=".csv,text/csv,.xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        help_text=gettext_lazy("Excel (XLSX) oder CSV. Die erste Zeile nennt die Spalten."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "channel", [(channel.value, CHANNEL_LABELS[channel]) for channel in rules.HAND_CHANNELS])


class MappingForm(UploadForm):
    """Which column means what; the file waits meanwhile."""

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [
            (str(place), name or _("Spalte %(n)s") % {"n": place + 1}) for place, name in enumerate(sheet.header)
        ]
        for name, (label, _words) in FIELDS.items():
            needed = name in NEEDED
            self.fields[f"column_{name}"] = forms.ChoiceField(label=label, required=needed)
            choose(self, f"column_{name}", columns if needed else [("", _("keine")), *columns])

    @property
    def columns(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(f"column_{name}") or "" for name in FIELDS}


BATCH = 8
"""Empty rows of the fast form."""


class BatchForm(ui.Form):
    """Many forms on paper in one go: what they share on top, then a row each."""

    store = forms.ChoiceField(label=gettext_lazy("Wozu?"))
    channel = forms.ChoiceField(label=gettext_lazy("Wie kamen die Beiträge?"))
    received_on = ui.DateField(label=gettext_lazy("Eingegangen am"))

    def __init__(self, *args: Any, stores: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "store", list(stores))
        choose(self, "channel", [(channel.value, CHANNEL_LABELS[channel]) for channel in rules.HAND_CHANNELS])
        for place in range(BATCH):
            n = {"n": place + 1}
            self.fields[f"title_{place}"] = forms.CharField(
                label=_("%(n)s. Beitrag in einem Satz") % n, max_length=TITLE_LIMIT, required=False
            )
            self.fields[f"body_{place}"] = ui.LongText(
                label=_("%(n)s. Beitrag genauer") % n, max_length=BODY_LIMIT, rows=2, required=False
            )
            self.fields[f"author_{place}"] = forms.CharField(
                label=_("%(n)s. Anzeigename") % n, max_length=60, required=False
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        rows = [(values.get(f"title_{n}"), values.get(f"body_{n}")) for n in range(BATCH)]
        for place, (title, body) in enumerate(rows):
            if body and not title:
                self.add_error(f"title_{place}", _("Bitte sagen Sie in einem Satz, worum es geht."))
            if title and not body:
                self.add_error(f"body_{place}", _("Bitte schreiben Sie ab, was auf dem Formular steht."))
        if not any(title or body for title, body in rows):
            self.add_error("title_0", _("Bitte tragen Sie mindestens einen Beitrag ein."))
        return values

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Bound fields per contribution, for the template."""
        return [
            {
                "legend": _("%(n)s. Beitrag") % {"n": place + 1},
                "fields": [self[f"{name}_{place}"] for name in ("title", "body", "author")],
            }
            for place in range(BATCH)
        ]

    @property
    def written(self) -> list[tuple[int, str, str, str]]:
        """(row, title, text, name) of what was filled in."""
        values = self.cleaned_data
        return [
            (n, values[f"title_{n}"], values[f"body_{n}"], values[f"author_{n}"])
            for n in range(BATCH)
            if values.get(f"title_{n}")
        ]
