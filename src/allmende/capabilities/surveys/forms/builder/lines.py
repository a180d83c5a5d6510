"""Answers to choose from, or the rows of a table: one by one, or all at once as text.

One by one each line knows which it was, so that it keeps its name, its translations and its conditions wherever it is
moved and however it is reworded. As text that is told from the words.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from allmende.engines.questions import interface as questions
from allmende.ui import forms as ui

BLANK_LINES = 3
"""Of a new question."""
MOST_LINES = 200
LONGEST = 1000


@dataclass(frozen=True)
class Line:
    """A line of the page; `was` is the name of the option that it was, "" for a new one."""

    number: int
    id: str
    name: str
    label: str
    was: str
    is_first: bool
    is_last: bool
    focus: bool


class Lines:
    """The lines of one field. `key` is "options" or "rows"; `before` as the definition holds them."""

    is_lines = True

    def __init__(self, form: ui.Form, key: str, before: Sequence[Mapping[str, Any]], first: str) -> None:
        self.form, self.key, self.before, self.first = form, key, before, first
        self.as_text = form.is_bound and form.data.get(f"{key}-way") != "rows"
        what, _colon, rest = str(form.data.get("again") or "").partition(":") if form.is_bound else ("", "", "")
        self.pressed = rest if what == key else ""
        self._turned: list[tuple[str, str]] = []
        if self.pressed in {"text", "rows"}:
            self._turn(self.pressed)

    @property
    def field(self) -> Any:
        return self.form[self.key]

    def label_of(self, number: int) -> str:
        return (_("Zeile %(n)s") if self.key == "rows" else _("Antwort %(n)s")) % {"n": number}

    @property
    def numbered(self) -> str:
        """The label of a line for the script, with %n for its number."""
        return (
            _("Zeile %(n)s").replace("%(n)s", "%n") if self.key == "rows" else _("Antwort %(n)s").replace("%(n)s", "%n")
        )

    def sent(self) -> list[tuple[str, str]]:
        """(was, label) of each line, as the browser sent them."""
        data, key = self.form.data, self.key
        number = str(data.get(f"{key}-n") or "")
        many = min(int(number), MOST_LINES) if number.isascii() and number.isdigit() else 0
        return [
            (str(data.get(f"{key}-{at}-was") or "")[:100], str(data.get(f"{key}-{at}") or "").replace("\0", ""))
            for at in range(many)
        ]

    def kept(self) -> list[tuple[str, str]]:
        return [(one["name"], one["label"].get(self.first, one["name"])) for one in self.before]

    @property
    def lines(self) -> Iterator[Line]:
        pairs, focus = self._now()
        for at, (was, label) in enumerate(pairs):
            html = f"{self.key}-{at}"
            yield Line(
                at + 1, f"id_{self.key}" if not at else f"id_{html}", html, label, was, not at, at + 1 == len(pairs),
                at == focus,
            )  # fmt: skip

    @property
    def count(self) -> int:
        return len(self._now()[0])

    def _now(self) -> tuple[list[tuple[str, str]], int | None]:
        """The lines after the button that was pressed, and which of them is looked at next."""
        pairs = self.sent() if self.form.is_bound and not self._turned else self.kept()
        if self._turned:
            pairs = self._turned
        verb, _colon, number = self.pressed.partition(":")
        at = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else -1  # noqa: PLR2004
        focus = None
        if verb == "add" and len(pairs) < MOST_LINES:
            pairs, focus = [*pairs, ("", "")], len(pairs)
        elif verb in {"up", "down"} and 0 <= at < len(pairs):
            focus = max(0, min(len(pairs) - 1, at + (1 if verb == "down" else -1)))
            pairs.insert(focus, pairs.pop(at))
        elif verb == "remove" and 0 <= at < len(pairs):
            pairs = [pair for place, pair in enumerate(pairs) if place != at]
            focus = min(at, len(pairs) - 1)
        blank = BLANK_LINES if not pairs else 0
        return [*pairs, *([("", "")] * blank)], focus

    def _turn(self, way: str) -> None:
        """From one way of writing to the other; nothing typed is lost."""
        form = self.form
        form.data = form.data.copy()  # type: ignore[attr-defined]
        if way == "text":
            form.data[self.key] = "\n".join(label.strip() for _was, label in self.sent() if label.strip())  # type: ignore[index]
            self.as_text = True
            return
        self._turned = self.told(str(form.data.get(self.key) or ""))
        self.as_text = False

    def told(self, text: str) -> list[tuple[str, str]]:
        """Lines of a text with what each was. Of as many lines as before a reworded one is the one it was."""
        labels = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
        old = {label: name for name, label in self.kept()}
        gone = [name for label, name in old.items() if label not in labels]
        new = [label for label in labels if label not in old]
        renamed = dict(zip(new, gone, strict=True)) if len(gone) == len(new) else {}
        return [(old.get(label) or renamed.get(label, ""), label) for label in labels]

    def read(self) -> list[tuple[str, str]]:
        """What was written. Adds an error to the form where a line stands twice or nothing does."""
        if self.as_text:
            return self.told(str(self.form.cleaned_data.get(self.key) or ""))
        pairs = [(was, label.strip()[:LONGEST]) for was, label in self.sent() if label.strip()]
        labels = [label for _was, label in pairs]
        twice = next((label for label in labels if labels.count(label) > 1), "")
        if not pairs:
            self.form.add_error(self.key, _("Bitte schreiben Sie mindestens eine Antwort auf."))
        elif twice:
            self.form.add_error(self.key, _("„%(label)s“ steht zweimal da.") % {"label": twice})
        return pairs

    def options(self, pairs: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        """As the definition holds them. A line keeps its name; reworded, it loses its translations."""
        by_name = {one["name"]: one for one in self.before}
        names = questions.option_names(
            [label for _was, label in pairs], {label: was for was, label in pairs if was in by_name}
        )
        found = []
        for (was, label), name in zip(pairs, names, strict=True):
            former = by_name.get(was, {})
            same = former.get("label", {}).get(self.first, was) == label if former else False
            words = former.get("label", {}) if same else {}
            extra = {"filter": former.get("filter", "")} if self.key == "options" else {}
            found.append({"name": name, "label": {**words, self.first: label}, **extra})
        return found
