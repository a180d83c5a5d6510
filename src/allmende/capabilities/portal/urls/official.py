"""Addresses of official notices, the election calendar, feeds and barrier reports."""

from django.urls import path

from allmende.capabilities.portal.views import annexes, barriers, elections, exchange, notices
from allmende.capabilities.portal.views.notices_pdf import notice_pdf

urlpatterns = [
    path("bekanntmachungen/", notices.listing, name="notices"),
    path("bekanntmachungen/<int:year>/<int:number>/", notices.notice, name="notice"),
    path("bekanntmachungen/<int:year>/<int:number>/wortlaut.txt", notices.wording, name="notice_wording"),
    path("bekanntmachungen/<int:year>/<int:number>/bekanntmachung.pdf", notice_pdf, name="notice_pdf"),
    path("verwaltung/bekanntmachungen/", notices.desk, name="notices_desk"),
    path("verwaltung/bekanntmachungen/neu/", notices.new, name="notice_new"),
    path("verwaltung/bekanntmachungen/<uuid:notice_id>/", notices.work, name="notice_work"),
    path("verwaltung/bekanntmachungen/<uuid:notice_id>/bearbeiten/", notices.edit, name="notice_edit"),
    path("verwaltung/bekanntmachungen/<uuid:notice_id>/anlage/", annexes.add, name="annex_new"),
    path(
        "verwaltung/bekanntmachungen/<uuid:notice_id>/anlage/<uuid:annex_id>/entfernen/",
        annexes.remove,
        name="annex_remove",
    ),
    path("verwaltung/bekanntmachungen/<uuid:notice_id>/<slug:verb>/", notices.step, name="notice_step"),
    path("verwaltung/wahlkalender/", elections.calendar, name="elections"),
    path("verwaltung/wahlkalender/neu/", elections.save, name="election_new"),
    path("verwaltung/wahlkalender/<uuid:period_id>/", elections.save, name="election_edit"),
    path("verwaltung/wahlkalender/<uuid:period_id>/herausnehmen/", elections.remove, name="election_remove"),
    path("stadt/barrierefreiheit/", barriers.statement, name="statement"),
    path("barriere-melden/", barriers.report, name="barrier_new"),
    path("barriere-melden/danke/", barriers.thanks, name="barrier_thanks"),
    path("barriere-melden/<int:number>/", barriers.own, name="barrier_own"),
    path("verwaltung/barrieren/", barriers.desk, name="barriers"),
    path("verwaltung/barrieren/neu/", barriers.enter, name="barrier_enter"),
    path("verwaltung/barrieren/<int:number>/", barriers.one, name="barrier"),
    path("von-der-website/", exchange.website, name="website"),
    path("von-der-website/<int:number>/", exchange.website_item, name="website_item"),
    path("verwaltung/feeds/", exchange.sources, name="sources"),
    path("verwaltung/feeds/neu/", exchange.source, name="source_new"),
    path("verwaltung/feeds/<uuid:source_id>/", exchange.source, name="source"),
    path("feeds/", exchange.feeds, name="feeds"),
    path("feeds/<slug:topic>.atom", exchange.feed, name="feed"),
    path("feeds/<slug:topic>.rss", exchange.feed, {"form": "rss"}, name="feed_rss"),
]
