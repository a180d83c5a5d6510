"""Everything that the portal keeps. One file for each part; Django looks for the models here."""

from allmende.capabilities.portal.models.calendar import CalendarEvent, CalendarSeries, EventAbout, Registration

__all__ = ["CalendarEvent", "CalendarSeries", "EventAbout", "Registration"]
