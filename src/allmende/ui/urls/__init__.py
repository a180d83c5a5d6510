from django.urls import path

from allmende.ui import views

app_name = "ui"
urlpatterns = [
    path("anzeige/", views.display, name="display"),
    path("anzeige/angemeldet-bleiben/", views.stay, name="stay"),
    path("hilfe/", views.contact, name="contact"),
    path("hilfe/formular/", views.paper, name="paper"),
    path("leichte-sprache/", views.plain, name="plain"),
    path("gebaerdensprache/", views.sign, name="sign"),
    path("ui/", views.gallery, name="gallery"),
]
