from django.urls import path

from allmende.engines.notify import views
from allmende.engines.notify.models import Errand
from allmende.engines.notify.views import contributions, errands, feeds, lookup, post, searches, settings

app_name = "notify"
urlpatterns = [
    path("mitteilungen/", views.notices, name="notices"),
    path("mitteilungen/beitraege/", contributions.contributions, name="contributions"),
    path("mitteilungen/beitraege/<uuid:receipt_id>/", contributions.contribution, name="contribution"),
    path("mitteilungen/folgen/", contributions.follows, name="follows"),
    path("mitteilungen/suchen/", searches.searches, name="searches"),
    path("mitteilungen/suchen/neu/", searches.save_search, name="save_search"),
    path("mitteilungen/suchen/loeschen/", searches.remove_search, name="remove_search"),
    path("mitteilungen/gelesen/", views.read, name="read"),
    path("mitteilungen/einstellungen/", settings.settings, name="settings"),
    path("mitteilungen/einstellungen/feed/", settings.change_feed, name="change_feed"),
    path("mitteilungen/einstellungen/adresse/", settings.try_again, name="try_again"),
    path("mitteilungen/push/", settings.push, name="devices"),
    path("mitteilungen/push/beenden/", settings.remove_device, name="remove_device"),
    *[
        path(f"{address}.{form}", view, {"form": form}, name=f"{name}{suffix}")
        for form, suffix in (("atom", ""), ("rss", "_rss"))
        for address, view, name in (
            ("mitteilungen/feed/<str:token>", feeds.personal, "feed"),
            ("neues", feeds.everything, "public_feed"),
            ("folgen/<slug:capability>/<slug:kind>/<uuid:object_id>/neues", feeds.thing, "thing_feed"),
        )
    ],
    path("mitteilungen/<uuid:notice_id>/", views.open_notice, name="open"),
    path("mitteilungen/beenden/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("folgen/<slug:capability>/<slug:kind>/<uuid:object_id>/", views.follow, name="follow"),
    path("nachsehen/", lookup.lookup, name="lookup"),
    path("verwaltung/briefe/", errands.letters, name="letters"),
    path("verwaltung/briefe/druck/", errands.print_letters, name="print_letters"),
    path("verwaltung/briefe/stapel.pdf", errands.batch, name="batch"),
    path("verwaltung/briefe/erledigt/", errands.change, {"medium": Errand.Medium.LETTER}, name="change_letters"),
    path("verwaltung/e-mails/", post.post, name="post"),
    path("verwaltung/anrufe/", errands.calls, name="calls"),
    path("verwaltung/anrufe/erledigt/", errands.change, {"medium": Errand.Medium.CALL}, name="change_calls"),
]
