"""Work on one question at the desk: who has taken it for a while, and how it was closed without being restated."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inquiry.enums import ClosureReason
from inquiry.models.questions import Question
from portal.foundation.models import RandomKeyModel
from portal.org.models import User


class QuestionClaim(RandomKeyModel):
    """An analyst works on a question until `claimed_until`; then anybody may take it."""

    wagtail_reference_index_ignore = True  # else the usage pages of people would list questions

    question = models.OneToOneField(Question, models.CASCADE, related_name="claim")
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    claimed_until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["claimed_by", "claimed_until"])]

    def __str__(self) -> str:
        return self.question.number

    def is_of_other(self, user: User, now: dt.datetime) -> bool:
        """Return whether somebody else works on the question until later than `now`."""
        return self.claimed_by_id != user.pk and self.claimed_until > now


class QuestionClosure(models.Model):
    """A question that goes no further, with the reply that its asker reads; history, since it can be opened again."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="closures")
    reason = models.CharField(_("reason"), max_length=12, choices=ClosureReason)
    # The question that asks the same and is worked on.
    duplicate_of = models.ForeignKey(
        Question, models.PROTECT, null=True, blank=True, related_name="closed_duplicates"
    )
    reply = models.TextField(_("reply to the asker"))
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["closed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["question"], condition=Q(reopened_at__isnull=True), name="one_standing_closure"
            ),
            models.CheckConstraint(
                condition=Q(reason=ClosureReason.DUPLICATE, duplicate_of__isnull=False)
                | Q(reason=ClosureReason.NOT_OURS, duplicate_of__isnull=True),
                name="closed_duplicate_names_the_other",
            ),
            models.CheckConstraint(
                condition=~Q(duplicate_of=F("question")), name="question_not_its_own_duplicate"
            ),
        ]
        verbose_name = _("closing of a question")
        verbose_name_plural = _("closings of questions")

    def __str__(self) -> str:
        return f"{self.question.number}: {self.get_reason_display()}"
