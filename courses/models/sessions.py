"""Training sessions and their agenda."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from taggit.models import ItemBase

from courses.enums import ANNOUNCED, ActivityForm, SessionMode, SessionStatus
from portal.foundation.enums import Lang
from portal.foundation.models import in_language
from portal.foundation.numbers import MAX_NUMBER_LENGTH
from portal.org.models import Department, Office, Topic
from portal.org.models.secrecy import SecrecyReviewed
from portal.org.rules import is_staff_member

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.org.models import User


class TrainingSessionQuerySet(models.QuerySet["TrainingSession"]):
    def announced(self) -> Self:
        """Keep the sessions that visitors may see."""
        return self.filter(status__in=ANNOUNCED)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Keep those for which `rules.can_view_session` is true."""
        return self if is_staff_member(user) else self.announced()

    def upcoming(self, today: dt.date) -> Self:
        return self.filter(ends_on__gte=today).order_by("starts_on")

    def past(self, today: dt.date) -> Self:
        return self.filter(ends_on__lt=today)


# mypy resolves the managers of relations in an order that leaves them out here.
class TrainingSession(ClusterableModel, SecrecyReviewed):  # type: ignore[django-manager-missing]
    """A hosted run of the joint training. The number is permanent (`TT-2026-03`)."""

    number = models.CharField(_("number"), max_length=MAX_NUMBER_LENGTH, unique=True, editable=False)
    theme = models.CharField(_("theme"), max_length=160)
    theme_en = models.CharField(_("theme in English"), max_length=255, blank=True)
    summary = models.TextField(_("summary"), blank=True, help_text=_("Markdown."))
    summary_en = models.TextField(_("summary in English"), blank=True)
    host_department = models.ForeignKey(
        Department, models.PROTECT, related_name="hosted_sessions", verbose_name=_("host department")
    )
    office = models.ForeignKey(
        Office,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hosted_sessions",
        verbose_name=_("host office"),
    )
    place = models.CharField(_("place"), max_length=160, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    mode = models.CharField(_("mode"), max_length=10, choices=SessionMode, default=SessionMode.ON_SITE)
    status = models.CharField(
        _("status"), max_length=16, choices=SessionStatus, default=SessionStatus.PROPOSED, editable=False
    )
    lang = models.CharField(_("language"), max_length=8, choices=Lang, default=Lang.ZH_HANS)
    topics = ClusterTaggableManager(through="courses.SessionTopic", blank=True, verbose_name=_("topics"))
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TrainingSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="session_ends_after_start",
                violation_error_message=_("The last day is before the first."),
            )
        ]
        verbose_name = _("training session")
        verbose_name_plural = _("training sessions")

    def __str__(self) -> str:
        return f"{self.number} {self.theme_here}"

    def get_absolute_url(self) -> str:
        return f"/sessions/{self.number}/"

    @property
    def theme_here(self) -> str:
        return in_language(self, "theme")

    @property
    def summary_here(self) -> str:
        return in_language(self, "summary")

    @property
    def is_announced(self) -> bool:
        return self.status in ANNOUNCED


class SessionTopic(ItemBase):
    """A topic of a session."""

    tag = models.ForeignKey(Topic, models.PROTECT, related_name="session_items")
    content_object = ParentalKey(TrainingSession, on_delete=models.CASCADE, related_name="topic_items")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="session_topic_once"),
        ]


class Activity(ClusterableModel):
    """A slot of a session's agenda."""

    session = ParentalKey(TrainingSession, on_delete=models.CASCADE, related_name="activities")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    title = models.CharField(_("title"), max_length=160)
    title_en = models.CharField(_("title in English"), max_length=255, blank=True)
    form = models.CharField(_("form"), max_length=24, choices=ActivityForm, default=ActivityForm.LECTURE)
    place = models.CharField(_("place"), max_length=120, blank=True)
    moderators = ParentalManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="moderated_activities",
        verbose_name=_("moderators"),
    )

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="activity_ends_after_start",
                violation_error_message=_("The activity ends before it begins."),
            )
        ]
        verbose_name = _("activity")
        verbose_name_plural = _("activities")

    def __str__(self) -> str:
        return self.title_here

    @property
    def title_here(self) -> str:
        return in_language(self, "title")
