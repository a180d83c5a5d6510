"""Addresses below /strategie/."""

from django.urls import path

from allmende.capabilities.strategy.views import board, plan, structure

app_name = "strategy"
urlpatterns = [
    path("", plan.overview, name="overview"),
    path("beantwortet/", plan.answered, name="answered"),
    path("antwort/<int:number>/", plan.aside, name="aside"),
    path("ordnen/", board.board, name="board"),
    path("feld/neu/", structure.field_edit, name="field_new"),
    path("feld/<int:number>/", plan.field, name="field"),
    path("feld/<int:number>/aendern/", structure.field_edit, name="field_edit"),
    path("leitlinie/neu/", structure.guideline_edit, name="guideline_new"),
    path("leitlinie/<int:number>/aendern/", structure.guideline_edit, name="guideline_edit"),
    path("ziel/neu/", structure.goal_edit, name="goal_new"),
    path("ziel/<int:number>/", plan.goal, name="goal"),
    path("ziel/<int:number>/aendern/", structure.goal_edit, name="goal_edit"),
    path("ziel/<int:number>/beenden/", structure.goal_end, name="goal_end"),
    path("ziel/<int:number>/anregungen/", board.ties, name="ties"),
]
