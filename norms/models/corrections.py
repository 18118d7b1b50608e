from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.foundation import dates

from .documents import DocumentVersion


class TextCorrection(models.Model):
    """A correction of a stored text: why it was made, and how the text read before."""

    version = models.ForeignKey(
        DocumentVersion, on_delete=models.CASCADE, related_name="corrections", verbose_name=_("version")
    )
    reason = models.TextField(_("reason"))
    text_before = models.TextField(_("text before"))
    source_name_before = models.CharField(_("source before"), max_length=300, blank=True)
    source_file_before = models.FileField(
        _("source file before"), upload_to="norms/%Y/", max_length=300, blank=True
    )
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("corrected by"),
    )
    corrected_at = models.DateTimeField(_("corrected at"), auto_now_add=True)

    class Meta:
        ordering = ["-corrected_at", "-pk"]
        verbose_name = _("correction of a text")
        verbose_name_plural = _("corrections of texts")

    def __str__(self) -> str:
        return f"{self.version} {dates.day(self.corrected_at)}"
