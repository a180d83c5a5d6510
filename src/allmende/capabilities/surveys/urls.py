"""Addresses below /umfragen/."""

from django.urls import path

from allmende.capabilities.surveys.views import editing, letters, overview, survey

app_name = "surveys"
urlpatterns = [
    path("", overview.surveys, name="surveys"),
    path("neu/", editing.survey_new, name="new"),
    path("<int:number>/", survey.survey, name="survey"),
    path("<int:number>/aendern/", editing.survey_edit, name="edit"),
    path("<int:number>/schritt/", editing.step, name="step"),
    path("<int:number>/stand/", editing.progress, name="progress"),
    path("<int:number>/briefe/", letters.letters, name="letters"),
]
