"""Questions from sheets and files: template, upload, preview, import, rejected rows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import TrainingSession
from inquiry import rules
from inquiry.forms.ask import IntakeFileForm
from inquiry.intake.fields import LAYOUT
from inquiry.intake.rows import DUPLICATE, GOOD, REJECTED
from inquiry.services import intake_files as intake
from inquiry.views.responses import add_error_messages
from portal.foundation.forms import add_service_errors
from portal.foundation.sheets import XLSX_TYPE
from portal.foundation.uploads import Upload, delete_uploads, store_uploads, stored_uploads
from portal.org.requests import SignedInRequest

CONTENT_TYPES = {
    "xlsx": XLSX_TYPE,
    "csv": "text/csv; charset=utf-8",
}
# More rows would make a page that no phone scrolls through; all of them are imported.
MAX_PREVIEW_ROWS = 200
PURPOSE = "questions"


def _require_importer(request: SignedInRequest) -> None:
    if not rules.can_import_questions(request.user):
        raise PermissionDenied


def _file_response(content: bytes, name: str, kind: str) -> HttpResponse:
    if kind not in CONTENT_TYPES:
        raise Http404
    response = HttpResponse(content, content_type=CONTENT_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


@login_required
def template(request: SignedInRequest, kind: str) -> HttpResponse:
    """Answer with the sheet to fill in."""
    _require_importer(request)
    if kind not in CONTENT_TYPES:
        raise Http404
    return _file_response(intake.template_file(kind), "tongtang-questions", kind)


@login_required
def upload(request: SignedInRequest) -> HttpResponse:
    """Store a file that can be read, for two hours, and go on to its preview."""
    _require_importer(request)
    form = IntakeFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        session = form.cleaned_data["session"]
        try:
            upload_key = _store_readable(request, form.cleaned_data["file"], session)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            response = redirect("inquiry:import_check", key=upload_key)
            if session:
                response["Location"] += f"?session={session.number}"
            return response
    return render(request, "inquiry/import.html", {"form": form})


def _store_readable(request: SignedInRequest, file: Any, session: TrainingSession | None) -> str:
    """Store an uploaded file and return its key; raises ValidationError where it is too large or unreadable."""
    if file.size > settings.MAX_UPLOAD_BYTES:
        message = _("The file is larger than %(limit)d MB.") % {"limit": settings.MAX_UPLOAD_BYTES >> 20}
        raise ValidationError({"file": message})
    sent = Upload(file.name, file.read())
    intake.read_intake_file(name=sent.name, content=sent.content, session=session)
    return store_uploads(purpose=PURPOSE, uploads=[sent], user=request.user)


def _stored_file(request: SignedInRequest, key: str) -> intake.IntakeFile:
    """Read a stored file for the session and the sheet that the address names; raises ValidationError."""
    (sent,) = stored_uploads(purpose=PURPOSE, key=key, user=request.user)
    session = TrainingSession.objects.filter(number=request.GET.get("session", "")).first()
    sheet = request.GET.get("sheet", "")
    return intake.read_intake_file(name=sent.name, content=sent.content, session=session, sheet=sheet)


@login_required
def check(request: SignedInRequest, key: str) -> HttpResponse:
    """Show what the file would bring in; a POST brings in the good rows."""
    _require_importer(request)
    try:
        file = _stored_file(request, key)
    except ValidationError as error:
        add_error_messages(request, error)
        return redirect("inquiry:import_questions")
    report = _import(request, file, key) if request.method == "POST" else None
    context = {
        "file": file,
        "upload_key": key,
        "report": report,
        "session_number": request.GET.get("session", ""),
        "query": request.GET.urlencode(),
        "sheet_tabs": _sheet_tabs(request, file),
        "counts": _counts(file, report),
        "rows": [_preview_row(row, file, imported=bool(report)) for row in file.rows[:MAX_PREVIEW_ROWS]],
        "hidden_count": max(0, len(file.rows) - MAX_PREVIEW_ROWS),
    }
    return render(request, "inquiry/import_check.html", context)


def _import(request: SignedInRequest, file: intake.IntakeFile, key: str) -> intake.IntakeReport:
    """Import the good rows; the file stays stored while rows or sheets of it are left to do."""
    report = intake.import_intake_file(intake=file, actor=request.user)
    if not report.rejected and file.tables.is_complete:
        delete_uploads(purpose=PURPOSE, key=key, user=request.user)
    message = _("%(imported)d imported, %(known)d already there, %(rejected)d rejected.")
    counts = {"imported": report.imported, "known": report.already_there, "rejected": report.rejected}
    messages.success(request, message % counts)
    if report.held:
        message = ngettext(
            "%(held)d row bears a mark of classification and waits for a secrecy reviewer.",
            "%(held)d rows bear a mark of classification and wait for a secrecy reviewer.",
            report.held,
        )
        messages.warning(request, message % {"held": report.held})
    return report


def _sheet_tabs(request: SignedInRequest, file: intake.IntakeFile) -> list[dict[str, Any]]:
    """Return links to the preview of all sheets and of each; none where there is nothing to choose."""
    if not file.tables.has_choice:
        return []
    chosen = request.GET.get("sheet", "")
    choices = [("", _("All sheets")), *((name, name) for name in file.tables.sheets)]
    return [
        {"label": label, "url": _sheet_url(request.GET, name), "active": name == chosen, "count": None}
        for name, label in choices
    ]


def _sheet_url(query: QueryDict, sheet: str) -> str:
    changed = query.copy()
    changed["sheet"] = sheet
    return f"?{changed.urlencode()}"


def _counts(file: intake.IntakeFile, report: intake.IntakeReport | None) -> list[tuple[str, int]]:
    held = report.held if report else file.held
    first = (_("Imported"), report.imported) if report else (_("Can come in"), file.good - held)
    duplicates = report.already_there if report else file.already_there
    held_back = [(_("Held back"), held)] if held else []
    return [first, *held_back, (_("Already there"), duplicates), (_("Rejected"), file.rejected)]


def _preview_row(row: intake.IntakeRow, file: intake.IntakeFile, *, imported: bool) -> dict[str, Any]:
    """Return the variables of a row of the preview; names of people are left to the file."""
    states = {
        GOOD: (_("Imported") if imported else _("Can come in"), "ok"),
        DUPLICATE: (_("Already there"), "neutral"),
        REJECTED: (_("Rejected"), "warn"),
    }
    label, tone = (_("Held back"), "warn") if intake.is_held_back(row) else states[row.state]
    return {
        "sheet": row.sheet if len(file.tables.read_sheets) > 1 else "",
        "number": row.number,
        "state": label,
        "tone": tone,
        "text": row.values.get("title") or row.values.get("text", ""),
        "office": row.values.get("office", ""),
        "errors": [
            {"label": LAYOUT.by_field[error.field].label, "message": error.message} for error in row.errors
        ],
    }


@login_required
def rejected(request: SignedInRequest, key: str, kind: str) -> HttpResponse:
    """Answer with the rejected rows as a sheet to correct and send again."""
    _require_importer(request)
    try:
        file = _stored_file(request, key)
    except ValidationError as error:
        add_error_messages(request, error)
        return redirect("inquiry:import_questions")
    if kind not in CONTENT_TYPES:
        raise Http404
    content = intake.rejected_file(intake=file, format=kind)
    return _file_response(content, "tongtang-rejected-rows", kind)
