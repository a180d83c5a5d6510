"""Addresses of the editors' pages."""

from django.urls import path, re_path

from allmende.capabilities.portal.models.pages import SECTIONS
from allmende.capabilities.portal.views import pages

urlpatterns = [
    path("verwaltung/redaktion/", pages.desk, name="desk"),
    path("verwaltung/redaktion/<int:page_id>/", pages.desk_step, name="desk_step"),
    path("verwaltung/redaktion/<int:page_id>/vorschau/", pages.preview, name="preview"),
    path("aktuelles/", pages.serve, {"path": "aktuelles/"}, name="news"),
    path("programm/", pages.serve, {"path": "programm/"}, name="programme"),
    re_path(rf"^(?P<path>(?:{'|'.join(SECTIONS)})/(?:[a-z0-9_-]+/)*)$", pages.serve, name="page"),
]
