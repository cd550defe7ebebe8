"""The address of the tour."""

from django.urls import path

from backend.demo import tour

app_name = "demo"
urlpatterns = [path("tour/", tour.tour, name="tour")]
