"""Pages for people who forgot their password."""

from __future__ import annotations

from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from portal.org.forms.sign_in import ForgottenPasswordForm
from portal.org.models import User
from portal.org.tasks import send_password_link


@never_cache
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """Ask for a username; the answer is the same whether there is such an account or not."""
    form = ForgottenPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        login = form.cleaned_data["login"]
        if response := ratelimit.consume_or_429(request, action="reset_password", key=login.lower()):
            return response
        user = User.objects.active().filter(username__iexact=login.strip()).first()
        # The same query and the same row, whether there is such an account or not: the time does not tell either.
        send_password_link.enqueue(user.pk if user else None)
        return redirect("account_reset_password_done")
    return render(request, "account/password_reset.html", {"form": form, "has_mail": settings.HAS_MAIL})


@never_cache
def forgotten_password_done(request: HttpRequest) -> HttpResponse:
    return render(request, "account/password_reset_done.html", {"has_mail": settings.HAS_MAIL})
