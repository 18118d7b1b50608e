"""Remarks beside a text: where each stands in it, and those whose passage is gone."""

from __future__ import annotations

from dataclasses import dataclass

from deliberation.models import Remark, TextVersion
from deliberation.passages import place_passage


@dataclass(frozen=True)
class PlacedRemark:
    """A remark and its offsets in the words of a version; None where its passage is gone, or not certain."""

    remark: Remark
    start: int | None
    end: int | None

    @property
    def is_placed(self) -> bool:
        return self.start is not None


def placed_remarks(version: TextVersion) -> list[PlacedRemark]:
    """Return the remarks on a version and those on earlier ones that were open when it was put, or still are.

    Those that stand in the text come first, in its order, then those whose passage is gone.
    """
    remarks = (
        Remark.objects.filter(version__matter=version.matter_id, version__n__lte=version.n)
        .select_related("version", "party__office", "party__department")
        .prefetch_related("replies")
    )
    rows = [_placed(remark, version) for remark in remarks if _concerns(remark, version)]
    return sorted(rows, key=lambda row: (row.start is None, row.start or 0, row.remark.made_at))


def _concerns(remark: Remark, version: TextVersion) -> bool:
    is_own = remark.version_id == version.pk
    return is_own or remark.settled_at is None or remark.settled_at >= version.put_at


def _placed(remark: Remark, version: TextVersion) -> PlacedRemark:
    if remark.version_id == version.pk:
        start: int | None = remark.start
    else:
        original = remark.version.plain_text
        start = place_passage(remark.passage, original=original, text=version.plain_text)
    return PlacedRemark(remark, start, None if start is None else start + len(remark.quote))
