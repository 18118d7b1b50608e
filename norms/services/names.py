"""Names that documents go by."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from norms.citations.titles import title_key
from norms.models import Citation, DocumentAlias, NormativeDocument
from norms.services.citations import resolve_pending
from portal.foundation.signals import announce_changed
from portal.org.models import User
from portal.org.services.secrecy import refuse_marked


@transaction.atomic
def add_name(*, document: NormativeDocument, name: str, actor: User) -> int:
    """Let a document go by another name, and return how many citations this links to it.

    Raises ValidationError for a name that is empty or stands for a document already.
    """
    key = title_key(name)
    if not key or len(name) > 300:
        raise ValidationError(_("This cannot be a name."))
    refuse_marked(name, actor=actor, is_official=True)
    if NormativeDocument.objects.with_name(name).exists():
        raise ValidationError(_("This name already stands for a document."))
    before = Citation.objects.filter(document=document).count()
    DocumentAlias.objects.create(document=document, name=name.strip())
    resolve_pending(document)
    log(instance=document, action="norms.name", user=actor, data={"name": name})
    announce_changed(document)
    return Citation.objects.filter(document=document).count() - before


@transaction.atomic
def add_free_names(*, document: NormativeDocument, names: Iterable[str]) -> int:
    """Give a document those of the names that stand for no document yet; return how many these are."""
    count = store_free_names(document=document, names=names)
    if count:
        resolve_pending(document)
        announce_changed(document)
    return count


def store_free_names(*, document: NormativeDocument, names: Iterable[str]) -> int:
    """Store those of the names that stand for no document yet, without resolving citations by them."""
    name_by_key = {title_key(name): name for name in names}
    used_keys = set(DocumentAlias.objects.filter(key__in=name_by_key).values_list("key", flat=True))
    used_keys |= set(
        NormativeDocument.objects.filter(title_key__in=name_by_key).values_list("title_key", flat=True)
    )
    aliases = [
        DocumentAlias(document=document, name=name, key=key)
        for key, name in name_by_key.items()
        if key and key not in used_keys
    ]
    DocumentAlias.objects.bulk_create(aliases)
    return len(aliases)
