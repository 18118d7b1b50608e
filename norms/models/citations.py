from __future__ import annotations

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from .documents import NormativeDocument
from .provisions import ArticleIdentity, Provision

# Rows that the citations of one text of a record make, and those of one provision of a law. Whoever repeats
# 第一条至第九百九十九条 in a question must not make others wait for twenty thousand rows.
MAX_CITATIONS_OF_TEXT = 200
MAX_CITATIONS_OF_PROVISION = 500


class CitationQuerySet(models.QuerySet["Citation"]):
    def unresolved(self) -> CitationQuerySet:
        """Return citations of articles that lead to no provision; one of a document as such has no locator."""
        return self.filter(provision=None).exclude(locator={})

    def of_source(self, source: models.Model) -> CitationQuerySet:
        content_type = ContentType.objects.get_for_model(source, for_concrete_model=False)
        return self.filter(content_type=content_type, object_id=source.pk)


class Citation(models.Model):
    """A reference in a record's text.

    `start` and `end` are character offsets in the field named `field`; one span with several articles
    (第三条至第五条) has one row for each. `locator` is empty if a document is cited without an article.
    """

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    source = GenericForeignKey("content_type", "object_id")
    field = models.CharField(_("field"), max_length=60, default="text")
    start = models.PositiveIntegerField(_("begins at"))
    end = models.PositiveIntegerField(_("ends at"))
    text = models.TextField(_("as written"))
    document = models.ForeignKey(
        NormativeDocument,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="citations",
        verbose_name=_("document"),
    )
    document_name = models.CharField(_("document as written"), max_length=500, blank=True)
    document_key = models.CharField(max_length=500, blank=True, db_index=True, editable=False)
    locator = models.JSONField(_("cited place"), default=dict, blank=True)
    locator_text = models.CharField(_("cited place as written"), max_length=300, blank=True)
    read_on = models.DateField(_("read as of"))
    provision = models.ForeignKey(
        Provision,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="citations",
        verbose_name=_("provision"),
    )
    identity = models.ForeignKey(
        ArticleIdentity,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="citations",
        verbose_name=_("article over versions"),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = CitationQuerySet.as_manager()

    class Meta:
        ordering = ["content_type_id", "object_id", "field", "start", "pk"]
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        indexes = [models.Index(fields=["content_type", "object_id", "field"], name="norms_citation_source")]

    def __str__(self) -> str:
        return self.text
