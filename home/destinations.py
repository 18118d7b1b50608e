"""Pages of the apps below that the dashboard leads to; the only list of their addresses in `home`."""

from __future__ import annotations

import enum

from django.urls import NoReverseMatch, reverse


class Destination(enum.Enum):
    """A page that the dashboard leads to: the name of its URL and the query that follows it."""

    ASSIGNMENTS = ("org:assignments", "")
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
        """Return the address; empty where the app that has the page is not installed."""
        name, query = self.value
        try:
            return f"{reverse(name)}{query}"
        except NoReverseMatch:
            return ""
