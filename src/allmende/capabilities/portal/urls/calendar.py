"""Addresses of the event calendar, below /kalender/."""

from django.urls import path

from allmende.capabilities.portal.views.calendar import desk, event, lists, people, seats, sharing

urlpatterns = [
    path("kalender/", lists.agenda, name="calendar"),
    path("kalender/woche/", lists.week, name="calendar_this_week"),
    path("kalender/woche/<int:year>/<int:number>/", lists.week, name="calendar_week"),
    path("kalender/monat/", lists.month, name="calendar_this_month"),
    path("kalender/monat/<int:year>/<int:number>/", lists.month, name="calendar_month"),
    path("kalender/vorbei/", lists.past, name="calendar_past"),
    path("kalender/kalender.ics", sharing.feed, name="calendar_feed"),
    path("kalender/einbetten/", sharing.embed, name="calendar_embed"),
    path("kalender/einbetten/liste/", sharing.frame, name="calendar_frame"),
    path("kalender/einbetten/liste.json", sharing.listing_json, name="calendar_json"),
    path("kalender/termine/<int:number>/", event.event, name="calendar_event"),
    path("kalender/termine/<int:number>/termin.ics", event.event_ics, name="calendar_event_ics"),
    path("kalender/termine/<int:number>/anmelden/", seats.register, name="calendar_register"),
    path("kalender/anmeldung/<str:token>/", seats.seat, name="calendar_seat"),
    path("kalender/anmeldung/<str:token>/bestaetigen/", seats.confirm, name="calendar_confirm"),
    path("kalender/pflegen/", desk.desk, name="calendar_desk"),
    path("kalender/pflegen/neu/", desk.new, name="calendar_new"),
    path("kalender/pflegen/einlesen/", desk.read_in, name="calendar_import"),
    path("kalender/termine/<int:number>/pflegen/", desk.manage, name="calendar_manage"),
    path("kalender/termine/<int:number>/aendern/", desk.edit, name="calendar_edit"),
    path("kalender/termine/<int:number>/ankuendigen/", desk.publish, name="calendar_publish"),
    path("kalender/termine/<int:number>/absagen/", desk.cancel, name="calendar_cancel"),
    path("kalender/termine/<int:number>/verwerfen/", desk.discard, name="calendar_discard"),
    path("kalender/termine/<int:number>/kopieren/", desk.copy, name="calendar_copy"),
    path("kalender/termine/<int:number>/nachher/", desk.review, name="calendar_review"),
    path("kalender/termine/<int:number>/teilnehmende/", people.people, name="calendar_people"),
    path("kalender/termine/<int:number>/teilnehmende/neu/", people.enter, name="calendar_enter"),
    path("kalender/termine/<int:number>/teilnehmende.csv", people.people_csv, name="calendar_people_csv"),
]
