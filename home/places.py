"""Where the pages of the apps below are; the only list of their addresses in `home`."""

from __future__ import annotations

import enum

from django.urls import NoReverseMatch, reverse


class Place(enum.Enum):
    """A place that the dashboard leads to: name of a URL and what follows it."""

    NOTIFICATIONS = ("org:notifications", "")
    TO_REFINE = ("inquiry:desk", "?queue=awaiting")
    TO_GROUP = ("inquiry:desk", "?queue=ungrouped")
    CLUSTERS = ("inquiry:clusters", "")
    DOSSIERS = ("inquiry:dossiers", "?status=draft")
    SESSIONS_ADMIN = ("sessions:index", "")
    CATEGORIES = ("category-mappings:index", "")
    CASES_ADMIN = ("wagtailsnippets_casebank_typicalcase:list", "")
    PEOPLE_ADMIN = ("wagtailusers_users:index", "")

    @property
    def url(self) -> str:
        """The address, or "" where the page is not there."""
        name, rest = self.value
        try:
            return f"{reverse(name)}{rest}"
        except NoReverseMatch:
            return ""
