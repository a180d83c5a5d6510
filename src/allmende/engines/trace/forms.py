from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from allmende.core.manifest import Shown
from allmende.engines.trace.models import LONGEST_REASON
from allmende.ui.forms import Form, LongText

TO, FROM = "to", "from"


class LinkForm(Form):
    """Which thing, in which direction, and why."""

    target = forms.ChoiceField(label=_("Womit verknüpfen?"), widget=forms.RadioSelect)
    direction = forms.ChoiceField(
        label=_("Was führte wozu?"),
        widget=forms.RadioSelect,
        initial=TO,
        choices=[(TO, _("Diese Sache führte zu der ausgewählten.")), (FROM, _("Die ausgewählte führte zu dieser."))],
    )
    reason = LongText(
        label=_("Warum?"),
        help_text=_("Ein Satz, den alle lesen können. Keine Namen von Personen."),
        max_length=LONGEST_REASON,
        rows=3,
    )

    def __init__(self, found: Sequence[Shown], language: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(thing.ref), _choice(thing, language)) for thing in found]
        self.fields["target"].choices = choices  # type: ignore[attr-defined]


def _choice(thing: Shown, language: str) -> SafeString:
    """A thing as one tells it from others of the same title."""
    day = formats.date_format(timezone.localtime(thing.happened_at), "SHORT_DATE_FORMAT")
    facts = [thing.kind_label, thing.state_label(language), day]
    more = ", ".join(fact for fact in facts if fact)
    own = thing.title_language(language)
    return format_html('<span lang="{}" dir="auto">{}</span> ({})', own, thing.title(language), more)


class RetractForm(Form):
    """Why a link was wrong."""

    reason = LongText(
        label=_("Warum nehmen Sie die Verknüpfung zurück?"),
        help_text=_("Ein Satz, den alle lesen können. Keine Namen von Personen."),
        max_length=LONGEST_REASON,
        rows=3,
    )
