"""Questions that ask the same, grouped without loss: memberships and merges are history rows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inquiry.enums import ClusterStatus
from inquiry.models.questions import Question
from portal.foundation.enums import Lang
from portal.foundation.limits import MAX_TITLE_CHARS
from portal.foundation.numbers import MAX_NUMBER_LENGTH


class QuestionClusterQuerySet(models.QuerySet["QuestionCluster"]):
    def open(self) -> QuestionClusterQuerySet:
        """Return clusters that were not merged into another."""
        return self.filter(status=ClusterStatus.OPEN)


class QuestionCluster(models.Model):
    """A group of questions under one statement. The number is permanent (`C-2026-0031`)."""

    number = models.CharField(_("number"), max_length=MAX_NUMBER_LENGTH, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=MAX_TITLE_CHARS)
    statement = models.TextField(_("what they ask"), blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=ClusterStatus, default=ClusterStatus.OPEN, editable=False
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="absorbed", editable=False
    )
    lang = models.CharField(_("language"), max_length=8, choices=Lang, default=Lang.ZH_HANS)
    grouped_on = models.DateField(_("grouped on"))
    created_at = models.DateTimeField(auto_now_add=True)

    objects = QuestionClusterQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=ClusterStatus.ABSORBED, merged_into__isnull=False)
                | Q(status=ClusterStatus.OPEN, merged_into__isnull=True),
                name="absorbed_cluster_has_holder",
            )
        ]
        verbose_name = _("cluster")
        verbose_name_plural = _("clusters")

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return f"/clusters/{self.number}/"


class ClusterMerge(models.Model):
    """A merge of one cluster into another, and perhaps its undoing."""

    kept = models.ForeignKey(QuestionCluster, models.PROTECT, related_name="merges_received")
    absorbed = models.ForeignKey(QuestionCluster, models.PROTECT, related_name="merges_made")
    reason = models.TextField(_("reason"))
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undo_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-merged_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kept=models.F("absorbed")), name="cluster_not_merged_into_itself"
            ),
            # A cluster is absorbed once at a time; an undone merge may be followed by another.
            models.UniqueConstraint(
                fields=["absorbed"], condition=Q(undone_at__isnull=True), name="one_standing_merge"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed.number} > {self.kept.number}"


class ClusterMembership(models.Model):
    """A question's time in a cluster; at most one membership of a question is current."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="memberships")
    cluster = models.ForeignKey(QuestionCluster, models.PROTECT, related_name="memberships")
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    end_reason = models.TextField(blank=True)
    merge = models.ForeignKey(
        ClusterMerge, models.PROTECT, null=True, blank=True, related_name="moved", editable=False
    )

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                # At most one membership without an end: the present cluster.
                fields=["question"],
                condition=Q(until__isnull=True),
                name="one_current_cluster",
            )
        ]
        indexes = [models.Index(fields=["cluster", "until"])]

    def __str__(self) -> str:
        return f"{self.question.number} in {self.cluster.number}"
