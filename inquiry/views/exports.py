"""Exports of dossiers: requested, watched, downloaded."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from inquiry import rules
from inquiry.enums import ExportFormat, ExportStatus
from inquiry.models import Dossier, DossierExport
from inquiry.selectors import exports_visible_to
from inquiry.services import exports
from inquiry.views.records import visible_dossier
from inquiry.views.responses import add_error_messages
from portal.foundation import dates
from portal.org.models import User
from portal.org.requests import SignedInRequest

CONTENT_TYPES = {
    ExportFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ExportFormat.MARKDOWN: "text/markdown; charset=utf-8",
}
TONES = {
    ExportStatus.QUEUED: "neutral",
    ExportStatus.RUNNING: "brand",
    ExportStatus.DONE: "ok",
    ExportStatus.FAILED: "warn",
}
MAX_EXPORT_ROWS = 10


def export_rows(dossier: Dossier, user: User) -> list[dict]:
    """Return the latest exports of a dossier that a person may have, newest first."""
    return [_export_row(export) for export in exports_visible_to(user, dossier)[:MAX_EXPORT_ROWS]]


def _export_row(export: DossierExport) -> dict:
    return {
        "export": export,
        "label": export.get_format_display(),
        "tag": {"label": export.get_status_display(), "tone": TONES[ExportStatus(export.status)]},
        "is_done": export.status == ExportStatus.DONE,
        "is_failed": export.status == ExportStatus.FAILED,
        "is_waiting": export.status in (ExportStatus.QUEUED, ExportStatus.RUNNING),
        "requested_on": dates.day(timezone.localdate(export.requested_at)),
    }


@login_required
@require_POST
def export_request(request: SignedInRequest, number: str) -> HttpResponse:
    """Queue an export and show its progress."""
    dossier = _exportable_dossier(request, number)
    try:
        export = exports.request_export(
            dossier=dossier,
            format=request.POST.get("format", ""),
            lang=request.POST.get("lang") or None,
            actor=request.user,
        )
    except ValidationError as error:
        add_error_messages(request, error)
        return redirect(dossier.get_absolute_url())
    return redirect("inquiry:export", number=dossier.number, pk=export.pk)


@login_required
@never_cache
def export_page(request: SignedInRequest, number: str, pk: uuid.UUID) -> HttpResponse:
    """Show how far an export is; htmx asks again each second until it is ready."""
    dossier = _exportable_dossier(request, number)
    export = _visible_export(request, dossier, pk)
    context = {"dossier": dossier, **_export_row(export)}
    return render(request, "inquiry/export_progress.html" if request.htmx else "inquiry/export.html", context)


@login_required
@require_POST
def export_retry(request: SignedInRequest, number: str, pk: uuid.UUID) -> HttpResponse:
    """Queue again an export that failed or is stuck."""
    dossier = _exportable_dossier(request, number)
    try:
        exports.retry_export(export=_visible_export(request, dossier, pk), actor=request.user)
    except ValidationError as error:
        add_error_messages(request, error)
    return redirect("inquiry:export", number=number, pk=pk)


@login_required
@never_cache
def export_file(request: SignedInRequest, number: str, pk: uuid.UUID) -> FileResponse:
    """Send the file to those who may see the dossier now."""
    export = _visible_export(request, _exportable_dossier(request, number), pk)
    if export.status != ExportStatus.DONE:
        raise Http404
    try:
        file = exports.open_export(export)
    # The row outlives its file where a storage was restored without it.
    except FileNotFoundError:
        raise Http404 from None
    kind = CONTENT_TYPES[ExportFormat(export.format)]
    return FileResponse(file, as_attachment=True, filename=export.filename, content_type=kind)


def _visible_export(request: SignedInRequest, dossier: Dossier, pk: uuid.UUID) -> DossierExport:
    for export in exports_visible_to(request.user, dossier):
        if export.pk == pk:
            return export
    raise Http404


def _exportable_dossier(request: SignedInRequest, number: str) -> Dossier:
    dossier = visible_dossier(request, number)
    if not rules.can_export_dossier(request.user, dossier):
        raise PermissionDenied
    return dossier
