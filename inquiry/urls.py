"""Addresses of `inquiry`."""

from django.urls import URLPattern

app_name = "inquiry"
urlpatterns: list[URLPattern] = []
