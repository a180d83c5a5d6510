"""Reporting a barrier, entering one for somebody, answering."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy

from allmende.accounts.interface import ContactForm
from allmende.capabilities.portal.models.barriers import BODY_LIMIT
from allmende.capabilities.portal.rules.barriers import HAND_CHANNELS
from allmende.capabilities.portal.workflow.barriers import KINDS, OUTCOMES
from allmende.core.actor import CHANNEL_LABELS
from allmende.ui import forms as ui


class BarrierFields(forms.Form):
    """What does not work, and where."""

    kind = forms.ChoiceField(label=gettext_lazy("Was geht nicht?"), widget=forms.RadioSelect)
    body = ui.LongText(
        label=gettext_lazy("Was ist passiert?"),
        max_length=BODY_LIMIT,
        rows=6,
        help_text=gettext_lazy("In Ihren Worten. Ein Satz genügt."),
    )
    page = forms.CharField(
        label=gettext_lazy("Auf welcher Seite?"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Die Adresse oder der Name der Seite."),
    )
    tools = forms.CharField(
        label=gettext_lazy("Womit nutzen Sie das Portal?"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Zum Beispiel Screenreader, Vergrößerung, nur Tastatur, Telefon."),
    )

    def offer(self) -> None:
        cast("forms.ChoiceField", self.fields["kind"]).choices = [(kind.value, label) for kind, label in KINDS.items()]


class BarrierForm(BarrierFields, ContactForm):
    """By a guest or with an account."""

    field_order = ("kind", "body", "page", "tools", *ContactForm.CONTACT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer()
        if self.asks_contact:
            self.fields["display_name"].label = gettext_lazy("Name")
            self.fields["display_name"].help_text = gettext_lazy("Nur für die Antwort.")
            self.fields["display_name"].widget.attrs["autocomplete"] = "name"


class BarrierEnterForm(BarrierFields, ContactForm):
    """What somebody told by telephone, on paper or at the counter, entered by staff."""

    proof = False
    channel = forms.ChoiceField(label=gettext_lazy("Wie kam die Meldung?"), widget=forms.RadioSelect)
    received_on = ui.DateField(label=gettext_lazy("Eingegangen am"))
    field_order = ("channel", "received_on", "kind", "body", "page", "tools", *ContactForm.CONTACT)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        from allmende.core.actor import Viewer

        super().__init__(*args, viewer=Viewer(language=language), **kwargs)
        self.offer()
        choices = [(channel.value, CHANNEL_LABELS[channel]) for channel in HAND_CHANNELS]
        cast("forms.ChoiceField", self.fields["channel"]).choices = choices
        self.fields["body"].help_text = gettext_lazy("Möglichst in den Worten der Person.")
        self.fields["tools"].label = gettext_lazy("Womit nutzt die Person das Portal?")
        self.fields["contact_kind"].label = gettext_lazy("Wie möchte die Person Antwort bekommen?")
        self.fields["display_name"].label = gettext_lazy("Name")
        self.fields["display_name"].help_text = ""
        self.fields["under_16"].label = gettext_lazy("Die Person ist noch nicht 16 Jahre alt")
        self.fields["under_16"].help_text = ""


class BarrierAnswerForm(ui.Form):
    """What the office says."""

    outcome = forms.ChoiceField(label=gettext_lazy("Wie steht es?"), widget=forms.RadioSelect)
    text = ui.LongText(
        label=gettext_lazy("Antwort an die Person"),
        max_length=BODY_LIMIT,
        rows=6,
        help_text=gettext_lazy("Was Sie tun, oder warum es nicht geht und was stattdessen hilft."),
    )
    due_on = ui.DateField(
        label=gettext_lazy("Bis wann?"),
        required=False,
        help_text=gettext_lazy("Gehört dazu, solange daran gearbeitet wird."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(state.value, label) for state, label in OUTCOMES.items()]
        cast("forms.ChoiceField", self.fields["outcome"]).choices = choices
