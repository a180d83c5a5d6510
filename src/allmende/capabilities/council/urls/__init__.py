"""Addresses below /stadtrat/."""

from django.urls import path

from allmende.capabilities.council.views import (
    attendance,
    feeds,
    lists,
    meeting,
    minutes,
    mirrors,
    office,
    paper,
    people,
    tracking,
    votes,
)

app_name = "council"
urlpatterns = [
    path("", lists.council, name="council"),
    path("sitzungen/", lists.meetings, name="meetings"),
    path("sitzungen/alle.ics", feeds.calendar, name="calendar"),
    path("sitzungen/<int:number>/", meeting.meeting, name="meeting"),
    path("sitzungen/<int:number>/termin.ics", feeds.meeting_calendar, name="meeting_calendar"),
    path("sitzungen/<int:number>/abstimmung/<uuid:item>/", votes.record, name="vote"),
    path("sitzungen/<int:number>/auftrag/<uuid:item>/", tracking.assign, name="assign"),
    path("sitzungen/<int:number>/anwesenheit/", attendance.record, name="attendance"),
    path("sitzungen/<int:number>/niederschrift/", minutes.minutes, name="minutes"),
    path("sitzungen/<int:number>/niederschrift/bearbeiten/", minutes.edit, name="minutes_edit"),
    path("sitzungen/<int:number>/niederschrift/intern.pdf", minutes.closed, name="minutes_closed"),
    path("sitzungen/<int:number>/niederschrift/datei.<slug:form>", minutes.minutes_file, name="minutes_file"),
    path("beschluesse/", tracking.outcomes, name="outcomes"),
    path("auftraege/", tracking.tasks, name="tasks"),
    path("auftraege/<int:number>/", tracking.task, name="task"),
    path("auftraege/<int:number>/aendern/", tracking.change, name="task_change"),
    path("vorlagen/", lists.papers, name="papers"),
    path("vorlagen/neu.rss", feeds.papers, name="papers_feed"),
    path("vorlagen/<int:number>/", paper.paper, name="paper"),
    path("vorlagen/<int:number>/einfache-worte/", office.explain, name="explain"),
    path("spiegel/", mirrors.mirrors, name="mirrors"),
    path("gremien/<int:number>/", people.organization, name="organization"),
    path("gremien/<int:number>/termine.ics", feeds.organization_calendar, name="organization_calendar"),
    path("personen/<int:number>/", people.person, name="person"),
]
