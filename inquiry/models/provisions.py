"""Links of a question to the law: citations that analysts confirmed, articles that they linked."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inquiry.models.questions import Question
from norms.models import Provision
from portal.foundation.limits import MAX_CITATION_CHARS


class ConfirmedCitation(models.Model):
    """A citation found in a question or its refinement, confirmed by an analyst.

    It is known by its words and not by its row, since rows are written anew when a text is read again.
    """

    question = models.ForeignKey(Question, models.CASCADE, related_name="confirmed_citations")
    text = models.CharField(_("as written"), max_length=MAX_CITATION_CHARS)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["question", "text"], name="citation_confirmed_once")]
        verbose_name = _("confirmed citation")
        verbose_name_plural = _("confirmed citations")

    def __str__(self) -> str:
        return f"{self.question.number} {self.text}"


class LinkedProvision(models.Model):
    """An article that an analyst put beside a question, though its words do not cite it."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="linked_provisions")
    provision = models.ForeignKey(
        Provision, models.PROTECT, related_name="linked_questions", verbose_name=_("provision")
    )
    linked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    linked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["question", "provision"], name="provision_linked_once")
        ]
        verbose_name = _("linked provision")
        verbose_name_plural = _("linked provisions")

    def __str__(self) -> str:
        return f"{self.question.number} > {self.provision}"

    def get_absolute_url(self) -> str:
        return self.question.get_absolute_url()
