"""What people sent that bears a mark of classification, until a reviewer decides."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inquiry.enums import HeldKind, HeldStatus
from inquiry.models.questions import Question
from portal.foundation import dates
from portal.foundation.models import RandomKeyModel


class HeldSubmission(RandomKeyModel):
    """A question or a correction that is held back: it has no number, and no list, search or count knows it.

    Who sent it stands here as in AskerIdentity, for that person alone; a reviewer reads text and day. Refused, the text
    is deleted.
    """

    wagtail_reference_index_ignore = True  # else the usage pages of people would list what they sent

    kind = models.CharField(max_length=12, choices=HeldKind)
    # What the service that takes it needs besides the text.
    content = models.JSONField(default=dict)
    text = models.TextField()
    marks = models.JSONField(default=list)
    # The question that a correction belongs to, or that a held question became.
    question = models.ForeignKey(
        Question, models.CASCADE, null=True, blank=True, related_name="held_submissions"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # As in AskerIdentity.
    is_closed = models.BooleanField(default=False)
    sent_on = models.DateField(default=timezone.localdate)
    # A form or a row that is sent twice is held once.
    submission_key = models.UUIDField(null=True, blank=True, unique=True)
    digest = models.CharField(max_length=64, null=True, blank=True, unique=True)
    status = models.CharField(max_length=12, choices=HeldStatus, default=HeldStatus.WAITING)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_on = models.DateField(null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        # The key is random: of one day, no order tells what was sent first.
        ordering = ["sent_on", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {dates.day(self.sent_on)}"

    def get_absolute_url(self) -> str:
        return reverse("inquiry:held_submission", args=[self.pk])
