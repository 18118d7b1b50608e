"""Reads of questions, clusters and dossiers."""

from inquiry.selectors.chains import Event, Station, chain_of, timeline
from inquiry.selectors.citations import ShownCitation, citations_shown, linked_provisions
from inquiry.selectors.clusters import (
    DepartmentCount,
    HistoryEvent,
    cluster_history,
    current_cluster,
    department_counts,
    members,
    members_counted,
    present_holder,
    undoable_merges,
    with_absorbed,
)
from inquiry.selectors.dossiers import (
    AnnexRow,
    DossierParts,
    ShownClause,
    ShownItem,
    annex_rows,
    dossier_parts,
    dossiers_of,
    provision_title,
    source_questions,
)
from inquiry.selectors.exports import exports_visible_to
from inquiry.selectors.found import Found, find_by_numbers
from inquiry.selectors.identities import asked_by, is_asker
from inquiry.selectors.listings import (
    clusters_visible_to,
    dossiers_visible_to,
    originals_visible_to,
    questions_awaiting_refinement,
    questions_refined_ungrouped,
    questions_visible_to,
    status_tone,
)
from inquiry.selectors.shown import ShownQuestion, as_shown, byline, office_label, show_all, show_to_others
from inquiry.selectors.voices import has_me_too, is_following, me_toos_of, voices, voices_of

__all__ = [
    "AnnexRow",
    "DepartmentCount",
    "DossierParts",
    "Event",
    "Found",
    "HistoryEvent",
    "ShownCitation",
    "ShownClause",
    "ShownItem",
    "ShownQuestion",
    "Station",
    "annex_rows",
    "as_shown",
    "asked_by",
    "byline",
    "chain_of",
    "citations_shown",
    "cluster_history",
    "clusters_visible_to",
    "current_cluster",
    "department_counts",
    "dossier_parts",
    "dossiers_of",
    "dossiers_visible_to",
    "exports_visible_to",
    "find_by_numbers",
    "has_me_too",
    "is_asker",
    "is_following",
    "linked_provisions",
    "me_toos_of",
    "members",
    "members_counted",
    "office_label",
    "originals_visible_to",
    "present_holder",
    "provision_title",
    "questions_awaiting_refinement",
    "questions_refined_ungrouped",
    "questions_visible_to",
    "show_all",
    "show_to_others",
    "source_questions",
    "status_tone",
    "timeline",
    "undoable_merges",
    "voices",
    "voices_of",
    "with_absorbed",
]
