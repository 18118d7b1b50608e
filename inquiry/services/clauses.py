"""The proposed wording: ordered clauses, each with its own sources."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from inquiry.models import ClauseSource, Dossier, DossierClause, DossierItem
from inquiry.services.dossiers import ensure_unchanged, lock_for_writing, move_row, record_change
from inquiry.services.validation import heading_error, raise_errors
from norms.models import Citation
from norms.services.citations import record_citations
from portal.foundation.revisions import snapshot, values_before
from portal.org.models import User
from portal.org.services.secrecy import refuse_marked


@transaction.atomic
def save_clause(
    *,
    dossier: Dossier,
    text: str,
    actor: User,
    heading: str = "",
    rationale: str = "",
    sources: Iterable[DossierItem] = (),
    clause: DossierClause | None = None,
    expected_revision: int | None = None,
) -> DossierClause:
    """Add a clause at the end, or change `clause`; `sources` are items of the same dossier and replace its own.

    A change needs `expected_revision`; a new clause overwrites nothing and needs none. Raises `DossierChanged` if the
    dossier is no longer at it. The log keeps what stood before.
    """
    locked = lock_for_writing(dossier, actor)
    submitted = {"text": text, "heading": heading, "rationale": rationale}
    before = snapshot(clause, submitted) if clause else {}
    if clause and expected_revision is None:
        raise TypeError("a clause is changed at the revision that was read")
    if expected_revision is not None:
        ensure_unchanged(locked, expected_revision, submitted)
    items = list(sources)
    _check_clause(locked, text, heading, clause, items)
    refuse_marked(text, heading, rationale, actor=actor)
    clause = clause or DossierClause(dossier=locked, position=_last_position(locked) + 1)
    clause.text, clause.heading, clause.rationale = text.strip(), heading.strip(), rationale.strip()
    clause.save()
    # Sources that stay keep their row.
    clause.sources.exclude(item__in=items).delete()
    for item in items:
        ClauseSource.objects.get_or_create(clause=clause, item=item)
    record_citations(source=clause, field="text", text=clause.text, read_on=timezone.localdate())
    replaced = values_before(before, snapshot(clause, submitted))
    record_change(locked, "inquiry.dossier.clause", actor=actor, clause=clause.pk, before=replaced)
    return clause


def _check_clause(
    dossier: Dossier, text: str, heading: str, clause: DossierClause | None, items: list[DossierItem]
) -> None:
    errors = {"heading": heading_error(heading)}
    if not text.strip():
        errors["text"] = _("Write the proposed wording.")
    if any(item.dossier_id != dossier.pk for item in items):
        errors["sources"] = _("A clause rests on sources of its own dossier.")
    if clause and clause.dossier_id != dossier.pk:
        errors["text"] = _("This clause belongs to another dossier.")
    raise_errors(errors)


def _last_position(dossier: Dossier) -> int:
    return dossier.clauses.aggregate(last=Max("position"))["last"] or 0


@transaction.atomic
def move_clause(*, clause: DossierClause, direction: str, actor: User) -> None:
    """Move a clause one position `up` or `down`."""
    locked = lock_for_writing(clause.dossier, actor)
    if move_row(list(locked.clauses.all()), clause.pk, direction):
        record_change(locked, "inquiry.dossier.order", actor=actor)


@transaction.atomic
def delete_clause(*, clause: DossierClause, actor: User, expected_revision: int | None = None) -> None:
    """Delete a clause with its citations; the following clauses move up.

    Raises `DossierChanged` where the page that showed it was of another revision.
    """
    locked = lock_for_writing(clause.dossier, actor)
    ensure_unchanged(locked, expected_revision, {})
    # As it stands now, which is what the log keeps.
    clause.refresh_from_db()
    key, before = clause.pk, snapshot(clause, ("heading", "text", "rationale"))
    # Citations point to their source by a generic key, which no deletion follows.
    Citation.objects.of_source(clause).delete()
    clause.delete()
    record_change(locked, "inquiry.dossier.clause", actor=actor, clause=key, before=before)
