"""Addresses for programs, the same in every language and for good: /open311/v2/… (Open311 GeoReport v2)."""

from django.urls import path, register_converter

from allmende.capabilities.reports.views import georeport


class FormatConverter:
    """The two formats of the standard: XML, which every server speaks, and JSON."""

    regex = "xml|json"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FormatConverter, "georeport_format")

app_name = "reports_open311"
urlpatterns = [
    path("open311/v2/discovery.<georeport_format:form>", georeport.discovery, name="discovery"),
    path("open311/v2/services.<georeport_format:form>", georeport.services, name="services"),
    path("open311/v2/services/<slug:code>.<georeport_format:form>", georeport.service, name="service"),
    path("open311/v2/requests.<georeport_format:form>", georeport.requests, name="requests"),
    path("open311/v2/requests/<int:number>.<georeport_format:form>", georeport.single, name="request"),
    path("open311/v2/tokens/<slug:token>.<georeport_format:form>", georeport.token, name="token"),
    path("open311/v2/servicerequestupdates.<georeport_format:form>", georeport.updates, name="updates"),
    path("open311/<path:rest>", georeport.missing, name="missing"),
]
