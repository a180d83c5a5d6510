"""Forms as everyone can use them (practice.md 11 to 15): rooms derive from `Form` and get the same markup everywhere.

A form that comes back keeps what was typed and the file that was chosen. Errors are sentences that say what to do; they
stand beside the field and, the same words, in the summary that takes the focus. Nothing is checked while one types.
"""

import hashlib
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, cast

from django import forms
from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.forms.renderers import DjangoTemplates
from django.template import loader
from django.utils import formats
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from allmende.core.errors import Closed, Conflict, DomainError, Invalid, TooMany
from allmende.core.texts import Text

ONCE_FIELD = "_once"
"""Hidden field with a key made with the form, so that a form sent twice counts once (read by accounts.middleware)."""
KEPT_FOR = 24 * 3600
"""Seconds for which an uploaded file waits for its form to come back."""
PROOF_FOR = 4 * 3600
PROOF_BITS = 14
"""Leading zero bits asked of the browser: about 16,000 hashes, a second on an old phone."""

SENTENCES: dict[str, Text] = {
    "required": gettext_lazy("Bitte füllen Sie das Feld „%(label)s“ aus."),
    "required choice": gettext_lazy("Bitte wählen Sie bei „%(label)s“ etwas aus."),
    "required file": gettext_lazy("Bitte wählen Sie bei „%(label)s“ eine Datei aus."),
    "required check": gettext_lazy("Bitte bestätigen Sie: %(label)s"),
    "invalid": gettext_lazy("Bitte prüfen Sie Ihre Angabe bei „%(label)s“."),
    "invalid email": gettext_lazy(
        "Bitte geben Sie eine vollständige E-Mail-Adresse ein, zum Beispiel name@beispiel.de."
    ),
    "invalid date": gettext_lazy("Bitte geben Sie bei „%(label)s“ ein Datum ein, zum Beispiel 24.02.2027."),
    "invalid number": gettext_lazy("Bitte geben Sie bei „%(label)s“ eine Zahl ein."),
    "invalid_choice": gettext_lazy("Bitte wählen Sie bei „%(label)s“ einen Eintrag aus der Liste."),
    "invalid_list": gettext_lazy("Bitte wählen Sie bei „%(label)s“ einen Eintrag aus der Liste."),
    "max_length": gettext_lazy(
        "Bitte kürzen Sie „%(label)s“ auf %(limit_value)s Zeichen. Jetzt sind es %(show_value)s."
    ),
    "min_length": gettext_lazy("Bitte schreiben Sie bei „%(label)s“ mindestens %(limit_value)s Zeichen."),
    "max_value": gettext_lazy("Bitte geben Sie bei „%(label)s“ höchstens %(limit_value)s ein."),
    "min_value": gettext_lazy("Bitte geben Sie bei „%(label)s“ mindestens %(limit_value)s ein."),
    "empty": gettext_lazy("Die Datei ist leer. Bitte wählen Sie eine andere."),
    "null_characters_not_allowed": gettext_lazy("Bei „%(label)s“ stehen Zeichen, die sich nicht speichern lassen."),
}
"""What to do, for each code of Django's; a more exact sentence stands under "code kind"."""


def _kind(field: forms.Field) -> str:
    kinds: tuple[tuple[tuple[type[forms.Field], ...], str], ...] = (
        ((forms.BooleanField,), "check"),
        ((forms.FileField,), "file"),
        ((forms.ChoiceField, forms.ModelChoiceField), "choice"),
        ((forms.EmailField,), "email"),
        ((forms.DateField, forms.DateTimeField), "date"),
        ((forms.IntegerField,), "number"),
    )
    return next((name for types, name in kinds if isinstance(field, types)), "")


def _in_plain_words(error: forms.ValidationError, field: forms.Field) -> None:
    """Puts our sentence in place of Django's, unless the room gave one of its own for this code."""
    code = error.code or ""
    default: Any = None
    for kind in type(field).__mro__:
        default = default or getattr(kind, "default_error_messages", {}).get(code)
    if field.error_messages.get(code) != default:
        return
    sentence = SENTENCES.get(f"{code} {_kind(field)}") or (SENTENCES.get(code) if error.params or default else None)
    if sentence:
        error.message = sentence
        error.params = {**(error.params or {}), "label": field.label}


class Renderer(DjangoTemplates):
    """Field markup from `ui/parts/`, inner widgets from Django."""

    form_template_name = "ui/parts/fields.html"
    field_template_name = "ui/parts/field.html"

    def get_template(self, template_name: str) -> Any:
        if template_name.startswith("ui/"):
            return loader.get_template(template_name)
        return super().get_template(template_name)


class BoundField(forms.BoundField):
    """A field as the templates see it: its shape, its hint, its limit, its first error."""

    SHAPES: ClassVar[tuple[tuple[type[forms.Widget], str, str], ...]] = (
        (forms.CheckboxSelectMultiple, "choices", "kern-form-check__checkbox"),
        (forms.RadioSelect, "choices", "kern-form-check__radio"),
        (forms.CheckboxInput, "check", "kern-form-check__checkbox"),
        (forms.Select, "select", "kern-form-input__select"),
        (forms.FileInput, "file", "kern-form-input__input"),
        (forms.Textarea, "text", "kern-form-input__input"),
        (forms.Widget, "input", "kern-form-input__input"),
    )

    @property
    def shape(self) -> str:
        return next(name for kind, name, _css in self.SHAPES if isinstance(self.field.widget, kind))

    @property
    def is_radio(self) -> bool:
        return isinstance(self.field.widget, forms.RadioSelect) and self.shape == "choices"

    @property
    def limit(self) -> int | None:
        """How many characters fit, where the counter counts them."""
        return getattr(self.field, "max_length", None) if self.shape == "text" else None

    @property
    def hint_id(self) -> str:
        return f"{self.auto_id}_helptext"

    @property
    def error_id(self) -> str:
        return f"{self.auto_id}_error"

    @property
    def hint(self) -> str:
        """The help text, and the limit where there is one."""
        limit = self.limit
        text = str(self.help_text)
        if limit is None:
            return text
        words = ngettext("Höchstens %(n)s Zeichen.", "Höchstens %(n)s Zeichen.", limit) % {
            "n": formats.number_format(limit)
        }
        return f"{text} {words}".strip()

    @property
    def aria_describedby(self) -> str | None:
        if self.field.widget.attrs.get("aria-describedby"):
            return None
        ids = [self.hint_id] if self.hint else []
        return " ".join([*ids, self.error_id] if self.errors else ids) or None

    @property
    def first_id(self) -> str:
        """Where the summary's link leads: the field, or the first of its choices."""
        return f"{self.auto_id}_0" if self.shape == "choices" else self.auto_id

    @property
    def kept(self) -> "Kept | None":
        """The file that was kept while the form came back."""
        return cast("Form", self.form).kept.get(self.name)

    def build_widget_attrs(self, attrs: Mapping[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        found: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        used = widget or self.field.widget
        if used.is_hidden:
            return found
        if isinstance(used, forms.DateInput) and self.errors:
            used.input_type = "text"  # a browser's picker would drop what was typed
        css = next(css for kind, _name, css in self.SHAPES if isinstance(used, kind))
        found["class"] = f"{css} {used.attrs.get('class', '')}".strip()
        if self.shape == "choices":
            found.pop("aria-invalid", None)
        if self.limit:
            found["data-limit"] = self.limit
        return found


@dataclass(frozen=True)
class Kept:
    """A file that waits on the server: `token` says which, `name` and `size` (bytes) are for the person."""

    token: str
    name: str
    size: int


def uploads() -> Path:
    """Where files wait for their form; private, emptied by age."""
    folder: Path = settings.CONFIG.city_home / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def keep(file: UploadedFile) -> Kept:
    """Stores an uploaded file for 24 hours under a signed token."""
    key = uuid.uuid4().hex
    with (uploads() / key).open("xb") as target:
        for chunk in file.chunks():
            target.write(chunk)
    name, size = Path(file.name or "datei").name[:120], int(file.size or 0)
    token = signing.dumps([key, name, file.content_type or ""], salt="allmende.ui.kept")
    return Kept(token, name, size)


def kept_file(token: str) -> UploadedFile | None:
    """The file behind a token, or None when it is too old or not ours."""
    with suppress(signing.BadSignature, FileNotFoundError, ValueError):
        key, name, content_type = signing.loads(token, salt="allmende.ui.kept", max_age=KEPT_FOR)
        return SimpleUploadedFile(name, (uploads() / key).read_bytes(), content_type or "application/octet-stream")
    return None


def forget_old_uploads(now: float) -> int:
    """Deletes files that waited longer than 24 hours; `now` in Unix seconds. Returns how many."""
    old = [path for path in uploads().iterdir() if now - path.stat().st_mtime > KEPT_FOR]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


class KeptFileInput(forms.FileInput):
    """A file field that falls back to the file kept from the attempt before."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        new = super().value_from_datadict(data, files, name)
        if new is not None or data.get(f"{name}_remove"):
            return new
        token = data.get(f"{name}_kept")
        return kept_file(token) if token else None

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in files and f"{name}_kept" not in data

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class KeptFile(forms.FileField):
    """A file that survives an error elsewhere in the form. `max_size` in bytes, `accept` as in HTML."""

    widget = KeptFileInput

    def __init__(self, *, max_size: int, accept: str = "", **kwargs: Any) -> None:
        self.max_size = max_size
        super().__init__(**kwargs)
        if accept:
            self.widget.attrs["accept"] = accept

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if isinstance(file, UploadedFile) and (file.size or 0) > self.max_size:
            size = formats.number_format(self.max_size / 1024 / 1024, decimal_pos=0)
            raise forms.ValidationError(
                _("Die Datei ist größer als %(size)s MB. Bitte wählen Sie eine kleinere.") % {"size": size}
            )
        return file


class LongText(forms.CharField):
    """Text of several lines, counted as people count: a line break is one character whatever the browser sends."""

    widget = forms.Textarea

    def __init__(self, *, rows: int = 6, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs["rows"] = rows

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return re.sub(r"\r\n?", "\n", text)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)  # what is too long can be shortened, not lost
        return attrs


class DateField(forms.DateField):
    """A day; the browser's own picker, and typing in German or ISO form."""

    widget = forms.DateInput(attrs={"type": "date", "class": "kern-form-input__input--short"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"], **kwargs)


class CodeField(forms.CharField):
    """A code of six signs: one field that can be pasted into, filled in by the phone (practice.md 14)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.update(
            autocomplete="one-time-code", autocapitalize="characters", spellcheck="false",
            **{"class": "kern-form-input__input--code"},
        )  # fmt: skip

    def to_python(self, value: Any) -> str:
        return re.sub(r"[\s-]", "", super().to_python(value) or "").upper()


class Form(forms.Form):
    """Base of every form. `{{ form }}` renders its fields; pages use `ui/parts/form.html` for all around them.

    `proof = True` asks the browser for a proof of work (see `proven`): whoever has no script is not refused, the
    room's view passes `form.proven` on and the post goes to moderation.
    """

    default_renderer = Renderer
    bound_field_class = BoundField
    use_required_attribute = True
    proof: ClassVar[bool] = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.kept: dict[str, Kept] = {}
        self.made = uuid.uuid4().hex

    @property
    def once(self) -> str:
        """The form's own key: the same when it comes back, so that a form sent twice counts once."""
        sent = str(self.data.get(ONCE_FIELD, ""))
        return sent if re.fullmatch(r"[0-9a-f]{32}", sent) else self.made

    def add_error(self, field: str | None, error: Any) -> None:
        """As Django's; its standard messages become sentences that say what to do."""
        if field in self.fields and isinstance(error, forms.ValidationError) and hasattr(error, "error_list"):
            for single in error.error_list:
                _in_plain_words(single, self.fields[field])
        super().add_error(field, error)

    def full_clean(self) -> None:
        """Cleans; when the form has to come back, what was uploaded is kept for the next attempt."""
        super().full_clean()
        if self.is_bound and self.errors:
            self.keep_files()

    def keep_files(self) -> None:
        """Keeps every uploaded file that is in order itself; done at most once."""
        for name, field in self.fields.items():
            if isinstance(field, KeptFile) and name not in self.kept and name not in self.errors:
                file = self.cleaned_data.get(name)
                if isinstance(file, UploadedFile):
                    file.seek(0)
                    self.kept[name] = keep(file)

    def add_domain_error(self, error: DomainError) -> None:
        """Shows what an action refused: beside the fields that it names, else above all of them."""
        named = error.fields if isinstance(error, Invalid) else {}
        known = {name: text for name, text in named.items() if name in self.fields}
        for name, text in known.items():
            self.add_error(name, forms.ValidationError(str(text), code="domain"))
        if not known:
            self.add_error(None, forms.ValidationError(str(error.message), code="domain"))
        self.keep_files()

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Runs an action; what it refuses becomes the form's error, and the view goes on to show the form again.

        with form.attempt():
            idea = actions.submit_idea(actor=request.actor, …)
            return redirect(…)
        return render_form(request, "…", form)
        """
        try:
            yield
        except (Invalid, Closed, Conflict, TooMany) as error:
            self.add_domain_error(error)

    @property
    def problems(self) -> list[tuple[str, str]]:
        """(id of the field or "", sentence), in the order of the fields: for the summary."""
        rows = [("", str(text)) for text in self.non_field_errors()]
        for bound in self:
            rows += [(cast("BoundField", bound).first_id, str(text)) for text in bound.errors]
        return rows

    @cached_property
    def challenge(self) -> str:
        """What the browser works on while one writes; signed with its time."""
        return signing.dumps(uuid.uuid4().hex, salt="allmende.ui.proof")

    @property
    def difficulty(self) -> int:
        return PROOF_BITS

    @property
    def proven(self) -> bool:
        """Whether the browser has worked for this form. False is no error: the post is looked at by a person."""
        challenge, nonce = str(self.data.get("_challenge", "")), str(self.data.get("_proof", ""))
        if not nonce or len(nonce) > 20:  # noqa: PLR2004 - a nonce is a counter
            return False
        try:
            signing.loads(challenge, salt="allmende.ui.proof", max_age=PROOF_FOR)
        except signing.BadSignature:
            return False
        digest = int.from_bytes(hashlib.sha256(f"{challenge}:{nonce}".encode()).digest())
        return digest >> (256 - PROOF_BITS) == 0
