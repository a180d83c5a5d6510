"""Groups: starting one, inviting; and the paper of an adult."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.accounts.forms.signing_in import email_field
from allmende.accounts.models import Organisation, Person
from allmende.ui.forms import DateField, Form


class GroupForm(Form):
    name = forms.CharField(
        label=gettext_lazy("Name der Gruppe"),
        max_length=120,
        help_text=gettext_lazy("So steht er unter dem, was die Gruppe schreibt."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Was für eine Gruppe ist es?"), choices=Organisation.Kind, widget=forms.RadioSelect
    )


class InviteForm(Form):
    """Someone to join, with what they may do."""

    email = email_field(help_text=gettext_lazy("Dorthin senden wir die Einladung. Sie gilt 14 Tage."))
    may_post = forms.BooleanField(label=gettext_lazy("darf im Namen der Gruppe schreiben"), required=False)
    responsible = forms.BooleanField(
        label=gettext_lazy("ist für die Gruppe verantwortlich"),
        required=False,
        help_text=gettext_lazy("lädt ein, gibt Rechte und schreibt im Namen der Gruppe"),
    )


class ConsentForm(Form):
    """What staff have read on the paper."""

    email = email_field(help_text=gettext_lazy("Adresse, mit der sich das Kind oder der Jugendliche anmeldet."))
    signed_on = DateField(label=gettext_lazy("Unterschrieben am"))
    adult_name = forms.CharField(label=gettext_lazy("Name des Erwachsenen"), max_length=120)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_signed_on(self) -> date:
        day: date = self.cleaned_data["signed_on"]
        if day > self.today:
            raise forms.ValidationError(_("Dieser Tag liegt in der Zukunft."), code="future")
        return day

    def clean_email(self) -> Person:
        found = Person.objects.filter(email=self.cleaned_data["email"].lower(), is_guest=False).first()
        if found is None:
            raise forms.ValidationError(_("Zu dieser Adresse gibt es kein bestätigtes Konto."), code="unknown")
        return found
