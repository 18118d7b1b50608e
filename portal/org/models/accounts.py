"""Requests to those who administer accounts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.foundation.models import RandomKeyModel
from portal.org.models.users import User


class PasswordRequest(RandomKeyModel):
    """A request for a password link by somebody who cannot be mailed; an administrator hands it over."""

    user = models.ForeignKey(User, models.CASCADE, related_name="password_requests", verbose_name=_("person"))
    requested_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(settled_at__isnull=True), name="one_open_password_request"
            )
        ]
        verbose_name = _("request for a password link")
        verbose_name_plural = _("requests for password links")

    def __str__(self) -> str:
        return str(self.user)
