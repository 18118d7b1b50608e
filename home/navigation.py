"""Navigation around every page: by task, the person's own menu, the bar of a phone."""

from __future__ import annotations

import dataclasses
from functools import cached_property

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from portal.org.models import Department, Office, PortalSettings
from portal.org.rules import (
    can_see_overdue,
    can_use_admin,
    is_analyst,
    is_keeper,
    is_reviewer,
    is_staff_member,
)
from portal.org.selectors import unread_count

THEME_COOKIE = "tongtang_theme"
THEMES = ("light", "dark")
KEYS_COOKIE = "tongtang_keys"
OFF = "off"

# Which paths belong to an entry. The longest prefix wins.
SECTIONS = {
    "/": "home",
    "/sessions/": "sessions",
    "/rotation/": "sessions",
    "/questions/": "questions",
    "/questions/ask/": "ask",
    "/clusters/": "questions",
    "/dossiers/": "questions",
    "/cases/": "cases",
    "/law/": "law",
    "/search/": "search",
    "/search/traces/": "desk",
    "/desk/": "desk",
    "/me/": "me",
    "/accounts/": "me",
    "/admin/": "admin",
}

# Why a section asks for an account; the others are open to visitors, if the portal is.
SIGN_IN_REASONS = {
    "questions": gettext_lazy(
        "Questions, and what becomes of them, are read by people of the departments only, so that those who ask can "
        "speak freely. Sessions, cases and law are open without an account."
    ),
    "ask": gettext_lazy(
        "People of the departments raise questions: under their name, their office's, or anonymously. After you have "
        "signed in you come back to the form."
    ),
    "desk": gettext_lazy(
        "At the desk analysts refine and group what was raised. Sign in with such an account."
    ),
    "me": gettext_lazy("This is your own page: your questions, and what waits for you."),
    "admin": gettext_lazy(
        "The administration is for people who have a role in it. Sign in with such an account."
    ),
}


@dataclasses.dataclass(frozen=True)
class NavigationEntry:
    """One link of the navigation; `current` marks the section that is open."""

    key: str
    label: str
    url: str
    icon: str = ""
    current: bool = False


@dataclasses.dataclass(frozen=True)
class Preference:
    """A choice that the reader's browser keeps in a cookie: the present value among pairs of value and label.

    `url` takes a choice, and `path` is the page to come back to.
    """

    name: str
    label: str
    url: str
    path: str
    value: str
    options: tuple[tuple[str, str], ...]


def section_of(path: str) -> str:
    """Return the key of the entry that a path belongs to; empty where it belongs to none."""
    if path == "/":
        return "home"
    prefixes = [prefix for prefix in SECTIONS if prefix != "/" and path.startswith(prefix)]
    return SECTIONS[max(prefixes, key=len)] if prefixes else ""


class Shell:
    """The variables of the base template that depend on the reader; each is computed only when it is shown."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = request.user

    @cached_property
    def path(self) -> str:
        """Return the page's address with its query, to come back to after a switch of language or colours."""
        return self.request.get_full_path()

    @cached_property
    def current(self) -> str:
        return section_of(self.request.path)

    @cached_property
    def is_signed_in(self) -> bool:
        return is_staff_member(self.user)

    @cached_property
    def is_shut(self) -> bool:
        """Return whether the portal is closed to this visitor, who can then reach nothing but the sign-in."""
        return not self.is_signed_in and PortalSettings.load(request_or_site=self.request).closed_to_visitors

    @cached_property
    def navigation(self) -> list[NavigationEntry]:
        if self.is_shut:
            return []
        entries = [
            ("sessions", _("Sessions"), "/sessions/", ""),
            *([("questions", _("Questions"), "/questions/", "")] if self.is_signed_in else []),
            ("cases", _("Cases"), "/cases/", ""),
            ("law", _("Law"), "/law/", ""),
            ("search", _("Search"), "/search/", ""),
            *([("desk", _("Desk"), "/desk/", "")] if is_analyst(self.user) else []),
        ]
        current = "questions" if self.current == "ask" else self.current
        return [NavigationEntry(*entry, current=entry[0] == current) for entry in entries]

    @cached_property
    def bar(self) -> list[NavigationEntry]:
        if self.is_shut:
            return []
        return [NavigationEntry(*entry, current=entry[0] == self.current) for entry in self._bar_entries()]

    def _bar_entries(self) -> list[tuple[str, str, str, str]]:
        home = ("home", _("Home"), "/", "home")
        sessions = ("sessions", _("Sessions"), "/sessions/", "calendar")
        search = ("search", _("Search"), "/search/", "search")
        if not self.is_signed_in:
            law = ("law", _("Law"), "/law/", "book")
            return [home, sessions, law, search, ("me", _("Sign in"), self.sign_in_url, "person")]
        ask = ("ask", pgettext("verb", "Ask"), "/questions/ask/", "ask")
        return [home, sessions, ask, search, ("me", pgettext("place", "Mine"), "/me/", "person")]

    @cached_property
    def menu(self) -> list[NavigationEntry]:
        entries = [
            ("questions", _("My questions"), "/me/questions/", "ask"),
            ("assignments", _("Waiting for me"), "/me/assignments/", "desk"),
            ("notifications", _("Notifications"), "/me/notifications/", "bell"),
            ("profile", _("Profile"), "/me/profile/", "person"),
        ]
        if can_see_overdue(self.user):
            entries.insert(2, ("overdue", _("Overdue, and whose"), reverse("org:overdue"), "calendar"))
        if is_keeper(self.user):
            entries.append(
                ("identities", _("Identity requests"), reverse("inquiry:identity_requests"), "people")
            )
        if is_reviewer(self.user):
            entries.append(("held", _("Secrecy review"), reverse("inquiry:held_submissions"), "check"))
        if is_analyst(self.user):
            entries.append(("desk", _("Desk"), "/desk/", "desk"))
            entries.append(("traces", _("Searches made"), reverse("search:traces"), "search"))
        if can_use_admin(self.user):
            entries.append(("admin", _("Administration"), reverse("wagtailadmin_home"), "settings"))
        return [NavigationEntry(*entry) for entry in entries]

    @cached_property
    def unread(self) -> int:
        return unread_count(self.user) if is_staff_member(self.user) else 0

    @cached_property
    def office(self) -> Office | None:
        return self.user.office if is_staff_member(self.user) else None

    @cached_property
    def department(self) -> Department | None:
        return self.office.department if self.office else None

    @cached_property
    def theme(self) -> str:
        """Return `light` or `dark` where the reader chose one, else ""."""
        theme = self.request.COOKIES.get(THEME_COOKIE, "")
        return theme if theme in THEMES else ""

    @cached_property
    def colours(self) -> Preference:
        """Return the choice between light, dark and what the device has."""
        options = (("", _("Automatic")), ("light", _("Light")), ("dark", _("Dark")))
        return Preference("theme", _("Colours"), reverse("home:theme"), self.path, self.theme, options)

    @cached_property
    def keys_off(self) -> bool:
        """Return whether the reader has switched off what single keys do."""
        return self.request.COOKIES.get(KEYS_COOKIE) == OFF

    @cached_property
    def keys(self) -> Preference:
        """Return the choice whether single keys (/, j, k …) do something."""
        options = (("on", _("Keys on")), (OFF, _("Keys off")))
        value = OFF if self.keys_off else "on"
        return Preference("single_keys", _("Single keys"), reverse("home:keys"), self.path, value, options)

    @cached_property
    def sign_in_reason(self) -> str:
        """Return why the page from which a visitor was led to the sign-in asks for an account; "" if it does not."""
        if self.is_shut:
            return _("This portal is open to people of the departments only.")
        target = self.request.POST.get("next") or self.request.GET.get("next") or ""
        return str(SIGN_IN_REASONS.get(section_of(target.partition("?")[0]), ""))

    @cached_property
    def sign_in_url(self) -> str:
        path = reverse("account_login")
        if self.request.path.startswith("/accounts/"):
            return path
        return f"{path}?{urlencode({'next': self.path})}"
