"""Contests: what they ask, handing in an entry, scoring it, checking it, recording votes and places."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core import signing
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.accounts.interface import ContactForm
from allmende.capabilities.participation.actions import ContestData, CriterionData, EntryData, PlaceData
from allmende.capabilities.participation.actions.contest.entries import MOST_FILES
from allmende.capabilities.participation.actions.contest.jury import NOTE_LIMIT
from allmende.capabilities.participation.actions.contest.placing import MOST_VOTES, TEXT_LIMIT
from allmende.capabilities.participation.forms.choices import choose
from allmende.capabilities.participation.forms.groups import TimeField, both
from allmende.capabilities.participation.forms.words import IdeaForm
from allmende.capabilities.participation.models.contest import Contest, Criterion, Entry, PlenaryResult
from allmende.capabilities.participation.queries import Edition
from allmende.capabilities.participation.workflow import contest as words
from allmende.capabilities.participation.workflow.contest import Admission, Entrant
from allmende.capabilities.participation.workflow.phases import PHASES, PhaseKind
from allmende.ui import forms as ui

OPENED_SALT = "participation.contest.opened"
OPENED_FOR = timedelta(days=40)
DOCUMENT_SIZE = 20 * 1024 * 1024
ALL_SIZES = 24 * 1024 * 1024
"""Of all files of an entry together; the server takes no larger form."""
TITLE_LENGTH, SUMMARY_LENGTH = 200, 2000


def opened_token(at: datetime) -> str:
    """Notes on the form itself when it was opened; only the server can have written it."""
    return signing.dumps(at.isoformat(), salt=OPENED_SALT)


def opened_at(token: str) -> datetime | None:
    try:
        return datetime.fromisoformat(signing.loads(token, salt=OPENED_SALT, max_age=OPENED_FOR))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def period(starts: datetime, ends: datetime, zone: ZoneInfo) -> str:
    """First and last day of a half-open period."""
    days = (starts.astimezone(zone).date(), (ends - timedelta(microseconds=1)).astimezone(zone).date())
    return "–".join(formats.date_format(day, "SHORT_DATE_FORMAT") for day in days)


def said(texts: Any, language: str) -> str:
    return str(texts.get(language) or texts.get("de", ""))


class EntryForm(IdeaForm):
    """An entry: an idea, who hands it in, and the concept as a file with its summary; up to three more files, each with
    a name and what stands in it.
    """

    entrant = forms.ChoiceField(label=gettext_lazy("Wer reicht den Beitrag ein?"), widget=forms.RadioSelect)
    concept = ui.KeptFile(
        label=gettext_lazy("Das ganze Konzept als PDF"),
        max_size=DOCUMENT_SIZE,
        accept="application/pdf,.pdf",
        required=False,
        help_text=gettext_lazy("Höchstens 20 MB. Es wird mit dem Beitrag veröffentlicht."),
    )
    concept_summary = ui.LongText(
        label=gettext_lazy("Was steht im Konzept?"),
        max_length=SUMMARY_LENGTH,
        rows=3,
        required=False,
        help_text=gettext_lazy("In wenigen Sätzen, für alle, die die Datei nicht lesen können."),
    )

    field_order = (
        "title", "body", "entrant", "post_as", "concept", "concept_summary", "category", "place", "district", "image",
        "image_alt", *ContactForm.CONTACT, "age_group",
    )  # fmt: skip

    def __init__(self, *args: Any, contest: Contest, language: str, **kwargs: Any) -> None:
        self.contest = contest
        super().__init__(*args, language=language, **kwargs)
        offered = words.choices(contest.groups)
        for number in range(2, MOST_FILES + 1):
            self._add_file(number)
        self.order_fields([*self.field_order, "age_group"])
        choose(self, "entrant", [(one.value, said(words.ENTRANTS[one], language)) for one in offered])

    def _add_file(self, number: int) -> None:
        which = {"n": number}
        self.fields[f"file_{number}"] = ui.KeptFile(
            label=_("%(n)s. Datei als PDF") % which,
            max_size=DOCUMENT_SIZE,
            accept="application/pdf,.pdf",
            required=False,
        )
        self.fields[f"file_{number}_name"] = forms.CharField(
            label=_("Wie heißt die %(n)s. Datei?") % which, max_length=TITLE_LENGTH, required=False
        )
        self.fields[f"file_{number}_summary"] = ui.LongText(
            label=_("Was steht in der %(n)s. Datei?") % which, max_length=SUMMARY_LENGTH, rows=2, required=False
        )

    all_sizes = ALL_SIZES // 1024 // 1024
    """Megabytes."""

    @property
    def more_files(self) -> list[dict[str, Any]]:
        """Bound fields of each further file, for the template; `open` where something is in it."""
        rows = []
        for number in range(2, MOST_FILES + 1):
            fields = [self[name] for name in (f"file_{number}", f"file_{number}_name", f"file_{number}_summary")]
            filled = any(field.errors or field.value() for field in fields)
            rows.append({"legend": _("%(n)s. Datei") % {"n": number}, "fields": fields, "open": filled})
        return rows

    @property
    def more_files_open(self) -> bool:
        return any(row["open"] for row in self.more_files)

    def sent_files(self) -> list[tuple[str, Any, str, str]]:
        """(field, file, name, what stands in it) of each file that was sent; call it on a valid form."""
        values = self.cleaned_data
        found = [("concept", values.get("concept"), values["title"], values.get("concept_summary", ""))]
        for number in range(2, MOST_FILES + 1):
            name = f"file_{number}"
            found.append((name, values.get(name), values[f"{name}_name"], values[f"{name}_summary"]))
        return [row for row in found if row[1]]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        for number in range(2, MOST_FILES + 1):
            name = f"file_{number}"
            if values.get(name) and not values.get(f"{name}_name", "").strip():
                self.add_error(f"{name}_name", _("Bitte geben Sie der Datei einen Namen."))
            if values.get(name) and not values.get(f"{name}_summary", "").strip():
                self.add_error(f"{name}_summary", _("Bitte sagen Sie in wenigen Sätzen, was in der Datei steht."))
        sizes = [getattr(values.get(name), "size", 0) or 0 for name in ("concept", "file_2", "file_3", "file_4")]
        if sum(sizes) > ALL_SIZES:
            words_ = _("Alle Dateien zusammen sind größer als %(size)s MB. Bitte wählen Sie kleinere.")
            self.add_error("concept", words_ % {"size": self.all_sizes})
        if values.get("concept") and not values.get("concept_summary", "").strip():
            self.add_error("concept_summary", _("Bitte sagen Sie in wenigen Sätzen, was in der Datei steht."))
        return values

    def data_of_entry(self, document_ids: Sequence[UUID]) -> EntryData:
        return EntryData(
            entrant=self.cleaned_data["entrant"],
            document_ids=document_ids,
            opened_at=opened_at(str(self.data.get("opened", ""))),
        )


MORE = 3
"""Empty rows for criteria to be added at a time."""


class ContestForm(ui.Form):
    """What editors say of a contest."""

    groups = forms.MultipleChoiceField(
        label=gettext_lazy("Wer kann mitmachen?"), widget=forms.CheckboxSelectMultiple, required=False
    )
    closes_on = ui.DateField(label=gettext_lazy("Frist: Tag"))
    closes_time = TimeField(
        label=gettext_lazy("Frist: Uhrzeit"),
        help_text=gettext_lazy("Auf die Minute, in der Zeit dieser Stadt. 00:00 ist der Beginn des Tages."),
    )
    later = forms.ChoiceField(
        label=gettext_lazy("Wenn sich die Frist ändert: Was wird aus dem, was danach kommt?"),
        choices=[
            ("move", gettext_lazy("Es rückt um dieselbe Zeit mit.")),
            ("stay", gettext_lazy("Es behält seine Tage.")),
        ],
        widget=forms.RadioSelect,
        initial="move",
        required=False,
    )
    grace_minutes = forms.IntegerField(
        label=gettext_lazy("Wie viele Minuten danach wird ein offenes Formular noch angenommen?"),
        min_value=0,
        max_value=1440,
        help_text=gettext_lazy("Nur, wenn es vor dem Ende der Frist geöffnet war. Null heißt: gar nicht."),
    )
    rules = ui.LongText(label=gettext_lazy("Regeln"), max_length=6000, rows=8, required=False)
    rules_en = ui.LongText(label=gettext_lazy("Regeln auf Englisch"), max_length=6000, rows=8, required=False)
    prizes = ui.LongText(
        label=gettext_lazy("Preise"),
        max_length=2000,
        rows=4,
        required=False,
        help_text=gettext_lazy("Eine Zeile für jeden Platz, der erste zuerst."),
    )
    prizes_en = ui.LongText(label=gettext_lazy("Preise auf Englisch"), max_length=2000, rows=4, required=False)
    tie_rule = forms.ChoiceField(label=gettext_lazy("Was gilt bei gleichem Ergebnis?"), widget=forms.RadioSelect)

    def __init__(
        self, *args: Any, contest: Contest, criteria: Sequence[Criterion], language: str, zone: ZoneInfo, **kwargs: Any
    ) -> None:
        self.contest, self.held, self.zone = contest, criteria, zone
        closes = contest.store.closes_at
        local = closes.astimezone(zone) if closes is not None else None
        initial: dict[str, Any] = {
            "groups": contest.groups, "grace_minutes": contest.grace_minutes, "tie_rule": contest.tie_rule,
            "closes_on": local.date() if local else None, "closes_time": local.time() if local else None,
        }  # fmt: skip
        for name in ("rules", "prizes"):
            texts = getattr(contest, name)
            initial[name], initial[f"{name}_en"] = texts.get("de", ""), texts.get("en", "")
        for place, row in enumerate(criteria):
            initial |= {
                f"criterion_{place}": row.names.get("de", ""), f"criterion_en_{place}": row.names.get("en", ""),
                f"weight_{place}": row.weight, f"scale_{place}": row.scale,
            }  # fmt: skip
        super().__init__(*args, initial=initial, **kwargs)
        self._say_what_depends(language)
        choose(self, "groups", [(one.value, said(words.GROUPS[one], language)) for one in Entrant])
        choose(self, "tie_rule", [(rule.value, said(texts, language)) for rule, texts in words.TIE_RULES.items()])
        for place in range(len(criteria) + MORE):
            number = {"n": place + 1}
            self.fields[f"criterion_{place}"] = forms.CharField(
                label=_("%(n)s. Merkmal") % number, max_length=80, required=False
            )
            self.fields[f"criterion_en_{place}"] = forms.CharField(
                label=_("%(n)s. Merkmal auf Englisch") % number, max_length=80, required=False
            )
            self.fields[f"weight_{place}"] = forms.IntegerField(
                label=_("%(n)s. Merkmal: Gewicht") % number, min_value=1, max_value=words.MOST_WEIGHT, required=False
            )
            self.fields[f"scale_{place}"] = forms.IntegerField(
                label=_("%(n)s. Merkmal: höchste Punktzahl") % number,
                min_value=words.LEAST_SCALE,
                max_value=words.MOST_SCALE,
                required=False,
            )

    @property
    def criteria_rows(self) -> list[dict[str, Any]]:
        """Bound fields per criterion, for the template."""
        return [
            {"legend": _("%(n)s. Merkmal") % {"n": place + 1},
             "fields": [self[f"{name}_{place}"] for name in ("criterion", "criterion_en", "weight", "scale")]}
            for place in range(len(self.held) + MORE)
        ]  # fmt: skip

    def closes_at(self) -> datetime:
        values = self.cleaned_data
        return datetime.combine(values["closes_on"], values["closes_time"], self.zone)

    def data_of_contest(self) -> tuple[ContestData, list[int]]:
        """What the action takes, and the row that each criterion comes from. A row without a name goes."""
        values = self.cleaned_data
        rows, at = [], []
        for place in range(len(self.held) + MORE):
            german = values.get(f"criterion_{place}", "").strip()
            if not german:
                continue
            names = {"de": german, "en": values.get(f"criterion_en_{place}", "").strip()}
            rows.append(
                CriterionData(
                    {language: text for language, text in names.items() if text},
                    values.get(f"weight_{place}") or 1,
                    values.get(f"scale_{place}") or 5,
                    self.held[place].pk if place < len(self.held) else None,
                )
            )
            at.append(place)
        data = ContestData(
            groups=values["groups"],
            rules=both(values, "rules"),
            prizes=both(values, "prizes"),
            grace_minutes=values["grace_minutes"],
            tie_rule=values["tie_rule"],
            criteria=rows,
            closes_at=self.closes_at(),
            moves_phases=values.get("later") != "stay",
        )
        return data, at

    def _say_what_depends(self, language: str) -> None:
        """Names the phases that come after the deadline; without any, or when it is over, there is nothing to ask."""
        closes = self.contest.store.closes_at
        found = [row for row in self.contest.store.module.phases.all() if closes is None or row.starts_at >= closes]
        if not found or self.contest.published_at is not None:
            del self.fields["later"]
            return
        rows = [
            f"{said(PHASES[PhaseKind(row.kind)], language)} {period(row.starts_at, row.ends_at, self.zone)}"
            for row in found
        ]
        self.fields["later"].help_text = _("Nach der Frist kommen: %(phases)s.") % {"phases": ", ".join(rows)}


class JurorForm(ui.Form):
    """Who joins the jury."""

    email = forms.EmailField(
        label=gettext_lazy("E-Mail-Adresse des Kontos"),
        max_length=254,
        help_text=gettext_lazy("Die Person braucht ein Konto. Die Adresse wird nirgends gezeigt."),
    )
    name = forms.CharField(
        label=gettext_lazy("Name, der öffentlich steht"),
        max_length=120,
        help_text=gettext_lazy("Gern mit Aufgabe: „Vorsitz des Handwerkervereins“."),
    )


class SheetForm(ui.Form):
    """One juror's points for one entry, and a note that the jury reads without a name."""

    def __init__(self, *args: Any, criteria: Sequence[Criterion], language: str, **kwargs: Any) -> None:
        self.criteria = criteria
        super().__init__(*args, **kwargs)
        for row in criteria:
            self.fields[str(row.pk)] = forms.TypedChoiceField(
                label=said(row.names, language),
                coerce=int,
                widget=forms.RadioSelect(attrs={"class": "contest-points"}),
                choices=[(str(n), str(n)) for n in range(row.scale + 1)],
                help_text=_("0 bis %(scale)s Punkte, zählt %(weight)s-fach.")
                % {"scale": row.scale, "weight": row.weight},
            )
        self.fields["note"] = ui.LongText(
            label=_("Notiz"), max_length=NOTE_LIMIT, rows=3, required=False,
            help_text=_("Wenn alle bewertet haben, lesen Jury und Amt sie ohne Ihren Namen."),
        )  # fmt: skip

    def points(self) -> dict[UUID, int]:
        return {row.pk: self.cleaned_data[str(row.pk)] for row in self.criteria}


class CheckForm(ui.Form):
    """Whether an entrant belongs to those whom the contest is open to."""

    admission = forms.ChoiceField(label=gettext_lazy("Nimmt der Beitrag teil?"), widget=forms.RadioSelect)
    entrant = forms.ChoiceField(label=gettext_lazy("Wer hat ihn eingereicht?"), required=False)
    reason = ui.LongText(
        label=gettext_lazy("Grund, wenn er außer Wertung steht"),
        max_length=600,
        rows=3,
        required=False,
        help_text=gettext_lazy("Das liest, wer den Beitrag eingereicht hat."),
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = (Admission.ADMITTED, Admission.OUTSIDE)
        choose(self, "admission", [(one.value, said(words.ADMISSIONS[one], language)) for one in kinds])
        pairs = [(one.value, said(texts, language)) for one, texts in words.ENTRANTS.items()]
        choose(self, "entrant", [("", _("steht nicht dabei")), *pairs])


class PlenaryForm(ui.Form):
    """How the plenary voted, as it was counted."""

    held_on = ui.DateField(label=gettext_lazy("Wann hat die Vollversammlung abgestimmt?"))
    voters = forms.IntegerField(
        label=gettext_lazy("Wie viele Menschen haben abgestimmt?"), min_value=1, max_value=MOST_VOTES, required=False
    )

    def __init__(
        self, *args: Any, entries: Sequence[Entry], latest: PlenaryResult | None = None, **kwargs: Any
    ) -> None:
        self.entries = entries
        initial: dict[str, Any] = {}
        if latest is not None:
            initial = {"held_on": latest.held_on, "voters": latest.voters}
            initial |= {f"votes_{entry}": count for entry, count in latest.votes.items()}
        super().__init__(*args, initial=initial, **kwargs)
        for row in entries:
            title = row.idea.version.title if row.idea.version else ""
            self.fields[f"votes_{row.pk}"] = forms.IntegerField(
                label=_("Stimmen für „%(title)s“") % {"title": title or _("[Text entfernt]")},
                min_value=0,
                max_value=MOST_VOTES,
            )
        self.fields["reason"] = ui.LongText(
            label=_("Wer hat gezählt, und woher kommen die Zahlen?") if latest is None else _("Was wird berichtigt?"),
            max_length=TEXT_LIMIT,
            rows=3,
            help_text=_("Das steht öffentlich neben den Zahlen."),
        )

    def votes(self) -> dict[UUID, int]:
        return {row.pk: self.cleaned_data[f"votes_{row.pk}"] for row in self.entries}


class PlacingForm(ui.Form):
    """Who gets which place. `decided`: what was decided elsewhere and where it stands, to begin with."""

    def __init__(
        self,
        *args: Any,
        entries: Sequence[Entry],
        latest: Edition | None = None,
        decided: tuple[str, str] = ("", ""),
        **kwargs: Any,
    ) -> None:
        self.entries = entries
        initial: dict[str, Any] = {"decision": decided[0], "decision_url": decided[1]}
        if latest is not None:
            initial = {"decision": latest.placing.decision, "decision_url": latest.placing.decision_url}
            for row in latest.places:
                initial |= {f"place_{row.entry_id}": row.place, f"why_{row.entry_id}": row.why}
        super().__init__(*args, initial=initial, **kwargs)
        for entry in entries:
            self.fields[f"place_{entry.pk}"] = forms.IntegerField(
                label=_("Platz"), min_value=1, max_value=len(entries), required=False
            )
            self.fields[f"why_{entry.pk}"] = ui.LongText(
                label=_("Warum weicht der Platz ab?"), max_length=TEXT_LIMIT, rows=2, required=False
            )
        self.fields["decision"] = ui.LongText(
            label=_("Was hat der Stadtrat beschlossen?"), max_length=TEXT_LIMIT, rows=3
        )
        self.fields["decision_url"] = forms.URLField(
            label=_("Adresse des Beschlusses im Netz"), required=False, assume_scheme="https"
        )
        self.fields["reason"] = ui.LongText(
            label=_("Begründung") if latest is None else _("Was wird berichtigt, und warum?"),
            max_length=TEXT_LIMIT,
            rows=3,
            help_text=_("Das steht öffentlich neben den Plätzen."),
        )

    def places(self) -> list[PlaceData]:
        values = self.cleaned_data
        return [
            PlaceData(entry.pk, values.get(f"place_{entry.pk}"), values.get(f"why_{entry.pk}") or "")
            for entry in self.entries
        ]
