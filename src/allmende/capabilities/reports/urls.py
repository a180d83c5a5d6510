"""Addresses below /meldungen/."""

from django.urls import path

from allmende.capabilities.reports.views import reading, reporting

app_name = "reports"
urlpatterns = [
    path("", reading.overview, name="reports"),
    path("neu/", reporting.report_new, name="new"),
    path("meine/", reading.mine, name="mine"),
    path("neu.rss", reading.feed, name="feed"),
    path("<int:number>/", reading.report, name="report"),
]
