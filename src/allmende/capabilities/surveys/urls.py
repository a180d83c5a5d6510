"""Addresses below /umfragen/."""

from django.urls import path

from allmende.capabilities.surveys.views import (
    answering,
    downloads,
    editing,
    evaluate,
    letters,
    opinion,
    opinion_office,
    overview,
    paper,
    research,
    results,
    survey,
)
from allmende.capabilities.surveys.views.builder import urls as builder

app_name = "surveys"
urlpatterns = [
    path("", overview.surveys, name="surveys"),
    path("neu/", editing.survey_new, name="new"),
    path("<int:number>/", survey.survey, name="survey"),
    path("<int:number>/antworten/", answering.answer, name="answer"),
    path("<int:number>/antworten/absenden/", answering.send, name="send"),
    path("<int:number>/antworten/<slug:step>/", answering.ask, name="ask"),
    path("<int:number>/fortsetzen/", answering.resume, name="resume"),
    path("<int:number>/danke/", answering.thanks, name="thanks"),
    path("<int:number>/fragebogen.pdf", paper.paper, name="paper"),
    path("<int:number>/eingeben/", paper.enter, name="enter"),
    path("<int:number>/aendern/", editing.survey_edit, name="edit"),
    path("<int:number>/schritt/", editing.step, name="step"),
    path("<int:number>/stand/", editing.progress, name="progress"),
    path("<int:number>/briefe/", letters.letters, name="letters"),
    path("<int:number>/ergebnisse/", results.results, name="results"),
    path("<int:number>/ergebnisse/<int:place>/", results.finding, name="finding"),
    path("<int:number>/ergebnisse/datei/<slug:form>/", downloads.results_file, name="results_file"),
    path("<int:number>/auswertung/", evaluate.evaluate, name="evaluate"),
    path("<int:number>/auswertung/<int:place>/", evaluate.judge, name="judge"),
    path("<int:number>/auswertung/<int:place>/themen/", evaluate.topics, name="topics"),
    path("auswertung/thema/<uuid:topic_id>/", evaluate.topic, name="topic"),
    path("<int:number>/begleitforschung/", research.research, name="research"),
    path("meinungen/neu/", opinion_office.opinion_new, name="opinion_new"),
    path("meinungen/einlesen/", opinion_office.opinion_import, name="opinion_import"),
    path("meinungen/<int:number>/", opinion.opinion, name="opinion"),
    path("meinungen/<int:number>/aussagen/", opinion.opinion_statements, name="opinion_statements"),
    path("meinungen/<int:number>/daten/<slug:name>.csv", opinion_office.opinion_file, name="opinion_file"),
    path("meinungen/<int:number>/mitmachen/", opinion.opinion_join, name="opinion_join"),
    path("meinungen/<int:number>/mitmachen/<slug:token>/", opinion.opinion_vote, name="opinion_vote"),
    path("meinungen/<int:number>/mitmachen/<slug:token>/eigene/", opinion.opinion_add, name="opinion_add"),
    path("meinungen/<int:number>/aendern/", opinion_office.opinion_edit, name="opinion_edit"),
    path("meinungen/<int:number>/pruefen/", opinion_office.opinion_office, name="opinion_office"),
    path("meinungen/<int:number>/pruefen/<int:statement>/", opinion_office.opinion_merge, name="opinion_merge"),
    *builder.patterns,
]
