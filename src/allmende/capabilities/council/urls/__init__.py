"""Addresses below /stadtrat/."""

from django.urls import path

from allmende.capabilities.council.views import feeds, lists, meeting, mirrors, office, paper, people, votes

app_name = "council"
urlpatterns = [
    path("", lists.council, name="council"),
    path("sitzungen/", lists.meetings, name="meetings"),
    path("sitzungen/alle.ics", feeds.calendar, name="calendar"),
    path("sitzungen/<int:number>/", meeting.meeting, name="meeting"),
    path("sitzungen/<int:number>/termin.ics", feeds.meeting_calendar, name="meeting_calendar"),
    path("sitzungen/<int:number>/abstimmung/<uuid:item>/", votes.record, name="vote"),
    path("vorlagen/", lists.papers, name="papers"),
    path("vorlagen/neu.rss", feeds.papers, name="papers_feed"),
    path("vorlagen/<int:number>/", paper.paper, name="paper"),
    path("vorlagen/<int:number>/einfache-worte/", office.explain, name="explain"),
    path("spiegel/", mirrors.mirrors, name="mirrors"),
    path("gremien/<int:number>/", people.organization, name="organization"),
    path("gremien/<int:number>/termine.ics", feeds.organization_calendar, name="organization_calendar"),
    path("personen/<int:number>/", people.person, name="person"),
]
