"""Exports of dossiers, stored with file, digest and the questions as they stood."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inquiry.enums import ExportFormat, ExportStatus
from inquiry.models.dossiers import Dossier
from portal.foundation.enums import Lang
from portal.foundation.models import RandomKeyModel
from portal.foundation.storage import private_storage


class DossierExport(RandomKeyModel):
    """One export. `questions` is a list of dicts, one for each source question as it stood."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="exports")
    format = models.CharField(_("format"), max_length=4, choices=ExportFormat)
    lang = models.CharField(max_length=8, choices=Lang, default=Lang.ZH_HANS)
    status = models.CharField(
        _("status"), max_length=8, choices=ExportStatus, default=ExportStatus.QUEUED, editable=False
    )
    progress = models.PositiveSmallIntegerField(_("percent done"), default=0, editable=False)
    file = models.FileField(storage=private_storage, upload_to="dossiers/", blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    size = models.PositiveIntegerField(default=0, editable=False)
    # As annexed: numbers, texts and bylines stay readable when questions are restated or marked later.
    questions = models.JSONField(default=list, editable=False)
    dossier_revision = models.PositiveIntegerField(default=1, editable=False)
    error = models.TextField(blank=True, editable=False)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-requested_at", "pk"]
        verbose_name = _("export")
        verbose_name_plural = _("exports")

    def __str__(self) -> str:
        return f"{self.dossier.number}.{self.format}"

    @property
    def filename(self) -> str:
        return f"{self.dossier.number}.{self.format}"
