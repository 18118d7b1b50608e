"""Correcting a stored text by a file of the same version that reads otherwise, or keeping it."""

from __future__ import annotations

import datetime
import hashlib
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from wagtail.log_actions import log

from norms.importing.errors import UnreadableSource
from norms.importing.tree import OutlineRow, ParsedDocument
from norms.models import DocumentVersion, Provision, TextCorrection
from norms.selectors.texts import provisions_in_order
from norms.services.citations import record_own_citations, resolve_pending
from norms.services.identity import link_articles
from norms.services.importing import BATCH_SIZE, ImportResult, guarded, parse_unmarked, provision_of
from norms.services.register import UNCHANGED, Register, decide
from portal.foundation.signals import announce_changed
from portal.org.models import User
from portal.org.services.secrecy import refuse_marked

MAX_REASON_LENGTH = 1_000
# Positions are unique in a version: they all move out of the way before they are given anew.
_OUT_OF_THE_WAY = 1_000_000
_FIELDS = ["parent", "kind", "number", "suffix", "label", "heading", "heading_path", "text", "position"]
_CHANGED_SINCE = gettext_noop(
    "Somebody else has corrected the stored text since it was compared. Choose the file again to compare it."
)
_NOTHING_DIFFERS = gettext_noop("The file does not differ from a stored text.")


def correct_text(
    *,
    name: str,
    content: bytes,
    reason: str,
    expected_digest: str,
    actor: User,
    fallback_day: datetime.date | None = None,
) -> ImportResult:
    """Replace the text of the stored version that a file differs from; what stood before is kept as a correction.

    Provisions at the same place of the text stay the same records, and articles keep their identity, so that links
    and citations hold. `expected_digest` is the `body_digest` of the stored version that was compared with the file: a
    text that somebody else has corrected since is an error of the result, as a bad file is. Raises ValidationError
    without a reason.
    """
    reason = reason.strip()
    if not reason or len(reason) > MAX_REASON_LENGTH:
        raise ValidationError(
            _("Give a reason of at most %(limit)s characters.") % {"limit": MAX_REASON_LENGTH}
        )
    refuse_marked(reason, actor=actor)
    return guarded(name, lambda: _correct(name, content, reason, expected_digest, actor, fallback_day))


@transaction.atomic
def keep_text(*, version: DocumentVersion, name: str, actor: User) -> None:
    """Note that somebody compared a stored text with a file that differs, and kept it."""
    log(
        instance=version.document,
        action="norms.keep",
        user=actor,
        data={"version": version.address, "file": PurePath(name).name[:300]},
    )


@transaction.atomic
def _correct(
    name: str,
    content: bytes,
    reason: str,
    expected_digest: str,
    actor: User,
    fallback_day: datetime.date | None,
) -> ImportResult:
    parsed = parse_unmarked(name, content, fallback_day, actor)
    decision = decide(parsed, Register(), parsed.warnings)
    if decision.differing is None:
        raise UnreadableSource(_NOTHING_DIFFERS)
    version = DocumentVersion.objects.select_for_update().get(pk=decision.differing.pk or 0)
    if version.body_digest != expected_digest:
        raise UnreadableSource(_CHANGED_SINCE)
    TextCorrection.objects.create(
        version=version,
        reason=reason,
        text_before="\n".join(row.line for row in provisions_in_order(version)),
        source_name_before=version.source_name,
        source_file_before=version.source_file.name,
        corrected_by=actor,
    )
    _replace_provisions(version, parsed.rows)
    # Whoever corrects a text answers for it that it holds no secrets.
    version.secrecy_reviewed_by, version.secrecy_reviewed_on = actor, timezone.localdate()
    _describe(version, parsed, name, content)
    link_articles(version=version)
    log(
        instance=version.document,
        action="norms.correct",
        user=actor,
        data={"version": version.address, "reason": reason},
    )
    record_own_citations(version=version)
    resolve_pending(version.document)
    announce_changed(version.document)
    stored_name = f"{version.document.slug[:50]}-{version.address}{PurePath(name).suffix.lower()}"
    version.source_file.save(stored_name, ContentFile(content))
    return ImportResult(
        file=name,
        status=UNCHANGED,
        title=parsed.title,
        articles=parsed.articles,
        provisions=len(parsed.rows),
        characters=parsed.characters,
        warnings=[_("The stored text was corrected.")],
        version=version,
        parsed=parsed,
    )


def _describe(version: DocumentVersion, parsed: ParsedDocument, name: str, content: bytes) -> None:
    version.preface = parsed.preface or version.preface
    version.articles_count, version.characters_count = parsed.articles, parsed.characters
    version.source_name, version.source_format = PurePath(name).name[:300], parsed.format
    version.sha256, version.body_digest = hashlib.sha256(content).hexdigest(), parsed.digest
    version.warnings = [warning.as_json() for warning in parsed.warnings if warning.code != "text_differs"]
    version.save()


def _replace_provisions(version: DocumentVersion, rows: list[OutlineRow]) -> None:
    """Change the provisions at anchors that stay, add those at new ones and delete the others."""
    existing = {provision.anchor: provision for provision in version.provisions.all()}
    version.provisions.update(position=F("position") + _OUT_OF_THE_WAY)
    provision_by_position: dict[int, Provision] = {}
    for depth in range(max((row.depth for row in rows), default=-1) + 1):
        level = [row for row in rows if row.depth == depth]
        provisions = [_changed(version, row, existing, provision_by_position) for row in level]
        Provision.objects.bulk_create(
            [provision for provision in provisions if provision.pk is None], batch_size=BATCH_SIZE
        )
        provision_by_position.update(
            {row.position: provision for row, provision in zip(level, provisions, strict=True)}
        )
    changed = [existing[row.anchor] for row in rows if row.anchor in existing]
    Provision.objects.bulk_update(changed, _FIELDS, batch_size=BATCH_SIZE)
    version.provisions.filter(position__gte=_OUT_OF_THE_WAY).delete()


def _changed(
    version: DocumentVersion,
    row: OutlineRow,
    existing: dict[str, Provision],
    provision_by_position: dict[int, Provision],
) -> Provision:
    provision = provision_of(version, row, provision_by_position)
    stored = existing.get(row.anchor)
    if stored is None:
        return provision
    for field in _FIELDS:
        setattr(stored, field, getattr(provision, field))
    return stored
