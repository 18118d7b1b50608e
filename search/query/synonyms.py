"""Rows of synonyms as staff keep them. The next search obeys a change: nothing is indexed anew."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from wagtail.log_actions import log

from portal.org.models import User
from search.models import Synonym


@transaction.atomic
def save_synonym(*, synonym: Synonym, actor: User | None) -> Synonym:
    """Keep a row, new or changed. Raises ValidationError, by field, where it cannot stand."""
    before = Synonym.objects.select_for_update().filter(pk=synonym.pk).first()
    synonym.full_clean(exclude=["key"])
    try:
        with transaction.atomic():
            synonym.save()
    except IntegrityError:
        synonym.full_clean(exclude=["key"])  # says who was quicker
        raise
    action = "search.change_synonym" if before else "search.create_synonym"
    log(instance=synonym, action=action, user=actor, data=_told(synonym, before))
    return synonym


@transaction.atomic
def delete_synonym(*, synonym: Synonym, actor: User | None) -> None:
    log(instance=synonym, action="search.delete_synonym", user=actor, data=_told(synonym), deleted=True)
    synonym.delete()


def _told(synonym: Synonym, before: Synonym | None = None) -> dict[str, object]:
    """What the history shows."""
    told: dict[str, object] = {"row": str(synonym), "is_active": synonym.is_active}
    if before:
        told |= {"before": str(before), "was_active": before.is_active}
    return told
