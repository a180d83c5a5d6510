"""Addresses for programs, the same in every language and for good: /oparl/1.1/…"""

from django.urls import path

from allmende.capabilities.council.views import oparl

app_name = "council_oparl"
urlpatterns = [
    path("oparl/1.1/system", oparl.system, name="system"),
    path("oparl/1.1/bodies", oparl.bodies, name="bodies"),
    path("oparl/1.1/file/<uuid:key>/inhalt", oparl.content, name="content"),
    path("oparl/1.1/<slug:kind>/<uuid:key>", oparl.single, name="single"),
    path("oparl/1.1/<slug:kind>/<uuid:key>/<slug:name>", oparl.listed, name="listed"),
    path("oparl/<path:rest>", oparl.missing, name="missing"),
]
