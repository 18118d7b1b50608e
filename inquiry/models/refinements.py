"""Questions restated by analysts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inquiry.models.questions import Question
from portal.foundation.limits import MAX_TITLE_CHARS


class Refinement(models.Model):
    """One version of a question's restated form; exactly one is current once there is any."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="refinements")
    version = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=MAX_TITLE_CHARS)
    text = models.TextField(_("restated text"))
    is_current = models.BooleanField(default=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    refined_on = models.DateField(_("refined on"))
    # What saving it replaced, for taking it back: topics, mark, language, confirmed citations, assignments,
    # titles of clusters.
    replaced = models.JSONField(default=dict, editable=False)
    # Taken back by its author soon after: it keeps its version, and no page shows it.
    undone_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["question", "version"], name="refinement_version_once"),
            models.UniqueConstraint(
                fields=["question"], condition=Q(is_current=True), name="one_current_refinement"
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(undone_at__isnull=True),
                name="undone_refinement_is_not_current",
            ),
        ]
        verbose_name = _("refinement")
        verbose_name_plural = _("refinements")

    def __str__(self) -> str:
        return f"{self.question.number} v{self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row, and note at the question whether it has a restated form now."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            current = Refinement.objects.filter(question=self.question_id, is_current=True)
            self.question.is_refined = current.exists()
            Question.objects.filter(pk=self.question_id).update(is_refined=self.question.is_refined)
