from django.urls import path

from allmende.engines.search import views

app_name = "search_plain"
urlpatterns = [
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("sitemap-<int:part>.xml", views.sitemap, name="sitemap_part"),
    path("robots.txt", views.robots, name="robots"),
]
