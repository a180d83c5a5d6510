"""What a reporter says afterwards: the answer to a question, or that it is not done."""

from django.utils.translation import gettext_lazy

from allmende.capabilities.reports.actions.rows import STEP_LIMIT
from allmende.engines.media import interface as media
from allmende.ui import forms as ui


class WordsForm(ui.Form):
    """The answer to the clerk's question."""

    words = ui.LongText(
        label=gettext_lazy("Ihre Antwort"),
        max_length=STEP_LIMIT,
        rows=4,
        help_text=gettext_lazy("Das liest nur das Amt."),
    )


class ObjectForm(ui.Form):
    """It is not done."""

    words = ui.LongText(
        label=gettext_lazy("Was ist noch nicht in Ordnung?"),
        max_length=STEP_LIMIT,
        rows=3,
        help_text=gettext_lazy("Das liest nur das Amt."),
    )
    photo = media.PictureField(label=gettext_lazy("Foto, wie es jetzt aussieht"), required=False)
