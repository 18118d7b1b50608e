from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from norms.enums import ProvisionKind

from .documents import DocumentVersion, NormativeDocument


class ArticleIdentity(models.Model):
    """One article over its whole life; its provisions are how it reads in each version."""

    document = models.ForeignKey(
        NormativeDocument, on_delete=models.CASCADE, related_name="identities", verbose_name=_("document")
    )

    class Meta:
        verbose_name = _("article over versions")
        verbose_name_plural = _("articles over versions")

    def __str__(self) -> str:
        return f"{self.document_id}#{self.pk}"


class ProvisionQuerySet(models.QuerySet["Provision"]):
    def articles(self) -> ProvisionQuerySet:
        return self.filter(kind=ProvisionKind.ARTICLE)

    def in_order(self) -> ProvisionQuerySet:
        """Order as in the text, version by version."""
        return self.order_by("version_id", "position")


class Provision(models.Model):
    """A place in the text of one version.

    Words are stored once, in the leaf that holds them: an article, which always has paragraphs, and a paragraph
    with items keep only what stands before their children (nothing, and the sentence that opens the list).
    `label` is the number as written ("第二十条之一", "（三）", "1."), `heading` the name of a part, chapter,
    section or article. Subtrees are contiguous: an article's rows follow it until the next row at its level.
    """

    version = models.ForeignKey(
        DocumentVersion, on_delete=models.CASCADE, related_name="provisions", verbose_name=_("version")
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("stands under"),
    )
    identity = models.ForeignKey(
        ArticleIdentity,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="provisions",
        verbose_name=_("article over versions"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=ProvisionKind)
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    suffix = models.PositiveSmallIntegerField(_("inserted number"), default=0)
    label = models.CharField(_("number as written"), max_length=60, blank=True)
    heading = models.CharField(_("heading"), max_length=500, blank=True)
    heading_path = models.CharField(_("heading path"), max_length=1000, blank=True)
    text = models.TextField(_("text"), blank=True)
    anchor = models.CharField(_("anchor"), max_length=80)
    position = models.PositiveIntegerField(_("position"))

    objects = ProvisionQuerySet.as_manager()

    class Meta:
        ordering = ["version_id", "position"]
        verbose_name = _("provision")
        verbose_name_plural = _("provisions")
        constraints = [
            models.UniqueConstraint(fields=["version", "anchor"], name="norms_provision_anchor_once"),
            models.UniqueConstraint(fields=["version", "position"], name="norms_provision_position_once"),
        ]
        indexes = [
            models.Index(fields=["version", "kind", "number", "suffix"], name="norms_provision_number"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.heading or self.text[:40]}".strip()

    def get_absolute_url(self) -> str:
        return f"{self.version.get_absolute_url()}#{self.anchor}"

    @property
    def line(self) -> str:
        """Return the row as it reads on the page: number, heading and own text."""
        label = self.label
        gap = "" if label.endswith((")", "）", "、", "．")) else "　"
        words = "　".join(part for part in (self.heading, self.text) if part)
        return f"{label}{gap}{words}" if label and words else label or words
