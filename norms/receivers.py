"""Citations follow texts and names."""

from __future__ import annotations

from django.db.models.signals import post_save
from django.dispatch import receiver

from norms.models import DocumentAlias, DocumentVersion, NormativeDocument
from norms.services.citations import record_own_citations, resolve_pending
from norms.signals import names_changed, version_imported


@receiver(version_imported)
def read_new_text(*, version: DocumentVersion, **kwargs: object) -> None:
    record_own_citations(version=version)
    resolve_pending(version.document)


@receiver(names_changed)
def try_new_names(*, document: NormativeDocument, **kwargs: object) -> None:
    resolve_pending(document)


@receiver(post_save, sender=NormativeDocument)
def try_new_document(*, instance: NormativeDocument, created: bool, raw: bool, **kwargs: object) -> None:
    if created and not raw:
        resolve_pending(instance)


@receiver(post_save, sender=DocumentAlias)
def try_new_alias(*, instance: DocumentAlias, raw: bool, **kwargs: object) -> None:
    if not raw:
        resolve_pending(instance.document)
