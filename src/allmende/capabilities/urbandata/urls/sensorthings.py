"""Addresses for programs, the same in every language and for good: /sta/v1.1/… (OGC SensorThings 1.1)."""

from django.urls import path

from allmende.capabilities.urbandata.views import sensorthings

app_name = "urbandata_sensorthings"
urlpatterns = [
    path("sta/v1.1", sensorthings.service, name="root"),
    path("sta/v1.1/", sensorthings.service, name="service"),
    path("sta/v1.1/<path:rest>", sensorthings.resource, name="resource"),
]
