"""Addresses below /umfragen/."""

from django.urls import path

from allmende.capabilities.surveys.views import overview

app_name = "surveys"
urlpatterns = [
    path("", overview.surveys, name="surveys"),
]
