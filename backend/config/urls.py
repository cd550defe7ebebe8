"""Every URL of the office."""

from django.urls import URLPattern, URLResolver, include, path

from backend.config import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("api/", include("backend.api.urls")),
    path("", include("backend.pages.urls")),
]
