"""Addresses below /daten/."""

from django.urls import path

from allmende.capabilities.urbandata.views import files, reading

app_name = "urbandata"
urlpatterns = [
    path("", reading.overview, name="overview"),
    path("<int:number>/", reading.series, name="series"),
    path("<int:number>/werte.csv", files.values_csv, name="values_csv"),
    path("<int:number>/werte.json", files.values_json, name="values_json"),
    path("<int:number>/stunden.csv", files.hours_csv, name="hours_csv"),
]
