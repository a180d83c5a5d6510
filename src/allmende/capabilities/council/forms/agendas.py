"""What the council's office writes of a meeting, of a point of its agenda, and into an invitation."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from allmende.capabilities.council.models import Meeting, Organization, Paper
from allmende.capabilities.council.rules.agendas import MeetingData
from allmende.ui import forms as ui

SPOKEN = "de"
YEARS = range(2000, 2201)
"""In which instants can be reckoned with whatever the zone; what really may be a meeting's day says the rule."""


class TimeField(forms.TimeField):
    """An hour of the day, as „17:00“."""

    widget = forms.TimeInput(attrs={"type": "time", "class": "kern-form-input__input--short"}, format="%H:%M")


class MeetingForm(ui.Form):
    """Who meets when and where."""

    organization = forms.ChoiceField(label=gettext_lazy("Wer tagt?"))
    name = forms.CharField(
        label=gettext_lazy("Name der Sitzung"),
        max_length=300,
        help_text=gettext_lazy("Zum Beispiel: Sitzung des Stadtrats"),
    )
    day = ui.DateField(label=gettext_lazy("Tag der Sitzung"))
    starts = TimeField(label=gettext_lazy("Beginn"))
    ends = TimeField(label=gettext_lazy("Ende"), required=False)
    place = forms.CharField(label=gettext_lazy("Ort"), max_length=300, required=False)
    cancelled = forms.BooleanField(
        label=gettext_lazy("Die Sitzung fällt aus"),
        required=False,
        help_text=gettext_lazy("Wer dem Gremium folgt, bekommt Bescheid, wenn die Sitzung schon öffentlich ist."),
    )

    def __init__(
        self,
        *args: Any,
        zone: ZoneInfo,
        organizations: Iterable[Organization],
        meeting: Meeting | None = None,
        **kwargs: Any,
    ) -> None:
        self.zone = zone
        if meeting is not None and meeting.start is not None:
            starts = meeting.start.astimezone(zone)
            kwargs["initial"] = {
                "organization": str(next(iter(meeting.organizations.values_list("pk", flat=True)), "")),
                "name": meeting.name,
                "day": starts.date(),
                "starts": starts.time(),
                "ends": meeting.end.astimezone(zone).time() if meeting.end else None,
                "place": str(meeting.location) if meeting.location else "",
                "cancelled": meeting.cancelled,
            }
        super().__init__(*args, **kwargs)
        field = self.fields["organization"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", gettext_lazy("Bitte wählen")), *((str(one.pk), one.name) for one in organizations)]
        for name in ("organization", "name", "place"):
            self.fields[name].widget.attrs["lang"] = SPOKEN
        if meeting is None:
            del self.fields["cancelled"]

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        if day.year not in YEARS:
            raise forms.ValidationError(gettext_lazy("Bitte prüfen Sie das Jahr."))
        return day

    @property
    def data_of_meeting(self) -> MeetingData:
        """What the action takes; call it on a valid form. An end before the beginning is on the next day."""
        told = self.cleaned_data
        start = datetime.combine(told["day"], told["starts"], self.zone)
        end = datetime.combine(told["day"], told["ends"], self.zone) if told["ends"] else None
        if end is not None and end <= start:
            end += timedelta(days=1)
        return MeetingData(
            told["name"], UUID(told["organization"]), start, end, told["place"], told.get("cancelled", False)
        )


class PointForm(ui.Form):
    """A point of the agenda: a paper, or words of its own."""

    paper = forms.ChoiceField(label=gettext_lazy("Vorlage"), required=False)
    name = forms.CharField(
        label=gettext_lazy("Worum geht es?"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Bei einer Vorlage genügt ihr Name: Dann lassen Sie das Feld leer."),
    )
    is_public = forms.BooleanField(label=gettext_lazy("Öffentlicher Punkt"), required=False)

    def __init__(self, *args: Any, papers: Iterable[Paper] | None, **kwargs: Any) -> None:
        """`papers`: those to choose from; None: the point is there already."""
        super().__init__(*args, **kwargs)
        for name in ("paper", "name"):
            self.fields[name].widget.attrs["lang"] = SPOKEN
        if papers is None:
            del self.fields["paper"]
            self.fields["name"].required = True
            self.fields["name"].help_text = ""
            return
        closed = gettext_lazy("nichtöffentlich")
        field = self.fields["paper"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", gettext_lazy("keine")),
            *((str(one.pk), f"{one.reference} {one.name}" + ("" if one.public else f" ({closed})")) for one in papers),
        ]


class InviteForm(ui.Form):
    """The one thing that an invitation asks for: why it comes late, if it does."""

    urgency = ui.LongText(
        label=gettext_lazy("Warum eilt es?"),
        max_length=600,
        rows=3,
        required=False,
        help_text=gettext_lazy("Nur, wenn weniger als vier volle Tage bleiben. Der Grund steht in der Einladung."),
    )

    def __init__(self, *args: Any, in_time: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if in_time:
            del self.fields["urgency"]
        else:
            self.fields["urgency"].widget.attrs["lang"] = SPOKEN


class StandingOrdersForm(ui.Form):
    """Which committees prepare in public."""

    organizations = forms.MultipleChoiceField(
        label=gettext_lazy("Diese Ausschüsse beraten öffentlich vor"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("So steht es in der Geschäftsordnung. Alle anderen beraten nichtöffentlich vor."),
    )

    def __init__(self, *args: Any, committees: Iterable[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organizations"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (str(one.pk), format_html('<span lang="{}">{}</span>', SPOKEN, one.name)) for one in committees
        ]
