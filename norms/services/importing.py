"""Import of files of normative documents into the database."""

import datetime
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from wagtail.log_actions import log

from norms.enums import DocumentKind
from norms.importing.errors import UndatedSource, UnreadableSource
from norms.importing.parser import parse_source
from norms.importing.tree import OutlineRow, ParsedDocument
from norms.models import DocumentVersion, NormativeDocument, Provision
from norms.services.citations import record_own_citations, resolve_pending
from norms.services.identity import link_articles
from norms.services.register import (
    CREATED,
    FAILED,
    NEW_VERSION,
    Decision,
    KnownDocument,
    KnownVersion,
    Register,
    decide,
)
from portal.foundation.signals import announce_changed
from portal.org.models import User
from portal.org.rules import is_reviewer

logger = logging.getLogger(__name__)
BATCH_SIZE = 500
MARKED = gettext_noop(
    "The text bears the mark “%(mark)s”. State secrets and work secrets do not belong here; a secrecy reviewer has to "
    "decide, and to import it."
)


@dataclass(slots=True)
class ImportResult:
    """The outcome of importing one file. `version` is the version stored or changed, None where there was none.

    `needs_date` says that the file is refused only since it has no date; `differing` is the primary key of a stored
    version of the same day whose text is another.
    """

    file: str
    status: str
    title: str = ""
    articles: int = 0
    provisions: int = 0
    characters: int = 0
    warnings: list[str] = field(default_factory=list)
    error: str | None = None
    version: DocumentVersion | None = None
    parsed: ParsedDocument | None = None
    needs_date: bool = False
    differing: int | None = None

    def as_json(self) -> dict:
        names = ("file", "status", "title", "articles", "provisions", "characters", "warnings", "error")
        return {name: getattr(self, name) for name in names}


def import_norm(
    *,
    name: str,
    content: bytes,
    actor: User | None,
    label: str = "",
    fallback_day: datetime.date | None = None,
) -> ImportResult:
    """Read one file and store what is new in it, in one transaction. Never raises for a bad file.

    `fallback_day` is the date of promulgation if neither the text nor the file's name have one.
    """
    return guarded(label or name, lambda: _import(name, content, actor, fallback_day))


def preview_norm(
    *,
    name: str,
    content: bytes,
    register: Register,
    label: str = "",
    fallback_day: datetime.date | None = None,
    actor: User | None = None,
) -> ImportResult:
    """Return what `import_norm` would do after the files previewed before with the same register; write nothing."""
    return guarded(label or name, lambda: _preview(name, content, register, fallback_day, actor))


def failed_result(label: str, error: str) -> ImportResult:
    return ImportResult(label, FAILED, error=error)


def guarded(label: str, work: Callable[[], ImportResult]) -> ImportResult:
    """Return the result of reading one file, with what it raised as the error of that file."""
    try:
        result = work()
    except UndatedSource as error:
        return ImportResult(label, FAILED, error=str(error), needs_date=True)
    except UnreadableSource as error:
        return failed_result(label, str(error))
    except IntegrityError:
        return failed_result(
            label, gettext("The same document was changed at the same time. Import this file again.")
        )
    except DatabaseError as error:
        return failed_result(
            label,
            gettext("The database did not accept the text (%(kind)s).") % {"kind": type(error).__name__},
        )
    except Exception as error:
        # The message may quote the file, which belongs in no log above DEBUG.
        logger.warning("Import failed: %s", type(error).__name__)
        logger.debug("Import failed", exc_info=True)
        return failed_result(
            label, gettext("The file could not be read (%(kind)s).") % {"kind": type(error).__name__}
        )
    result.file = label
    return result


def parse_unmarked(
    name: str, content: bytes, fallback_day: datetime.date | None, actor: User | None
) -> ParsedDocument:
    """Parse a file. Raises UnreadableSource for one with a mark of classification, unless a reviewer imports it."""
    parsed = parse_source(name, content, fallback_day=fallback_day)
    if (mark := parsed.classification_mark) and not (actor and is_reviewer(actor)):
        raise UnreadableSource(MARKED, mark=mark)
    return parsed


def _preview(
    name: str, content: bytes, register: Register, fallback_day: datetime.date | None, actor: User | None
) -> ImportResult:
    parsed = parse_unmarked(name, content, fallback_day, actor)
    decision = decide(parsed, register, parsed.warnings)
    register.add(parsed, decision)
    return _result(parsed, decision)


@transaction.atomic
def _import(
    name: str, content: bytes, actor: User | None, fallback_day: datetime.date | None
) -> ImportResult:
    parsed = parse_unmarked(name, content, fallback_day, actor)
    decision = decide(parsed, Register(), parsed.warnings)
    version = None
    if decision.status in (CREATED, NEW_VERSION):
        version = store_parsed(parsed, decision, name, content, actor)
    elif decision.dated:
        version = _add_date(parsed, decision.dated)
    elif decision.document and parsed.document_number:
        _add_number(parsed, decision.document)
    result = _result(parsed, decision)
    result.version = version
    return result


def _result(parsed: ParsedDocument, decision: Decision) -> ImportResult:
    return ImportResult(
        file="",
        status=decision.status,
        title=parsed.title,
        articles=parsed.articles,
        provisions=len(parsed.rows),
        characters=parsed.characters,
        warnings=[str(warning) for warning in parsed.warnings],
        parsed=parsed,
        differing=decision.differing.pk if decision.differing else None,
    )


def store_parsed(
    parsed: ParsedDocument, decision: Decision, name: str, content: bytes, actor: User | None
) -> DocumentVersion:
    """Store a text as a version of a new document, or of the one that was decided on."""
    known_document = decision.document
    # The lock makes imports of one document wait for each other, so that one version stays the current one.
    document = (
        NormativeDocument.objects.select_for_update().get(pk=known_document.pk or 0)
        if known_document
        else _new_document(parsed)
    )
    if known_document:
        _complete(document, parsed)
    version = DocumentVersion(
        document=document,
        title=parsed.title,
        document_number=parsed.document_number,
        promulgated_on=parsed.promulgated_on,
        effective_on=parsed.effective_on,
        preface=parsed.preface,
        articles_count=parsed.articles,
        characters_count=parsed.characters,
        source_name=PurePath(name).name[:300],
        source_format=parsed.format,
        sha256=hashlib.sha256(content).hexdigest(),
        body_digest=parsed.digest,
        warnings=[warning.as_json() for warning in parsed.warnings],
        # Whoever imports a text answers for it that it holds no secrets.
        secrecy_reviewed_by=actor,
        secrecy_reviewed_on=timezone.localdate(),
    )
    version.save()
    store_provisions(version, parsed.rows)
    choose_current(document=document)
    version.refresh_from_db(fields=["is_current"])
    link_articles(version=version)
    _finish(version, actor=actor)
    # The file is stored last: storage does not take part in the transaction, and a failure above must leave none.
    stored_name = f"{document.slug[:50]}-{version.address}{PurePath(name).suffix.lower()}"
    version.source_file.save(stored_name, ContentFile(content))
    return version


def _new_document(parsed: ParsedDocument) -> NormativeDocument:
    document = NormativeDocument(
        title=parsed.title,
        kind=parsed.kind,
        issuing_bodies=parsed.issuing_bodies,
        document_number=parsed.document_number,
        lang=parsed.lang,
    )
    document.save()
    return document


def _complete(document: NormativeDocument, parsed: ParsedDocument) -> None:
    """Fill in what was not known of a document; what staff entered stays."""
    if document.kind == DocumentKind.OTHER:
        document.kind = parsed.kind
    document.issuing_bodies = document.issuing_bodies or parsed.issuing_bodies
    document.document_number = document.document_number or parsed.document_number
    document.save(update_fields=["kind", "issuing_bodies", "document_number"])


def store_provisions(version: DocumentVersion, rows: list[OutlineRow]) -> None:
    """Create the provisions of a version, parents before children, with a query for each depth."""
    provision_by_position: dict[int, Provision] = {}
    for depth in range(max((row.depth for row in rows), default=-1) + 1):
        level = [
            (row, provision_of(version, row, provision_by_position)) for row in rows if row.depth == depth
        ]
        Provision.objects.bulk_create([provision for _row, provision in level], batch_size=BATCH_SIZE)
        provision_by_position.update({row.position: provision for row, provision in level})


def provision_of(
    version: DocumentVersion, row: OutlineRow, provision_by_position: dict[int, Provision]
) -> Provision:
    node = row.node
    return Provision(
        version=version,
        parent=provision_by_position[row.parent] if row.parent is not None else None,
        kind=node.kind,
        number=node.number,
        suffix=node.suffix,
        label=node.label[:60],
        heading=node.heading[:500],
        heading_path=row.heading_path,
        text=node.text,
        anchor=row.anchor,
        position=row.position,
    )


@transaction.atomic
def choose_current(*, document: NormativeDocument) -> DocumentVersion | None:
    """Mark the version promulgated last as the current one."""
    latest = document.versions.chronological().last()
    document.versions.filter(is_current=True).exclude(pk=latest.pk if latest else 0).update(is_current=False)
    if latest and not latest.is_current:
        latest.is_current = True
        latest.save(update_fields=["is_current"])
    return latest


def _add_date(parsed: ParsedDocument, known_version: KnownVersion) -> DocumentVersion:
    version = DocumentVersion.objects.select_for_update().get(pk=known_version.pk or 0)
    version.promulgated_on = parsed.promulgated_on
    version.effective_on = version.effective_on or parsed.effective_on
    version.save(update_fields=["promulgated_on", "effective_on"])
    choose_current(document=version.document)
    version.refresh_from_db(fields=["is_current"])
    link_articles(version=version)
    _finish(version, actor=None)
    return version


def _add_number(parsed: ParsedDocument, known_document: KnownDocument) -> None:
    """Store the number that another file of a stored version gives and the first one lacked."""
    version = DocumentVersion.objects.filter(
        document=known_document.pk or 0, promulgated_on=parsed.promulgated_on, document_number=""
    ).first()
    if version is None:
        return
    version.document_number = parsed.document_number
    version.save(update_fields=["document_number"])
    _complete(version.document, parsed)
    resolve_pending(version.document)
    announce_changed(version.document)


def _finish(version: DocumentVersion, *, actor: User | None) -> None:
    """Read the citations of a new text, resolve those that waited for it, and tell the portal once."""
    document = version.document
    log(instance=document, action="norms.import", user=actor, data={"version": version.address})
    record_own_citations(version=version)
    resolve_pending(document)
    announce_changed(document)
