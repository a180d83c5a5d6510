"""Handing over the chair; certificates."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from allmende.capabilities.participation.forms.choices import choose
from allmende.capabilities.participation.queries import Member
from allmende.ui import forms as ui


class HandoverForm(ui.Form):
    """Who shall take the chair."""

    successor = forms.ChoiceField(label=gettext_lazy("Wer soll den Vorsitz übernehmen?"))
    note = ui.LongText(
        label=gettext_lazy("Was möchten Sie der Person mitgeben?"),
        max_length=1000,
        rows=4,
        required=False,
        help_text=gettext_lazy("Das liest nur, wer gefragt ist."),
    )

    def __init__(self, *args: Any, members: Sequence[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "successor", [(str(member.person_id), member.name or _("ohne Namen")) for member in members])


class CertificateForm(ui.Form):
    """The person says how they are called on paper, and how many hours it was."""

    name = forms.CharField(
        label=gettext_lazy("Ihr Name, wie er auf dem Papier stehen soll"),
        max_length=120,
        help_text=gettext_lazy("Den Namen liest nur, wer die Bescheinigung ausstellt."),
    )
    hours = forms.IntegerField(
        label=gettext_lazy("Wie viele Stunden waren es?"), min_value=1, max_value=9999, required=False
    )


class IssueForm(ui.Form):
    """The chair gives it, or says why not."""

    what = forms.ChoiceField(
        label=gettext_lazy("Was möchten Sie tun?"),
        choices=[
            ("issue", gettext_lazy("Bescheinigung geben")),
            ("decline", pgettext_lazy("participation", "Ablehnen")),
        ],
        widget=forms.RadioSelect,
    )
    hours = forms.IntegerField(
        label=gettext_lazy("Stunden"),
        min_value=1,
        max_value=9999,
        required=False,
        help_text=gettext_lazy("Wie die Person sie angibt. Leer heißt: ohne Stunden."),
    )
    thanks = ui.LongText(label=gettext_lazy("Dank in Ihren Worten"), max_length=600, rows=3, required=False)
    reason = forms.CharField(
        label=gettext_lazy("Grund"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Gehört zu jedem Nein."),
    )
