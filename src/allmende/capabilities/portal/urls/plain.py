"""Addresses of the portal without language variants: the editor's rooms. Files and calendars may join them."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
