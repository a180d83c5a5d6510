"""Forms around texts: saying something, answering, writing, the facts, the steps."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.accounts.interface import ContactForm, SignedForm
from allmende.capabilities.strategy.forms import importing
from allmende.capabilities.strategy.forms.source import paragraphs_of
from allmende.capabilities.strategy.models import Field, Goal, Text
from allmende.capabilities.strategy.models.feedback import ANSWER_LIMIT, COMMENT_LIMIT
from allmende.capabilities.strategy.models.plan import TEXT_LIMIT, TITLE_LIMIT
from allmende.capabilities.strategy.models.texts import CONTRACT_FIELDS, NOTE_LIMIT, PARAGRAPH_LIMIT
from allmende.capabilities.strategy.workflow.texts import OUTCOMES, Kind, Outcome, Shape
from allmende.core import city
from allmende.core.errors import Invalid
from allmende.ui.forms import DateField, Form, KeptFile, LongText
from allmende.ui.forms.bilingual import offer

CONTRACT_LABELS = {
    "what_is_open": gettext_lazy("Was ist offen?"),
    "decided_already": gettext_lazy("Was ist schon entschieden?"),
    "who_decides": gettext_lazy("Wer entscheidet?"),
    "when_decided": gettext_lazy("Wann wird entschieden?"),
    "what_it_changes": gettext_lazy("Was ändert das Ergebnis?"),
}
LONGEST_SOURCE = 600_000
"""Characters of a whole text in a field; within what a form may send (2 MB)."""
SHAPES = [
    (Shape.TEXT.value, gettext_lazy("Absatz")),
    (Shape.HEADING.value, gettext_lazy("Überschrift")),
    (Shape.SUBHEADING.value, gettext_lazy("Zwischenüberschrift")),
    (Shape.ITEM.value, gettext_lazy("Punkt einer Liste")),
]


def in_language[F: forms.Form](form: F, name: str, language: str) -> F:
    """Says in which language the words of a field are, which is not always the page's."""
    form.fields[name].widget.attrs["lang"] = language
    return form


class SayForm(SignedForm):
    """A comment on a paragraph, by a guest or with an account."""

    body = LongText(
        label=gettext_lazy("Was möchten Sie dazu sagen?"),
        max_length=COMMENT_LIMIT,
        rows=6,
        help_text=gettext_lazy("Bitte nennen Sie keine Namen anderer Menschen."),
    )
    field_order = ("body", "post_as", *ContactForm.CONTACT)
    kind = Kind.COMMENT


class WordingForm(SignedForm):
    """Another wording for a paragraph, which stands in the field to be changed."""

    wording = LongText(
        label=gettext_lazy("So soll der Absatz heißen"),
        max_length=PARAGRAPH_LIMIT,
        rows=8,
        help_text=gettext_lazy("Ändern Sie den Text im Feld. Alle sehen danach, was wegfällt und was neu ist."),
    )
    body = LongText(label=gettext_lazy("Warum?"), max_length=COMMENT_LIMIT, rows=4, required=False)
    field_order = ("wording", "body", "post_as", *ContactForm.CONTACT)
    kind = Kind.WORDING


class AnswerForm(Form):
    """One answer to all that are ticked."""

    outcome = forms.ChoiceField(label=gettext_lazy("Was antworten Sie?"), widget=forms.RadioSelect)
    reason = LongText(
        label=gettext_lazy("Warum?"),
        max_length=ANSWER_LIMIT,
        rows=4,
        help_text=gettext_lazy("Alle können das lesen. Wer es gesagt hat, bekommt Bescheid."),
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        key = language if language == "en" else "de"
        offer(self, "outcome", [(one.value, OUTCOMES[one][key]) for one in Outcome])

    def chosen(self) -> list[UUID]:
        """What was ticked; what is no id is left out, so that the action says that nothing was chosen."""
        data: Any = self.data
        found = []
        for text in data.getlist("feedback") if hasattr(data, "getlist") else []:
            try:
                found.append(UUID(text))
            except ValueError:
                continue
        return found


class AdoptForm(AnswerForm):
    """Answering one suggestion with words that were put together by hand."""

    body = LongText(
        label=gettext_lazy("So heißt der Absatz in der nächsten Fassung"),
        max_length=PARAGRAPH_LIMIT,
        rows=8,
        help_text=gettext_lazy("Bei „nicht übernommen“ bleibt der Absatz, wie er ist."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**6)
    field_order = ("body", "outcome", "reason", "revision")


class ParagraphForm(Form):
    """The words of a paragraph in the next version."""

    shape = forms.ChoiceField(label=gettext_lazy("Art"), choices=SHAPES)
    body = LongText(label=gettext_lazy("Wortlaut"), max_length=PARAGRAPH_LIMIT, rows=8)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**6)


class AddForm(Form):
    """A further paragraph, and the goal that it puts into words."""

    shape = forms.ChoiceField(label=gettext_lazy("Art"), choices=SHAPES)
    body = LongText(label=gettext_lazy("Wortlaut"), max_length=PARAGRAPH_LIMIT, rows=8)
    goal = forms.ChoiceField(label=gettext_lazy("Welches Ziel setzt er in Worte?"), required=False)

    def __init__(self, *args: Any, goals: Sequence[Goal], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(str(one.pk), f"{one.code} {one.title.get(language) or one}") for one in goals]
        offer(self, "goal", [("", _("keines")), *names])


class RivalForm(Form):
    """Two editors' words become one."""

    body = LongText(label=gettext_lazy("So soll der Absatz heißen"), max_length=PARAGRAPH_LIMIT, rows=8)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**6)


class TextForm(Form):
    """The facts of a text. New texts bring their paragraphs along."""

    title = forms.CharField(label=gettext_lazy("Titel"), max_length=TITLE_LIMIT)
    title_en = forms.CharField(label=gettext_lazy("Titel auf Englisch"), max_length=TITLE_LIMIT, required=False)
    summary = LongText(label=gettext_lazy("Worum es geht"), max_length=TEXT_LIMIT, rows=4)
    summary_en = LongText(
        label=gettext_lazy("Worum es geht, auf Englisch"), max_length=TEXT_LIMIT, rows=4, required=False
    )
    field = forms.ChoiceField(label=gettext_lazy("Handlungsfeld"), required=False)
    department = forms.ChoiceField(label=gettext_lazy("Zuständiges Amt"))
    opens_on = DateField(label=gettext_lazy("Alle können mitreden ab"), required=False)
    closes_on = DateField(
        label=gettext_lazy("Alle können mitreden bis"),
        required=False,
        help_text=gettext_lazy("Bis zum Ende dieses Tages."),
    )
    file = KeptFile(
        label=gettext_lazy("Text aus einer Datei"),
        max_size=importing.LARGEST,
        accept=importing.ACCEPT,
        required=False,
        help_text=gettext_lazy(
            "Word (DOCX) oder Markdown. „Datei lesen“ zeigt, welche Absätze wir finden. Gespeichert wird dabei nichts."
        ),
    )
    paragraphs = LongText(
        label=gettext_lazy("Text"),
        max_length=LONGEST_SOURCE,
        rows=16,
        help_text=gettext_lazy(
            "Absätze trennt eine leere Zeile. „# “ am Anfang macht eine Überschrift, „## “ eine Zwischenüberschrift, "
            "„- “ einen Punkt einer Liste."
        ),
    )

    def __init__(
        self,
        *args: Any,
        text: Text | None,
        fields: Sequence[Field],
        language: str,
        reading: bool = False,
        **kwargs: Any,
    ) -> None:
        """`reading`: only the file is looked at, so that nothing else has to be filled in yet."""
        super().__init__(*args, **kwargs)
        offer(self, "field", [("", _("alle")), *((str(one.pk), one.title.get(language) or str(one)) for one in fields)])
        offer(self, "department", [(slug, row.name(language)) for slug, row in city.current().departments.items()])
        for name, label in CONTRACT_LABELS.items():
            self.fields[name] = LongText(label=label, max_length=600, rows=2, required=False)
            self.fields[f"{name}_en"] = LongText(
                label=_("%(question)s (auf Englisch)") % {"question": label}, max_length=600, rows=2, required=False
            )
        if text is not None:
            del self.fields["paragraphs"], self.fields["file"]
        else:
            self.order_fields([name for name in self.fields if name not in {"file", "paragraphs"}])
        if reading:
            for name, one in self.fields.items():
                one.required = name == "file"

    def imported(self) -> importing.Imported:
        """What the file holds. Raises Invalid with a sentence at `file`."""
        file = self.cleaned_data["file"]
        file.seek(0)
        found = importing.read(file.read())
        if len(found.source) > LONGEST_SOURCE:
            raise Invalid(fields={"file": _("Dieser Text ist zu lang. Bitte teilen Sie die Datei.")})
        return found

    def clean_paragraphs(self) -> str:
        """Says which paragraph is too long, and how it begins."""
        source: str = self.cleaned_data["paragraphs"]
        for number, one in enumerate(paragraphs_of(source), start=1):
            if len(one.body) > PARAGRAPH_LIMIT:
                raise forms.ValidationError(
                    _("Absatz %(n)s („%(words)s …“) ist zu lang. Bitte teilen Sie ihn: höchstens %(most)s Zeichen.")
                    % {"n": number, "words": one.body[:40], "most": PARAGRAPH_LIMIT}
                )
        return source

    def contract(self) -> dict[str, dict[str, str]]:
        values = self.cleaned_data
        return {name: {"de": values.get(name, ""), "en": values.get(f"{name}_en", "")} for name in CONTRACT_FIELDS}

    def period(self) -> tuple[datetime | None, datetime | None]:
        """Whole local days, half-open."""
        zone = city.current().zone
        opens, closes = self.cleaned_data["opens_on"], self.cleaned_data["closes_on"]
        start = datetime(opens.year, opens.month, opens.day, tzinfo=zone) if opens else None
        last = closes + timedelta(days=1) if closes else None
        return start, datetime(last.year, last.month, last.day, tzinfo=zone) if last else None


def initial_of(text: Text) -> dict[str, Any]:
    """What the form of the facts begins with."""
    found: dict[str, Any] = {"field": str(text.field_id or ""), "department": text.department}
    for name in ("title", "summary"):
        texts = getattr(text, name)
        found[name], found[f"{name}_en"] = texts.get("de", ""), texts.get("en", "")
    for name in CONTRACT_FIELDS:
        words = text.contract.get(name, {})
        found[name], found[f"{name}_en"] = words.get("de", ""), words.get("en", "")
    if text.opens_at is not None:
        found["opens_on"] = timezone.localtime(text.opens_at).date()
    if text.closes_at is not None:
        found["closes_on"] = timezone.localtime(text.closes_at - timedelta(microseconds=1)).date()
    return found


class StepForm(Form):
    """What a step of the workflow needs to be said."""

    note = forms.CharField(label=gettext_lazy("Was ist neu an dieser Fassung?"), max_length=NOTE_LIMIT, required=False)
    decision = forms.CharField(
        label=gettext_lazy("Was hat der Stadtrat entschieden?"),
        max_length=NOTE_LIMIT,
        help_text=gettext_lazy("In einem Satz, mit der Nummer des Beschlusses."),
    )
    due_on = DateField(label=gettext_lazy("Bis wann folgt der nächste Schritt?"), required=False)

    def __init__(self, *args: Any, verb: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = {
            "open": ("note",), "evaluate": ("due_on",), "to_council": ("note", "due_on"), "back": ("due_on",),
            "adopt": ("decision",),
        }[verb]  # fmt: skip
        for name in list(self.fields):
            if name not in wanted:
                del self.fields[name]

    def due_at(self) -> datetime | None:
        day = self.cleaned_data.get("due_on")
        if not day:
            return None
        last = day + timedelta(days=1)
        return datetime(last.year, last.month, last.day, tzinfo=city.current().zone)
