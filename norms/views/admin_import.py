"""The import of norms in Wagtail's admin: files, preview, result."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from norms.forms import ImportForm
from norms.importing.tree import OutlineRow
from norms.models import DocumentVersion
from norms.rules import can_import_norms
from norms.selectors.compared import VersionComparison, text_comparison
from norms.services.corrections import correct_text, keep_text
from norms.services.importing import ImportResult, failed_result, import_norm, preview_norm
from norms.services.register import CREATED, FAILED, NEW_VERSION, Register
from portal.foundation.uploads import (
    Upload,
    UploadsTooLargeError,
    UploadUnavailableError,
    delete_uploads,
    store_uploads,
    stored_uploads,
)
from portal.org.forms.secrecy import require_secrecy_check
from portal.org.models import User

# Characters of a provision, and provisions of a file, that the preview shows.
EXCERPT_LENGTH = 60
PURPOSE = "norms"
MAX_PREVIEW_ROWS = 4_000
# What becomes of a stored text that the file differs from.
KEEP, CORRECT = "keep", "correct"


@dataclass(slots=True)
class Branch:
    """A provision in the preview, with the provisions below it."""

    title: str
    excerpt: str
    kind: str
    children: list[Branch] = field(default_factory=list)


@dataclass(slots=True)
class Preview:
    """One file as it would be imported; `more` counts the provisions that the tree leaves out.

    `comparison` is that of a stored text of the same version which reads otherwise, `compared_digest` tells which text
    that was; `index` names the file in the form.
    """

    result: ImportResult
    status: str
    tree: list[Branch]
    more: int = 0
    index: int = 0
    comparison: VersionComparison | None = None
    compared_digest: str = ""

    @property
    def failed(self) -> bool:
        return self.result.status == FAILED

    @property
    def brings_text(self) -> bool:
        return self.result.status in (CREATED, NEW_VERSION)


def _require_import_permission(request: HttpRequest) -> None:
    if not can_import_norms(request.user):
        raise PermissionDenied


def _context(**values: Any) -> dict[str, Any]:
    title = _("Import norms")
    crumbs = [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("norms_import:index"), "label": title},
    ]
    page = {"breadcrumbs_items": crumbs, "header_title": title, "page_title": title, "header_icon": "upload"}
    return {**page, **values}


@require_http_methods(["GET", "HEAD", "POST"])
def import_norms(request: HttpRequest) -> HttpResponse:
    """Show the form for files, then a preview of what they would become."""
    _require_import_permission(request)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        uploads = [Upload(file.name, file.read()) for file in form.cleaned_data["files"]]
        try:
            token = store_uploads(purpose=PURPOSE, uploads=uploads, user=cast(User, request.user))
        except UploadsTooLargeError as error:
            form.add_error("files", error)
        else:
            return _preview_page(request, uploads, token)
    return render(request, "norms/admin/import.html", _context(form=form))


def _preview_page(request: HttpRequest, uploads: list[Upload], token: str) -> HttpResponse:
    previews = _previews(uploads, cast(User, request.user))
    count = sum(preview.brings_text for preview in previews)
    has_questions = any(preview.comparison or preview.result.needs_date for preview in previews)
    context = _context(previews=previews, token=token, count=count, has_questions=has_questions)
    return render(request, "norms/admin/import_preview.html", context)


@require_POST
def run_import(request: HttpRequest) -> HttpResponse:
    """Store the files of the preview."""
    _require_import_permission(request)
    token = request.POST.get("token", "")
    try:
        uploads = stored_uploads(purpose=PURPOSE, key=token, user=cast(User, request.user))
    except UploadUnavailableError as error:
        messages.error(request, error.message)
        return redirect("norms_import:index")
    try:
        require_secrecy_check(request.POST)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return _preview_page(request, uploads, token)
    results = [_stored_result(request, index, upload) for index, upload in enumerate(uploads)]
    delete_uploads(purpose=PURPOSE, key=token, user=cast(User, request.user))
    previews = [Preview(result, status_name(result.status), []) for result in results]
    return render(request, "norms/admin/import_done.html", _context(previews=previews))


def _stored_result(request: HttpRequest, index: int, upload: Upload) -> ImportResult:
    """Store one file as the answers in the form say: its date, and whether it corrects the stored text."""
    actor, day = cast(User, request.user), parse_day(request.POST.get(f"date-{index}", ""))
    if request.POST.get(f"text-{index}") == CORRECT:
        try:
            return correct_text(
                name=upload.name,
                content=upload.content,
                reason=request.POST.get(f"reason-{index}", ""),
                expected_digest=request.POST.get(f"compared-{index}", ""),
                actor=actor,
                fallback_day=day,
            )
        except ValidationError as error:
            return failed_result(upload.name, " ".join(error.messages))
    result = import_norm(name=upload.name, content=upload.content, actor=actor, fallback_day=day)
    if result.differing and request.POST.get(f"text-{index}") == KEEP:
        version = DocumentVersion.objects.select_related("document").get(pk=result.differing)
        keep_text(version=version, name=upload.name, actor=actor)
    return result


def parse_day(written: str) -> datetime.date | None:
    """Return the day of a date field, None for anything else."""
    try:
        return datetime.date.fromisoformat(written)
    except ValueError:
        return None


def _previews(uploads: list[Upload], actor: User) -> list[Preview]:
    register, previews = Register(), []
    for index, upload in enumerate(uploads):
        result = preview_norm(name=upload.name, content=upload.content, register=register, actor=actor)
        rows = result.parsed.rows if result.parsed else []
        tree = branches(rows[:MAX_PREVIEW_ROWS])
        more = max(0, len(rows) - MAX_PREVIEW_ROWS)
        comparison, digest = None, ""
        if result.differing:
            version = DocumentVersion.objects.select_related("document").get(pk=result.differing)
            comparison, digest = text_comparison(version, rows), version.body_digest
        previews.append(Preview(result, status_name(result.status), tree, more, index, comparison, digest))
    return previews


def status_name(status: str) -> str:
    """Return the title of a status in the active language."""
    return {
        CREATED: _("New document"),
        NEW_VERSION: _("New version"),
        FAILED: _("Failed"),
    }.get(status, _("Unchanged"))


def branches(rows: list[OutlineRow]) -> list[Branch]:
    """Return the rows as a tree whose leaves show how they begin."""
    branch_by_position: dict[int, Branch] = {}
    roots: list[Branch] = []
    for row in rows:
        node = row.node
        text = " ".join(node.text.split())
        branch = Branch(
            node.title,
            text[:EXCERPT_LENGTH] + ("…" if len(text) > EXCERPT_LENGTH else ""),
            str(node.kind.label),
        )
        branch_by_position[row.position] = branch
        (branch_by_position[row.parent].children if row.parent is not None else roots).append(branch)
    return roots
