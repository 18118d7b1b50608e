"""Which kept exports a person may open."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from inquiry.models import Dossier, DossierExport, Question
from inquiry.rules import can_export_dossier
from portal.org.models import User
from portal.org.rules import is_analyst


def exports_visible_to(user: User | AnonymousUser, dossier: Dossier) -> list[DossierExport]:
    """Kept exports of a dossier, the newest first.

    Analysts see all. Others see those of its present state, since earlier ones are working drafts, and none
    that holds the original of a question that was marked as naming a real case or person afterwards.
    """
    if not can_export_dossier(user, dossier):
        return []
    kept = list(dossier.exports.select_related("dossier"))
    if is_analyst(user):
        return kept
    present = [export for export in kept if export.dossier_revision == dossier.revision]
    original = {number for export in present for number in _in_original(export)}
    marked = set(
        Question.objects.filter(number__in=original, names_real=True).values_list("number", flat=True)
    )
    return [export for export in present if marked.isdisjoint(_in_original(export))]


def _in_original(export: DossierExport) -> set[str]:
    return {row["number"] for row in export.questions if not row["is_restated"]}
