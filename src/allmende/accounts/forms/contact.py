"""Who a guest is and how the city reaches them (practice.md 4, 5, 6): fields that any room's form can begin with."""

from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.accounts import queries
from allmende.accounts.forms.own import require_contact
from allmende.accounts.forms.signing_in import email_field
from allmende.accounts.models import Person
from allmende.core.actor import Viewer
from allmende.ui.forms import Form, LongText

HINTS = {
    Person.ContactKind.EMAIL: gettext_lazy("per E-Mail"),
    Person.ContactKind.LETTER: gettext_lazy("per Brief"),
    Person.ContactKind.TELEPHONE: gettext_lazy("per Telefon"),
    Person.ContactKind.NUMBER: gettext_lazy("gar nicht: Ich schaue mit Nummer und Code selbst nach"),
    Person.ContactKind.NONE: gettext_lazy("gar nicht"),
}


class ContactForm(Form):
    """A form that asks guests for name and contact and signed-in people for neither.

    class IdeaForm(ContactForm): …
    form = IdeaForm(request.POST, viewer=request.viewer)
    guest(**form.guest_data(language=…))  # inside the action, when `form.asks_contact`
    """

    CONTACT: ClassVar[tuple[str, ...]] = (
        "display_name", "contact_kind", "email", "telephone", "postal_address", "under_16", "adult_name",
    )  # fmt: skip
    proof = True

    display_name = forms.CharField(
        label=gettext_lazy("Anzeigename"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("So steht Ihr Name beim Beitrag. Ein erfundener Name ist gut. Leer heißt „Gast“."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    contact_kind = forms.ChoiceField(
        label=gettext_lazy("Wie sollen wir antworten?"),
        choices=[(kind.value, HINTS[kind]) for kind in Person.ContactKind],
        widget=forms.RadioSelect,
        initial=Person.ContactKind.EMAIL.value,
    )
    email = email_field(required=False, help_text=gettext_lazy("Sie wird nicht veröffentlicht."))
    telephone = forms.CharField(
        label=gettext_lazy("Telefonnummer"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Sie wird nicht veröffentlicht."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    postal_address = LongText(
        label=gettext_lazy("Anschrift"),
        max_length=400,
        rows=3,
        required=False,
        help_text=gettext_lazy("Sie wird nicht veröffentlicht."),
    )
    under_16 = forms.BooleanField(
        label=gettext_lazy("Ich bin noch nicht 16 Jahre alt"),
        required=False,
        help_text=gettext_lazy("Dann zeigen wir keinen Namen und sprechen mit einem Erwachsenen, dem Sie vertrauen."),
    )
    adult_name = forms.CharField(
        label=gettext_lazy("Name des Erwachsenen, den wir ansprechen dürfen"),
        max_length=120,
        required=False,
        help_text=gettext_lazy(
            "Nur wenn Sie noch nicht 16 sind. Adresse oder Telefonnummer oben gehören dann dieser Person."
        ),
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks_contact = not viewer.is_signed_in
        if not self.asks_contact:
            for name in self.CONTACT:
                del self.fields[name]

    def only_by_mail(self) -> None:
        """Where a guest confirms an address, there is no other way to be reached."""
        kind = cast("forms.ChoiceField", self.fields["contact_kind"])
        kind.choices = [(Person.ContactKind.EMAIL.value, HINTS[Person.ContactKind.EMAIL])]
        kind.initial = Person.ContactKind.EMAIL.value
        kind.widget = forms.HiddenInput()
        self.fields["email"].required = True
        self.fields["email"].help_text = _(
            "Sie wird nicht veröffentlicht. Wir senden Ihnen einen Link; erst danach liest jemand Ihren Beitrag."
        )
        self.fields["adult_name"].help_text = _(
            "Nur wenn Sie noch nicht 16 sind. Die E-Mail-Adresse oben gehört dann dieser Person."
        )
        for name in ("telephone", "postal_address"):
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.asks_contact:
            return values
        require_contact(self, values)
        if not values.get("under_16"):
            values["adult_name"] = ""
        else:
            values["display_name"] = ""
            reached = values.get("contact_kind") not in {Person.ContactKind.NUMBER, Person.ContactKind.NONE}
            if reached and not values.get("adult_name"):
                self.add_error("adult_name", _("Bitte nennen Sie einen Erwachsenen, den wir ansprechen dürfen."))
        return values

    def guest_data(self, *, language: str) -> dict[str, Any]:
        """The keyword arguments of `interface.guest`; call it on a valid form that asks for contact."""
        assert self.asks_contact, "signed-in people are no guests"
        return {**{name: self.cleaned_data.get(name, "") for name in self.CONTACT}, "language": language}


class SignedForm(ContactForm):
    """A form whose sender may sign for a group that let them do so (practice.md 6); everybody else is not asked.

    class IdeaForm(SignedForm): …
    {% if form.post_as %}{{ form.post_as.as_field_group }}{% endif %}
    submit(organisation_id=form.organisation_id())  # the action asks `interface.sign_as` again
    """

    post_as = forms.ChoiceField(
        label=gettext_lazy("In wessen Namen schreiben Sie?"),
        widget=forms.RadioSelect,
        required=False,
        help_text=gettext_lazy("Gezeigt wird nur der gewählte Name."),
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        groups = queries.posting_choices(viewer.person_id)
        if not groups or viewer.person_id is None:
            del self.fields["post_as"]
            return
        own = queries.person(viewer.person_id).label
        choices = [("", _("in meinem Namen: %(name)s") % {"name": own}), *((str(id_), name) for id_, name in groups)]
        cast("forms.ChoiceField", self.fields["post_as"]).choices = choices

    def organisation_id(self) -> UUID | None:
        """The chosen group of a valid form; None for the person themselves."""
        chosen = self.cleaned_data.get("post_as")
        return UUID(chosen) if chosen else None
