"""Texts that departments settled in the portal become normative documents, whose articles are cited like a law's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from norms.enums import DocumentKind
from norms.models import DocumentVersion, NormativeDocument
from norms.services.citations import resolve_pending
from norms.services.importing import ImportResult, guarded, parse_unmarked, store_parsed
from norms.services.register import CREATED, NEW_VERSION, Register, decide
from portal.foundation.signals import announce_changed
from portal.org.models import User


def refuse_taken_title(title: str) -> None:
    """Raise ValidationError where a title is that of a law: what departments agree on is no version of it."""
    if _is_taken(title):
        raise ValidationError(
            {"title": _("A document of the law library has this title. Choose another one.")}
        )


def _is_taken(title: str) -> bool:
    namesakes = NormativeDocument.objects.with_name(title)
    return namesakes.exclude(kind=DocumentKind.AGREEMENT).exists()


def store_agreed_text(
    *,
    title: str,
    markdown: str,
    promulgated_on: dt.date,
    issuing_bodies: Sequence[str],
    actor: User,
) -> ImportResult:
    """Store a text as an agreement, or as the next version of one with this title; `version` is None where it could not be.

    The day and the title are those given, whatever the text says. Never raises for a text that cannot be read. Call it
    inside a transaction.
    """
    return guarded(title, lambda: _store(title, markdown, promulgated_on, list(issuing_bodies), actor))


@transaction.atomic
def _store(
    title: str, markdown: str, promulgated_on: dt.date, issuing_bodies: list[str], actor: User
) -> ImportResult:
    name, content = f"{title}.md", f"# {title}\n\n{markdown}\n".encode()
    parsed = parse_unmarked(name, content, promulgated_on, actor)
    parsed.title, parsed.promulgated_on = title, promulgated_on
    parsed.kind, parsed.issuing_bodies = DocumentKind.AGREEMENT, issuing_bodies
    decision = decide(parsed, Register(), parsed.warnings)
    result = ImportResult(name, decision.status, title=title, parsed=parsed)
    if decision.status in (CREATED, NEW_VERSION) and not _is_taken(title):
        result.version = store_parsed(parsed, decision, name, content, actor)
    return result


@transaction.atomic
def number_agreed_text(*, version: DocumentVersion, document_number: str) -> None:
    """Store the number under which an agreed text was issued, and resolve what cites it by the number."""
    document = NormativeDocument.objects.select_for_update().get(pk=version.document_id)
    version.document_number = document.document_number = document_number
    version.save(update_fields=["document_number"])
    document.save(update_fields=["document_number"])
    resolve_pending(document)
    announce_changed(document)
