"""Addresses of `norms` beside the routable page of the law."""

from django.urls import path

from norms.views import reading

app_name = "norms"
urlpatterns = [
    path("law/_/cited-by/<int:pk>/", reading.cited_by_fragment, name="cited_by"),
    path("law/_/cited-counts/<int:pk>/", reading.cited_counts_fragment, name="cited_counts"),
]
