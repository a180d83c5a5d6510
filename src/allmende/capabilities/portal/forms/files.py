"""The editor's upload forms: what is sent goes to `engines/media` before anything of it is kept."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from allmende.capabilities.portal.actions.files import editor_of, note_file
from allmende.core.errors import Invalid
from allmende.engines.media import interface as media


class PictureForm(BaseImageForm):
    """Draws the picture anew while the form is checked, so that a refusal stands beside the field."""

    kept: media.Image | None = None

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
    """A PDF with its summary; nothing else comes in."""

    def clean_file(self) -> Any:
        upload = self.cleaned_data.get("file")
        if upload is not None and "file" in self.changed_data:
            raise forms.ValidationError(_("Dateien nimmt das Portal noch nicht an."))
        return upload
