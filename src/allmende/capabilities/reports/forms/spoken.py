"""What is said in a recording, written down."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from allmende.capabilities.reports.models import WORDS_LIMIT
from allmende.ui import forms as ui


class TranscriptForm(ui.Form):
    transcript = ui.LongText(
        label=gettext_lazy("Was wird gesagt oder gebärdet?"),
        max_length=WORDS_LIMIT,
        rows=6,
        help_text=gettext_lazy("Ohne Namen anderer Menschen. Hat die Meldung keinen Text, wird das ihr Text."),
    )
    publish = forms.BooleanField(
        label=gettext_lazy("Alle dürfen die Aufnahme sehen und hören"),
        required=False,
        help_text=gettext_lazy("Nur wenn die Person einverstanden ist: Gesicht und Stimme sind zu erkennen."),
    )

    def __init__(self, *args: Any, public: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not public:
            del self.fields["publish"]
