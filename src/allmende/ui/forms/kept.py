"""A chosen file survives an error elsewhere in the form: it waits on the server for a day (practice.md 11)."""

import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils import formats
from django.utils.translation import gettext as _

KEPT_FOR = 24 * 3600
"""Seconds for which an uploaded file waits for its form to come back."""

type Upload = UploadedFile[bytes]


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


def keep(file: Upload) -> Kept:
    """Stores an uploaded file for 24 hours under a signed token."""
    key = uuid.uuid4().hex
    with (uploads() / key).open("xb") as target:
        for chunk in file.chunks():
            target.write(chunk)
    name, size = Path(file.name or "datei").name[:120], int(file.size or 0)
    token = signing.dumps([key, name, file.content_type or ""], salt="allmende.ui.kept")
    return Kept(token, name, size)


def kept_file(token: str) -> Upload | None:
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

    def use_required_attribute(self, initial: Any) -> bool:  # noqa: ARG002 - Django's signature
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
