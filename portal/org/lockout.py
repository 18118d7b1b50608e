"""Signing in while wrong passwords are typed: the address that counts, the wait, and the page that says so."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from portal.org.models import User
from portal.org.services import sign_in
from portal.org.tasks import tell_of_failed_sign_ins


class SlowedModelBackend(ModelBackend):
    """Checks username and password, and refuses to look at a password while the account has to wait."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        if request is None or username is None or password is None:
            # A command or a test, not somebody who types.
            return super().authenticate(request, username=username, password=password, **kwargs)
        address = client_address(request) or ""
        wait = sign_in.begin_attempt(username=username, address=address)
        if wait:
            request.sign_in_wait = wait  # type: ignore[attr-defined]
            raise PermissionDenied
        user = super().authenticate(request, username=username, password=password, **kwargs)
        if user is not None:
            sign_in.forget_failures(username=username)
            return user
        wait = sign_in.wait_before_next(username=username, address=address)
        if wait:
            request.sign_in_wait = wait  # type: ignore[attr-defined]
            person = User.objects.filter(username__iexact=username.strip()).first()
            # The same query and the same row for a name without an account: the time does not tell.
            tell_of_failed_sign_ins.enqueue(person.pk if person else None)
        return None

    def get_user(self, user_id: int) -> User | None:
        """Return who is signed in, with the office, in one query: each page shows both."""
        user = User.objects.joined_with_office().filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return what a person may, by one query for roles and permissions together (`User.grants`)."""
        if user_obj.is_superuser or obj is not None or not user_obj.is_active or user_obj.is_anonymous:
            return super().get_all_permissions(user_obj, obj)
        return set(user_obj.grants.permissions)


class SlowedSignInMiddleware:
    """Answers 429 with the time to wait where an attempt to sign in has to wait; no thread sleeps meanwhile."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        wait = getattr(request, "sign_in_wait", None)
        return response if wait is None else slowed_down(request, wait)


def client_address(request: HttpRequest) -> str | None:
    """Return the address of a visitor before TONGTANG_PROXY_COUNT proxies; None without a network."""
    try:
        return get_adapter().get_client_ip(request)
    except PermissionDenied:
        return None


def slowed_down(request: HttpRequest, wait: dt.timedelta) -> HttpResponse:
    """Answer 429 with a page that says for how long to wait, and `Retry-After` in seconds."""
    seconds = math.ceil(wait.total_seconds())
    # Up to a minute and a half in seconds, then in minutes, rounded up.
    minutes = math.ceil(seconds / 60) if seconds > 90 else 0
    context = {"seconds": seconds, "minutes": minutes}
    response = render(request, "account/locked_out.html", context, status=429)
    add_never_cache_headers(response)
    response["Retry-After"] = str(seconds)
    return response
