"""Forms of comments, reports, decisions, the roster and the published rules."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.accounts.interface import ContactForm, SignedForm
from allmende.core import city
from allmende.core.actor import Role, Viewer
from allmende.engines.discussion.models import Rule
from allmende.engines.discussion.rules.hours import WEEKDAY_NAMES
from allmende.engines.discussion.workflow import BODY_LIMIT, REASON_LIMIT, REPORT_LIMIT, Cause, ReportReason, Stance
from allmende.ui import forms as ui


def _choice(form: forms.Form, name: str) -> forms.ChoiceField:
    return cast("forms.ChoiceField", form.fields[name])


class CommentForm(SignedForm):
    """A comment. Guests may say who they are and how to reach them; nobody must."""

    field_order = ["body", "stance", "department", "post_as"]

    body = ui.LongText(label=gettext_lazy("Ihr Kommentar"), max_length=BODY_LIMIT, rows=6)
    stance = forms.ChoiceField(
        label=gettext_lazy("Wie stehen Sie dazu?"),
        choices=[("", gettext_lazy("ohne Angabe")), *Stance.choices],
        widget=forms.RadioSelect,
        required=False,
    )
    department = forms.ChoiceField(label=gettext_lazy("Sie antworten"), widget=forms.RadioSelect, required=False)

    def __init__(self, *args: Any, viewer: Viewer, is_answer: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        offices = [
            (slug, office.name(viewer.language))
            for slug, office in city.current().departments.items()
            if viewer.has(Role.CLERK, f"department:{slug}")
        ]
        if is_answer:
            del self.fields["stance"]
            self.fields["body"].label = _("Ihre Antwort")
        if offices:
            _choice(self, "department").choices = [("", _("als Person")), *offices]
        else:
            del self.fields["department"]
        self.confirms = self.asks_contact and bool(city.setting("discussion.guest_email", default=False))
        if self.confirms:
            self.only_by_mail()
        elif self.asks_contact:
            self.fields["contact_kind"].initial = "none"

    @property
    def words(self) -> list[Any]:
        """The fields about the comment itself; the others stand folded below."""
        return [self[name] for name in ("body", "stance", "department", "post_as") if name in self.fields]

    @property
    def person(self) -> list[Any]:
        return [self[name] for name in self.CONTACT if name in self.fields]


class EditForm(ui.Form):
    proof = True

    body = ui.LongText(label=gettext_lazy("Ihr Kommentar"), max_length=BODY_LIMIT, rows=6)


class ReceiptForm(ui.Form):
    """Number and code of the receipt that a guest was given."""

    number = forms.CharField(label=gettext_lazy("Nummer"), max_length=40)
    code = ui.CodeField(label=gettext_lazy("Code"), max_length=20)


class ReportForm(ContactForm):
    """A notice (DSA Art. 16(2)): what, why, and how to be told what came of it."""

    field_order = ["reason", "text"]

    reason = forms.ChoiceField(
        label=gettext_lazy("Was stimmt nicht?"), choices=ReportReason.choices, widget=forms.RadioSelect
    )
    text = ui.LongText(
        label=gettext_lazy("Bitte beschreiben Sie es kurz"),
        max_length=REPORT_LIMIT,
        rows=4,
        help_text=gettext_lazy("Welche Stelle meinen Sie, und warum ist sie nicht in Ordnung?"),
    )

    anonymous = forms.BooleanField(
        label=gettext_lazy("Ich möchte ohne Namen melden"),
        required=False,
        help_text=gettext_lazy("Wir sehen auch dann nach. Bei sexueller Gewalt an Kindern braucht es nie einen Namen."),
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        if not self.asks_contact:
            del self.fields["anonymous"]
        if self.asks_contact:
            self.fields["contact_kind"].initial = "none"
            self.fields["contact_kind"].label = _("Sollen wir Ihnen sagen, wie wir entschieden haben?")
            self.fields["display_name"].label = _("Ihr Name")
            self.fields["display_name"].help_text = _(
                "Er wird nicht veröffentlicht. Die Person, um deren Beitrag es geht, erfährt ihn nicht."
            )

    def clean(self) -> dict[str, Any]:
        """For what is unlawful the law asks for name and e-mail address (DSA Art. 16(2)(c)); without is a choice."""
        values = super().clean()
        if self.asks_contact and values.get("reason") == ReportReason.ILLEGAL and not values.get("anonymous"):
            named = str(values.get("display_name") or values.get("adult_name") or "").strip()
            if not named or values.get("contact_kind") in {"none", "number"}:
                self.add_error(
                    "anonymous",
                    _(
                        "Bei rechtswidrigen Beiträgen fragt das Gesetz nach Ihrem Namen und Ihrer E-Mail-Adresse. "
                        "Geben Sie beides an, oder kreuzen Sie an, dass Sie ohne Namen melden."
                    ),
                )
        return values

    @property
    def words(self) -> list[Any]:
        return [self["reason"], self["text"]]

    @property
    def person(self) -> list[Any]:
        return [self[name] for name in ("anonymous", *self.CONTACT) if name in self.fields]


class ObjectionForm(ui.Form):
    text = ui.LongText(
        label=gettext_lazy("Warum sollen wir noch einmal prüfen?"),
        max_length=REPORT_LIMIT,
        rows=5,
    )


class ReleaseForm(ui.Form):
    """Nothing but the form's own key."""


class RefuseForm(ui.Form):
    """Rule and reason; the reason starts as the rule's letter and is finished by a person."""

    rule = forms.ChoiceField(label=gettext_lazy("Gegen welche Regel verstößt der Beitrag?"), widget=forms.RadioSelect)
    reason = ui.LongText(
        label=gettext_lazy("Begründung an die Person"),
        max_length=REASON_LIMIT,
        rows=5,
        help_text=gettext_lazy("Sagen Sie freundlich, welche Stelle gemeint ist und was die Person tun kann."),
    )

    fact = ui.LongText(
        label=gettext_lazy("Um welche Stelle geht es?"),
        max_length=REASON_LIMIT,
        rows=2,
        required=False,
        help_text=gettext_lazy("Leer heißt: um den ganzen Beitrag."),
    )
    law = forms.CharField(
        label=gettext_lazy("Verstößt er auch gegen ein Gesetz?"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Zum Beispiel „§ 185 Strafgesetzbuch, Beleidigung“. Nur, wenn Sie sicher sind."),
    )

    def __init__(self, *args: Any, rules: Sequence[Rule], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choice(self, "rule").choices = [(rule.key, rule.short.get(language) or rule.short.get("de")) for rule in rules]


class NameForm(ui.Form):
    name = forms.CharField(
        label=gettext_lazy("Name, der aus dem Text soll"),
        max_length=80,
        help_text=gettext_lazy("So, wie er im Text steht. Dort steht dann „[Name entfernt]“."),
    )


class HandOverForm(ui.Form):
    to = forms.ChoiceField(label=gettext_lazy("An wen?"), required=False)
    note = forms.CharField(label=gettext_lazy("Hinweis"), max_length=500, required=False)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choice(self, "to").choices = [("", _("zurück in die Liste für alle")), *people]


class AgainForm(ui.Form):
    """Why a colleague's decision is looked at once more."""

    again_reason = ui.LongText(
        label=gettext_lazy("Was soll noch einmal geprüft werden?"),
        max_length=REASON_LIMIT,
        rows=3,
        help_text=gettext_lazy("Das lesen nur Menschen aus Moderation und Verwaltung."),
    )


class NoteForm(ui.Form):
    note = forms.CharField(label=gettext_lazy("Was haben Sie gesehen?"), max_length=500, required=False)


class EscalateForm(NoteForm):
    """Passing on because of danger; what is public can be taken off the page at once."""

    hide = forms.BooleanField(
        label=gettext_lazy("Bis zur Entscheidung nicht mehr zeigen"), initial=True, required=False
    )

    def __init__(self, *args: Any, is_public: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_public:
            del self.fields["hide"]


class QueueFilter(ui.Form):
    """Filters of the queue; they stay in the address."""

    bereich = forms.ChoiceField(label=gettext_lazy("Bereich"), required=False)
    anlass = forms.ChoiceField(
        label=gettext_lazy("Anlass"), choices=[("", gettext_lazy("alle")), *Cause.choices], required=False
    )
    nur = forms.ChoiceField(
        label=gettext_lazy("Nur"),
        choices=[
            ("", gettext_lazy("alle")),
            ("overdue", gettext_lazy("überfällige")),
            ("free", gettext_lazy("die niemand gerade prüft")),
            ("decided", gettext_lazy("in den letzten 30 Tagen entschiedene")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, scopes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choice(self, "bereich").choices = [("", _("alle")), *scopes]


class DutyForm(ui.Form):
    """A line of the roster."""

    person = forms.ChoiceField(label=gettext_lazy("Wer prüft?"))
    deputy = forms.ChoiceField(label=gettext_lazy("Vertretung"), required=False)
    scope = forms.ChoiceField(label=gettext_lazy("Bereich"), required=False)
    weekday = forms.ChoiceField(
        label=gettext_lazy("Wochentag"),
        choices=[
            ("", gettext_lazy("jeden Tag des Zeitraums")),
            *[(str(n), name) for n, name in enumerate(WEEKDAY_NAMES)],
        ],
        required=False,
    )
    starts_on = ui.DateField(label=gettext_lazy("Vom"), required=False)
    ends_on = ui.DateField(label=gettext_lazy("Bis einschließlich"), required=False)

    def __init__(
        self, *args: Any, people: Sequence[tuple[str, str]], scopes: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _choice(self, "person").choices = people
        _choice(self, "deputy").choices = [("", _("niemand")), *people]
        _choice(self, "scope").choices = scopes


class AbsenceForm(ui.Form):
    starts_on = ui.DateField(label=gettext_lazy("Nicht da vom"))
    ends_on = ui.DateField(label=gettext_lazy("Bis einschließlich"))


class RuleForm(ui.Form):
    """A published rule in both languages."""

    short_de = forms.CharField(label=gettext_lazy("Kurz, auf Deutsch"), max_length=120)
    long_de = ui.LongText(label=gettext_lazy("Ausführlich, auf Deutsch"), max_length=1500, rows=4)
    letter_de = ui.LongText(
        label=gettext_lazy("Beginn der Begründung, auf Deutsch"), max_length=1000, rows=3, required=False
    )
    short_en = forms.CharField(label=gettext_lazy("Kurz, auf Englisch"), max_length=120, required=False)
    long_en = ui.LongText(label=gettext_lazy("Ausführlich, auf Englisch"), max_length=1500, rows=4, required=False)
    letter_en = ui.LongText(
        label=gettext_lazy("Beginn der Begründung, auf Englisch"), max_length=1000, rows=3, required=False
    )
    retired = forms.BooleanField(label=gettext_lazy("Diese Regel gilt nicht mehr"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name.endswith(("_de", "_en")):
                field.widget.attrs["lang"] = name[-2:]

    def texts(self, column: str) -> dict[str, str]:
        return {code: self.cleaned_data.get(f"{column}_{code}", "") for code in ("de", "en")}
