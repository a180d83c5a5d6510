"""The editors' library of videos and PDF files."""

from django.urls import path

from allmende.engines.media.views import library, sending

app_name = "medialibrary"
urlpatterns = [
    path("", library.overview, name="overview"),
    path("neu/", library.new, name="new"),
    path("verlinken/", library.new_link, name="new_link"),
    path("hochladen/", sending.begin, name="begin"),
    path("hochladen/teil/", sending.part, name="part"),
    path("<uuid:medium_id>/", library.item, name="item"),
    path("<uuid:medium_id>/bearbeiten/", library.change, name="change"),
    path("<uuid:medium_id>/untertitel/", library.captions, name="captions"),
    path("<uuid:medium_id>/gebaerden/", library.sign, name="sign"),
    path("<uuid:medium_id>/vorschaubild/", library.poster, name="poster"),
    path("<uuid:medium_id>/loeschen/", library.remove, name="remove"),
]
