"""The editor's upload forms: what is sent goes to `engines/media` before anything of it is kept."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from allmende.capabilities.portal.actions.files import editor_of, note_file
from allmende.core.errors import Invalid
from allmende.engines.media import interface as media


class PictureForm(BaseImageForm):
    """Draws the picture anew while the form is checked, so that a refusal stands beside the field."""

    kept: media.Medium | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user = kwargs.get("user") or kwargs.get("for_user")
        super().__init__(*args, **kwargs)
        if "description" in self.fields:
            self.fields["description"].required = True
            self.fields["description"].label = _("Was das Bild zeigt")
            self.fields["description"].help_text = _("Für alle, die es nicht sehen. Ein Satz genügt.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        upload = cleaned.get("file")
        if upload is not None and "file" in self.changed_data and not self.errors:
            upload.seek(0)
            try:
                self.kept = media.take_image(
                    upload, alt=cleaned.get("description", ""), actor=editor_of(self.user), field="file"
                )
            except Invalid as error:
                for sentence in error.fields.values():
                    self.add_error("file", str(sentence))
        return cleaned

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        picture = super().save(commit=False)
        if self.kept is not None:
            picture.media_id = self.kept.pk
            picture.width, picture.height = self.kept.width, self.kept.height
            picture.file.name = f"{picture.key}.jpg"
        if commit:
            with transaction.atomic():
                picture.save()
                self.save_m2m()
                note_file(picture, self.kept, self.user, self.changed_data)
        return picture


class DocumentForm(BaseDocumentForm):
    """A PDF with its summary; whatever else comes is refused in plain words, beside the field."""

    kept: media.Medium | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user = kwargs.get("user") or kwargs.get("for_user")
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        upload = cleaned.get("file")
        if upload is not None and "file" in self.changed_data and not self.errors:
            upload.seek(0)
            words = media.Words(cleaned["title"], cleaned["summary"], cleaned["language"])
            try:
                self.kept = media.take_document(upload, words=words, actor=editor_of(self.user))
            except Invalid as error:
                for name, sentence in error.fields.items():
                    self.add_error(name if name in self.fields else "file", str(sentence))
        return cleaned

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        document = super().save(commit=False)
        if self.kept is not None:
            document.media_id = self.kept.pk
            document.file.name = f"{document.key}.pdf"
        if commit:
            with transaction.atomic():
                document.save()
                self.save_m2m()
                note_file(document, self.kept, self.user, self.changed_data)
        return document
