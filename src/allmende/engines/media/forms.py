"""The file field for pictures, whose kept file holds no place and no camera either, and the editors' forms."""

import io
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.core.errors import Invalid
from allmende.engines.media.actions import pictures
from allmende.ui import forms as ui

ACCEPT = "image/jpeg,image/png,image/webp,image/heic,image/heif,.heic,.heif"
"""For the `accept` of a file field. A browser that cannot show HEIC offers it only when the ending is named."""


def _hint() -> str:
    return _(
        "JPEG, PNG, WebP oder HEIC, höchstens %(size)s MB. Bitte ohne Gesichter. "
        "Angaben zu Ort und Gerät entfernen wir aus der Datei."
    ) % {"size": pictures.limit() // pictures.MEGABYTE}


class PictureField(ui.KeptFile):
    """A picture, looked at when the form is sent: what is none is refused beside the field.

    The value is the picture drawn anew (JPEG or PNG); so is what waits on the server when the form comes back. With
    `later` it is only looked at from outside and drawn by the worker (`interface.take_image_later`).
    """

    def __init__(self, *, later: bool = False, **kwargs: Any) -> None:
        self.later = later
        kwargs.setdefault("help_text", lazy(_hint, str)())
        super().__init__(max_size=2**31, accept=ACCEPT, **kwargs)  # the door knows the city's limit

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if not isinstance(file, UploadedFile):
            return file
        try:
            if self.later:
                file.seek(0)
                pictures.admitted(file)
                file.seek(0)
                return file
            return drawn(file)
        except Invalid as error:
            raise forms.ValidationError(str(error.message), code="domain") from error


def drawn(file: "UploadedFile[bytes]") -> pictures.DrawnUpload:
    """The upload as a clean picture under its old name. Raises Invalid."""
    file.seek(0)
    picture = pictures.draw(io.BytesIO(file.read(pictures.limit() + 1)))
    return pictures.DrawnUpload(Path(file.name or "bild").stem[:100], picture)


LANGUAGES = [("de", "Deutsch"), ("en", "English")]


class FilmField(ui.KeptFile):
    """A video or PDF; its bytes tell which, when it is kept. Large ones are sent in pieces by the script."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_size=2**40, **kwargs)  # the doors know the city's limits


def sent_before(form: ui.Form) -> None:
    """Whoever has sent the file in pieces, as the ticket in the form says, need not choose it again."""
    if form.data.get("upload"):
        form.fields["file"].required = False


class FilterForm(ui.Form):
    """Narrows the library down."""

    q = forms.CharField(label=gettext_lazy("Titel"), required=False, max_length=100)
    art = forms.ChoiceField(
        label=gettext_lazy("Art"),
        required=False,
        choices=[("", gettext_lazy("Alle")), ("video", gettext_lazy("Videos")), ("document", gettext_lazy("PDF"))],
    )


class WordsForm(ui.Form):
    """What is said of a document or video, and whose it is."""

    title = forms.CharField(label=gettext_lazy("Titel"), max_length=200)
    language = forms.ChoiceField(label=gettext_lazy("Sprache"), choices=LANGUAGES)
    summary = ui.LongText(
        label=gettext_lazy("Was steht darin, was ist zu sehen?"),
        max_length=5000,
        rows=5,
        help_text=gettext_lazy("Für alle, die die Datei nicht öffnen können. Das Wichtigste in eigenen Sätzen."),
    )
    transcript = ui.LongText(
        label=gettext_lazy("Mitschrift"),
        max_length=200_000,
        required=False,
        rows=6,
        help_text=gettext_lazy("Bei Videos: was gesprochen wird. Leer nehmen wir sie aus den Untertiteln."),
    )
    credit = forms.CharField(
        label=gettext_lazy("Quelle"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Wer es gemacht hat oder wem es gehört."),
    )
    licence = forms.CharField(
        label=gettext_lazy("Lizenz"), max_length=80, required=False, help_text=gettext_lazy("Zum Beispiel CC BY 4.0.")
    )
    expires_on = ui.DateField(
        label=gettext_lazy("Letzter Tag, an dem wir es zeigen dürfen"),
        required=False,
        help_text=gettext_lazy("Danach verschwindet es von allen Seiten."),
    )


class UploadForm(WordsForm):
    """A new file for the library."""

    upload = forms.CharField(required=False, widget=forms.HiddenInput, max_length=400)
    file = FilmField(
        label=gettext_lazy("Datei"),
        help_text=gettext_lazy("Ein Video als MP4 oder WebM, oder ein PDF ohne Kennwort und Anhänge."),
    )
    field_order = ("file", "title", "language", "summary", "transcript", "credit", "licence", "expires_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sent_before(self)


class LinkForm(WordsForm):
    """A video that stays with its host."""

    link = forms.URLField(
        label=gettext_lazy("Adresse des Videos"),
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy("Wir zeigen nur ein Bild und einen Link. Beim Anbieter laden wir nichts."),
    )
    field_order = ("link", "title", "language", "summary", "transcript", "credit", "licence", "expires_on")


class DescribeForm(WordsForm):
    """Other words for what is there."""

    def __init__(self, *args: Any, with_transcript: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_transcript:
            del self.fields["transcript"]


class CaptionsForm(ui.Form):
    """Captions in one language."""

    language = forms.ChoiceField(label=gettext_lazy("Sprache der Untertitel"), choices=LANGUAGES)
    file = ui.KeptFile(
        label=gettext_lazy("Datei"),
        max_size=2 * 1024 * 1024,
        accept=".vtt,.srt,text/vtt",
        help_text=gettext_lazy("WebVTT (.vtt) oder SubRip (.srt), in UTF-8 gespeichert."),
    )


class SignForm(ui.Form):
    """The same in sign language."""

    upload = forms.CharField(required=False, widget=forms.HiddenInput, max_length=400)
    file = FilmField(
        label=gettext_lazy("Video in Gebärdensprache"),
        help_text=gettext_lazy("Genauso lang wie das Video selbst, MP4 oder WebM, mindestens 320 mal 240 Bildpunkte."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sent_before(self)


class PosterForm(ui.Form):
    """The picture before a video."""

    file = PictureField(label=gettext_lazy("Bild"))
    alt = forms.CharField(
        label=gettext_lazy("Was ist auf dem Bild zu sehen?"),
        max_length=300,
        help_text=gettext_lazy("Für Menschen, die das Bild nicht sehen."),
    )
