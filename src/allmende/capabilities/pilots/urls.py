"""Addresses below /pilotprojekte/."""

from django.urls import path

from allmende.capabilities.pilots.views import editing, files, indicators, portfolio

app_name = "pilots"
urlpatterns = [
    path("", portfolio.overview, name="overview"),
    path("vergleich/", portfolio.compare, name="compare"),
    path("neu.rss", files.feed, name="feed"),
    path("daten/pilotprojekte.csv", files.portfolio_csv, name="portfolio_csv"),
    path("daten/kennzahlen.csv", files.values_csv, name="values_csv"),
    path("neu/", editing.pilot_edit, name="new"),
    path("kennzahlen/<int:number>/", indicators.indicator, name="indicator"),
    path("kennzahlen/<int:number>/aendern/", indicators.indicator_edit, name="indicator_edit"),
    path("kennzahlen/<int:number>/wert/", indicators.value_new, name="value_new"),
    path("<int:number>/", portfolio.pilot, name="pilot"),
    path("<int:number>/aendern/", editing.pilot_edit, name="edit"),
    path("<int:number>/antwortet-auf/", editing.origins_edit, name="origins"),
    path("<int:number>/kennzahl/", indicators.indicator_new, name="indicator_new"),
    path("<int:number>/meilenstein/neu/", editing.milestone_edit, name="milestone_new"),
    path("<int:number>/meilenstein/<int:place>/", editing.milestone_edit, name="milestone_edit"),
    path("<int:number>/schritt/<slug:verb>/", editing.step, name="step"),
]
