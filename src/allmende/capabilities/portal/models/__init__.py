"""Everything that the portal keeps. One file for each part; Django looks for the models here."""

from allmende.capabilities.portal.models.barriers import BarrierAnswer, BarrierReport
from allmende.capabilities.portal.models.calendar import CalendarEvent, CalendarSeries, EventAbout, Registration
from allmende.capabilities.portal.models.editors import Editor
from allmende.capabilities.portal.models.elections import ElectionPeriod
from allmende.capabilities.portal.models.exchange import FeedItem, FeedSource
from allmende.capabilities.portal.models.files import Attachment, Picture, PictureRendition
from allmende.capabilities.portal.models.notices import Notice, NoticeAnnex, NoticeStep
from allmende.capabilities.portal.models.pages import (
    FreePage,
    NewsPage,
    PortalRoot,
    ProgrammePage,
    ProjectPage,
    SectionPage,
    VersionPage,
    VideoPage,
    VoicePage,
)
from allmende.capabilities.portal.models.posts import Post

__all__ = [
    "Attachment",
    "BarrierAnswer",
    "BarrierReport",
    "CalendarEvent",
    "CalendarSeries",
    "Editor",
    "ElectionPeriod",
    "EventAbout",
    "FeedItem",
    "FeedSource",
    "FreePage",
    "NewsPage",
    "Notice",
    "NoticeAnnex",
    "NoticeStep",
    "Picture",
    "PictureRendition",
    "PortalRoot",
    "Post",
    "ProgrammePage",
    "ProjectPage",
    "Registration",
    "SectionPage",
    "VersionPage",
    "VideoPage",
    "VoicePage",
]
