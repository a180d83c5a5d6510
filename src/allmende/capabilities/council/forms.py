"""What the council's office writes."""

from django.utils.translation import gettext_lazy

from allmende.ui import forms as ui


class PlainForm(ui.Form):
    """A paper in plain words, per language."""

    de = ui.LongText(
        label=gettext_lazy("Worum geht es, in einfachen Worten?"),
        max_length=1500,
        rows=6,
        required=False,
        help_text=gettext_lazy("Drei oder vier kurze Sätze: was sich ändern soll, für wen, und was noch offen ist."),
    )
    en = ui.LongText(label=gettext_lazy("Dasselbe auf Englisch"), max_length=1500, rows=6, required=False)
