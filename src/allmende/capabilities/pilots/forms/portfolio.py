"""The team's forms: facts, steps, milestones, what a pilot answers to."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.pilots.actions import Money, PilotData, Where
from allmende.capabilities.pilots.actions.portfolio import RISK_LIMIT
from allmende.capabilities.pilots.forms.fields import EuroField
from allmende.capabilities.pilots.models import Pilot
from allmende.capabilities.pilots.models.portfolio import REASON_LIMIT, SUMMARY_LIMIT, TEXT_LIMIT, TITLE_LIMIT
from allmende.capabilities.pilots.rules.criteria import LEVELS, Criterion
from allmende.core import city
from allmende.core.refs import Ref
from allmende.engines.media import interface as media
from allmende.engines.places import interface as places
from allmende.ui.forms import DateField, Form, LongText
from allmende.ui.forms.bilingual import both, initial_texts, offer


def lines_of(text: str) -> list[dict[str, str]]:
    """One text in each line, English after a bar."""
    found = []
    for row in text.splitlines():
        german, _bar, english = row.partition("|")
        if german.strip():
            found.append({"de": german.strip(), "en": english.strip()})
    return found


def typed_lines(rows: Sequence[Mapping[str, str]]) -> str:
    return "\n".join(" | ".join(filter(None, (row.get("de"), row.get("en")))) for row in rows)


def initial_of(pilot: Pilot, asked: Sequence[Criterion]) -> dict[str, Any]:
    """What a pilot's form begins with."""
    found: dict[str, Any] = {
        **initial_texts(pilot, "title", "summary", "text", "reach", "contact"),
        "department": pilot.department,
        "partners": typed_lines(pilot.partners),
        "risks": typed_lines(pilot.risks),
        "contact_email": pilot.contact_email,
        "contact_telephone": pilot.contact_telephone,
        "planned": EuroField.typed(pilot.planned_cents),
        "spent": EuroField.typed(pilot.spent_cents),
        "funding_percent": pilot.funding_percent,
        "people": pilot.people,
        "district": pilot.district,
    }
    for one in asked:
        rating = pilot.ratings.get(one.key, {})
        note = rating.get("note", {})
        found[f"level_{one.key}"] = str(rating.get("level", ""))
        found[f"note_{one.key}"] = " | ".join(filter(None, (note.get("de"), note.get("en"))))
    return found


class PilotForm(Form):
    """A pilot's facts, in the order in which people ask for them."""

    title = forms.CharField(label=gettext_lazy("Name"), max_length=TITLE_LIMIT)
    title_en = forms.CharField(label=gettext_lazy("Name auf Englisch"), max_length=TITLE_LIMIT, required=False)
    summary = LongText(label=gettext_lazy("In zwei Sätzen"), max_length=SUMMARY_LIMIT, rows=3)
    summary_en = LongText(
        label=gettext_lazy("In zwei Sätzen auf Englisch"), max_length=SUMMARY_LIMIT, rows=3, required=False
    )
    text = LongText(
        label=gettext_lazy("Was geschieht?"),
        max_length=TEXT_LIMIT,
        rows=8,
        required=False,
        help_text=gettext_lazy("So, dass man es sich vorstellen kann. Eine leere Zeile trennt Absätze."),
    )
    text_en = LongText(label=gettext_lazy("Was geschieht? Auf Englisch"), max_length=TEXT_LIMIT, rows=8, required=False)
    department = forms.ChoiceField(label=gettext_lazy("Leitendes Amt"))
    partners = LongText(
        label=gettext_lazy("Partner"),
        max_length=TEXT_LIMIT,
        rows=3,
        required=False,
        help_text=gettext_lazy("Einer in jeder Zeile. Englisch nach einem senkrechten Strich: Deutsch | English."),
    )
    contact = forms.CharField(
        label=gettext_lazy("Wer antwortet auf Fragen?"),
        max_length=TITLE_LIMIT,
        required=False,
        help_text=gettext_lazy("Eine Funktion, kein Name: zum Beispiel „Projektleitung Beleuchtung“."),
    )
    contact_en = forms.CharField(
        label=gettext_lazy("Wer antwortet auf Fragen? Auf Englisch"), max_length=TITLE_LIMIT, required=False
    )
    contact_email = forms.EmailField(label=gettext_lazy("E-Mail für Fragen"), required=False)
    contact_telephone = forms.CharField(label=gettext_lazy("Telefon für Fragen"), max_length=40, required=False)
    planned = EuroField(label=gettext_lazy("Geplante Kosten in Euro"), required=False)
    spent = EuroField(label=gettext_lazy("Bisher ausgegeben, in Euro"), required=False)
    funding_percent = forms.IntegerField(
        label=gettext_lazy("Davon Förderung in Prozent"), min_value=0, max_value=100, required=False
    )
    reach = LongText(
        label=gettext_lazy("Wen erreicht der Pilot?"), max_length=SUMMARY_LIMIT, rows=2, required=False,
        help_text=gettext_lazy("Auch, wer sonst selten erreicht wird."),
    )  # fmt: skip
    reach_en = LongText(
        label=gettext_lazy("Wen erreicht der Pilot? Auf Englisch"), max_length=SUMMARY_LIMIT, rows=2, required=False
    )
    people = forms.IntegerField(
        label=gettext_lazy("Etwa wie viele Menschen?"), min_value=0, max_value=10_000_000, required=False
    )
    risks = LongText(
        label=gettext_lazy("Was kann schiefgehen, und was tun Sie dann?"),
        max_length=TEXT_LIMIT,
        rows=4,
        required=False,
        help_text=gettext_lazy("Eines in jeder Zeile. Englisch nach einem senkrechten Strich: Deutsch | English."),
    )
    place = places.PlaceField(label=gettext_lazy("Wo in der Stadt?"), required=False)
    district = forms.ChoiceField(label=gettext_lazy("Stadtteil"), required=False)
    image = media.PictureField(label=gettext_lazy("Bild"), required=False)
    image_alt = forms.CharField(
        label=gettext_lazy("Was ist auf dem Bild zu sehen?"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Für Menschen, die das Bild nicht sehen."),
    )
    without = forms.MultipleChoiceField(
        label=gettext_lazy("Welche Bilder sollen weg?"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(
        self,
        *args: Any,
        criteria: Sequence[Criterion],
        images: Sequence[media.ImageView],
        language: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        here = city.current()
        offer(self, "department", [(slug, row.name(language)) for slug, row in here.departments.items()])
        found = sorted(here.districts.values(), key=lambda one: one.name)
        offer(self, "district", [("", _("die ganze Stadt")), *((one.slug, one.name) for one in found)])
        if images:
            offer(self, "without", [(str(one.id), one.alt or _("Bild ohne Beschreibung")) for one in images])
        else:
            del self.fields["without"]
        levels = [("", _("noch nicht eingeschätzt")), *((str(level), text) for level, text in LEVELS.items())]
        for one in criteria:
            self.fields[f"level_{one.key}"] = forms.ChoiceField(
                label=_("Einschätzung: %(name)s") % {"name": one.label(language)}, choices=levels, required=False
            )
            self.fields[f"note_{one.key}"] = forms.CharField(
                label=_("Warum? (%(name)s)") % {"name": one.label(language)},
                max_length=2 * RISK_LIMIT,
                required=False,
                help_text=_("Englisch nach einem senkrechten Strich: Deutsch | English."),
            )

    def facts(self, asked: Sequence[Criterion]) -> PilotData:
        """Of a valid form."""
        values = self.cleaned_data
        ratings = {}
        for one in asked:
            level = values.get(f"level_{one.key}")
            if level:
                notes = lines_of(values.get(f"note_{one.key}", ""))
                ratings[one.key] = {"level": int(level), "note": notes[0] if notes else {}}
        return PilotData(
            title=both(values, "title"),
            summary=both(values, "summary"),
            text=both(values, "text"),
            department=values["department"],
            partners=lines_of(values["partners"]),
            contact=both(values, "contact"),
            contact_email=values["contact_email"],
            contact_telephone=values["contact_telephone"],
            money=Money(
                EuroField.cents(values["planned"]), EuroField.cents(values["spent"]), values["funding_percent"]
            ),
            reach=both(values, "reach"),
            people=values["people"],
            ratings=ratings,
            risks=lines_of(values["risks"]),
            where=Where(values["place"].text, values["district"], values["place"].point),
        )


class StepForm(Form):
    """One sentence that everybody can read, where the step asks for one."""

    reason = LongText(
        max_length=REASON_LIMIT,
        rows=3,
        help_text=gettext_lazy("Ein Satz, den alle lesen können. Keine Namen von Personen."),
    )

    def __init__(self, *args: Any, ask: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if ask:
            self.fields["reason"].label = ask
        else:
            del self.fields["reason"]


class MilestoneForm(Form):
    """A milestone: what, by when, since when it is done."""

    title = forms.CharField(label=gettext_lazy("Was ist dann geschafft?"), max_length=TITLE_LIMIT)
    title_en = forms.CharField(label=gettext_lazy("Auf Englisch"), max_length=TITLE_LIMIT, required=False)
    planned_on = DateField(label=gettext_lazy("Geplant für den"))
    reason = forms.CharField(
        label=gettext_lazy("Warum wird es später?"),
        max_length=REASON_LIMIT,
        required=False,
        help_text=gettext_lazy("Nur nötig, wenn der Tag später liegt als zuerst geplant. Das lesen alle."),
    )
    reached_on = DateField(
        label=gettext_lazy("Erreicht am"),
        required=False,
        help_text=gettext_lazy("Leer, solange es noch nicht so weit ist. Wer dem Piloten folgt, bekommt Bescheid."),
    )
    remove = forms.BooleanField(label=gettext_lazy("Diesen Meilenstein löschen"), required=False)

    def __init__(self, *args: Any, removable: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not removable:
            del self.fields["remove"]


class OriginsForm(Form):
    """Why these led to the pilot, or did not. What is meant is ticked in the lists beside the form."""

    reason = LongText(
        label=gettext_lazy("Warum?"),
        max_length=REASON_LIMIT,
        rows=3,
        help_text=gettext_lazy("Ein Satz, den alle lesen können. Keine Namen von Personen."),
    )


def ticked(form: Form, name: str) -> list[Ref]:
    """References of the checkboxes `name`; what is no reference is left out."""
    data: Any = form.data
    found = []
    for text in data.getlist(name) if hasattr(data, "getlist") else []:
        try:
            found.append(Ref.parse(text))
        except ValueError:
            continue
    return found
