"""Pages of one's own account: overview, profile, notifications."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from portal.foundation import dates
from portal.org import selectors, services
from portal.org.enums import ROLE_EXPLANATIONS, Role
from portal.org.forms.profile import ProfileForm
from portal.org.models import User
from portal.org.requests import SignedInRequest
from portal.org.rules import roles_of

PER_PAGE = 20


@login_required
def me(request: SignedInRequest) -> HttpResponse:
    """Show links to a person's own pages: the last entry of a phone's bar."""
    return render(request, "org/me.html")


@login_required
def profile(request: SignedInRequest) -> HttpResponse:
    user = request.user
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.update_profile(user=user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
    if request.method == "POST" and form.is_valid():
        with override(user.language):
            messages.success(request, _("Your profile was saved."))
            if saved.new_email_at:
                day = dates.day(timezone.localdate(saved.new_email_at))
                messages.info(request, _("The new e-mail address counts from %(day)s.") % {"day": day})
        return redirect("org:profile")
    memberships = user.memberships.select_related("office__department")
    roles = [(role.label, ROLE_EXPLANATIONS[role]) for role in Role if role in roles_of(user)]
    return render(request, "org/profile.html", {"form": form, "memberships": memberships, "roles": roles})


@login_required
@require_POST
def keep_address(request: SignedInRequest) -> HttpResponse:
    services.cancel_address_change(user=request.user, actor=request.user)
    messages.success(request, _("Your present e-mail address stays."))
    return redirect("org:profile")


@login_required
@require_POST
def confirm_address(request: SignedInRequest) -> HttpResponse:
    try:
        services.confirm_address(user=request.user, email=request.POST.get("email", ""))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Thank you: this is your e-mail address."))
    return redirect("org:profile")


@login_required
def notifications(request: SignedInRequest) -> HttpResponse:
    page = Paginator(selectors.notifications_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "org/notifications.html", {"page_obj": page})


@login_required
def open_notification(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """Redirect to what a notification is about; it counts as read from then on.

    A list that stands open may name one that was recalled since.
    """
    notification = selectors.notifications_of(request.user).filter(pk=pk).first()
    if notification is None:
        messages.info(request, _("This notification is gone; what it told may have been taken back."))
        return redirect("org:notifications")
    services.mark_read(notification=notification, user=request.user)
    is_own_site = url_has_allowed_host_and_scheme(
        notification.url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(notification.url if is_own_site else reverse("org:notifications"))


@login_required
@require_POST
def read_notifications(request: SignedInRequest) -> HttpResponse:
    services.mark_all_read(user=request.user)
    return redirect("org:notifications")
