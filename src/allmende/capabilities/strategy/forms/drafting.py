"""A file as the next version of a text: read first, looked at, then saved."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.strategy.forms import importing
from allmende.capabilities.strategy.forms.source import paragraphs_of
from allmende.capabilities.strategy.forms.texts import LONGEST_SOURCE
from allmende.capabilities.strategy.models.texts import PARAGRAPH_LIMIT
from allmende.core.errors import Invalid
from allmende.ui.forms import Form, KeptFile, LongText


class FileForm(Form):
    """Which file."""

    file = KeptFile(
        label=gettext_lazy("Text aus einer Datei"),
        max_size=importing.LARGEST,
        accept=importing.ACCEPT,
        help_text=gettext_lazy("Word (DOCX) oder Markdown. Zuerst sehen Sie, was sich ändert."),
    )

    def imported(self) -> importing.Imported:
        """What the file holds. Raises Invalid with a sentence at `file`."""
        file = self.cleaned_data["file"]
        file.seek(0)
        found = importing.read(file.read())
        if len(found.source) > LONGEST_SOURCE:
            raise Invalid(fields={"file": _("Dieser Text ist zu lang. Bitte teilen Sie die Datei.")})
        return found


class TakeForm(Form):
    """What was looked at, and may have been changed once more in the field."""

    paragraphs = LongText(
        label=gettext_lazy("Text"),
        max_length=LONGEST_SOURCE,
        rows=16,
        help_text=gettext_lazy(
            "Absätze trennt eine leere Zeile. „# “ am Anfang macht eine Überschrift, „## “ eine Zwischenüberschrift, "
            "„- “ einen Punkt einer Liste."
        ),
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=120)

    def clean_paragraphs(self) -> str:
        """Says which paragraph is too long, and how it begins."""
        source: str = self.cleaned_data["paragraphs"]
        found = paragraphs_of(source)
        if not found:
            raise forms.ValidationError(_("Der Text hat noch keinen Absatz."))
        for number, one in enumerate(found, start=1):
            if len(one.body) > PARAGRAPH_LIMIT:
                raise forms.ValidationError(
                    _("Absatz %(n)s („%(words)s …“) ist zu lang. Bitte teilen Sie ihn: höchstens %(most)s Zeichen.")
                    % {"n": number, "words": one.body[:40], "most": PARAGRAPH_LIMIT}
                )
        return source
