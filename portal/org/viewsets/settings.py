"""The portal's settings in Wagtail's admin."""

from __future__ import annotations

from django.urls import URLPattern, path
from wagtail.contrib.settings.views import EditView

from portal.foundation.conflicts import RevisionCheckedMixin


class SettingsEditView(RevisionCheckedMixin, EditView):
    """Wagtail's page of settings, which overwrites nothing unseen."""


def settings_urls() -> list[URLPattern]:
    """Return the page at Wagtail's own address, under which Wagtail still reverses it."""
    return [
        path("settings/<slug:app_name>/<slug:model_name>/<int:pk>/", SettingsEditView.as_view()),
    ]
