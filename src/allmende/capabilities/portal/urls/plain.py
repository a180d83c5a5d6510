"""Addresses of the portal without language variants: the editor's rooms, behind their door."""

from django.urls import URLPattern, URLResolver, include, path
from wagtail.admin import urls as wagtail_admin
from wagtail.utils.urlpatterns import decorate_urlpatterns

from allmende.capabilities.portal.views.editor import door

urlpatterns: list[URLPattern | URLResolver] = [
    path("redaktion/", include(decorate_urlpatterns(wagtail_admin.urlpatterns, door))),
]
