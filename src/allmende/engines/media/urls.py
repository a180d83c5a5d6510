"""Addresses without language: a picture is the same in every language."""

from django.urls import path, register_converter

from allmende.engines.media import views


class ExtensionConverter:
    """The endings that our own files have."""

    regex = "webp|jpg|png"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class WidthConverter:
    """A width in pixels; short enough for the database's integers."""

    regex = "[1-9][0-9]{0,5}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(ExtensionConverter, "picture_extension")
register_converter(WidthConverter, "picture_width")

app_name = "media"
urlpatterns = [
    path(
        "medien-privat/<uuid:image_id>/<picture_width:width>.<picture_extension:extension>",
        views.private,
        name="private",
    ),
]
