"""Addresses below /mitmachen/."""

from django.urls import path

from allmende.capabilities.participation.views import groups, ideas, office, overview, stores, submit

app_name = "participation"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("so-funktioniert-es/", overview.how, name="how"),
    path("meine/", overview.mine, name="mine"),
    path("erfassen/", office.enter, name="enter"),
    path("antworten/", office.desk, name="desk"),
    path("ideen/", overview.ideas, name="ideas"),
    path("ideen/neu/", submit.idea_new, name="idea_new"),
    path("ideen/entwurf/", submit.draft, name="draft"),
    path("ideen/entwurf/verwerfen/", submit.draft_discard, name="draft_discard"),
    path("ideen/aehnliche/", submit.similar, name="similar"),
    path("ideen/eingang/", submit.receipt, name="receipt"),
    path("ideen/<int:number>/", ideas.idea, name="idea"),
    path("ideen/<int:number>/unterstuetzen/", ideas.support, name="support"),
    path("ideen/<int:number>/aendern/", ideas.edit, name="idea_edit"),
    path("ideen/<int:number>/zurueckziehen/", ideas.withdraw, name="idea_withdraw"),
    path("ideen/<int:number>/antworten/", office.answer, name="answer"),
    path("ideen/<int:number>/naechster-schritt/", office.next_step, name="next_step"),
    path("ideen/<int:number>/aufnehmen/", office.take_up, name="take_up"),
    path("gruppen/<slug:slug>/", groups.group, name="group"),
    path("gruppen/<slug:slug>/beitreten/", groups.join, name="join"),
    path("gruppen/<slug:slug>/verlassen/", groups.leave, name="leave"),
    path("gruppen/<slug:slug>/mitglieder/", groups.members, name="members"),
    path("gruppen/<slug:slug>/aendern/", groups.group_edit, name="group_edit"),
    path("gruppen/<slug:slug>/speicher/neu/", stores.store_new, name="store_new"),
    path("gruppen/<slug:slug>/termine/neu/", groups.meeting_new, name="meeting_new"),
    path("termine/<int:number>/", groups.meeting, name="meeting"),
    path("termine/<int:number>/aendern/", groups.meeting_edit, name="meeting_edit"),
    path("termine/<int:number>/absagen/", groups.meeting_cancel, name="meeting_cancel"),
    path("speicher/<int:number>/", stores.store, name="store"),
    path("speicher/<int:number>/papier/", stores.paper, name="paper"),
    path("speicher/<int:number>/aendern/", stores.store_edit, name="store_edit"),
    path("speicher/<int:number>/schliessen/", stores.store_close, name="store_close"),
]
