"""The register of existing documents, and the decision whether a file is new, a version, or the same again."""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop as _
from rapidfuzz.distance import Indel

from norms.citations.titles import title_key
from norms.importing.errors import UndatedSource
from norms.importing.tree import ParsedDocument, comparable_body
from norms.importing.warnings import Warnings
from norms.models import DocumentVersion, NormativeDocument

CREATED, NEW_VERSION, UNCHANGED, FAILED = "created", "new_version", "unchanged", "failed"
# Share of equal characters from which two files count as one version, whose misprints and layout may differ.
SAME_TEXT_SIMILARITY = 0.97
_ARTICLE = re.compile(r"第[^条]{1,12}条(?:之.{1,3})?")
_UNDATED = _(
    "The file has no date and differs from the stored versions of “%(title)s”. Add the date of promulgation to the "
    "name of the file, such as %(example)s."
)


@dataclass(slots=True)
class KnownVersion:
    promulgated_on: datetime.date | None
    digest: str
    read_body: Callable[[], str]
    pk: int | None = None


@dataclass(slots=True)
class KnownDocument:
    title: str
    key: str
    pk: int | None = None
    versions: list[KnownVersion] = field(default_factory=list)


@dataclass(slots=True)
class Decision:
    """The status of a file, and its document if that exists; `dated` is an undated version whose date it gives."""

    status: str
    document: KnownDocument | None = None
    dated: KnownVersion | None = None
    differing: KnownVersion | None = None


class Register:
    """Documents and versions in the database, with those that a dry run would have added."""

    def __init__(self) -> None:
        self.added: dict[str, KnownDocument] = {}

    def find(self, title: str) -> KnownDocument | None:
        key = title_key(title)
        if key in self.added:
            return self.added[key]
        namesakes = list(NormativeDocument.objects.with_name(title)[:5])
        if not namesakes:
            return None
        document = min(namesakes, key=lambda row: row.title_key != key)
        if document.title_key in self.added:
            return self.added[document.title_key]
        versions = [_known_version(version) for version in document.versions.chronological()]
        return KnownDocument(document.title, document.title_key, document.pk, versions)

    def add(self, parsed: ParsedDocument, decision: Decision) -> None:
        """Remember what a dry run would have stored."""
        document = decision.document or KnownDocument(parsed.title, title_key(parsed.title))
        if decision.dated:
            decision.dated.promulgated_on = parsed.promulgated_on
        elif decision.status != UNCHANGED:
            body = parsed.body
            document.versions.append(KnownVersion(parsed.promulgated_on, parsed.digest, lambda: body))
        self.added[document.key] = document


def decide(parsed: ParsedDocument, register: Register, warnings: Warnings) -> Decision:
    """Return what a file is to the register: title and date of promulgation make a version.

    A file without a date is the version whose text it has. Raises UndatedSource where it could be any version.
    """
    document = register.find(parsed.title)
    if document and document.key != title_key(parsed.title):
        warnings.note("other_title", title=document.title)
    if document is None or not document.versions:
        return Decision(CREATED, document)
    same = next(
        (version for version in document.versions if version.promulgated_on == parsed.promulgated_on), None
    )
    if same:
        differs = _note_difference(parsed, same, warnings)
        return Decision(UNCHANGED, document, differing=same if differs else None)
    if parsed.promulgated_on is None:
        return _undated(parsed, document, warnings)
    undated = next((version for version in document.versions if version.promulgated_on is None), None)
    if undated and _similarity(parsed, undated) >= SAME_TEXT_SIMILARITY:
        warnings.note("date_added", date=parsed.promulgated_on)
        _note_difference(parsed, undated, warnings)
        return Decision(UNCHANGED, document, dated=undated)
    return Decision(NEW_VERSION, document)


def _undated(parsed: ParsedDocument, document: KnownDocument, warnings: Warnings) -> Decision:
    similarities = [(_similarity(parsed, version), index) for index, version in enumerate(document.versions)]
    best, index = max(similarities)
    if best < SAME_TEXT_SIMILARITY:
        raise UndatedSource(_UNDATED, title=document.title, example=f"{document.title[:20]}_20181026")
    version = document.versions[index]
    warnings.note("date_taken", date=version.promulgated_on)
    differs = _note_difference(parsed, version, warnings)
    return Decision(UNCHANGED, document, differing=version if differs else None)


def _similarity(parsed: ParsedDocument, version: KnownVersion) -> float:
    if parsed.digest == version.digest:
        return 1.0
    body = version.read_body()
    shorter, longer = sorted((len(body), len(parsed.body)))
    if not longer or shorter / longer < SAME_TEXT_SIMILARITY - 0.1:
        return 0.0
    return Indel.normalized_similarity(parsed.body, body, score_cutoff=SAME_TEXT_SIMILARITY)


def _note_difference(parsed: ParsedDocument, version: KnownVersion, warnings: Warnings) -> bool:
    differs = parsed.digest != version.digest
    if differs:
        warnings.note("text_differs", place=first_difference(version.read_body(), parsed.body))
    return differs


def first_difference(stored: str, arrived: str) -> str:
    """Return the article in which two bodies differ first, or the words there."""
    ours, theirs = stored.split("\n"), arrived.split("\n")
    first = next(
        (number for number, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b),
        min(len(ours), len(theirs)),
    )
    lines = ours if len(ours) > first else theirs
    for index in range(min(first, len(lines) - 1), -1, -1):
        if _ARTICLE.fullmatch(lines[index]):
            return lines[index]
    return lines[min(first, len(lines) - 1)][:30]


def _known_version(version: DocumentVersion) -> KnownVersion:
    return KnownVersion(version.promulgated_on, version.body_digest, lambda: stored_body(version), version.pk)


def stored_body(version: DocumentVersion) -> str:
    return comparable_body(version.provisions.in_order().values_list("kind", "label", "heading", "text"))
