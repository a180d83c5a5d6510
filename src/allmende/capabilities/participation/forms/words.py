"""What people say: handing in, changing, entering for somebody; the filters of the list."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.accounts.interface import ContactForm, SignedForm
from allmende.capabilities.participation import rules
from allmende.capabilities.participation.forms.ages import age_field
from allmende.capabilities.participation.forms.choices import choose, districts
from allmende.capabilities.participation.models import (
    BODY_LIMIT,
    TITLE_LIMIT,
    TopicStore,
)
from allmende.core.actor import CHANNEL_LABELS
from allmende.engines.media import interface as media
from allmende.engines.places import interface as places
from allmende.ui import forms as ui


class WordsFields(forms.Form):
    """What is said and where: shared by handing in, changing and entering for somebody."""

    title = forms.CharField(
        label=gettext_lazy("Ihre Idee in einem Satz"),
        max_length=TITLE_LIMIT,
        help_text=gettext_lazy("So, wie Sie es einer Nachbarin sagen würden."),
    )
    body = ui.LongText(
        label=gettext_lazy("Beschreibung"),
        max_length=BODY_LIMIT,
        rows=8,
        help_text=gettext_lazy("Was soll anders werden, und warum? Bitte nennen Sie keine Namen anderer Menschen."),
    )
    category = forms.ChoiceField(label=gettext_lazy("Rubrik"), required=False)
    place = places.PlaceField(
        label=gettext_lazy("Wo in der Stadt?"),
        required=False,
        help_text=gettext_lazy("Straße, Haltestelle oder Platz. Das wird öffentlich."),
    )
    district = forms.ChoiceField(label=gettext_lazy("Stadtteil"), required=False)

    def for_store(self, store: TopicStore, language: str) -> None:
        """Offers the store's categories and the city's districts; a question asks in its own words."""
        names = [(row.slug, str(row.names.get(language) or row.names.get("de", ""))) for row in store.categories.all()]
        if names:
            choose(self, "category", [("", _("keine davon")), *names])
        else:
            del self.fields["category"]
        choose(self, "district", districts())
        if store.is_need:
            self.fields["title"].label = _("Ihr Wunsch in einem Satz")
            self.fields["body"].help_text = _(
                "Wofür brauchen Sie es, wann, für wen? Bitte nennen Sie keine Namen anderer Menschen."
            )
        if store.is_question:
            self.fields["title"].label = _("Ihre Antwort in einem Satz")
            self.fields["body"].help_text = _("Es gibt kein Richtig und kein Falsch.")


class IdeaForm(WordsFields, SignedForm):
    """An idea, by a guest or with an account. `store` is fixed by the page."""

    image = media.PictureField(label=gettext_lazy("Bild"), required=False)
    image_alt = forms.CharField(
        label=gettext_lazy("Was ist auf dem Bild zu sehen?"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Für Menschen, die das Bild nicht sehen."),
    )

    field_order = (
        "title", "body", "category", "place", "district", "image", "image_alt", "post_as", *ContactForm.CONTACT,
        "age_group",
    )  # fmt: skip

    def __init__(self, *args: Any, store: TopicStore, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.for_store(store, language)
        if store.module.project.asks_age:
            self.fields["age_group"] = age_field()
        self.confirms = self.asks_contact and store.guests == TopicStore.Guests.CONFIRMED
        if self.confirms:
            self.only_by_mail()

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("image") and not values.get("image_alt", "").strip():
            self.add_error("image_alt", _("Bitte beschreiben Sie das Bild in einem Satz."))
        return values


DRAFT_FIELDS = (
    "title", "body", "category", "place", "place_at", "place_for", "district", "image_alt", "post_as", "entrant",
    "concept_summary",
)  # fmt: skip
"""What a draft keeps: the words, never how to reach somebody."""


class EditIdeaForm(WordsFields, ui.Form):
    """New words for an idea of one's own."""

    def __init__(self, *args: Any, store: TopicStore, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.for_store(store, language)


class EnterForm(WordsFields, ContactForm):
    """What came on paper, by telephone or at the counter, entered by staff; everything on one page."""

    proof = False
    channel = forms.ChoiceField(label=gettext_lazy("Wie kam der Beitrag?"), widget=forms.RadioSelect)
    received_on = ui.DateField(label=gettext_lazy("Eingegangen am"))
    store = forms.ChoiceField(label=gettext_lazy("Wozu?"))
    language = forms.ChoiceField(
        label=gettext_lazy("Sprache des Beitrags"), choices=[("de", "Deutsch"), ("en", "English")], initial="de"
    )
    field_order = (
        "channel", "received_on", "store", "title", "body", "category", "place", "district", "language",
        *ContactForm.CONTACT,
    )  # fmt: skip

    def __init__(self, *args: Any, stores: Sequence[TopicStore], language: str, **kwargs: Any) -> None:
        from allmende.core.actor import Viewer

        super().__init__(*args, viewer=Viewer(language=language), **kwargs)
        choose(self, "channel", [(channel.value, CHANNEL_LABELS[channel]) for channel in rules.HAND_CHANNELS])
        choose(self, "store", [(str(store.number), store.title.get(language) or str(store)) for store in stores])
        pairs: list[Any] = [("", _("keine"))]
        pairs += [
            (
                store.title.get(language) or str(store),
                [(f"{store.number}:{row.slug}", row.names.get(language) or row.names["de"]) for row in rows],
            )
            for store in stores
            if (rows := list(store.categories.all()))
        ]
        choose(self, "category", pairs)
        choose(self, "district", districts())
        self.asking = {str(store.number) for store in stores if store.module.project.asks_age}
        if self.asking:
            self.fields["age_group"] = age_field()
            self.fields["age_group"].label = _("Altersgruppe")
            self.fields["age_group"].help_text = _("Nur, wenn die Person sie von sich aus nennt.")
        self.fields["title"].label = _("Der Beitrag in einem Satz")
        self.fields["title"].help_text = _("Möglichst in den Worten der Person.")
        self.fields["body"].help_text = ""
        self.fields["contact_kind"].label = _("Wie möchte die Person Antwort bekommen?")
        self.fields["display_name"].help_text = _("Leer heißt „Gast“.")
        self.fields["under_16"].label = _("Die Person ist noch nicht 16 Jahre alt")
        self.fields["under_16"].help_text = _(
            "Dann braucht es die Einwilligung eines Erwachsenen auf Papier, mit Datum."
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        number, _colon, slug = str(values.get("category") or "").partition(":")
        if slug and number != values.get("store"):
            self.add_error("category", _("Diese Rubrik gehört zu einer anderen Sammlung."))
        values["category"] = slug
        if values.get("age_group") and values.get("store") not in self.asking:
            self.add_error("age_group", _("Diese Sammlung fragt nicht nach dem Alter."))
        return values
