"""Dossiers, the source material that is handed to the drafters of a normative document."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casebank.models import TypicalCase
from inquiry.enums import DossierStatus
from inquiry.models.clusters import QuestionCluster
from inquiry.models.questions import Question
from norms.models import NormativeDocument, Provision
from portal.foundation.enums import Lang
from portal.foundation.limits import MAX_CLAUSE_HEADING_CHARS, MAX_REASON_CHARS, MAX_TITLE_CHARS
from portal.foundation.numbers import MAX_NUMBER_LENGTH
from portal.org.models import Office
from portal.org.models.secrecy import SecrecyReviewed

# The keys of `DossierItem`, one of which is set.
SOURCE_KINDS = ("cluster", "question", "provision", "document", "case")


class Dossier(SecrecyReviewed):
    """Source material for one target document. The number is permanent (`D-2026-004`)."""

    number = models.CharField(_("number"), max_length=MAX_NUMBER_LENGTH, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=MAX_TITLE_CHARS)
    target_title = models.CharField(
        _("target document"),
        max_length=MAX_TITLE_CHARS,
        blank=True,
        help_text=_("The document that is to be drafted or amended."),
    )
    target_document = models.ForeignKey(
        NormativeDocument,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="dossiers",
        verbose_name=_("target document in the law library"),
    )
    grounds = models.TextField(_("grounds"), blank=True)
    analysis = models.TextField(_("analysis"), blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=DossierStatus, default=DossierStatus.DRAFT, editable=False
    )
    lang = models.CharField(_("language"), max_length=8, choices=Lang, default=Lang.ZH_HANS)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    compiling_office = models.ForeignKey(
        Office,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("compiling office"),
    )
    # Why it was finished although parts are missing (`selectors.missing_parts`); empty where none are.
    incomplete_reason = models.CharField(max_length=MAX_REASON_CHARS, blank=True, editable=False)
    opened_on = models.DateField(_("opened on"))
    finished_on = models.DateField(_("finished on"), null=True, blank=True, editable=False)
    # Counts changes; a form that was opened at an earlier revision is refused (`DossierChanged`).
    revision = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-number"]
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return f"/dossiers/{self.number}/"


def _exactly_one(*fields: str) -> Q:
    """Return the condition that one of the fields is set and all others are null."""
    condition = Q(pk__isnull=True)  # never true: what `|=` begins with
    for set_field in fields:
        condition |= Q(**{f"{field}__isnull": field != set_field for field in fields})
    return condition


class DossierItem(models.Model):
    """One source gathered into a dossier: a cluster, a question, a provision, a whole document, or a case."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="items")
    cluster = models.ForeignKey(
        QuestionCluster, models.PROTECT, null=True, blank=True, related_name="dossier_items"
    )
    question = models.ForeignKey(
        Question, models.PROTECT, null=True, blank=True, related_name="dossier_items"
    )
    provision = models.ForeignKey(
        Provision, models.PROTECT, null=True, blank=True, related_name="dossier_items"
    )
    document = models.ForeignKey(
        NormativeDocument, models.PROTECT, null=True, blank=True, related_name="dossier_items"
    )
    case = models.ForeignKey(TypicalCase, models.PROTECT, null=True, blank=True, related_name="dossier_items")
    note = models.TextField(_("note"), blank=True)
    position = models.PositiveIntegerField(default=0)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            # Nullable keys and not a generic one, so that the database protects what a dossier rests on.
            models.CheckConstraint(
                condition=_exactly_one(*SOURCE_KINDS),
                name="dossier_item_is_one_thing",
            ),
            *(
                models.UniqueConstraint(
                    fields=["dossier", kind],
                    condition=Q(**{f"{kind}__isnull": False}),
                    name=f"dossier_{kind}_once",
                )
                for kind in SOURCE_KINDS
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier.number} · {self.source}"

    def get_absolute_url(self) -> str:
        """Return where the item stands; the dossier's page shows that page of its sources."""
        return f"{self.dossier.get_absolute_url()}?source={self.pk}#sources"

    @property
    def source(self) -> QuestionCluster | Question | Provision | NormativeDocument | TypicalCase:
        """Return the record that the item gathers."""
        source = self.cluster or self.question or self.provision or self.document or self.case
        assert source is not None  # the constraint `dossier_item_is_one_thing`
        return source


class DossierClause(models.Model):
    """One clause of the proposed wording, in its order."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="clauses")
    position = models.PositiveIntegerField(default=0)
    heading = models.CharField(_("heading"), max_length=MAX_CLAUSE_HEADING_CHARS, blank=True)
    text = models.TextField(_("proposed wording"))
    rationale = models.TextField(_("why"), blank=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")

    def __str__(self) -> str:
        return self.heading or self.text[:30]

    def get_absolute_url(self) -> str:
        """Return where the clause stands; the dossier's page shows that page of its clauses."""
        return f"{self.dossier.get_absolute_url()}?clause={self.pk}#clause-{self.pk}"


class ClauseSource(models.Model):
    """A gathered source on which a clause rests."""

    clause = models.ForeignKey(DossierClause, models.CASCADE, related_name="sources")
    item = models.ForeignKey(DossierItem, models.CASCADE, related_name="uses")

    class Meta:
        ordering = ["item__position", "pk"]
        constraints = [models.UniqueConstraint(fields=["clause", "item"], name="clause_source_once")]

    def __str__(self) -> str:
        return f"{self.clause} < {self.item}"
