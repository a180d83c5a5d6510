"""The file field for pictures: what is kept of it while a form comes back holds no place and no camera either."""

import io
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from allmende.core.errors import Invalid
from allmende.engines.media.actions import pictures
from allmende.ui import forms as ui

ACCEPT = "image/jpeg,image/png,image/webp,image/heic,image/heif,.heic,.heif"
"""For the `accept` of a file field. A browser that cannot show HEIC offers it only when the ending is named."""
TYPES = {"jpg": "image/jpeg", "png": "image/png"}


def _hint() -> str:
    return _(
        "JPEG, PNG, WebP oder HEIC, höchstens %(size)s MB. Bitte ohne Gesichter. "
        "Angaben zu Ort und Gerät entfernen wir aus der Datei."
    ) % {"size": pictures.limit() // pictures.MEGABYTE}


class PictureField(ui.KeptFile):
    """A picture, looked at when the form is sent: what is none is refused beside the field.

    The value is the picture drawn anew (JPEG or PNG); so is what waits on the server when the form comes back.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", lazy(_hint, str)())
        super().__init__(max_size=2**31, accept=ACCEPT, **kwargs)  # the door knows the city's limit

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if not isinstance(file, UploadedFile):
            return file
        try:
            return drawn(file)
        except Invalid as error:
            raise forms.ValidationError(str(error.message), code="domain") from error


def drawn(file: "UploadedFile[bytes]") -> SimpleUploadedFile:
    """The upload as a clean picture under its old name. Raises Invalid."""
    file.seek(0)
    master = pictures.draw(io.BytesIO(file.read(pictures.limit() + 1))).files[-1]
    name = f"{Path(file.name or 'bild').stem[:100]}.{master.extension}"
    return SimpleUploadedFile(name, master.content, TYPES[master.extension])
