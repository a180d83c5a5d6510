"""Answering a group of needs, what a partner offers, what the city replies."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.accounts.interface import posting_choices
from allmende.capabilities.participation import rules
from allmende.capabilities.participation.forms.choices import choose, departments
from allmende.capabilities.participation.models import PartnerOffer
from allmende.capabilities.participation.workflow.needs import OFFERS, PARTNER_STATES, REPLIES
from allmende.core.actor import CHANNEL_LABELS, Viewer
from allmende.ui import forms as ui


def _said(texts: Any, language: str) -> str:
    return str(texts.get(language) or texts["de"])


class NeedsAnswerForm(ui.Form):
    """The city's offer to a group, or a reasoned no; everything on one page, since staff work fast."""

    kind = forms.ChoiceField(label=gettext_lazy("Was antwortet die Stadt?"), widget=forms.RadioSelect)
    text = ui.LongText(
        label=gettext_lazy("Antwort"),
        max_length=4000,
        rows=6,
        help_text=gettext_lazy("Was geschieht, für wen, warum so? In einfachen Worten; alle können das lesen."),
    )
    link = forms.CharField(
        label=gettext_lazy("Wo steht mehr dazu?"),
        max_length=500,
        required=False,
        help_text=gettext_lazy(
            "Die Adresse einer Seite hier im Portal (Termin, Pilotprojekt, Umfrage) oder anderswo mit https://."
        ),
    )
    starts_on = ui.DateField(label=gettext_lazy("Ab wann?"), required=False)
    department = forms.ChoiceField(label=gettext_lazy("Zuständiges Amt"))
    partner = forms.ChoiceField(
        label=gettext_lazy("Mit einem Partner?"),
        required=False,
        help_text=gettext_lazy("Genannt wird, wer dem zugestimmt hat."),
    )
    alternative = ui.LongText(
        label=gettext_lazy("Was geht stattdessen?"),
        max_length=2000,
        rows=3,
        required=False,
        help_text=gettext_lazy("Nur bei einem Nein."),
    )
    ask_again_on = ui.DateField(
        label=gettext_lazy("Ab wann kann man wieder fragen?"),
        required=False,
        help_text=gettext_lazy("Nur bei einem Nein."),
    )

    def __init__(self, *args: Any, partners: Sequence[PartnerOffer], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "kind", [(kind.value, _said(texts, language)) for kind, texts in OFFERS.items()])
        choose(self, "department", departments(language))
        choose(
            self, "partner", [("", _("ohne Partner")), *((str(row.pk), f"{row.name}: {row.title}") for row in partners)]
        )

    def partner_id(self) -> UUID | None:
        """Of a valid form."""
        chosen = self.cleaned_data.get("partner")
        return UUID(chosen) if chosen else None


class PartnerForm(ui.Form):
    """What an organisation could contribute. Staff also say who, and how it came."""

    channel = forms.ChoiceField(label=gettext_lazy("Wie kam das Angebot?"), widget=forms.RadioSelect)
    name = forms.CharField(label=gettext_lazy("Wer bietet das an?"), max_length=120)
    organisation = forms.ChoiceField(label=gettext_lazy("Für wen sprechen Sie?"), widget=forms.RadioSelect)
    title = forms.CharField(
        label=gettext_lazy("Was können Sie beitragen, in einem Satz?"),
        max_length=120,
        help_text=gettext_lazy("Zum Beispiel: einen Raum am Abend, zwei Stunden Beratung im Monat."),
    )
    body = ui.LongText(
        label=gettext_lazy("Beschreibung"),
        max_length=2000,
        rows=6,
        help_text=gettext_lazy("Wann, wie oft, für wie viele Menschen, was braucht es dafür?"),
    )
    may_be_named = forms.BooleanField(
        label=gettext_lazy("Die Stadt darf unseren Namen nennen, wenn daraus ein Angebot wird"), required=False
    )

    def __init__(self, *args: Any, viewer: Viewer, by_hand: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if by_hand:
            del self.fields["organisation"]
            choose(self, "channel", [(channel.value, CHANNEL_LABELS[channel]) for channel in rules.HAND_CHANNELS])
        else:
            del self.fields["channel"], self.fields["name"]
            choose(self, "organisation", [(str(id_), name) for id_, name in posting_choices(viewer.person_id)])

    def organisation_id(self) -> UUID | None:
        """Of a valid form."""
        chosen = self.cleaned_data.get("organisation")
        return UUID(chosen) if chosen else None


class ReplyForm(ui.Form):
    """What becomes of a partner's offer."""

    state = forms.ChoiceField(label=gettext_lazy("Was antworten Sie?"), widget=forms.RadioSelect)
    reply = ui.LongText(label=gettext_lazy("Ein Satz dazu"), max_length=2000, rows=4)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "state", [(state.value, _said(PARTNER_STATES[state], language)) for state in REPLIES])
