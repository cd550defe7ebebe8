"""Every URL of the office."""

from django.urls import URLPattern, URLResolver, include, path

from backend.config import health
from backend.runs import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics, name="metrics"),
    path("api/", include("backend.api.urls")),
    path("", include("backend.pages.urls")),
    path("", include("backend.demo.urls")),
]
