"""Forms of opinion maps: begin, say something in one's own words, set a conversation up, take one in."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.surveys.actions.opinion import ConversationData
from allmende.capabilities.surveys.models import CONTRACT_FIELDS, STATEMENT_LIMIT, Conversation, Statement
from allmende.capabilities.surveys.rules.opinion import polis
from allmende.capabilities.surveys.workflow.opinion import CHECKED_WORDS, WHO_WORDS
from allmende.core import city
from allmende.core.texts import Text
from allmende.ui import forms as ui

LABELS: Mapping[str, Text] = {
    "what_is_open": gettext_lazy("Was ist offen?"),
    "decided_already": gettext_lazy("Was ist schon entschieden?"),
    "who_decides": gettext_lazy("Wer entscheidet?"),
    "when_decided": gettext_lazy("Wann?"),
    "what_it_changes": gettext_lazy("Was ändert das Ergebnis?"),
}


class JoinForm(ui.Form):
    """A guest begins: nothing is asked, the browser works for it."""


class OpenForm(ui.Form):
    """A second person opens it: one button."""

    proof = False


class StatementForm(ui.Form):
    """What somebody wants to say."""

    text = ui.LongText(
        label=gettext_lazy("Ihre Aussage"),
        max_length=STATEMENT_LIMIT,
        rows=3,
        help_text=gettext_lazy("Ein Satz, dem andere zustimmen können oder nicht. Bitte keine Namen anderer Menschen."),
    )


class _InTheirLanguage(forms.Select):
    """Each choice is marked with the language that it was written in."""

    def __init__(self, languages: dict[str, str]) -> None:
        super().__init__()
        self.languages = languages

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        option["attrs"] |= {"lang": self.languages.get(str(value), "de"), "dir": "auto"}
        return option


class MergeForm(ui.Form):
    """Which statement says the same."""

    proof = False
    into = forms.ChoiceField(label=gettext_lazy("Diese Aussage sagt dasselbe"))

    def __init__(self, *args: Any, statements: list[Statement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["into"])
        field.widget = _InTheirLanguage({str(one.number): one.language for one in statements})
        field.choices = [(str(one.number), f"{one.number}: {one.text[:90]}") for one in statements]


class ConversationForm(ui.Form):
    """A conversation with its contract and its first statements. Days: it opens in the morning of the first one."""

    proof = False
    title = forms.CharField(label=gettext_lazy("Die Frage"), max_length=160)
    title_en = forms.CharField(label=gettext_lazy("Die Frage auf Englisch"), max_length=160, required=False)
    summary = ui.LongText(label=gettext_lazy("Wozu fragen Sie?"), max_length=600, rows=3, required=False)
    summary_en = ui.LongText(
        label=gettext_lazy("Wozu fragen Sie? Auf Englisch"), max_length=600, rows=3, required=False
    )
    department = forms.ChoiceField(label=gettext_lazy("Zuständiges Amt"), required=False)
    opens_on = ui.DateField(label=gettext_lazy("Erster Tag"))
    closes_on = ui.DateField(label=gettext_lazy("Letzter Tag"))
    who = forms.ChoiceField(label=gettext_lazy("Wer kann mitmachen?"), widget=forms.RadioSelect, initial="everybody")
    checked = forms.ChoiceField(label=gettext_lazy("Wann wird geprüft?"), widget=forms.RadioSelect, initial="before")
    gives_votes = forms.BooleanField(
        label=gettext_lazy("Die einzelnen Stimmen werden nach dem Ende offene Daten"),
        required=False,
        help_text=gettext_lazy("Ohne Namen und neu gemischt. Das wird allen gesagt, bevor sie mitmachen."),
    )
    statements = ui.LongText(
        label=gettext_lazy("Erste Aussagen"),
        max_length=8000,
        rows=10,
        help_text=gettext_lazy(
            "Eine in jeder Zeile, mindestens fünf. Schreiben Sie solche, über die man streiten kann."
        ),
    )

    def __init__(
        self, *args: Any, language: str, zone: ZoneInfo, conversation: Conversation | None = None, **kwargs: Any
    ) -> None:
        self.zone = zone
        self.conversation = conversation
        if conversation is not None:
            kwargs["initial"] = self._initial(conversation)
        super().__init__(*args, **kwargs)
        for name, label in LABELS.items():
            self.fields[name] = ui.LongText(label=label, max_length=600, rows=2, required=False)
            english = _("%(question)s (englisch)") % {"question": label}
            self.fields[f"{name}_en"] = ui.LongText(label=english, max_length=600, rows=2, required=False)
        for name, words in (("who", WHO_WORDS), ("checked", CHECKED_WORDS)):
            pairs = [(key, texts.get(language) or texts["de"]) for key, texts in words.items()]
            cast("forms.ChoiceField", self.fields[name]).choices = pairs
        offices = [(one.slug, one.name(language)) for one in city.current().departments.values()]
        cast("forms.ChoiceField", self.fields["department"]).choices = [("", _("keines")), *offices]

    def _initial(self, held: Conversation) -> dict[str, Any]:
        values: dict[str, Any] = {
            "department": held.department,
            "who": held.who,
            "checked": held.checked,
            "gives_votes": held.gives_votes,
            "statements": "\n".join(held.statements.values_list("text", flat=True)),
        }
        if held.opens_at is not None and held.closes_at is not None:
            values["opens_on"] = held.opens_at.astimezone(self.zone).date()
            values["closes_on"] = (held.closes_at - timedelta(microseconds=1)).astimezone(self.zone).date()
        for name, texts in {"title": held.title, "summary": held.summary, **held.contract}.items():
            values[name], values[f"{name}_en"] = texts.get("de", ""), texts.get("en", "")
        return values

    def _both(self, name: str) -> dict[str, str]:
        values = self.cleaned_data
        found = {"de": values.get(name) or "", "en": values.get(f"{name}_en") or ""}
        return {language: text.strip() for language, text in found.items() if text.strip()}

    FIELDS_OF_ACTION: Mapping[str, str] = {"closes_at": "closes_on", "opens_at": "opens_on"}

    def data_of(self) -> ConversationData:
        """What the action takes; call it on a valid form."""
        values = self.cleaned_data
        midnight = time(0, tzinfo=self.zone)
        return ConversationData(
            title=self._both("title"),
            summary=self._both("summary"),
            contract={name: self._both(name) for name in CONTRACT_FIELDS},
            department=values["department"],
            opens_at=datetime.combine(values["opens_on"], midnight),
            closes_at=datetime.combine(values["closes_on"] + timedelta(days=1), midnight),
            who=values["who"],
            checked=values["checked"],
            gives_votes=values["gives_votes"],
            statements=tuple(values["statements"].splitlines()),
        )


class ImportForm(ui.Form):
    """A conversation from Polis: its files, and what they do not say."""

    proof = False
    comments = forms.FileField(label="comments.csv")
    votes = forms.FileField(label="votes.csv")
    participants = forms.FileField(label="participants-votes.csv", required=False)
    summary = forms.FileField(label="summary.csv", required=False)
    title = forms.CharField(
        label=gettext_lazy("Die Frage"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("Leer lassen: Es gilt, was in summary.csv steht."),
    )
    source = ui.LongText(
        label=gettext_lazy("Herkunft und Lizenz"),
        max_length=600,
        rows=2,
        help_text=gettext_lazy("Wer hat das Gespräch geführt, und was ist mit den Daten erlaubt?"),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Sprache der Aussagen"), choices=[("de", "Deutsch"), ("en", "English")], initial="de"
    )

    def read(self) -> polis.Conversation:
        """All files as one conversation; call it on a valid form."""
        names = {"comments": polis.COMMENTS, "votes": polis.VOTES, "participants": polis.PARTICIPANTS}
        files = {}
        for field, name in {**names, "summary": polis.SUMMARY}.items():
            file = self.cleaned_data.get(field)
            if file:
                file.seek(0)
                files[name] = file.read(polis.LARGEST + 1)
        return polis.read_polis(files)
