"""Questions, opinions and suggestions, as raised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import ItemBase

from courses.models import Activity, TrainingSession
from inquiry.enums import ENDED_STATUSES, Naming, QuestionKind, QuestionOrigin, QuestionStatus
from inquiry.excerpts import excerpt
from portal.foundation.enums import Lang
from portal.foundation.limits import (
    MAX_CATEGORY_CHARS,
    MAX_OFFICE_NAME_CHARS,
    MAX_SOURCE_CHARS,
    MAX_TITLE_CHARS,
)
from portal.foundation.models import RandomKeyModel
from portal.foundation.numbers import MAX_NUMBER_LENGTH
from portal.org.models import Department, Office, Topic

if TYPE_CHECKING:
    from inquiry.models.refinements import Refinement


class QuestionQuerySet(models.QuerySet["Question"]):
    def standing(self) -> QuestionQuerySet:
        """Return questions that were neither withdrawn nor closed."""
        return self.exclude(status__in=ENDED_STATUSES)

    def from_session(self, session: TrainingSession) -> QuestionQuerySet:
        """Return questions that were raised in a session."""
        return self.filter(session=session)


class Question(models.Model):  # type: ignore[django-manager-missing]
    """One question, opinion or suggestion. Text and number never change; who asked is not here.

    `department` and `office` are those of the asker when it was raised; an anonymous one carries its
    department only (its office stands with the identity). `office_name` is the office as received in an
    import; `digest` recognises an imported row, `submission_key` a form that was sent twice.
    """

    # `Q-2026-000123`, permanent.
    number = models.CharField(_("number"), max_length=MAX_NUMBER_LENGTH, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=QuestionKind, default=QuestionKind.QUESTION)
    title = models.CharField(_("title"), max_length=MAX_TITLE_CHARS, blank=True)
    text = models.TextField(_("text as raised"))
    lang = models.CharField(_("language"), max_length=8, choices=Lang, default=Lang.ZH_HANS)
    session = models.ForeignKey(
        TrainingSession,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="questions",
        verbose_name=_("session"),
    )
    activity = models.ForeignKey(
        Activity, models.SET_NULL, null=True, blank=True, related_name="questions", verbose_name=_("activity")
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="questions",
        verbose_name=_("department"),
    )
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="questions", verbose_name=_("office")
    )
    office_name = models.CharField(_("office as received"), max_length=MAX_OFFICE_NAME_CHARS, blank=True)
    naming = models.CharField(_("naming"), max_length=12, choices=Naming, default=Naming.OFFICE)
    raised_on = models.DateField(_("raised on"))
    origin = models.CharField(
        _("origin"), max_length=12, choices=QuestionOrigin, default=QuestionOrigin.PORTAL
    )
    category_received = models.CharField(_("category as received"), max_length=MAX_CATEGORY_CHARS, blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=QuestionStatus, default=QuestionStatus.RAISED, editable=False
    )
    names_real = models.BooleanField(_("names a real case or person"), default=False, editable=False)
    # Whether it has a restated form now, kept by `Refinement.save`: queues ask it of every question there is.
    is_refined = models.BooleanField(default=False, editable=False)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True, editable=False)
    # The asker and everyone who has the question too; kept by `services.questions`, so that lists can be sorted by it.
    voices = models.PositiveIntegerField(_("voices"), default=1, editable=False)
    # NULL and not "": any number of questions have no digest, and it is unique.
    digest = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    submission_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    topics = TaggableManager(through="inquiry.QuestionTopic", blank=True, verbose_name=_("topics"))

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_on", "-number"]
        indexes = [
            models.Index(fields=["session", "status"]),
            models.Index(fields=["status", "-raised_on"]),
            # Of lists of all questions, which are cut into pages; with the status, no row is read for those passed over.
            models.Index(fields=["-raised_on", "-number", "status"], name="inquiry_question_newest"),
            models.Index(
                fields=["raised_on", "number", "status"],
                condition=models.Q(is_refined=False),
                name="inquiry_question_unrefined",
            ),
            models.Index(fields=["-voices", "-raised_on", "-number"], name="inquiry_question_voices"),
            # Holds all that the facets of the list count, so that no row is read for them.
            models.Index(fields=["kind", "status", "department", "session"], name="inquiry_question_facets"),
        ]
        constraints = [
            # Held by the database, since shells and migrations write past the services.
            models.CheckConstraint(
                condition=~models.Q(naming=Naming.ANONYMOUS) | models.Q(office__isnull=True, office_name=""),
                name="anonymous_question_without_office",
            ),
            models.CheckConstraint(
                condition=models.Q(status=QuestionStatus.WITHDRAWN, withdrawn_on__isnull=False)
                | (~models.Q(status=QuestionStatus.WITHDRAWN) & models.Q(withdrawn_on__isnull=True)),
                name="withdrawn_question_has_date",
            ),
        ]
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return f"/questions/{self.number}/"

    @property
    def title_as_raised(self) -> str:
        """Return the title, or the first sentence of a question that was raised without one."""
        return self.title or excerpt(self.text)

    # Set by readers that fetch the restated forms of many questions at once.
    current_refinements: list[Refinement]

    def current_refinement(self) -> Refinement | None:
        """Return the present restated form, None while there is none.

        Takes one query; none where `refinements` was prefetched, or `current_refinements` with `to_attr`.
        """
        current = self.__dict__.get("current_refinements")
        # `.all()` and a loop: `.filter()` would pass by what was prefetched.
        if current is None:
            current = [refinement for refinement in self.refinements.all() if refinement.is_current]
        return current[0] if current else None

    def public_text(self) -> str:
        """Return the restated text where the original names a real case or person, else the text as raised."""
        if not self.names_real:
            return self.text
        refinement = self.current_refinement()
        return refinement.text if refinement else ""

    def public_title(self) -> str:
        """Return the title that everybody who may see the question may read: the restated one once there is one."""
        refinement = self.current_refinement()
        if refinement:
            return refinement.title
        # Marked but not yet restated: others have no title at all.
        return "" if self.names_real else self.title_as_raised


class QuestionTopic(ItemBase):
    """A topic of a question."""

    tag = models.ForeignKey(Topic, models.PROTECT, related_name="question_items")
    content_object = models.ForeignKey(Question, models.CASCADE, related_name="topic_items")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="question_topic_once")]


class Correction(models.Model):
    """A correction that the asker appended later; the text as raised stays."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="corrections")
    text = models.TextField(_("correction"))
    appended_on = models.DateField(_("appended on"))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")

    def __str__(self) -> str:
        return f"{self.question.number} +{self.pk}"


class ReceivedAnswer(models.Model):
    """An answer that was given elsewhere and is kept with the question as received."""

    question = models.OneToOneField(Question, models.CASCADE, related_name="received_answer")
    text = models.TextField(_("answer as received"))
    source = models.CharField(_("source"), max_length=MAX_SOURCE_CHARS, blank=True)

    class Meta:
        verbose_name = _("received answer")
        verbose_name_plural = _("received answers")

    def __str__(self) -> str:
        return self.question.number


class CategoryMapping(models.Model):
    """A category of an imported file with the topic that it means, which staff fill in."""

    received = models.CharField(_("category as received"), max_length=MAX_CATEGORY_CHARS, unique=True)
    topic = models.ForeignKey(
        Topic, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("topic")
    )

    class Meta:
        ordering = ["received"]
        verbose_name = _("category mapping")
        verbose_name_plural = _("category mappings")

    def __str__(self) -> str:
        return self.received


class MeToo(RandomKeyModel):
    """A person who has the same question."""

    wagtail_reference_index_ignore = True  # else the usage pages of people would list their questions

    question = models.ForeignKey(Question, models.CASCADE, related_name="me_toos")
    # The row outlives the account: a number that fell with an account would tell whose voice it counted.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # As in AskerIdentity. Whoever has the account meanwhile joins as a stranger would, with a row more.
    is_closed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "user"], condition=models.Q(is_closed=False), name="me_too_once"
            )
        ]

    def __str__(self) -> str:
        return self.question.number


class Follow(RandomKeyModel):
    """A person who wants to hear how a question goes on."""

    wagtail_reference_index_ignore = True  # else the usage pages of people would list their questions

    question = models.ForeignKey(Question, models.CASCADE, related_name="follows")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    is_closed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "user"], condition=models.Q(is_closed=False), name="follow_once"
            )
        ]

    def __str__(self) -> str:
        return self.question.number
