"""Addresses without language: a file is the same in every language."""

from django.conf import settings
from django.urls import path, re_path, register_converter

from allmende.engines.media.views import files as views


class ExtensionConverter:
    """The endings that our own pictures have."""

    regex = "avif|webp|jpg|png"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class FileExtensionConverter(ExtensionConverter):
    """The endings that our own files have."""

    regex = "avif|webp|jpg|png|mp4|webm|vtt|pdf"


class WidthConverter:
    """A width in pixels; short enough for the database's integers."""

    regex = "[1-9][0-9]{0,5}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class FileNumberConverter(WidthConverter):
    """The number of a file; short enough for the database's integers."""

    regex = "[1-9][0-9]{0,17}"


register_converter(ExtensionConverter, "picture_extension")
register_converter(FileExtensionConverter, "file_extension")
register_converter(WidthConverter, "picture_width")
register_converter(FileNumberConverter, "file_number")

app_name = "media"
urlpatterns = [
    path(
        "medien-privat/<uuid:image_id>/<picture_width:width>.<picture_extension:extension>",
        views.private,
        name="private",
    ),
    path(
        "medien-privat/<uuid:medium_id>/datei-<file_number:file_id>.<file_extension:extension>",
        views.private_file,
        name="private_file",
    ),
]
if settings.MEDIA_STORE_URL:
    urlpatterns.append(
        re_path(r"^medien/(?P<path>[0-9a-f]{2}/[0-9a-f]{62}\.[a-z0-9]{2,4})$", views.public, name="public")
    )
