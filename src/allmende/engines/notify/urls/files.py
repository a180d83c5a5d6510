"""Addresses that are the same in every language."""

from django.urls import path

from allmende.engines.notify.views import settings

app_name = "push"
urlpatterns = [path("mitteilungen/push-worker.js", settings.worker, name="worker")]
