from django.urls import path

from allmende.capabilities.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.start, name="start"),
    path("stadt/<slug:word>/", views.text, name="text"),
]
