"""Who answers for it that something published, or a file that was uploaded, holds no secrets."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.foundation.models import RandomKeyModel
from portal.foundation.storage import private_storage
from portal.org.enums import FileReviewStatus
from portal.org.rules import is_reviewer

if TYPE_CHECKING:
    from wagtail.models import Revision

    from portal.org.models import User


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


class CheckedAtPublishing(SecrecyReviewed):
    """What Wagtail publishes: it records who published it as the one who checked it for secrets.

    Stands before Wagtail's mixins in the bases of a model.
    """

    class Meta:
        abstract = True

    @property
    def classification_mark(self) -> str:
        """Return the first mark of classification in the texts, "" where there is none."""
        raise NotImplementedError

    def publish(self, revision: Revision, user: User | None = None, **kwargs: Any) -> None:
        """Publish a revision, and name who published it as the one who checked it for secrets.

        One with a mark of classification is published by a secrecy reviewer or not at all: raises PermissionDenied, and
        leaves a scheduled one for a reviewer.
        """
        # A revision that was scheduled is published by the clock: whoever scheduled it has checked it, on that day.
        checked_on = self.secrecy_reviewed_on if user is None else None
        reviewer = user or (self.secrecy_reviewed_by if revision.approved_go_live_at else None)
        if revision.as_object().classification_mark and not (reviewer and is_reviewer(reviewer)):
            if user is None:
                return
            raise PermissionDenied
        super().publish(revision, user=user, **kwargs)  # type: ignore[misc]
        self.record_secrecy_check(reviewer, on=checked_on)

    def record_secrecy_check(self, reviewer: User | None, *, on: dt.date | None = None) -> None:
        """Name who checked what was just published, on a day (today if None)."""
        self.secrecy_reviewed_by, self.secrecy_reviewed_on = reviewer, on or timezone.localdate()
        type(self)._default_manager.filter(pk=self.pk).update(
            secrecy_reviewed_by=self.secrecy_reviewed_by, secrecy_reviewed_on=self.secrecy_reviewed_on
        )


class FileReviewQuerySet(models.QuerySet["FileReview"]):
    def held(self) -> Self:
        return self.filter(status=FileReviewStatus.HELD)

    def decided(self) -> Self:
        """Keep what a reviewer decided about after it was held back, the last first."""
        decided = self.filter(status__in=[FileReviewStatus.RELEASED, FileReviewStatus.REFUSED])
        return decided.select_related("reviewed_by").order_by("-reviewed_on", "pk")


class FileReview(RandomKeyModel):
    """What was found in a document that somebody uploaded in the admin, and who answers for it.

    A file with a mark of classification is kept here alone until a reviewer decides: no list, chooser or count of
    documents knows it. Released, it becomes a document; refused, it is deleted. The row outlives the document, so both are
    named by their keys.
    """

    wagtail_reference_index_ignore = True  # else the usage pages of people would list what they uploaded

    status = models.CharField(max_length=12, choices=FileReviewStatus)
    # The document that was read, that a held file replaces, or that it became.
    document_key = models.PositiveIntegerField(null=True, blank=True, db_index=True)
    title = models.CharField(max_length=255, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    tags = models.JSONField(default=list)
    collection_key = models.PositiveIntegerField(null=True, blank=True)
    file = models.FileField(storage=private_storage, upload_to="held/", blank=True)
    # Of the file, so that the same is held once.
    digest = models.CharField(max_length=64, blank=True)
    # Marks with the words before and after them.
    passages = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    uploaded_on = models.DateField(default=timezone.localdate)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_on = models.DateField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = FileReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["uploaded_by", "digest"],
                condition=models.Q(status="held"),
                name="same_file_is_held_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.uploaded_on:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("org:file_review", args=[self.pk])
