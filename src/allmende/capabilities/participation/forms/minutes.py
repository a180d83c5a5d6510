"""What a group writes down: agenda, attendance, minutes, tasks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.participation.actions import There
from allmende.capabilities.participation.actions.minutes import POINTS, TEXT_LIMIT
from allmende.capabilities.participation.forms.choices import choose, departments
from allmende.capabilities.participation.models import Attendance, Minutes, Task
from allmende.capabilities.participation.queries import Member
from allmende.capabilities.participation.workflow import decisions
from allmende.core import city
from allmende.ui import forms as ui

GUEST_LINES = 40
MANY = 999


class AgendaForm(ui.Form):
    """What a meeting talks about, a point per line."""

    agenda = ui.LongText(
        label=gettext_lazy("Tagesordnung"),
        max_length=POINTS * 170,
        rows=8,
        help_text=gettext_lazy("Ein Punkt je Zeile, in der Reihenfolge des Abends."),
    )

    @property
    def titles(self) -> list[str]:
        return [line for line in self.cleaned_data["agenda"].splitlines() if line.strip()]


class AttendanceForm(ui.Form):
    """Who was there. Members are chosen, guests written by hand or only counted; then the interests, one by one."""

    guests = ui.LongText(
        label=gettext_lazy("Gäste mit Namen"),
        max_length=3000,
        rows=3,
        required=False,
        help_text=gettext_lazy("Ein Name je Zeile, und nur, wer genannt werden möchte."),
    )
    uncounted = forms.IntegerField(
        label=gettext_lazy("Gäste ohne Namen"), min_value=0, max_value=MANY, required=False, initial=0
    )
    offline = forms.IntegerField(
        label=gettext_lazy("Wie viele von allen machen ohne Internet mit?"),
        min_value=0,
        max_value=MANY,
        required=False,
        initial=0,
    )
    heard_later = ui.LongText(
        label=gettext_lazy("Wie werden die anderen noch gehört?"), max_length=600, rows=2, required=False
    )

    def __init__(
        self, *args: Any, members: Sequence[Member], there: Sequence[Attendance], minutes: Minutes | None, **kwargs: Any
    ) -> None:
        self.members = members
        kwargs["initial"] = self._initial(there, minutes)
        super().__init__(*args, **kwargs)
        ways = [("", _("war nicht da")), *Attendance.Way.choices]
        names = []
        for place, member in enumerate(members):
            label = member.name or _("ohne Namen")
            self.fields[f"way_{place}"] = forms.ChoiceField(label=label, choices=ways, required=False)
            self.fields[f"named_{place}"] = forms.BooleanField(
                label=_("%(name)s möchte im Protokoll genannt werden") % {"name": label}, required=False
            )
            names += [f"way_{place}", f"named_{place}"]
        for key, interest in decisions.INTERESTS.items():
            self.fields[f"interest_{key}"] = forms.ChoiceField(
                label=interest,
                choices=[("", _("nicht gefragt")), ("there", _("kamen zu Wort")), ("missing", _("fehlten"))],
                required=False,
            )
        interests = [f"interest_{key}" for key in decisions.INTERESTS]
        self.order_fields([*names, "guests", "uncounted", "offline", *interests, "heard_later"])

    def _initial(self, there: Sequence[Attendance], minutes: Minutes | None) -> dict[str, Any]:
        rows = {row.person_id: row for row in there if row.person_id is not None}
        values: dict[str, Any] = {"guests": "\n".join(row.guest_name for row in there if row.guest_name)}
        for place, member in enumerate(self.members):
            row = rows.get(member.person_id)
            values[f"way_{place}"] = row.way if row else ""
            values[f"named_{place}"] = row.is_named if row else False
        if minutes is not None:
            values |= {"uncounted": minutes.guests, "offline": minutes.offline, "heard_later": minutes.heard_later}
            values |= {f"interest_{key}": value for key, value in minutes.interests.items()}
        return values

    @property
    def people_fields(self) -> list[tuple[Any, Any]]:
        return [(self[f"way_{place}"], self[f"named_{place}"]) for place in range(len(self.members))]

    @property
    def guest_fields(self) -> list[Any]:
        return [self[name] for name in ("guests", "uncounted", "offline")]

    @property
    def interest_fields(self) -> list[Any]:
        return [self[f"interest_{key}"] for key in decisions.INTERESTS]

    def clean_guests(self) -> str:
        lines = [line for line in self.cleaned_data["guests"].splitlines() if line.strip()]
        if len(lines) > GUEST_LINES or any(len(line.strip()) > 80 for line in lines):  # noqa: PLR2004 - the column
            raise forms.ValidationError(_("Höchstens %(n)s Namen mit je 80 Zeichen.") % {"n": GUEST_LINES})
        return str(self.cleaned_data["guests"])

    @property
    def there(self) -> There:
        values = self.cleaned_data
        members: dict[UUID, tuple[str, bool]] = {
            member.person_id: (values[f"way_{place}"], bool(values[f"named_{place}"]))
            for place, member in enumerate(self.members)
            if values.get(f"way_{place}")
        }
        names = dict.fromkeys(" ".join(line.split()) for line in values["guests"].splitlines() if line.strip())
        return There(
            members=members,
            guests=[(name, Attendance.Way.PLACE.value) for name in names],
            uncounted=values.get("uncounted") or 0,
            offline=values.get("offline") or 0,
            interests={key: values.get(f"interest_{key}", "") for key in decisions.INTERESTS},
            heard_later=values["heard_later"],
        )


class MinutesForm(ui.Form):
    """A section per point of the agenda, and one more for what came up."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, minutes: Minutes | None, **kwargs: Any) -> None:
        items = list(minutes.items) if minutes is not None else []
        self.known = items
        self.places = range(min(len(items) + 1, POINTS))
        initial: dict[str, Any] = {"revision": minutes.revision if minutes is not None else 0}
        for place, item in enumerate(items):
            initial |= {f"{name}_{place}": item[name] for name in ("title", "said", "weighed", "decisions")}
        super().__init__(*args, initial=initial, **kwargs)
        for place in self.places:
            self._section(place, fresh=place >= len(items))

    def _section(self, place: int, *, fresh: bool) -> None:
        n = {"n": place + 1}
        title = _("Noch ein Punkt") if fresh else _("%(n)s. Punkt") % n
        self.fields[f"title_{place}"] = forms.CharField(label=title, max_length=160, required=False)
        self.fields[f"said_{place}"] = ui.LongText(
            label=_("Was wurde besprochen? (Punkt %(n)s)") % n, max_length=TEXT_LIMIT, rows=4, required=False
        )
        self.fields[f"weighed_{place}"] = ui.LongText(
            label=_("Was wurde abgewogen, und warum so? (Punkt %(n)s)") % n,
            max_length=TEXT_LIMIT,
            rows=3,
            required=False,
        )
        self.fields[f"decisions_{place}"] = ui.LongText(
            label=_("Was ist beschlossen? (Punkt %(n)s)") % n, max_length=TEXT_LIMIT, rows=3, required=False
        )

    @property
    def sections(self) -> list[dict[str, Any]]:
        return [
            {name: self[f"{name}_{place}"] for name in ("title", "said", "weighed", "decisions")}
            | {"fresh": place >= len(self.known), "n": place + 1}
            for place in self.places
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for place in self.places:
            words = any(values.get(f"{name}_{place}") for name in ("said", "weighed", "decisions"))
            if words and not values.get(f"title_{place}"):
                self.add_error(f"title_{place}", _("Bitte geben Sie diesem Punkt einen Namen."))
        return values

    @property
    def items(self) -> list[dict[str, str]]:
        return [
            {name: self.cleaned_data[f"{name}_{place}"] for name in ("title", "said", "weighed", "decisions")}
            for place in self.places
            if self.cleaned_data[f"title_{place}"]
        ]


class CorrectionForm(ui.Form):
    """The chair has read it. A later edition says what it corrects."""

    checked = forms.BooleanField(label=gettext_lazy("Ich habe das Protokoll gelesen. So war es."))
    correction = forms.CharField(
        label=gettext_lazy("Was ist berichtigt?"),
        max_length=300,
        help_text=gettext_lazy("Das steht bei der neuen Fassung. Die alte bleibt zu lesen."),
    )

    def __init__(self, *args: Any, again: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not again:
            del self.fields["correction"]


class TaskForm(ui.Form):
    """Who does what until when."""

    text = forms.CharField(label=gettext_lazy("Was ist zu tun?"), max_length=decisions.DECISION_LIMIT)
    who = forms.ChoiceField(label=gettext_lazy("Wer?"), required=False)
    due_on = ui.DateField(label=gettext_lazy("Bis wann?"))

    def __init__(
        self, *args: Any, members: Sequence[Member], language: str, task: Task | None = None, **kwargs: Any
    ) -> None:
        if task is not None:
            who = f"p:{task.person_id}" if task.person_id else f"d:{task.department}" if task.department else ""
            zone = city.current().zone
            last = task.due_at.astimezone(zone).date()
            kwargs["initial"] = {"text": task.text, "who": who, "due_on": last - timedelta(days=1)}
        super().__init__(*args, **kwargs)
        people = [(f"p:{member.person_id}", member.name or _("ohne Namen")) for member in members]
        offices = [(f"d:{slug}", name) for slug, name in departments(language)]
        pairs: list[Any] = [("", _("die ganze Gruppe")), (_("Mitglieder"), people), (_("Ämter"), offices)]
        choose(self, "who", pairs)

    @property
    def person_id(self) -> UUID | None:
        kind, _colon, value = self.cleaned_data["who"].partition(":")
        return UUID(value) if kind == "p" else None

    @property
    def department(self) -> str:
        kind, _colon, value = self.cleaned_data["who"].partition(":")
        return value if kind == "d" else ""


class DoneForm(ui.Form):
    """What came out of a task."""

    result = ui.LongText(
        label=gettext_lazy("Was ist herausgekommen?"),
        max_length=600,
        rows=3,
        required=False,
        help_text=gettext_lazy("Ein Satz genügt. Alle können ihn lesen."),
    )
