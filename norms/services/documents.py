"""Writes of documents apart from their texts: documents known by name only, and edits by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from wagtail.log_actions import log

from norms.models import NormativeDocument
from norms.services.citations import resolve_pending
from norms.services.names import store_free_names
from portal.foundation.signals import announce_changed, announce_removed


@transaction.atomic
def create_document(*, names: Iterable[str] = (), **fields: Any) -> NormativeDocument:
    """Create a document whose text is not held, with its other names, and resolve what cites it.

    Names that stand for another document already are left out.
    """
    document = NormativeDocument.objects.create(**fields)
    store_free_names(document=document, names=names)
    apply_document_edit(document=document)
    return document


@transaction.atomic
def apply_document_edit(*, document: NormativeDocument) -> None:
    """Resolve citations by the names a document goes by now, and tell the portal that it changed."""
    resolve_pending(document)
    announce_changed(document)


@transaction.atomic
def delete_document(*, document: NormativeDocument) -> None:
    """Remove a document with its versions; what cited it stays and becomes unresolved."""
    announce_removed(document)
    log(document, "wagtail.delete")
    document.delete()
