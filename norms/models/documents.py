from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from norms.citations.titles import title_key
from norms.enums import DocumentKind, DocumentStatus, SourceFormat
from portal.foundation.cached_tables import CachedTable, CachedTableQuerySet
from portal.foundation.codes import require_unchanged_code
from portal.foundation.enums import Lang
from portal.org.models.secrecy import SecrecyReviewed

# The column holds 100; the rest is room for the number that tells namesakes apart.
MAX_SLUG_LENGTH = 80
LAW_ADDRESS = "/law/"


# Titles, other names and numbers of documents, which processes keep in memory to recognise citations.
NAMES_CACHE = "norms.names"
# What the page of a text is made of: whatever changes provisions, or where they lead, saves a version in the same
# transaction, or renews this one itself.
TEXTS_CACHE = "norms.texts"


class DocumentQuerySet(CachedTableQuerySet):
    def with_name(self, name: str) -> DocumentQuerySet:
        """Return documents whose title or alias is `name`, whatever its width, spaces or state prefix."""
        key = title_key(name)
        if not key:
            return self.none()
        return self.filter(Q(title_key=key) | Q(aliases__key=key)).distinct()


class NormativeDocument(CachedTable, ClusterableModel):
    cache_name = NAMES_CACHE
    cached_fields = frozenset({"title", "title_key", "document_number", "slug", "lang"})

    title = models.CharField(_("title"), max_length=500)
    title_key = models.CharField(max_length=500, unique=True, editable=False)
    title_en = models.CharField(_("title in English"), max_length=500, blank=True)
    slug = models.SlugField(_("address"), max_length=100, unique=True, allow_unicode=True, blank=True)
    kind = models.CharField(_("kind"), max_length=30, choices=DocumentKind, default=DocumentKind.OTHER)
    issuing_bodies = models.JSONField(_("issuing bodies"), default=list, blank=True)
    document_number = models.CharField(_("document number"), max_length=100, blank=True)
    promulgated_on = models.DateField(
        _("promulgated on"),
        null=True,
        blank=True,
        help_text=_("Used while the portal does not hold the text."),
    )
    effective_on = models.DateField(_("effective from"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=20, choices=DocumentStatus, default=DocumentStatus.IN_FORCE
    )
    is_sample = models.BooleanField(_("sample"), default=False)
    lang = models.CharField(_("language"), max_length=10, choices=Lang, default=Lang.ZH_HANS)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        verbose_name = _("normative document")
        verbose_name_plural = _("normative documents")
        permissions = [("import_norms", _("Can import normative documents"))]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        super().clean()
        same_title = NormativeDocument.objects.filter(title_key=title_key(self.title)).exclude(pk=self.pk)
        if same_title.exists():
            raise ValidationError({"title": _("A document with this title exists already.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the document; raises ValidationError for another address once a record refers to it."""
        fields = kwargs.get("update_fields")
        self.title_key = title_key(self.title)
        if not self.slug:
            self.slug = free_slug(self.title)
        if fields is not None:
            kwargs["update_fields"] = {*fields, "updated_at", *(["title_key"] if "title" in fields else [])}
        if not self.pk or (fields is not None and "slug" not in fields):
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            require_unchanged_code(self, "slug")
            super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return f"{LAW_ADDRESS}{self.slug}/"

    @property
    def issuing_bodies_text(self) -> str:
        return "、".join(self.issuing_bodies)


def free_slug(title: str) -> str:
    base = slugify(title, allow_unicode=True)[:MAX_SLUG_LENGTH].strip("-") or "document"
    slug, count = base, 1
    while NormativeDocument.objects.filter(slug=slug).exists():
        count += 1
        slug = f"{base}-{count}"
    return slug


class DocumentAlias(CachedTable):
    cache_name = NAMES_CACHE
    cached_fields = frozenset({"document", "document_id", "name", "key"})

    document = ParentalKey(
        NormativeDocument, on_delete=models.CASCADE, related_name="aliases", verbose_name=_("document")
    )
    name = models.CharField(_("name"), max_length=300)
    key = models.CharField(max_length=500, unique=True, editable=False)

    objects = CachedTableQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("other name")
        verbose_name_plural = _("other names")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = title_key(self.name)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        same_name = DocumentAlias.objects.filter(key=title_key(self.name)).exclude(pk=self.pk)
        if same_name.exists():
            raise ValidationError({"name": _("This name already stands for another document.")})


class VersionQuerySet(CachedTableQuerySet):
    def current(self) -> VersionQuerySet:
        return self.filter(is_current=True)

    def chronological(self) -> VersionQuerySet:
        """Order by promulgation, an undated version first."""
        return self.order_by(F("promulgated_on").asc(nulls_first=True), "pk")


class DocumentVersion(CachedTable, SecrecyReviewed):
    cache_name = TEXTS_CACHE
    cached_fields = frozenset({"document", "document_id", "title", "promulgated_on", "preface", "is_current"})

    document = models.ForeignKey(
        NormativeDocument, on_delete=models.CASCADE, related_name="versions", verbose_name=_("document")
    )
    title = models.CharField(_("title"), max_length=500)
    document_number = models.CharField(_("document number"), max_length=100, blank=True)
    promulgated_on = models.DateField(_("promulgated on"), null=True, blank=True)
    effective_on = models.DateField(_("effective from"), null=True, blank=True)
    preface = models.TextField(_("title block"), blank=True)
    articles_count = models.PositiveIntegerField(_("articles"), default=0)
    characters_count = models.PositiveIntegerField(_("characters"), default=0)
    is_current = models.BooleanField(_("current"), default=False)
    source_name = models.CharField(_("source"), max_length=300, blank=True)
    source_file = models.FileField(_("source file"), upload_to="norms/%Y/", max_length=300, blank=True)
    source_format = models.CharField(
        _("format"), max_length=20, choices=SourceFormat, default=SourceFormat.EDITED
    )
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    body_digest = models.CharField(max_length=64, blank=True, editable=False)
    warnings = models.JSONField(_("warnings"), default=list, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = [F("promulgated_on").desc(nulls_last=True), "-pk"]
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [
            models.UniqueConstraint(fields=["document", "promulgated_on"], name="norms_version_once_a_day"),
            models.UniqueConstraint(
                fields=["document"], condition=Q(promulgated_on=None), name="norms_version_one_undated"
            ),
            models.UniqueConstraint(
                fields=["document"], condition=Q(is_current=True), name="norms_version_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.promulgated_on})" if self.promulgated_on else self.title

    def get_absolute_url(self) -> str:
        base = self.document.get_absolute_url()
        return base if self.is_current else f"{base}{self.address}/"

    @property
    def address(self) -> str:
        """Return the last part of the version's address: its date, or `undated`."""
        return self.promulgated_on.isoformat() if self.promulgated_on else "undated"

    @property
    def in_force_from(self) -> datetime.date | None:
        return self.effective_on or self.promulgated_on
