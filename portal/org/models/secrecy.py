"""Who answers for it that something published holds no secrets."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SecrecyReviewed(models.Model):
    """A record that names who checked it for secrets when it was last published; None for a command."""

    secrecy_reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("checked for secrets by"),
    )
    secrecy_reviewed_on = models.DateField(_("checked for secrets on"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True
