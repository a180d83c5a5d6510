"""Addresses that are the same in every language."""

from django.urls import path

from allmende.ui import views

app_name = "city"
urlpatterns = [
    path("theme.css", views.theme_css, name="theme"),
    path("logo.svg", views.logo, name="logo"),
]
