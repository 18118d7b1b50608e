"""Writing an export that was requested; called by the task alone."""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Callable

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from inquiry.enums import ExportFormat, ExportStatus
from inquiry.exporting.content import DossierContent, dossier_content
from inquiry.exporting.docx import write_docx
from inquiry.exporting.markdown import write_markdown
from inquiry.models import DossierExport
from inquiry.services.audit import record_action
from inquiry.services.locks import lock_dossier
from portal.org.enums import NotificationKind
from portal.org.services.notifications import notify

logger = logging.getLogger(__name__)
WRITERS: dict[str, Callable[[DossierContent, Callable[[int], None]], bytes]] = {
    ExportFormat.DOCX: write_docx,
    ExportFormat.MARKDOWN: write_markdown,
}


def produce_export(export_id: uuid.UUID | str, *, is_taken_over: bool = False) -> None:
    """Write the file and store it with its digest and the questions as they stood; a failure is stored as well.

    An export that is done or was claimed by another worker is left alone. `is_taken_over` says that the worker which
    had claimed it has died.
    """
    free = [ExportStatus.QUEUED, *([ExportStatus.RUNNING] if is_taken_over else [])]
    # One UPDATE decides which of several workers writes the file.
    claimed = DossierExport.objects.filter(pk=export_id, status__in=free).update(
        status=ExportStatus.RUNNING, progress=0, error=""
    )
    if not claimed:
        return
    export = DossierExport.objects.select_related("dossier__target_document", "requested_by").get(
        pk=export_id
    )
    try:
        with translation.override(export.lang):
            _write_file(export)
    except Exception as error:
        # Only the kind of the error: its message may quote the text of a question.
        logger.error("Export %s failed: %s", export_id, type(error).__name__)
        with translation.override(export.requested_by.language):
            _store_failure(export_id)


def _write_file(export: DossierExport) -> None:
    """Read under a lock, write the file without one, then store it."""
    with transaction.atomic():
        dossier = lock_dossier(export.dossier)
        content = dossier_content(dossier)
    data = WRITERS[export.format](content, lambda percent: _store_progress(export.pk, percent))
    with transaction.atomic():
        _store(export, content, data, dossier.revision)


def _store(export: DossierExport, content: DossierContent, data: bytes, revision: int) -> None:
    export.file.save(export.filename, ContentFile(data), save=False)
    export.sha256 = hashlib.sha256(data).hexdigest()
    export.size = len(data)
    export.questions = content.annex_as_json()
    export.dossier_revision = revision
    export.status, export.progress, export.finished_at = ExportStatus.DONE, 100, timezone.now()
    export.save()
    record_action(export.dossier, "inquiry.dossier.export", actor=export.requested_by, sha256=export.sha256)
    _notify_requester(export, NotificationKind.EXPORT_READY)


def _store_progress(export_id: uuid.UUID | str, percent: int) -> None:
    DossierExport.objects.filter(pk=export_id).update(progress=percent)


def _store_failure(export_id: uuid.UUID | str) -> None:
    export = DossierExport.objects.select_related("dossier", "requested_by").get(pk=export_id)
    export.status, export.finished_at = ExportStatus.FAILED, timezone.now()
    export.error = _("The file could not be written. Try again; if it fails again, tell an administrator.")
    export.save(update_fields=["status", "finished_at", "error"])
    _notify_requester(export, NotificationKind.EXPORT_FAILED)


def _notify_requester(export: DossierExport, kind: NotificationKind) -> None:
    notify(
        recipient=export.requested_by,
        kind=kind,
        subject=f"{export.filename} {export.dossier.title}",
        url=export.dossier.get_absolute_url(),
    )
