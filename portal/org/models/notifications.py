"""Notifications to people."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.foundation.joining import labelled
from portal.foundation.models import RandomKeyModel
from portal.foundation.numbers import MAX_NUMBER_LENGTH
from portal.org.enums import NotificationKind
from portal.org.models.users import User


class Notification(RandomKeyModel):
    """A message to one person, worded in the language that the person reads in.

    `subject` is the record's number and title as they may be shown to the recipient, `number` that of the record in
    which it ended, such as a cluster; no page but the recipient's own lists these rows.
    """

    wagtail_reference_index_ignore = True  # else the usage page of a person would list these rows

    recipient = models.ForeignKey(User, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=32, choices=NotificationKind)
    number = models.CharField(max_length=MAX_NUMBER_LENGTH, blank=True)
    subject = models.CharField(max_length=300)
    url = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        # The key is random: it only settles the order of what was sent in the same microsecond.
        ordering = ["-created_at", "pk"]
        indexes = [models.Index(fields=["recipient", "read_at"])]
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")

    def __str__(self) -> str:
        return labelled(self.headline, self.subject)

    @property
    def headline(self) -> str:
        """Return what happened, in the active language."""
        return self.get_kind_display() % {"number": self.number}
