"""Reading the council's things. Every query here begins with what is public; there is no other way in."""

from allmende.capabilities.council.queries.pages import (
    MeetingPage,
    PaperPage,
    Station,
    meeting,
    meeting_page,
    meetings_coming,
    meetings_past,
    organization,
    organization_page,
    organizations,
    overview,
    paper_page,
    papers_newest,
    person_page,
)
from allmende.capabilities.council.queries.things import thing

__all__ = [
    "MeetingPage",
    "PaperPage",
    "Station",
    "meeting",
    "meeting_page",
    "meetings_coming",
    "meetings_past",
    "organization",
    "organization_page",
    "organizations",
    "overview",
    "paper_page",
    "papers_newest",
    "person_page",
    "thing",
]
