"""Pages of the apps below that the dashboard leads to; the only list of their addresses in `home`."""

from __future__ import annotations

import enum
from typing import Any

from django.urls import NoReverseMatch, reverse


class Destination(enum.Enum):
    """A page that the dashboard leads to: the name of its URL and the query that follows it."""

    ASSIGNMENTS = ("org:assignments", "")
    NOTIFICATIONS = ("org:notifications", "")
    TO_REFINE = ("inquiry:desk", "?queue=awaiting")
    TO_GROUP = ("inquiry:desk", "?queue=ungrouped")
    CLUSTERS_IN_NO_DOSSIER = ("inquiry:clusters", "?state=ungathered")
    DOSSIERS = ("inquiry:dossiers", "?status=draft")
    SESSIONS_ADMIN = ("sessions:index", "")
    CATEGORIES = ("category-mappings:index", "")
    CASES_ADMIN = ("wagtailsnippets_casebank_typicalcase:list", "")
    PEOPLE_ADMIN = ("wagtailusers_users:index", "?is_active=true")
    QUESTIONS = ("inquiry:questions", "")
    IDENTITY_REQUESTS = ("inquiry:identity_requests", "")
    SECRECY_REVIEW = ("inquiry:held_submissions", "")
    PASSWORD_REQUESTS = ("org_password_requests", "")
    APPROVALS = ("org_approvals", "")
    ADD_PERSON = ("wagtailusers_users:add", "")
    IMPORT_PEOPLE = ("org_import_accounts", "")
    ADMIN = ("wagtailadmin_home", "")
    FINISHED_DOSSIERS = ("inquiry:dossiers", "?status=finished")
    SESSIONS_AHEAD = ("sessions:index", "?status=open&status=running")
    ADD_SESSION = ("sessions:add", "")
    IMPORT_QUESTIONS = ("inquiry:import_questions", "")
    OVERDUE = ("org:overdue", "")
    UNRESOLVED = ("norms_unresolved:index", "")
    ADD_CASE = ("wagtailsnippets_casebank_typicalcase:add", "")
    IMPORT_NORMS = ("norms_import:index", "")
    DESK = ("inquiry:desk", "")
    TRACES = ("search:traces", "")

    @property
    def url(self) -> str:
        """Return the address; empty where the app that has the page is not installed."""
        name, query = self.value
        try:
            return f"{reverse(name)}{query}"
        except NoReverseMatch:
            return ""


class RecordDestination(enum.Enum):
    """A page of one record on which somebody works at it: the name of its URL."""

    APPROVAL = "org_approval"
    CASE_ADMIN = "wagtailsnippets_casebank_typicalcase:edit"
    DESK_QUESTION = "inquiry:desk_question"
    SESSION_ADMIN = "sessions:edit"

    def url_of(self, key: Any) -> str:
        """Return the address of the record with a key or number."""
        return reverse(self.value, args=[key])
