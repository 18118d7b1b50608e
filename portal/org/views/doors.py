"""Wagtail's own doors lead to the portal's; what it offers beside our services leads nowhere."""

from __future__ import annotations

from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from portal.org.rules import can_use_admin


def sign_in(request: HttpRequest) -> HttpResponse:
    """Wagtail sends everybody here who may not enter; signing in once more would not help."""
    if request.user.is_authenticated and not can_use_admin(request.user):
        raise PermissionDenied
    target = request.GET.get("next") or request.POST.get("next") or reverse("wagtailadmin_home")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = reverse("wagtailadmin_home")
    return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")


def sign_out(request: HttpRequest) -> HttpResponse:
    """Wagtail's menu posts here."""
    if request.method != "POST":
        return redirect("account_logout")
    logout(request)
    return redirect("/")


def forgotten_password(request: HttpRequest, rest: str = "") -> HttpResponse:
    return redirect("account_reset_password")


def profile(request: HttpRequest) -> HttpResponse:
    return redirect("org:profile")


def nowhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    raise Http404
