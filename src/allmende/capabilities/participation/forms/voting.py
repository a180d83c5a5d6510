"""The ballot paper, and what the city declares before a vote."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from allmende.capabilities.participation import workflow
from allmende.capabilities.participation.actions import PollData
from allmende.capabilities.participation.forms.choices import choose
from allmende.capabilities.participation.forms.groups import both
from allmende.capabilities.participation.models import Module
from allmende.capabilities.participation.workflow import phases
from allmende.capabilities.participation.workflow import voting as words
from allmende.engines.ballots.interface import voting
from allmende.ui import forms as ui


class BallotForm(ui.Form):
    """The paper: boxes to tick, or points to give. What was filled in stays, whatever was wrong with it.

    A paper without any choice is an abstention, and asked about first: who only forgot to choose is told so.
    """

    abstain = forms.BooleanField(
        label=gettext_lazy("Ich enthalte mich"),
        required=False,
        help_text=gettext_lazy("Ihre Stimme zählt dann bei der Beteiligung mit, aber für keinen Vorschlag."),
    )

    def __init__(
        self, *args: Any, vote: voting.Vote, options: Sequence[voting.VoteOption], language: str, **kwargs: Any
    ) -> None:
        self.vote, self.options, self.language = vote, options, language
        super().__init__(*args, **kwargs)
        if vote.way == voting.Way.POINTS:
            for option in options:
                self.fields[f"points_{option.place}"] = forms.IntegerField(
                    label=option.title,
                    required=False,
                    min_value=0,
                    widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 0, "max": vote.most_points or ""}),
                )
        else:
            self.fields["choices"] = forms.MultipleChoiceField(
                label=_("Ihre Auswahl"),
                required=False,
                widget=forms.CheckboxSelectMultiple,
                choices=[(str(option.place), option.title) for option in options],
            )

    @property
    def is_points(self) -> bool:
        return self.vote.way == voting.Way.POINTS

    @property
    def asks_to_abstain(self) -> bool:
        """Shown only to whoever sent a paper without any choice."""
        return self.is_bound and (self.has_error("__all__", "empty") or bool(self.data.get("abstain")))

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines of the paper for the template, with what was filled in."""
        ticked: set[str] = set() if self.is_points else set(map(str, self["choices"].value() or []))
        found = []
        for option in self.options:
            name = f"points_{option.place}" if self.is_points else "choices"
            bound = self[name]
            value = bound.value() if self.is_points else ""
            found.append(
                {
                    "option": option,
                    "name": name,
                    "id": f"id_{name}" if self.is_points else f"id_choices_{option.place}",
                    "checked": str(option.place) in ticked,
                    "value": "" if value is None else value,
                    "errors": bound.errors if self.is_points else [],
                    "cost": words.euros(option.cost, self.language) if option.cost else "",
                }
            )
        return found

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.errors:
            return values
        choices = self.choices_of(values)
        if not choices and not values.get("abstain"):
            self.add_error(None, forms.ValidationError(_("Sie haben noch nichts ausgewählt."), code="empty"))
        elif self.is_points:
            self._check_points(sum(points for _place, points in choices))
        else:
            self._check_choices({place for place, _points in choices})
        return values

    def _check_points(self, given: int) -> None:
        most = self.vote.most_points
        if most is not None and given > most:
            said = _("Sie haben %(given)s Punkte vergeben und haben %(most)s. Bitte nehmen Sie %(over)s zurück.")
            self.add_error(None, said % {"given": given, "most": most, "over": given - most})

    def _check_choices(self, places: set[int]) -> None:
        most = self.vote.most_choices
        if most is not None and len(places) > most:
            said = ngettext(
                "Sie können eine Möglichkeit wählen, angekreuzt sind %(n)s.",
                "Sie können bis zu %(most)s Möglichkeiten wählen, angekreuzt sind %(n)s.",
                most,
            )
            self.add_error("choices", said % {"most": most, "n": len(places)})
        spent = sum(option.cost for option in self.options if option.place in places)
        if self.vote.way == voting.Way.BUDGET and spent > self.vote.budget:
            said = _(
                "Ihre Auswahl kostet %(spent)s. Das sind %(over)s mehr als das Budget. Bitte lassen Sie etwas weg."
            )
            amounts = {"spent": spent, "over": spent - self.vote.budget}
            self.add_error("choices", said % {key: words.euros(n, self.language) for key, n in amounts.items()})

    def choices_of(self, values: dict[str, Any] | None = None) -> list[tuple[int, int]]:
        """(place, points) as the engine takes them; call it on a valid form."""
        values = self.cleaned_data if values is None else values
        if self.is_points:
            given = ((option.place, values.get(f"points_{option.place}") or 0) for option in self.options)
            return [(place, points) for place, points in given if points > 0]
        return [(int(place), 0) for place in values.get("choices") or []]

    @staticmethod
    def initial_of(vote: voting.Vote, choices: Sequence[Sequence[int]]) -> dict[str, Any]:
        """A ballot that was cast, as the form's beginning."""
        if vote.way == voting.Way.POINTS:
            return {f"points_{place}": points for place, points in choices}
        return {"choices": [str(place) for place, _points in choices], "abstain": not choices}


class CodeForm(ui.Form):
    """The code from the letter."""

    code = forms.CharField(
        label=gettext_lazy("Code aus Ihrem Brief"),
        max_length=40,
        help_text=gettext_lazy("Zwölf Zeichen. Groß oder klein, mit oder ohne Bindestrich ist gleich."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false",
                   "class": "kern-form-input__input--medium"}
        ),
    )  # fmt: skip


class GuestForm(ui.Form):
    """Where the link to the ballot paper goes."""

    email = forms.EmailField(
        label=gettext_lazy("Ihre E-Mail-Adresse"),
        max_length=200,
        help_text=gettext_lazy("Wir senden Ihnen einen Link zum Stimmzettel. Gespeichert wird die Adresse nicht."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class PaperForm(BallotForm):
    """A paper that somebody enters: its number or code, then what stands on it."""

    paper = forms.CharField(
        label=gettext_lazy("Nummer auf dem Zettel"),
        max_length=40,
        help_text=gettext_lazy("Jede Nummer zählt einmal. So wird kein Zettel doppelt eingegeben."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "kern-form-input__input--short"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.vote.gate == voting.Gate.CODE:
            self.fields["paper"].label = _("Code auf dem Zettel")
        self.fields["abstain"].label = _("Der Zettel ist leer")
        self.fields["abstain"].help_text = _("Er zählt bei der Beteiligung mit, aber für keinen Vorschlag.")


class LettersForm(ui.Form):
    """How many codes to print."""

    number = forms.IntegerField(
        label=gettext_lazy("Wie viele Briefe?"),
        min_value=1,
        max_value=500,
        help_text=gettext_lazy(
            "Die Codes sehen Sie nur ein einziges Mal: in der Datei, die Sie jetzt bekommen. Bei uns bleibt nur ein "
            "Prüfwert, aus dem niemand den Code ausrechnen kann."
        ),
    )


class EuroField(forms.DecimalField):
    """An amount as people type it: 12.500 or 12500,50; its value is cents."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=2, min_value=0, **kwargs)
        self.widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "kern-form-input__input--short"})

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.replace("€", "").replace(" ", "").replace("\u00a0", "").strip()
            if "," in value:
                value = value.replace(".", "").replace(",", ".")
            elif value.count(".") and all(len(part) == 3 for part in value.split(".")[1:]):  # noqa: PLR2004 - thousands
                value = value.replace(".", "")
        return super().to_python(value)

    @staticmethod
    def cents(amount: Decimal | None) -> int:
        return 0 if amount is None else int(amount * 100)


class PollForm(ui.Form):
    """Putting a part of a project to the vote. What only experts change stands folded away, each with its sentence."""

    EXPERT = ("gate", "rule", "completion", "tie", "has_receipts", "seats", "most_choices", "eligible", "paper_days")

    title = forms.CharField(
        label=gettext_lazy("Welche Frage steht auf dem Stimmzettel?"), max_length=160,
        help_text=gettext_lazy("Zum Beispiel: Was soll mit dem Geld für die Stadtteile geschehen?"),
    )  # fmt: skip
    title_en = forms.CharField(label=gettext_lazy("Die Frage auf Englisch"), max_length=160, required=False)
    text = ui.LongText(
        label=gettext_lazy("Was sollte man vor dem Abstimmen wissen?"), max_length=2000, rows=4, required=False
    )
    text_en = ui.LongText(label=gettext_lazy("Dasselbe auf Englisch"), max_length=2000, rows=4, required=False)
    source = forms.ChoiceField(label=gettext_lazy("Worüber wird abgestimmt?"), widget=forms.RadioSelect)
    way = forms.ChoiceField(label=gettext_lazy("Wie füllt man den Stimmzettel aus?"), widget=forms.RadioSelect)
    budget = EuroField(
        label=gettext_lazy("Wie viel Geld ist da?"), required=False,
        help_text=gettext_lazy("In Euro. Nur beim Verplanen eines Budgets."),
    )  # fmt: skip
    most_points = forms.IntegerField(
        label=gettext_lazy("Wie viele Punkte hat jeder Mensch?"), min_value=1, max_value=1000, required=False,
        help_text=gettext_lazy("Nur beim Verteilen von Punkten."),
    )  # fmt: skip
    gate = forms.ChoiceField(
        label=gettext_lazy("Wer stimmt ab?"), required=False,
        help_text=gettext_lazy("Nicht mehr Menschen, als die Phase einlädt. Jeder Mensch hat eine Stimme."),
    )  # fmt: skip
    rule = forms.ChoiceField(
        label=gettext_lazy("Nach welcher Regel wird gezählt?"), required=False,
        help_text=gettext_lazy("Die übliche passt fast immer. Sie steht von Anfang an auf der Seite."),
    )  # fmt: skip
    completion = forms.ChoiceField(
        label=gettext_lazy("Was geschieht mit Geld, das übrig bleibt?"), required=False,
        help_text=gettext_lazy("Nur bei gleichen Anteilen."),
    )  # fmt: skip
    tie = forms.CharField(
        label=gettext_lazy("Los bei Gleichstand: veröffentlichte Zahl"), max_length=80, required=False,
        help_text=gettext_lazy(
            "Leer heißt: Bei Gleichstand gewinnt, was weiter oben auf dem Stimmzettel steht. Eine Zahl, etwa aus einer "
            "öffentlichen Ziehung, macht daraus ein Los, das jeder nachprüfen kann."
        ),
    )  # fmt: skip
    has_receipts = forms.BooleanField(
        label=gettext_lazy("Belege mit öffentlicher Liste"), required=False,
        help_text=gettext_lazy(
            "Alle finden ihre Stimme nach der Auszählung in einer Liste wieder. Das hat einen Preis: Mit einem Beleg "
            "kann man anderen zeigen, wie man gestimmt hat. Nur anhaken, wenn das Projekt es braucht."
        ),
    )  # fmt: skip
    seats = forms.IntegerField(
        label=gettext_lazy("Wie viele gewinnen?"), min_value=1, max_value=100, required=False, initial=1,
        help_text=gettext_lazy("Nicht bei einem Budget: Da entscheidet das Geld."),
    )  # fmt: skip
    most_choices = forms.IntegerField(
        label=gettext_lazy("Wie viel darf man höchstens ankreuzen?"), min_value=1, max_value=500, required=False,
        help_text=gettext_lazy("Leer heißt: so viel man möchte."),
    )  # fmt: skip
    eligible = forms.IntegerField(
        label=gettext_lazy("Wie viele Menschen dürfen abstimmen?"), min_value=1, required=False,
        help_text=gettext_lazy("Für die Beteiligung in Prozent."),
    )  # fmt: skip
    paper_days = forms.IntegerField(
        label=gettext_lazy("Tage für Papier nach dem Ende"), min_value=0, max_value=60, required=False, initial=0,
        help_text=gettext_lazy("So lange können rechtzeitig eingegangene Zettel eingegeben werden. Dann wird gezählt."),
    )  # fmt: skip
    sure = forms.BooleanField(
        label=gettext_lazy("Ich habe alles geprüft. Danach lässt sich nichts mehr ändern."), required=True
    )

    def __init__(
        self, *args: Any, module: Module, span: phases.Span, language: str, zone: ZoneInfo, **kwargs: Any
    ) -> None:
        self.module, self.span, self.zone = module, span, zone
        is_budget = module.kind == phases.ModuleKind.BUDGET
        first = {"way": "budget" if is_budget else "agree", "source": "", "completion": "add1u"}
        super().__init__(*args, initial={**first, **kwargs.pop("initial", {})}, **kwargs)

        def said(texts: Any) -> str:
            return str(texts.get(language) or texts["de"])

        choose(self, "way", [(key, said(texts)) for key, texts in words.WAYS.items() if is_budget or key != "budget"])
        rules = {rule for way in words.WAYS for rule in voting.RULES_OF[way]}
        usual = [("", _("die übliche"))]
        choose(self, "rule", [*usual, *((key, said(texts)) for key, texts in words.RULES.items() if key in rules)])
        choose(self, "completion", [(key, said(texts)) for key, texts in words.COMPLETIONS.items()])
        choose(self, "gate", [(key, said(words.GATE_WORDS[key])) for key in words.gates_for(span.audience)])
        if is_budget or module.store_id is None:
            del self.fields["source"]
        else:
            choose(
                self,
                "source",
                [("", _("Beiträge, so wie sie sind")), ("themes", _("Themen, zu denen sie geordnet sind"))],
            )
            self.fields["source"].required = False
        if not is_budget:
            del self.fields["budget"], self.fields["completion"]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return [bound for bound in self if bound.name not in {*self.EXPERT, "sure"}]

    @property
    def expert_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.EXPERT if name in self.fields]

    @property
    def expert_wrong(self) -> bool:
        """Whether something folded away has to be looked at."""
        return any(bound.errors for bound in self.expert_fields)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        way, rule = values.get("way", ""), values.get("rule") or ""
        if way and rule and rule not in voting.RULES_OF[way]:
            self.add_error("rule", _("So ausgefüllte Stimmzettel lassen sich nach dieser Regel nicht zählen."))
        if way == "budget" and not values.get("budget"):
            self.add_error("budget", _("Bitte geben Sie an, wie viel Geld da ist."))
        if way == "points" and not values.get("most_points"):
            self.add_error("most_points", _("Bitte geben Sie an, wie viele Punkte jeder Mensch hat."))
        return values

    def data_of_poll(self, *, is_example: bool) -> PollData:
        """What the action takes; call it on a valid form."""
        values = self.cleaned_data
        return PollData(
            title=both(values, "title"),
            text=both(values, "text"),
            way=values["way"],
            gate=values.get("gate") or "",
            rule=values.get("rule") or "",
            source=values.get("source") or "",
            seats=values.get("seats") or 1,
            budget=EuroField.cents(values.get("budget")),
            completion=values.get("completion") or "add1u",
            lot=values.get("tie") or "",
            most_choices=values.get("most_choices"),
            most_points=values.get("most_points"),
            has_receipts=values["has_receipts"],
            eligible=values.get("eligible"),
            paper_until=self._paper_until(values.get("paper_days") or 0),
            is_example=is_example,
        )

    def _paper_until(self, days: int) -> datetime | None:
        ends = self.span.ends_at
        if not days or ends is None:
            return None
        last = ends.astimezone(self.zone).date()
        return max(ends, workflow.start_of(last.fromordinal(last.toordinal() + days), self.zone))


class ProposalForm(ui.Form):
    """What an office says of a proposal for a budget."""

    title = forms.CharField(
        label=gettext_lazy("Wie soll der Vorschlag auf dem Stimmzettel heißen?"), max_length=200,
    )  # fmt: skip
    text = ui.LongText(label=gettext_lazy("Worum geht es, in zwei Sätzen?"), max_length=1000, rows=4, required=False)
    is_feasible = forms.ChoiceField(
        label=gettext_lazy("Geht das?"),
        widget=forms.RadioSelect,
        choices=[
            ("yes", gettext_lazy("Ja, die Stadt kann das umsetzen")),
            ("no", gettext_lazy("Nein, das geht nicht")),
        ],
    )
    cost = EuroField(
        label=gettext_lazy("Was kostet es?"), required=False, help_text=gettext_lazy("In Euro, mit allem.")
    )
    reason = ui.LongText(
        label=gettext_lazy("Warum?"),
        max_length=1000,
        rows=4,
        required=False,
        help_text=gettext_lazy("Gehört zu jedem Nein. Wer die Idee hatte, liest das zuerst."),
    )

    @property
    def cents(self) -> int:
        return EuroField.cents(cast("Decimal | None", self.cleaned_data.get("cost")))
