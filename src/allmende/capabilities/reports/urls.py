"""Addresses below /meldungen/."""

from django.urls import path

from allmende.capabilities.reports.views import (
    areas,
    drafts,
    figures,
    handling,
    inbox,
    joining,
    questions,
    reading,
    reporting,
    routing,
    setup,
)

app_name = "reports"
urlpatterns = [
    path("", reading.overview, name="reports"),
    path("neu/", reporting.report_new, name="new"),
    path("gebiete/", areas.choose, name="areas"),
    path("gebiete/<uuid:area_id>/", areas.area, name="area"),
    path("gebiete/<uuid:area_id>/neu.rss", areas.feed, name="area_feed"),
    path("entwuerfe/", drafts.overview, name="drafts"),
    path("entwuerfe/senden/", drafts.send, name="draft_send"),
    path("arbeiter.js", drafts.worker, name="worker"),
    path("app.webmanifest", drafts.manifest, name="app"),
    path("app-<int:size>.png", drafts.icon, name="icon"),
    path("meine/", reading.mine, name="mine"),
    path("neu.rss", reading.feed, name="feed"),
    path("zahlen/", figures.overview, name="figures"),
    path("zahlen.csv", figures.table, name="figures_csv"),
    path("eingang/", inbox.overview, name="inbox"),
    path("eingang/zustaendig/", setup.routing, name="routing"),
    path("eingang/zustaendig/<slug:slug>/", setup.category, name="category"),
    path("eingang/regeln/", routing.overview, name="rules"),
    path("eingang/regeln/neu/", routing.new, name="rule_new"),
    path("eingang/regeln/<uuid:rule_id>/", routing.rule, name="rule"),
    path("eingang/regeln/<uuid:rule_id>/loeschen/", routing.remove, name="rule_remove"),
    path("eingang/zustaendig/<slug:slug>/fragen/", questions.overview, name="questions"),
    path("eingang/zustaendig/<slug:slug>/fragen/aendern/", questions.change, name="question"),
    path("<int:number>/", reading.report, name="report"),
    path("<int:number>/auch-gesehen/", joining.join, name="join"),
    path("<int:number>/bearbeiten/", handling.handle, name="handle"),
    path("<int:number>/bearbeiten/aendern/", handling.correct, name="correct"),
    path("<int:number>/bearbeiten/zeigen/", handling.show, name="show"),
    path("<int:number>/bearbeiten/zusammenlegen/", handling.merge, name="merge"),
    path("<int:number>/bearbeiten/trennen/", handling.split, name="split"),
    path("<int:number>/bearbeiten/schritt/<slug:verb>/", handling.step, name="step"),
]
