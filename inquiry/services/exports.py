"""Requests for exports of a dossier; a background task writes them."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from inquiry.enums import ExportFormat, ExportStatus
from inquiry.models import Dossier, DossierExport
from inquiry.rules import can_export_dossier
from inquiry.services.audit import require
from inquiry.services.locks import lock_dossier
from inquiry.tasks import make_export
from portal.org.models import User

# The largest dossiers take a minute or two: a worker that is silent for longer has died.
STUCK_AFTER = dt.timedelta(minutes=30)


@transaction.atomic
def request_export(*, dossier: Dossier, format: str, actor: User, lang: str | None = None) -> DossierExport:
    """Queue an export in the dossier's language, or in `lang`, and return it.

    If the same person has the same one under way already, return that. Raises ValidationError for an unknown format.
    """
    # Read anew: whether it is finished decides who may export it. Locked: of two requests the second sees the first.
    dossier = lock_dossier(dossier)
    require(can_export_dossier(actor, dossier))
    if format not in ExportFormat.values:
        raise ValidationError({"format": _("Choose DOCX or Markdown.")})
    lang = lang or dossier.lang
    if under_way := _export_under_way(dossier, format, lang, actor):
        return under_way
    export = DossierExport.objects.create(
        dossier=dossier,
        format=format,
        lang=lang,
        requested_by=actor,
        dossier_revision=dossier.revision,
    )
    make_export.enqueue(export_id=str(export.pk))
    # Where tasks run at once, as in tests, the file is written by now.
    export.refresh_from_db()
    return export


def _export_under_way(dossier: Dossier, format: str, lang: str, actor: User) -> DossierExport | None:
    """Return an export whose file will hold what one that begins now would hold."""
    # One that waits will read the dossier as it is then; one that is being written has read it already.
    reads_present_state = Q(status=ExportStatus.QUEUED) | Q(
        status=ExportStatus.RUNNING, dossier_revision=dossier.revision
    )
    same = DossierExport.objects.filter(dossier=dossier, format=format, lang=lang, requested_by=actor)
    return same.filter(reads_present_state, requested_at__gte=timezone.now() - STUCK_AFTER).first()


@transaction.atomic
def retry_export(*, export: DossierExport, actor: User) -> DossierExport:
    """Queue again an export that failed, or that no worker has moved for half an hour."""
    require(can_export_dossier(actor, export.dossier))
    locked = DossierExport.objects.select_for_update().get(pk=export.pk)
    is_stuck = locked.status in {ExportStatus.RUNNING, ExportStatus.QUEUED} and (
        locked.requested_at < timezone.now() - STUCK_AFTER
    )
    if locked.status != ExportStatus.FAILED and not is_stuck:
        raise ValidationError(_("This export is still being made, or is ready."))
    locked.status, locked.progress, locked.error = ExportStatus.QUEUED, 0, ""
    locked.save(update_fields=["status", "progress", "error"])
    make_export.enqueue(export_id=str(locked.pk))
    locked.refresh_from_db()
    return locked


def open_export(export: DossierExport) -> File:
    """Open the stored file for reading; the caller has checked `can_export_dossier`."""
    return export.file.open("rb")
