from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from allmende.core import manifest
from allmende.ui.forms import Form


def kinds() -> list[tuple[str, str]]:
    """The kinds that one can search within, as people call them; each word once."""
    found = {kind.kind: str(kind.label_plural) for kind in manifest.index_kinds().values()}
    return sorted(found.items(), key=lambda pair: pair[1].casefold())


class SearchForm(Form):
    """What is looked for. Whatever comes is understood somehow; nothing here can be wrong."""

    q = forms.CharField(label=_("Suchwort"), required=True, strip=True)
    art = forms.ChoiceField(label=_("Art"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].widget = forms.TextInput(
            {"type": "search", "class": "kern-form-input__input", "autocapitalize": "none", "spellcheck": "true"}
        )
        self.fields["art"].choices = [("", _("Alles")), *kinds()]  # type: ignore[attr-defined]
