"""Reads of exports: which ones a person may open."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from inquiry.models import Dossier, DossierExport, Question
from inquiry.rules import can_export_dossier
from portal.org.models import User
from portal.org.rules import is_analyst


def exports_visible_to(user: User | AnonymousUser, dossier: Dossier) -> list[DossierExport]:
    """Return the stored exports of a dossier that a person may open, the newest first.

    Analysts see all. Others see those of its present state, since earlier ones are working drafts, and none
    that holds the original of a question that was marked as naming a real case or person afterwards.
    """
    if not can_export_dossier(user, dossier):
        return []
    exports = list(dossier.exports.select_related("dossier"))
    # Analysts may read every original anyway.
    if is_analyst(user):
        return exports
    # A finished dossier keeps its revision; exports of earlier ones are drafts.
    present = [export for export in exports if export.dossier_revision == dossier.revision]
    original_numbers = {number for export in present for number in _numbers_in_original(export)}
    marked = set(
        Question.objects.filter(number__in=original_numbers, names_real=True).values_list("number", flat=True)
    )
    return [export for export in present if marked.isdisjoint(_numbers_in_original(export))]


def _numbers_in_original(export: DossierExport) -> set[str]:
    """Return the numbers of questions that an export holds as raised, not restated."""
    return {row["number"] for row in export.questions if not row["is_restated"]}
