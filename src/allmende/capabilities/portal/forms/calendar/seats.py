"""Registering for an event, by oneself or entered by staff."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.accounts.interface import ContactForm
from allmende.capabilities.portal.models import CalendarEvent
from allmende.capabilities.portal.rules import calendar as rules
from allmende.capabilities.portal.workflow.calendar import AIDS, word
from allmende.core.actor import CHANNEL_LABELS, Viewer


class SeatForm(ContactForm):
    """Name, how to reach, what one needs. Signed-in people are asked for the name only."""

    name = forms.CharField(
        label=gettext_lazy("Ihr Name"),
        max_length=80,
        help_text=gettext_lazy("Für die Liste am Eingang. Er wird nicht veröffentlicht."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    aids = forms.MultipleChoiceField(
        label=gettext_lazy("Was brauchen Sie, um dabei zu sein?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    aids_note = forms.CharField(
        label=gettext_lazy("Noch etwas, das wir wissen sollten?"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Nur für das Team. Wir löschen es nach dem Termin."),
    )
    field_order: tuple[str, ...] = (
        "name",
        "contact_kind",
        "email",
        "telephone",
        "postal_address",
        "aids",
        "aids_note",
        "under_16",
        "adult_name",
    )

    def __init__(self, *args: Any, event: CalendarEvent, may_ask: bool, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        if "display_name" in self.fields:
            del self.fields["display_name"]
            self.fields["contact_kind"].label = _("Wie erreichen wir Sie, wenn sich etwas ändert?")
            self.fields["under_16"].help_text = _("Dann sprechen wir mit einem Erwachsenen, dem Sie vertrauen.")
        if may_ask:
            field = self.fields["aids"]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = [(key, word(AIDS[key], viewer.language)) for key in event.aids_on_request if key in AIDS]
        else:
            del self.fields["aids"]

    def guest_data(self, *, language: str) -> dict[str, Any]:
        """The keyword arguments of `accounts.interface.guest`; the name on the list is what we call them."""
        values = {name: self.cleaned_data[name] for name in self.CONTACT if name != "display_name"}
        return {**values, "display_name": self.cleaned_data["name"], "language": language}


class EnterSeatForm(SeatForm):
    """Somebody without the internet, entered by an organiser."""

    proof = False
    channel = forms.ChoiceField(label=gettext_lazy("Wie kam die Anmeldung?"), widget=forms.RadioSelect)
    field_order = ("channel", *SeatForm.field_order)

    def __init__(self, *args: Any, event: CalendarEvent, may_ask: bool, language: str, **kwargs: Any) -> None:
        super().__init__(*args, event=event, may_ask=may_ask, viewer=Viewer(language=language), **kwargs)
        channel = self.fields["channel"]
        assert isinstance(channel, forms.ChoiceField)
        channel.choices = [(one.value, CHANNEL_LABELS[one]) for one in rules.HAND_CHANNELS]
        self.fields["name"].label = _("Name")
        self.fields["name"].help_text = ""
        self.fields["contact_kind"].label = _("Wie erreichen wir die Person, wenn sich etwas ändert?")
        self.fields["contact_kind"].initial = "none"
        self.fields["under_16"].label = _("Die Person ist noch nicht 16 Jahre alt")
        self.fields["under_16"].help_text = ""
