from django.urls import path

from allmende.engines.notify import views
from allmende.engines.notify.models import Errand
from allmende.engines.notify.views import errands, lookup

app_name = "notify"
urlpatterns = [
    path("mitteilungen/", views.notices, name="notices"),
    path("mitteilungen/gelesen/", views.read, name="read"),
    path("mitteilungen/<uuid:notice_id>/", views.open_notice, name="open"),
    path("mitteilungen/beenden/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("folgen/<slug:capability>/<slug:kind>/<uuid:object_id>/", views.follow, name="follow"),
    path("nachsehen/", lookup.lookup, name="lookup"),
    path("verwaltung/briefe/", errands.letters, name="letters"),
    path("verwaltung/briefe/druck/", errands.print_letters, name="print_letters"),
    path("verwaltung/briefe/erledigt/", errands.change, {"medium": Errand.Medium.LETTER}, name="change_letters"),
    path("verwaltung/anrufe/", errands.calls, name="calls"),
    path("verwaltung/anrufe/erledigt/", errands.change, {"medium": Errand.Medium.CALL}, name="change_calls"),
]
