"""The first time with an identity provider: address and name."""

from typing import Any
from uuid import UUID

from allauth.socialaccount.forms import SignupForm
from django import forms
from django.utils.translation import gettext_lazy as _

from allmende.accounts import queries
from allmende.accounts.forms.signing_in import email_field
from allmende.ui.forms import Form


class ProviderSignupForm(Form, SignupForm):
    """What the provider knows of name and address is a suggestion; the address is proven by a code as any other."""

    email = email_field(
        help_text=_("Nur zum Anmelden und für Nachrichten, die Sie bestellen. Sie wird nirgends gezeigt.")
    )
    display_name = forms.CharField(
        label=_("Anzeigename"),
        max_length=60,
        help_text=_(
            "So steht Ihr Name bei Ihren Beiträgen. Ein erfundener Name ist gut. Sie können ihn später ändern."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-Mail-Adresse")
        self.fields["display_name"].initial = queries.suggested_name
        self.order_fields(("email", "display_name"))

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        no_guest: UUID | None = None
        values["guest"] = no_guest
        return values
