"""Typical cases: drafts, revisions, preview, locking and workflow are Wagtail's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from taggit.models import ItemBase
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    Orderable,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
    WorkflowState,
)
from wagtail.search import index

from casebank.models.kinds import CaseHeading, CaseKind
from casebank.rules import can_curate_cases
from portal.foundation.enums import Lang
from portal.foundation.limits import MAX_TITLE_CHARS
from portal.foundation.models import in_language
from portal.foundation.numbers import MAX_NUMBER_LENGTH
from portal.foundation.secrecy import marks_in
from portal.org.models import Department, Topic
from portal.org.models.secrecy import CheckedAtPublishing

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.org.models import User


class TypicalCaseQuerySet(models.QuerySet["TypicalCase"]):
    def published(self) -> Self:
        return self.filter(live=True)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Keep those for which `rules.can_view_case` is true."""
        return self if can_curate_cases(user) else self.published()


# mypy resolves the managers of relations in an order that leaves them out here.
class TypicalCase(  # type: ignore[django-manager-missing]
    CheckedAtPublishing,
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    PreviewableMixin,
    index.Indexed,
    ClusterableModel,
):
    """A published exemplar in fixed sections. The number is permanent (`AL-2026-007`)."""

    number = models.CharField(_("number"), max_length=MAX_NUMBER_LENGTH, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=MAX_TITLE_CHARS)
    title_en = models.CharField(_("title in English"), max_length=255, blank=True)
    kind = models.ForeignKey(CaseKind, models.PROTECT, related_name="cases", verbose_name=_("kind"))
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("department that handed it in"),
    )
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    lang = models.CharField(_("language"), max_length=8, choices=Lang, default=Lang.ZH_HANS)
    topics = ClusterTaggableManager(through="casebank.CaseTopic", blank=True, verbose_name=_("topics"))
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="typical_case")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="typical_case",
        for_concrete_model=False,
    )

    objects = TypicalCaseQuerySet.as_manager()

    search_fields = [
        index.SearchField("title"),
        index.SearchField("number"),
        index.FilterField("kind"),
        index.FilterField("live"),
    ]

    class Meta:
        ordering = ["-number"]
        verbose_name = _("typical case")
        verbose_name_plural = _("typical cases")

    def __str__(self) -> str:
        return f"{self.number} {self.title_here}"

    @property
    def revisions(self) -> models.QuerySet:
        return self._revisions

    def get_absolute_url(self) -> str:
        return f"/cases/{self.number}/"

    @property
    def workflow_under_way(self) -> WorkflowState | None:
        """Return the workflow in which the case waits for an approval; read from what was prefetched."""
        states = self.workflow_states.all()
        return next((state for state in states if state.status == WorkflowState.STATUS_IN_PROGRESS), None)

    @property
    def classification_mark(self) -> str:
        """Return the first mark of classification in the case's texts, "" where there is none."""
        sections = self.sections.all()
        return marks_in([self.title, self.title_en, *(section.body for section in sections)])

    @property
    def title_here(self) -> str:
        return in_language(self, "title")

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Answer with the page of the draft as it is in the form."""
        # Views stand above models, so this one is looked up by name.
        return import_string("casebank.views.preview")(request, case=self)


class CaseTopic(ItemBase):
    """A topic of a case."""

    tag = models.ForeignKey(Topic, models.PROTECT, related_name="case_items")
    content_object = ParentalKey(TypicalCase, on_delete=models.CASCADE, related_name="topic_items")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="case_topic_once")]


class CaseSection(Orderable):
    """The text under one heading of a case (Markdown)."""

    case = ParentalKey(TypicalCase, on_delete=models.CASCADE, related_name="sections")
    heading = models.ForeignKey(CaseHeading, models.PROTECT, related_name="+", verbose_name=_("heading"))
    body = models.TextField(_("text"), help_text=_("Markdown."))

    class Meta(Orderable.Meta):
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def __str__(self) -> str:
        return str(self.heading)

    @property
    def citation_field(self) -> str:
        """The name under which this section's citations are recorded with the case."""
        return f"section-{self.pk}"
