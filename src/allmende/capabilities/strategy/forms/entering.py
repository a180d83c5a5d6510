"""What came on paper, by mail or at an event, written down line by line by somebody of the city."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.strategy.models import Text
from allmende.capabilities.strategy.models.feedback import COMMENT_LIMIT
from allmende.capabilities.strategy.models.texts import PARAGRAPH_LIMIT
from allmende.capabilities.strategy.rules import texts as access
from allmende.capabilities.strategy.workflow.texts import Kind
from allmende.core import city
from allmende.core.actor import CHANNEL_LABELS
from allmende.ui.forms import DateField, Form, LongText
from allmende.ui.forms.bilingual import offer

MOST = 100
"""Entries of one form; longer minutes are entered in parts."""
_BEGINS = re.compile(r"\s*(?:Absatz|Abs\.|Paragraph|§)?\s*(\d{1,4})\s*([:=])\s*(.*)", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """One thing that was said: in which line it begins (from 1), to which paragraph, what."""

    line: int
    paragraph: int
    kind: Kind
    words: str

    @property
    def source(self) -> str:
        """As it is written in the field."""
        return f"{self.paragraph}{'=' if self.kind is Kind.WORDING else ':'} {self.words}"


def entries_of(source: str) -> tuple[list[Entry], list[int]]:
    """Entries, and the numbers of lines that stand before the first one. „3: …“ is said to paragraph 3, „3= …“ is
    another wording for it; what begins otherwise goes on with the entry above.
    """
    found: list[Entry] = []
    lost: list[int] = []
    for number, line in enumerate(source.splitlines(), start=1):
        begins = _BEGINS.fullmatch(line)
        if begins:
            kind = Kind.WORDING if begins[2] == "=" else Kind.COMMENT
            found.append(Entry(number, int(begins[1]), kind, begins[3].strip()))
        elif found:
            last = found[-1]
            found[-1] = Entry(last.line, last.paragraph, last.kind, f"{last.words}\n{line.strip()}".strip())
        elif line.strip():
            lost.append(number)
    return found, lost


class EntryForm(Form):
    """How and when it came, under which name it stands, and what was said."""

    channel = forms.ChoiceField(label=gettext_lazy("Wie kam es?"))
    received_on = DateField(label=gettext_lazy("Wann kam es?"))
    display_name = forms.CharField(
        label=gettext_lazy("Unter welchem Namen erscheint es?"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Zum Beispiel ein Anzeigename oder der Name der Veranstaltung. Freiwillig."),
    )
    said = LongText(
        label=gettext_lazy("Was wurde gesagt?"),
        max_length=60_000,
        rows=12,
        help_text=gettext_lazy(
            "Jede Rückmeldung in einer neuen Zeile, vorn die Nummer des Absatzes. „3: Bitte genauer.“ ist eine "
            "Anmerkung zu Absatz 3, „3= Neuer Satz.“ ein Vorschlag für seinen Wortlaut."
        ),
    )

    def __init__(self, *args: Any, text: Text, numbers: Collection[int], at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text, self.numbers, self.at = text, numbers, at
        self.entries: list[Entry] = []
        offer(self, "channel", [(channel.value, CHANNEL_LABELS[channel]) for channel in access.HAND_CHANNELS])

    def clean_received_on(self) -> date:
        day: date = self.cleaned_data["received_on"]
        first, last = self.text.opens_at, self.text.closes_at
        if day > timezone.localtime(self.at).date():
            raise forms.ValidationError(_("Dieser Tag liegt in der Zukunft."))
        if (
            first is None
            or last is None
            or not (
                timezone.localtime(first).date() <= day <= timezone.localtime(last - timedelta(microseconds=1)).date()
            )
        ):
            raise forms.ValidationError(_("An diesem Tag konnte man zu dem Text nichts sagen."))
        return day

    def clean_said(self) -> str:
        source: str = self.cleaned_data["said"]
        self.entries, lost = entries_of(source)
        wrong = [_("Zeile %(n)s: Bitte beginnen Sie mit der Nummer des Absatzes.") % {"n": line} for line in lost]
        for one in self.entries:
            values = {"n": one.line, "paragraph": one.paragraph}
            if one.paragraph not in self.numbers:
                wrong.append(_("Zeile %(n)s: Absatz %(paragraph)s gibt es in dieser Fassung nicht.") % values)
            elif not one.words:
                wrong.append(_("Zeile %(n)s: Bitte schreiben Sie, was zu Absatz %(paragraph)s gesagt wurde.") % values)
            elif len(one.words) > (PARAGRAPH_LIMIT if one.kind is Kind.WORDING else COMMENT_LIMIT):
                wrong.append(_("Zeile %(n)s: Das ist zu lang. Bitte teilen oder kürzen Sie es.") % values)
        if len(self.entries) > MOST:
            wrong = [_("Das sind mehr als %(n)s Rückmeldungen. Bitte teilen Sie sie auf.") % {"n": MOST}]
        if wrong:
            raise forms.ValidationError(" ".join(wrong[:5]))
        return source

    def received_at(self) -> datetime:
        """Noon of the day, within the period and never later than now."""
        noon = datetime.combine(self.cleaned_data["received_on"], time(12), city.current().zone)
        assert self.text.opens_at is not None, "clean_received_on saw to it"
        return min(max(noon, self.text.opens_at), self.at)
