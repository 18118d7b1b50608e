"""Questions from sheets and files: template, upload, preview, import, rejected rows."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from courses.models import TrainingSession
from inquiry import rules
from inquiry.forms.ask import IntakeFileForm
from inquiry.forms.errors import add_service_errors
from inquiry.intake.fields import LAYOUT
from inquiry.intake.rows import GOOD, REJECTED, THERE
from inquiry.services import intake_files as intake
from inquiry.views.responses import add_error_messages
from portal.foundation.sheets import XLSX_TYPE
from portal.foundation.uploads import Upload, delete_uploads, store_uploads, stored_uploads
from portal.org.requests import SignedInRequest

TYPES = {
    "xlsx": XLSX_TYPE,
    "csv": "text/csv; charset=utf-8",
}
SHOWN_ROWS = 200
PURPOSE = "questions"


def _require_importer(request: SignedInRequest) -> None:
    if not rules.can_import_questions(request.user):
        raise PermissionDenied


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    if kind not in TYPES:
        raise Http404
    response = HttpResponse(content, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


@login_required
def template(request: SignedInRequest, kind: str) -> HttpResponse:
    _require_importer(request)
    if kind not in TYPES:
        raise Http404
    return _file(intake.template_file(kind), "tongtang-questions", kind)


@login_required
def upload(request: SignedInRequest) -> HttpResponse:
    """Take a file; it is kept for two hours between preview and import."""
    _require_importer(request)
    form = IntakeFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file, session = form.cleaned_data["file"], form.cleaned_data["session"]
        try:
            if file.size > settings.MAX_UPLOAD_BYTES:
                raise ValidationError(
                    {
                        "file": _("The file is larger than %(limit)d MB.")
                        % {"limit": settings.MAX_UPLOAD_BYTES >> 20}
                    }
                )
            content = file.read()
            intake.read_intake_file(name=file.name, content=content, session=session)
            upload = Upload(file.name, content)
            token = store_uploads(purpose=PURPOSE, uploads=[upload], user=request.user)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            response = redirect("inquiry:import_check", token=token)
            if session:
                response["Location"] += f"?session={session.number}"
            return response
    return render(request, "inquiry/import.html", {"form": form})


def _kept(request: SignedInRequest, token: str) -> intake.IntakeFile:
    (upload,) = stored_uploads(purpose=PURPOSE, key=token, user=request.user)
    session = TrainingSession.objects.filter(number=request.GET.get("session", "")).first()
    sheet = request.GET.get("sheet", "")
    return intake.read_intake_file(name=upload.name, content=upload.content, session=session, sheet=sheet)


@login_required
def check(request: SignedInRequest, token: str) -> HttpResponse:
    """What the file would bring in; a POST brings in the good rows."""
    _require_importer(request)
    try:
        file = _kept(request, token)
    except ValidationError as error:
        add_error_messages(request, error)
        return redirect("inquiry:import_questions")
    report = None
    if request.method == "POST":
        report = intake.import_intake_file(intake=file, actor=request.user)
        if not report.rejected:
            delete_uploads(purpose=PURPOSE, key=token, user=request.user)
        messages.success(
            request,
            _("%(imported)d imported, %(known)d already there, %(rejected)d rejected.")
            % {"imported": report.imported, "known": report.already_there, "rejected": report.rejected},
        )
    context = {
        "file": file,
        "token": token,
        "report": report,
        "session_number": request.GET.get("session", ""),
        "counts": _counts(file, report),
        "rows": [_shown(row, imported=bool(report)) for row in file.rows[:SHOWN_ROWS]],
        "more": max(0, len(file.rows) - SHOWN_ROWS),
    }
    return render(request, "inquiry/import_check.html", context)


def _counts(file: intake.IntakeFile, report: intake.IntakeReport | None) -> list[tuple[str, int]]:
    first = (_("Imported"), report.imported) if report else (_("Can come in"), file.good)
    known = report.already_there if report else file.already_there
    return [first, (_("Already there"), known), (_("Rejected"), file.rejected)]


def _shown(row: intake.IntakeRow, *, imported: bool) -> dict:
    """A row of the preview; names of people are left to the file."""
    states = {
        GOOD: (_("Imported") if imported else _("Can come in"), "ok"),
        THERE: (_("Already there"), "neutral"),
        REJECTED: (_("Rejected"), "warn"),
    }
    label, tone = states[row.state]
    return {
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
def rejected(request: SignedInRequest, token: str, kind: str) -> HttpResponse:
    _require_importer(request)
    try:
        file = _kept(request, token)
    except ValidationError as error:
        add_error_messages(request, error)
        return redirect("inquiry:import_questions")
    if kind not in TYPES:
        raise Http404
    return _file(intake.rejected_file(intake=file, format=kind), "tongtang-rejected-rows", kind)
