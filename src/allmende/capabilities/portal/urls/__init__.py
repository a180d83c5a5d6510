"""Addresses of the portal. Each part adds its own lines; the editor's pages stand last, they take what is left."""

from django.urls import path

from allmende.capabilities.portal.urls import calendar, editorial, official
from allmende.capabilities.portal.views import start

app_name = "portal"
urlpatterns = [
    path("", start.start, name="start"),
    *official.urlpatterns,
    path("stadt/<slug:word>/", start.text, name="text"),
    *calendar.urlpatterns,
    *editorial.urlpatterns,
]
