"""What a crew says on the spot."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.reports.actions.rows import STEP_LIMIT
from allmende.engines.media import interface as media
from allmende.ui import forms as ui

DONE, NOTHING, MORE = "erledigt", "nicht-gefunden", "braucht-mehr"


class VisitForm(ui.Form):
    """A sentence and a photo; for what is done a sentence stands there already."""

    words = ui.LongText(label="", max_length=STEP_LIMIT, rows=3, required=False)
    photo = media.PictureField(label=gettext_lazy("Foto"), required=False)

    def __init__(self, *args: Any, outcome: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = self.fields["words"]
        words.label = {
            DONE: _("Was wurde getan?"), NOTHING: _("Wo haben Sie gesucht?"), MORE: _("Was wird gebraucht?"),
        }[outcome]  # fmt: skip
        words.required = outcome != NOTHING
        words.help_text = (
            _("Das lesen, wer es gemeldet hat, und alle, wenn die Meldung öffentlich ist.")
            if outcome == DONE
            else _("Das lesen nur die Ämter.")
        )
