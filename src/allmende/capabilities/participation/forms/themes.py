"""Ordering ideas into themes, and saying what a theme is about."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.participation.forms.choices import choose
from allmende.capabilities.participation.queries import Board
from allmende.ui import forms as ui

NEW, OUT = "new", "out"


class OrderForm(ui.Form):
    """Where the chosen ideas go. The ideas themselves are checkboxes `ideas` of the list beside it."""

    target = forms.ChoiceField(label=gettext_lazy("Wohin mit den ausgewählten Ideen?"))
    title = forms.CharField(
        label=gettext_lazy("Name des neuen Themas"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("Nur für ein neues Thema. In wenigen Worten, wie eine Überschrift."),
    )
    keep = forms.BooleanField(
        label=gettext_lazy("Sie bleiben auch hier stehen"),
        required=False,
        help_text=gettext_lazy("Für Ideen, die von zwei Dingen sprechen."),
    )

    def __init__(self, *args: Any, board: Board, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pairs = [(NEW, _("in ein neues Thema"))]
        pairs += [
            (str(pile.theme.pk), str(pile.theme.title.get(language) or pile.theme))
            for pile in board.piles
            if board.chosen is None or pile.theme.pk != board.chosen.pk
        ]
        if board.chosen is not None:
            pairs.append((OUT, _("aus diesem Thema heraus")))
        else:
            del self.fields["keep"]
        choose(self, "target", pairs)

    @property
    def chosen(self) -> list[UUID]:
        """The ids that were ticked; what is no id is left out."""
        found = []
        for text in self.data.getlist("ideas") if hasattr(self.data, "getlist") else []:
            try:
                found.append(UUID(text))
            except ValueError:
                continue
        return found[:5000]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("target") == NEW and not values.get("title", "").strip():
            self.add_error("title", _("Bitte geben Sie dem Thema einen Namen."))
        if not self.chosen:
            self.add_error("target", _("Bitte wählen Sie mindestens eine Idee aus."))
        return values


class ThemeForm(ui.Form):
    """A theme in words of the group."""

    title = forms.CharField(label=gettext_lazy("Name des Themas"), max_length=160)
    title_en = forms.CharField(label=gettext_lazy("Name auf Englisch"), max_length=160, required=False)
    summary = ui.LongText(
        label=gettext_lazy("Was ist den Ideen gemeinsam?"),
        max_length=2000,
        rows=5,
        required=False,
        help_text=gettext_lazy("In einfacher Sprache, kurze Sätze. Die Ideen selbst bleiben, wie sie sind."),
    )
    summary_en = ui.LongText(label=gettext_lazy("Dasselbe auf Englisch"), max_length=2000, rows=5, required=False)
    order = forms.IntegerField(
        label=gettext_lazy("An welcher Stelle steht es?"), min_value=1, max_value=999, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("title", "summary"):
            self.fields[name].widget.attrs["lang"] = "de"


class MergeForm(ui.Form):
    """Into which other theme."""

    target = forms.ChoiceField(label=gettext_lazy("In welches Thema?"))

    def __init__(self, *args: Any, board: Board, theme_id: UUID, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(
            self,
            "target",
            [
                (str(pile.theme.pk), str(pile.theme.title.get(language) or pile.theme))
                for pile in board.piles
                if pile.theme.pk != theme_id
            ],
        )
