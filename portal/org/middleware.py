"""Language of the reader, the closed portal, and the computer that several people use."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_cache_control

from portal.org.models import PortalSettings

# What the page to sign in needs, and what machines ask.
OPEN_PREFIXES = (
    "/accounts/",
    "/static/",
    "/health/",
    "/language/",
    "/theme/",
    "/keys/",
    "/departments.css",
    "/favicon.ico",
    # Calendar programs: whoever has no valid address gets nothing.
    "/rotation/feed/",
    "/jsi18n/",
)


class SharedComputerMiddleware:
    """Keeps what a person saw from the next one at the same computer.

    Responses to a signed-in person are stored nowhere, so that Back asks the server again; signing out also clears the
    browser's cache, and no more: clearing storage would take the drafts of others, and cookies the language.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_signed_in = request.user.is_authenticated
        response = self.get_response(request)
        is_signed_in = request.user.is_authenticated
        cache_control = response.get("Cache-Control", "")
        # A picture is asked for again each time, but sent again only where it has changed.
        is_shared = "public" in cache_control or "no-cache" in cache_control
        if (was_signed_in or is_signed_in) and not is_shared:
            patch_cache_control(response, private=True, no_store=True)
        if was_signed_in and not is_signed_in:
            response.headers["Clear-Site-Data"] = '"cache"'
        return response


class PreferredLanguageMiddleware:
    """Activates the profile's language for a signed-in person, else the cookie's, else Chinese."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.language_names = dict(settings.LANGUAGES)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = request.user.language if request.user.is_authenticated else cookie
        if language not in self.language_names:
            language = settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            # A template that is rendered later would be in another language.
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response = response.render()
        return response


class ClosedPortalMiddleware:
    """Asks visitors for an account on every page but the sign-in, while the portal is closed to them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            not request.user.is_authenticated
            and not request.path.startswith(OPEN_PREFIXES)
            and PortalSettings.load(request_or_site=request).closed_to_visitors
        ):
            return redirect_to_login(request.get_full_path())
        return self.get_response(request)
