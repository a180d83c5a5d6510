"""The form that every room derives from, and how its fields look to the templates."""

import hashlib
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, cast

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.forms.renderers import DjangoTemplates
from django.template import loader
from django.utils import formats
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from allmende.core.errors import Closed, Conflict, DomainError, Invalid, TooMany
from allmende.ui.forms import quick
from allmende.ui.forms.kept import Kept, KeptFile, keep
from allmende.ui.forms.words import in_plain_words

ONCE_FIELD = "_once"
"""Hidden field with a key made with the form, so that a form sent twice counts once (read by accounts.middleware)."""
PROOF_FOR = 4 * 3600
PROOF_BITS = 14
"""Leading zero bits asked of the browser: about 16,000 hashes, a second on an old phone."""
NONCE_LENGTH = 20


class Renderer(DjangoTemplates):
    """Field markup from `ui/parts/`, inner widgets from Django."""

    form_template_name = "ui/parts/fields.html"
    field_template_name = "ui/parts/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> SafeString:
        if template_name == quick.SELECT:
            return quick.select(context["widget"])
        return cast("SafeString", super().render(template_name, context, request))

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

    def build_widget_attrs(self, attrs: Any, widget: forms.Widget | None = None) -> dict[str, Any]:
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


class Form(forms.Form):
    """Base of every form. `{{ form }}` renders its fields; pages use `ui/parts/form.html` for all around them.

    `proof = True` asks the browser for a proof of work (see `proven`): whoever has no script is not refused, the
    room's view passes `form.proven` on and the post goes to moderation.
    """

    default_renderer = Renderer()  # one for all: each has an engine, which compiles its templates once
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
                in_plain_words(single, self.fields[field])
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
        if not nonce or len(nonce) > NONCE_LENGTH:
            return False
        try:
            signing.loads(challenge, salt="allmende.ui.proof", max_age=PROOF_FOR)
        except signing.BadSignature:
            return False
        digest = int.from_bytes(hashlib.sha256(f"{challenge}:{nonce}".encode()).digest())
        return digest >> (256 - PROOF_BITS) == 0
