from django.urls import path

from allmende.engines.trace import views

app_name = "trace"
urlpatterns = [
    path("", views.ways, name="ways"),
    path("verknuepfung/<uuid:edge_id>/zuruecknehmen/", views.retract, name="retract"),
    path("<slug:capability>/<slug:kind>/<uuid:id_>/", views.trace, name="trace"),
    path("<slug:capability>/<slug:kind>/<uuid:id_>/verknuepfen/", views.link, name="link"),
]
