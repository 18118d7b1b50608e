"""Addresses of `home`. The home page itself is a Wagtail page."""

from django.urls import path

from home import views

app_name = "home"
urlpatterns = [
    path("departments.css", views.departments_css, name="departments_css"),
    path("fragments/own-questions/", views.own_questions_fragment, name="own_questions"),
    path("keys/", views.set_keys, name="keys"),
    path("theme/", views.set_theme, name="theme"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
