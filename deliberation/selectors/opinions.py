"""The opinions of a round, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from deliberation.enums import Stance
from deliberation.models import Consultation, Position, Remark

# Stances that say something to which the host answers, even without a word beside them.
ANSWERED_STANCES = frozenset({Stance.AGREE_WITH_CHANGES, Stance.RESERVE, Stance.DIFFER})


@dataclass(frozen=True)
class OpinionRow:
    """An opinion as the table shows it: party, passage, what it says, what became of it and why."""

    party: str
    department: str
    passage: str
    stance: str
    opinion: str
    adoption: str
    reason: str


def opinion_rows(consultation: Consultation) -> list[OpinionRow]:
    """Return the positions of a round and the remarks on its version, party by party; in the active language.

    A position that was superseded stands there as well if it said something: it was an opinion, too.
    """
    positions = [
        position
        for position in consultation.positions.select_related("party__department")
        if position.superseded_at is None or position.opinion
    ]
    remarks = Remark.objects.filter(version=consultation.version_id).select_related("party__department")
    rows = [(position.party.place, 0, position.pk, _of_position(position)) for position in positions]
    rows += [(remark.party.place, 1, remark.pk, _of_remark(remark)) for remark in remarks]
    return [row for _place, _order, _key, row in sorted(rows, key=lambda row: row[:3])]


def _of_position(position: Position) -> OpinionRow:
    return OpinionRow(
        party=position.office_name,
        department=str(position.party.department),
        passage=_("Whole text"),
        stance=position.get_stance_display(),
        opinion=position.opinion or position.get_stance_display(),
        adoption=position.get_adoption_display() or _unanswered(position),
        reason=position.adoption_reason,
    )


def _unanswered(position: Position) -> str:
    """Return what stands for an answer where the host gave none."""
    if position.superseded_at:
        return _("Replaced by a later position")
    is_opinion = position.stance in ANSWERED_STANCES or bool(position.opinion)
    return _("Not answered yet") if is_opinion else ""


def _of_remark(remark: Remark) -> OpinionRow:
    carried = pgettext("remark", "Carried") if remark.is_carried else ""
    return OpinionRow(
        party=remark.office_name,
        department=str(remark.party.department),
        passage=remark.quote,
        stance="",
        opinion=remark.text,
        adoption=remark.get_adoption_display() or carried or _("Not answered yet"),
        reason=remark.reason,
    )
