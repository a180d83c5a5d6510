"""Setting projects up: a blueprint, what it says of itself, its dates, and as whom one looks at it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.participation import workflow
from allmende.capabilities.participation.actions import PhaseData, ProjectData
from allmende.capabilities.participation.forms.choices import choose
from allmende.capabilities.participation.forms.groups import CONTRACT_LABELS, both
from allmende.capabilities.participation.models import CONTRACT_FIELDS, Module, Phase, Project
from allmende.capabilities.participation.workflow import phases
from allmende.core.refs import Ref
from allmende.core.texts import Text
from allmende.ui import forms as ui


class ProjectForm(ui.Form):
    """What a project says of itself, with its contract."""

    title = forms.CharField(label=gettext_lazy("Name des Projekts"), max_length=160)
    title_en = forms.CharField(label=gettext_lazy("Name auf Englisch"), max_length=160, required=False)
    summary = ui.LongText(label=gettext_lazy("Worum es geht"), max_length=2000, rows=4, required=False)
    summary_en = ui.LongText(label=gettext_lazy("Worum es geht, auf Englisch"), max_length=2000, rows=4, required=False)
    is_formal = forms.BooleanField(
        label=gettext_lazy("Das ist eine förmliche Beteiligung"),
        required=False,
        help_text=gettext_lazy("Also eine, die ein Gesetz vorschreibt. Sonst ist sie informell."),
    )
    asks_age = forms.BooleanField(
        label=gettext_lazy("Nach der Altersgruppe fragen"),
        required=False,
        help_text=gettext_lazy("Niemand muss sie nennen. Sie sehen nur Zahlen ab fünf Menschen."),
    )
    announced = forms.BooleanField(
        label=gettext_lazy("Jetzt ankündigen"),
        required=False,
        help_text=gettext_lazy("Dann sehen es alle. Das geht nur mit den fünf Antworten."),
    )

    def __init__(self, *args: Any, project: Project | None = None, **kwargs: Any) -> None:
        self.project = project
        self.parts: list[Module] = []
        if project is not None:
            kwargs["initial"] = self._initial(project)
        super().__init__(*args, **kwargs)
        for name, label in CONTRACT_LABELS.items():
            self.fields[name] = ui.LongText(label=label, max_length=600, rows=2, required=False)
            english = _("%(question)s (englisch)") % {"question": label}
            self.fields[f"{name}_en"] = ui.LongText(label=english, max_length=600, rows=2, required=False)
        contract = [f"{name}{ending}" for name in CONTRACT_FIELDS for ending in ("", "_en")]
        first = (
            "blueprint",
            "title",
            "title_en",
            "summary",
            "summary_en",
            "opens_on",
            "closes_on",
            "is_formal",
            "asks_age",
        )
        self.order_fields([*first, *contract, "announced"])

    def _initial(self, project: Project) -> dict[str, Any]:
        values: dict[str, Any] = {
            "is_formal": project.is_formal,
            "asks_age": project.asks_age,
            "announced": project.announced_at is not None,
        }
        texts = {"title": project.title, "summary": project.summary, **project.contract}
        for name, text in texts.items():
            values[name], values[f"{name}_en"] = text.get("de", ""), text.get("en", "")
        return values

    def ask_for_part(self, module: Module, title: str, offered: Sequence[tuple[str, Text]]) -> None:
        """A choice of what a part is that lies in another room; the present one stays, offered or not."""
        name = f"part_{module.order}"
        kept = [(module.thing, _("wie bisher"))] if module.thing and module.thing not in dict(offered) else []
        self.fields[name] = forms.ChoiceField(
            label=_("Was ist „%(part)s“?") % {"part": title},
            required=False,
            initial=module.thing,
            help_text=_("Hier steht, was schon veröffentlicht ist. Die Karte im Projekt führt dann dorthin."),
        )
        choose(self, name, [("", _("steht noch nicht fest")), *kept, *offered])
        self.parts.append(module)
        self.order_fields([one for one in self.fields if one not in {name, "announced"}] + [name, "announced"])

    def placed_parts(self) -> list[tuple[Module, Ref | None]]:
        """What was chosen for each part of another room; call it on a valid form."""
        chosen = [(module, self.cleaned_data.get(f"part_{module.order}", "")) for module in self.parts]
        return [(module, Ref.parse(text) if text else None) for module, text in chosen]

    def data_of_project(self) -> ProjectData:
        """What the action takes; call it on a valid form."""
        values = self.cleaned_data
        return ProjectData(
            title=both(values, "title"),
            summary=both(values, "summary"),
            contract={name: both(values, name) for name in CONTRACT_FIELDS},
            is_formal=values["is_formal"],
            announced=values["announced"],
            asks_age=values["asks_age"],
            is_example=self.project.is_example if self.project else False,
        )


class NewProjectForm(ProjectForm):
    """A project from a blueprint: everything else follows from two dates."""

    blueprint = forms.ChoiceField(label=gettext_lazy("Was soll es werden?"), widget=forms.RadioSelect, initial="store")
    opens_on = ui.DateField(label=gettext_lazy("Öffnet am"))
    closes_on = ui.DateField(
        label=gettext_lazy("Letzter Tag"),
        help_text=gettext_lazy("Was danach kommt, rechnet die Vorlage aus. Sie können es später ändern."),
    )

    def __init__(self, *args: Any, language: str, zone: ZoneInfo, **kwargs: Any) -> None:
        self.zone = zone
        super().__init__(*args, **kwargs)
        pairs = []
        for key, plan in phases.BLUEPRINTS.items():
            name, meaning = (texts.get(language) or texts["de"] for texts in (plan.names, plan.meaning))
            pairs.append((key, f"{name}: {meaning}"))
        choose(self, "blueprint", pairs)

    def period(self) -> tuple[datetime, datetime]:
        """The two instants; half-open."""
        values = self.cleaned_data
        return workflow.start_of(values["opens_on"], self.zone), workflow.end_of(values["closes_on"], self.zone)

    FIELDS_OF_ACTION: Mapping[str, str] = {"opens_at": "opens_on", "closes_at": "closes_on"}


MORE = 2
"""Empty rows for phases to be added at a time."""


class PhasesForm(ui.Form):
    """The phases of a project, one row each; a row without dates goes. Dates of a collection are the store's own."""

    def __init__(self, *args: Any, modules: Sequence[Module], language: str, zone: ZoneInfo, **kwargs: Any) -> None:
        self.zone, self.modules = zone, modules
        self.held: list[Phase] = [phase for module in modules for phase in module.phases.all()]
        self.language = language
        initial: dict[str, Any] = {}
        for place, phase in enumerate(self.held):
            initial[f"what_{place}"] = f"{phase.module_id}:{phase.kind}"
            initial[f"from_{place}"] = phase.starts_at.astimezone(zone).date()
            initial[f"to_{place}"] = (phase.ends_at - timedelta(microseconds=1)).astimezone(zone).date()
            initial[f"who_{place}"] = phase.audience
        super().__init__(*args, initial=initial, **kwargs)
        kinds = self._kinds()
        who = [(one.value, phases.WHO[one].get(language) or phases.WHO[one]["de"]) for one in phases.AUDIENCES]
        for place in range(len(self.held) + MORE):
            number = {"n": place + 1}
            self.fields[f"what_{place}"] = forms.ChoiceField(label=_("%(n)s. Phase") % number, required=False)
            choose(self, f"what_{place}", [("", _("keine")), *kinds])
            self.fields[f"from_{place}"] = ui.DateField(label=_("%(n)s. Phase: erster Tag") % number, required=False)
            self.fields[f"to_{place}"] = ui.DateField(label=_("%(n)s. Phase: letzter Tag") % number, required=False)
            self.fields[f"who_{place}"] = forms.ChoiceField(label=_("%(n)s. Phase: für wen?") % number, required=False)
            choose(self, f"who_{place}", who)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Bound fields per phase, for the template."""
        return [
            {"legend": _("%(n)s. Phase") % {"n": place + 1},
             "fields": [self[f"{name}_{place}"] for name in ("what", "who", "from", "to")]}
            for place in range(len(self.held) + MORE)
        ]  # fmt: skip

    def _kinds(self) -> list[tuple[str, Text]]:
        found: list[tuple[str, Text]] = []
        for module in self.modules:
            part = str(module.title.get(self.language) or module.title.get("de", ""))
            for of, kind in phases.TABLE:
                if of == module.kind and not (module.store_id and kind == phases.PhaseKind.COLLECT):
                    words = phases.PHASES[kind].get(self.language) or phases.PHASES[kind]["de"]
                    found.append((f"{module.pk}:{kind.value}", f"{part}: {words}"))
        return found

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for place in range(len(self.held) + MORE):
            given = [bool(values.get(f"{name}_{place}")) for name in ("what", "from", "to")]
            if any(given) and not all(given):
                missing = ("what", "from", "to")[given.index(False)]
                self.add_error(f"{missing}_{place}", _("Eine Phase braucht Art, ersten und letzten Tag."))
        return values

    def data_of_phases(self) -> tuple[list[PhaseData], list[int]]:
        """What the action takes, and the row that each comes from."""
        values, found, places = self.cleaned_data, [], []
        ids = {str(module.pk): module.pk for module in self.modules}
        for place in range(len(self.held) + MORE):
            what = values.get(f"what_{place}")
            if not what:
                continue
            module, _colon, kind = what.partition(":")
            held = self.held[place] if place < len(self.held) else None
            starts = workflow.start_of(values[f"from_{place}"], self.zone)
            ends = workflow.end_of(values[f"to_{place}"], self.zone)
            found.append(
                PhaseData(
                    ids[module], kind, starts, ends, values[f"who_{place}"] or "everyone", held.pk if held else None
                )
            )
            places.append(place)
        return found, places


ROLES: Mapping[str, tuple[Text, phases.Standing]] = {
    "visitor": (gettext_lazy("ohne Konto"), phases.Standing()),
    "account": (gettext_lazy("mit Konto"), phases.Standing(signed_in=True)),
    "verified": (gettext_lazy("bestätigt, wohnt hier"), phases.Standing(signed_in=True, verified=True)),
    "member": (gettext_lazy("Mitglied der Gruppe oder Moderation"), phases.Standing(signed_in=True, member=True)),
    "jury": (gettext_lazy("Jury"), phases.Standing(signed_in=True, jury=True)),
    "office": (gettext_lazy("Amt, Vorsitz oder Redaktion"), phases.Standing(signed_in=True, office=True)),
}
"""As whom an editor can look at a project."""


class PreviewForm(ui.Form):
    """As whom, and when."""

    role = forms.ChoiceField(
        label=gettext_lazy("Als wer?"), choices=[(key, words) for key, (words, _s) in ROLES.items()]
    )
    day = ui.DateField(label=gettext_lazy("An welchem Tag?"))


class HeardForm(ui.Form):
    """What the city says about what it did."""

    heard = ui.LongText(
        label=gettext_lazy("Was haben wir mit allem gemacht?"),
        max_length=4000,
        rows=8,
        required=False,
        help_text=gettext_lazy(
            "In klaren Worten: welche Interessen gesprochen haben, welche fehlten, wie wir abgewogen haben und warum."
        ),
    )
    heard_en = ui.LongText(label=gettext_lazy("Dasselbe auf Englisch"), max_length=4000, rows=8, required=False)
