"""What a paper asks that is decided one by one: its parts in a table, and a table of what was decided on them."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _

from allmende.capabilities.council.models import AgendaItem, Part
from allmende.capabilities.council.queries.parts import Choices, day_of, folded
from allmende.capabilities.council.rules.parts import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST,
    WORDS,
    DecisionData,
    PartData,
    Written,
)
from allmende.core.manifest import Shown
from allmende.ui import forms as ui

SPOKEN = "de"
NUMBERING = re.compile(r"(?:\d+(?:\.\d+)+\.?|\d+[.)]|[-–•*])\s+")
"""What stands before the lines of a pasted list."""


class SpokenSelect(forms.Select):
    """A list whose entries say which language they are in."""

    spoken: Mapping[str, str] = {}
    """Value → language; all others are in that of the page."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if language := self.spoken.get(str(value)):
            option["attrs"]["lang"] = language
        return option


def _spoken(spoken: Mapping[str, str]) -> SpokenSelect:
    made = SpokenSelect()
    made.spoken = spoken
    return made


class _Rows(ui.Form):
    """A form with the same few fields for each part."""

    def __init__(self, *args: Any, parts: Sequence[Part], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sent = self.data if self.is_bound else None
        self.parts = [part for part in parts if sent is None or f"seen_{part.pk}" in sent]
        """Of a form that was sent those that it held: others have been added meanwhile."""

    def of(self, name: str, key: UUID) -> Any:
        return self.cleaned_data.get(f"{name}_{key}")

    def bound(self, name: str, key: UUID) -> Any:
        """The field of a part, for the template; empty where the part has none of that name."""
        return self[f"{name}_{key}"] if f"{name}_{key}" in self.fields else ""

    def see_again(self, seen: Mapping[UUID, str]) -> None:
        """The form comes back and now knows what others did meanwhile: sent once more, it holds."""
        marks = {f"seen_{part.pk}": seen.get(part.pk, "") for part in self.parts}
        self.data = {**{name: self.data[name] for name in self.data}, **marks}


class PartsForm(_Rows):
    """All parts of a paper, and a list of new ones, one a line."""

    def __init__(self, *args: Any, choices: Choices, language: str, things: Mapping[Any, Shown], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = choices
        groups = [
            (label, [(str(one.ref), one.title(language)) for one in things_of]) for label, things_of in choices.groups
        ]
        offered = [one for _label, things_of in choices.groups for one in things_of]
        spoken = {str(one.ref): one.title_language(language) for one in [*offered, *things.values()]}
        short = forms.NumberInput(attrs={"class": "kern-form-input__input--short"})
        for place, part in enumerate(self.parts, start=1):
            key = part.pk
            own = (
                []
                if not part.about or part.about in choices.allowed
                else [(part.about, self._named(part, things, language))]
            )
            self.fields[f"place_{key}"] = forms.IntegerField(
                label=_("Reihenfolge"), min_value=1, max_value=999, initial=place, widget=short
            )
            self.fields[f"title_{key}"] = forms.CharField(
                label=_("Teil"), max_length=LONGEST_TITLE, initial=part.title,
                widget=forms.TextInput(attrs={"lang": SPOKEN}),
            )  # fmt: skip
            self.fields[f"about_{key}"] = forms.ChoiceField(
                label=_("Darum geht es im Portal"), required=False, initial=part.about,
                choices=[("", _("nichts im Portal")), *own, *groups], widget=_spoken(spoken),
            )  # fmt: skip
            self.fields[f"text_{key}"] = ui.LongText(
                label=_("In einfachen Worten"), max_length=LONGEST_TEXT, rows=2, required=False, initial=part.text
            )
            self.fields[f"text_{key}"].widget.attrs["lang"] = SPOKEN
            if not part.decision:
                self.fields[f"remove_{key}"] = forms.BooleanField(label=_("Herausnehmen"), required=False)
            self.fields[f"seen_{key}"] = forms.IntegerField(
                min_value=0, max_value=2**31 - 1, initial=part.edition, widget=forms.HiddenInput
            )
        self.fields["new"] = ui.LongText(
            label=_("Neue Teile") if self.parts else _("Was wird einzeln entschieden?"),
            max_length=MOST * LONGEST_TITLE,
            rows=4 if self.parts else 14,
            required=not self.parts,
            help_text=_(
                "Ein Teil in jeder Zeile, zum Beispiel aus der Vorlage kopiert. "
                "Heißt ein Pilot genauso, wird er gleich zugeordnet."
            ),
        )
        self.fields["new"].widget.attrs["lang"] = SPOKEN

    @staticmethod
    def _named(part: Part, things: Mapping[Any, Shown], language: str) -> str:
        shown = things.get(part.about_ref)
        return shown.title(language) if shown is not None else _("nicht öffentlich")

    def written(self) -> Written:
        """The parts in the order that was asked for. A row that was moved goes before or after the one whose number it
        took, as it came from below or from above.
        """
        removed = {part.pk: self.of("seen", part.pk) for part in self.parts if self.of("remove", part.pk)}
        rows = []
        for place, part in enumerate(self.parts, start=1):
            wanted = self.of("place", part.pk)
            if part.pk not in removed:
                rows.append((wanted, (wanted > place) - (wanted < place), place, part.pk))
        kept: list[tuple[UUID | None, int, PartData]] = [
            (key, self.of("seen", key), PartData(self.of("title", key), self.of("text", key), self.of("about", key)))
            for _wanted, _way, _place, key in sorted(rows, key=lambda row: row[:3])
        ]
        titled = self.choices.titled()
        lines = [NUMBERING.sub("", line.strip(), count=1) for line in self.cleaned_data["new"].splitlines()]
        fresh = [PartData(line, about=titled.get(folded(line), "")) for line in lines if line]
        return Written([*kept, *((None, 0, row) for row in fresh)], removed)


class DecisionsForm(_Rows):
    """What was decided on each part. Day and meeting hold for everything that is entered now."""

    def __init__(self, *args: Any, points: Sequence[AgendaItem], own: Sequence[AgendaItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.points = points
        named = [(str(item.pk), self._meeting(item)) for item in own]
        self.fields["meeting"] = forms.ChoiceField(
            label=_("In welcher Sitzung?"),
            required=False,
            choices=[*named, ("", _("in keiner, die hier steht"))],
            initial=named[0][0] if named else "",
            widget=_spoken({value: SPOKEN for value, _label in named}),
        )
        self.fields["decided_on"] = ui.DateField(
            label=_("An welchem Tag?"), required=False, help_text=_("Leer heißt: am Tag der Sitzung.")
        )
        if any(part.decision for part in self.parts):
            self.fields["again"] = forms.BooleanField(
                label=_("Tag und Sitzung auch bei dem berichtigen, was schon eingetragen ist"), required=False
            )
        for part in self.parts:
            self.fields[f"decision_{part.pk}"] = forms.ChoiceField(
                label=part.title, required=False, initial=part.decision, choices=list(WORDS.items()),
                widget=forms.RadioSelect(attrs={"class": "side-by-side"}),
            )  # fmt: skip
            self.fields[f"seen_{part.pk}"] = forms.RegexField(
                r"^\d{1,9}\.[a-z]{0,10}$", initial=seen_mark(part), widget=forms.HiddenInput
            )

    @staticmethod
    def _meeting(item: AgendaItem) -> str:
        day = day_of(item)
        return f"{item.meeting.name}, {day:%d.%m.%Y}" if day else item.meeting.name

    def decisions(self) -> dict[UUID, DecisionData]:
        """What is new: a row that stands as it was seen says nothing, whatever others have entered meanwhile."""
        item = next((one for one in self.points if str(one.pk) == self.cleaned_data["meeting"]), None)
        day: date | None = self.cleaned_data["decided_on"] or (day_of(item) if item is not None else None)
        found: dict[UUID, DecisionData] = {}
        for part in self.parts:
            edition, _dot, before = str(self.of("seen", part.pk)).partition(".")
            wanted = self.of("decision", part.pk)
            if wanted != before or (wanted and self.cleaned_data.get("again")):
                point = self._point(part, item) if wanted else None
                found[part.pk] = DecisionData(wanted, day if wanted else None, point, int(edition))
        return found

    def _point(self, part: Part, item: AgendaItem | None) -> UUID | None:
        """Of the meeting the point that has the part's name, where each was a point of its own; else the paper's."""
        if item is None:
            return None
        same = [
            one.pk
            for one in self.points
            if one.meeting_id == item.meeting_id and folded(one.name) == folded(part.title)
        ]
        return same[0] if len(same) == 1 else item.pk


def seen_mark(part: Part) -> str:
    """What a form has seen of a part's decision."""
    return f"{part.edition}.{part.decision}"
