"""The content of an exported dossier, independent of its file format."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone

from inquiry.models import Dossier
from inquiry.selectors.clusters import department_counts
from inquiry.selectors.dossiers import (
    AnnexRow,
    PresentedClause,
    PresentedItem,
    annex_rows,
    dossier_parts,
    missing_parts,
    source_questions,
)


@dataclass(frozen=True)
class DossierContent:
    """A dossier as everybody may read it, in the active language; `counts` are (department, questions)."""

    number: str
    title: str
    office: str
    target: str
    exported_on: dt.date
    is_draft: bool
    lang: str
    grounds: str
    analysis: str
    missing: tuple[str, ...]
    incomplete_reason: str
    clauses: tuple[PresentedClause, ...]
    items: tuple[PresentedItem, ...]
    annex: tuple[AnnexRow, ...]
    counts: tuple[tuple[str, int], ...]

    def annex_as_json(self) -> list[dict[str, Any]]:
        """Return the source questions as they stand now, as the export stores them."""
        return [{**asdict(row), "raised_on": row.raised_on.isoformat()} for row in self.annex]


def dossier_content(dossier: Dossier) -> DossierContent:
    """Return what an export of a dossier says today, the same for every reader."""
    # No reader: an export shows what everybody may see, whoever requested it.
    parts = dossier_parts(dossier, None)
    counts = department_counts(source_questions(dossier))
    return DossierContent(
        number=dossier.number,
        title=dossier.title,
        office=str(dossier.compiling_office or ""),
        target=_target(dossier),
        exported_on=timezone.localdate(),
        is_draft=dossier.finished_on is None,
        lang=dossier.lang,
        grounds=dossier.grounds,
        analysis=dossier.analysis,
        missing=tuple(str(part.label) for part in missing_parts(dossier)) if dossier.finished_on else (),
        incomplete_reason=dossier.incomplete_reason,
        clauses=parts.clauses,
        items=parts.items,
        annex=tuple(annex_rows(dossier)),
        counts=tuple((row.label, row.count) for row in counts),
    )


def _target(dossier: Dossier) -> str:
    """Return the title as typed, else that of the document in the law library."""
    if dossier.target_title:
        return dossier.target_title
    return f"《{dossier.target_document.title}》" if dossier.target_document else ""


def source_label(item: PresentedItem) -> str:
    """Return `C-2026-0031 title`, or the title alone where a source has no number."""
    return f"{item.number} {item.title}".strip()
