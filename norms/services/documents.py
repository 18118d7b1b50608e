"""What staff change about a document by hand."""

from __future__ import annotations

from django.db import transaction
from wagtail.log_actions import log

from norms.models import NormativeDocument
from norms.signals import names_changed
from portal.foundation.signals import announce_changed, announce_removed


@transaction.atomic
def document_edited(*, document: NormativeDocument) -> None:
    """Tell the rest of the portal that a document or its names were changed."""
    names_changed.send(sender=NormativeDocument, document=document)
    announce_changed(document)


@transaction.atomic
def delete_document(*, document: NormativeDocument) -> None:
    """Remove a document with its versions; what cited it stays and becomes unresolved."""
    announce_removed(document)
    log(document, "wagtail.delete")
    document.delete()
