"""Views of the look: hues of departments, light and dark, the styleguide."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from home.navigation import KEYS_COOKIE, OFF, THEME_COOKIE, THEMES
from home.styleguide import samples
from portal.org.models import Department

DARK = (
    "@media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {rule} }}\n"
    ":root[data-theme=dark] {rule}\n"
)


def _hues(department: Department) -> str:
    selector = f".seal--{department.code}"
    light = f"{selector} {{ --dept: {department.hue_light}; }}\n"
    return light + DARK.format(rule=f"{selector} {{ --dept: {department.hue_dark}; }}")


@require_safe
def departments_css(request: HttpRequest) -> HttpResponse:
    """Serve the hue of each department's seal as a stylesheet, since inline styles are forbidden."""
    css = "".join(_hues(department) for department in Department.objects.all())
    etag = f'"{hashlib.sha256(css.encode()).hexdigest()[:20]}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(css, content_type="text/css; charset=utf-8")
    response.headers["ETag"] = etag
    patch_cache_control(response, public=True, max_age=300)
    return response


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Set light, dark, or as the device has it, and return to the page."""
    theme = request.POST.get("theme", "")
    return _keep(request, THEME_COOKIE, theme if theme in THEMES else "")


@require_POST
def set_keys(request: HttpRequest) -> HttpResponse:
    """Let single keys do something or not (WCAG 2.1.4), and return to the page."""
    return _keep(request, KEYS_COOKIE, OFF if request.POST.get("single_keys") == OFF else "")


def _keep(request: HttpRequest, cookie: str, value: str) -> HttpResponse:
    """Keep a choice of this browser, or forget it where it is empty; return to the page of the form."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    if value:
        year, is_secure = 365 * 24 * 3600, request.is_secure()
        response.set_cookie(cookie, value, max_age=year, samesite="Lax", httponly=True, secure=is_secure)
    else:
        response.delete_cookie(cookie, samesite="Lax")
    return response


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    return render(request, "home/styleguide.html", samples())
