"""What the council's office writes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from allmende.capabilities.council.rules.votes import MAJORITIES
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in ("de", "en"):
            self.fields[code].widget.attrs["lang"] = code


class MirrorForm(ui.Form):
    """The address of another council system."""

    url = forms.CharField(
        label=gettext_lazy("Adresse der OParl-Schnittstelle"),
        max_length=500,
        help_text=gettext_lazy("Sie beginnt mit https:// und endet meist auf /system. Ihr Anbieter kennt sie."),
    )


def _number(label: Any) -> forms.IntegerField:
    short = forms.NumberInput(attrs={"class": "kern-form-input__input--short"})
    return forms.IntegerField(label=label, min_value=0, max_value=9999, required=False, widget=short)


class VoteForm(ui.Form):
    """A vote as it was counted. What groups and members gave stands in tables beside it, read by the view.

    Of a motion to change the point (`order` above 0) it also asks what it was about.
    """

    subject = forms.CharField(
        label=gettext_lazy("Worüber wurde abgestimmt?"),
        max_length=300,
        help_text=gettext_lazy("Der Änderungsantrag in einem Satz, und von wem er kommt."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Wie wurde abgestimmt?"),
        choices=(
            ("open", gettext_lazy("offen")),
            ("named", gettext_lazy("namentlich")),
            ("secret", gettext_lazy("geheim, von Hand gezählt")),
        ),
    )
    majority = forms.ChoiceField(
        label=gettext_lazy("Welche Mehrheit ist nötig?"),
        choices=[(code, one.label) for code, one in MAJORITIES.items()],
        help_text=gettext_lazy("Ob der Antrag angenommen ist, folgt daraus von selbst."),
    )
    seats = _number(gettext_lazy("Mitglieder insgesamt"))
    channel = forms.ChoiceField(
        label=gettext_lazy("Woher kommen die Zahlen?"),
        choices=(
            ("minutes", gettext_lazy("aus der Niederschrift")),
            ("meeting", gettext_lazy("aus der laufenden Sitzung")),
        ),
    )
    yes = _number(gettext_lazy("Ja"))
    no = _number(gettext_lazy("Nein"))
    abstention = _number(gettext_lazy("Enthaltung"))
    absent = _number(gettext_lazy("nicht da"))

    def __init__(self, *args: Any, order: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not order:
            del self.fields["subject"]
