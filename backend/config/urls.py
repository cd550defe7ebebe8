"""Every URL of the office."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("backend.api.urls")),
    path("", include("backend.pages.urls")),
]
