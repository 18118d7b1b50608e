"""Wagtail's own pages to sign in and out and for passwords: they redirect to the portal's."""

from __future__ import annotations

from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from portal.org.rules import can_use_admin


def sign_in(request: HttpRequest) -> HttpResponse:
    """Redirect to the portal's sign-in; refuse people who are signed in and have no access to the admin.

    Wagtail sends those here, too, and signing in once more would lead them in a circle.
    """
    if request.user.is_authenticated and not can_use_admin(request.user):
        raise PermissionDenied
    target = request.GET.get("next") or request.POST.get("next") or reverse("wagtailadmin_home")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = reverse("wagtailadmin_home")
    return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")


def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out on the POST that Wagtail's menu sends; ask first on a GET."""
    if request.method != "POST":
        return redirect("account_logout")
    logout(request)
    return redirect("/")


def redirect_to_forgotten_password(request: HttpRequest, path: str = "") -> HttpResponse:
    """Redirect to the portal's own page, which does not tell whether there is such an account."""
    return redirect("account_reset_password")


def redirect_to_profile(request: HttpRequest) -> HttpResponse:
    """Redirect to the portal's own profile."""
    return redirect("org:profile")
