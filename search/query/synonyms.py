"""Writes of synonyms. The next search obeys a change: nothing is indexed anew."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from wagtail.log_actions import log

from portal.org.models import User
from portal.org.services.secrecy import refuse_marked
from search.models import Synonym


@transaction.atomic
def save_synonym(*, synonym: Synonym, actor: User | None) -> Synonym:
    """Save a new or changed row and log who did it. Raises ValidationError by field."""
    refuse_marked(synonym.note, actor=actor)
    before = Synonym.objects.select_for_update().filter(pk=synonym.pk).first()
    synonym.full_clean(exclude=["key"])
    try:
        with transaction.atomic():
            synonym.save()
    except IntegrityError:
        # Somebody saved the same word in between: validation now names that row.
        synonym.full_clean(exclude=["key"])
        raise
    action = "search.change_synonym" if before else "search.create_synonym"
    log(instance=synonym, action=action, user=actor, data=_log_data(synonym, before))
    return synonym


@transaction.atomic
def delete_synonym(*, synonym: Synonym, actor: User | None) -> None:
    """Delete a row and log who did it."""
    log(instance=synonym, action="search.delete_synonym", user=actor, data=_log_data(synonym), deleted=True)
    synonym.delete()


def _log_data(synonym: Synonym, before: Synonym | None = None) -> dict[str, object]:
    """Return what the history shows of a write."""
    data: dict[str, object] = {"row": str(synonym), "is_active": synonym.is_active}
    if before:
        data |= {"before": str(before), "was_active": before.is_active, "note_before": before.note}
    return data
