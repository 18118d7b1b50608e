"""Pages of the admin around accounts: import of sheets, links for passwords, requests for them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from portal.foundation.paging import page_of
from portal.foundation.sheets import XLSX_TYPE, SheetError
from portal.foundation.uploads import Upload, delete_uploads, store_uploads, stored_uploads
from portal.org import services
from portal.org.enums import ROLE_EXPLANATIONS, Role
from portal.org.forms.accounts import AccountSheetForm
from portal.org.models import User
from portal.org.requests import SignedInRequest
from portal.org.rules import can_manage_account, can_manage_accounts
from portal.org.selectors import open_password_requests
from portal.org.services import account_sheets

# Rows of the lists of these pages.
PER_PAGE = 50
# Rows of a sheet that a page shows; the sheet itself has all of them.
MAX_PREVIEW_ROWS = 200
# The uploads of these pages, apart from those of others.
PURPOSE = "accounts"
REJECTED_NAME = "accounts-rejected.xlsx"
CONTENT_TYPES = {"xlsx": XLSX_TYPE, "csv": "text/csv; charset=utf-8"}


def _require_administrator(request: SignedInRequest) -> None:
    if not can_manage_accounts(request.user):
        raise PermissionDenied


def people_page(title: str, icon: str, **context: Any) -> dict[str, Any]:
    """Return the context of a page below the list of people."""
    crumbs = [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("wagtailusers_users:index"), "label": _("People")},
        {"url": "", "label": title},
    ]
    return {
        "breadcrumbs_items": crumbs,
        "header_title": title,
        "page_title": title,
        "header_icon": icon,
        **context,
    }


def _stored_file(request: SignedInRequest) -> account_sheets.AccountFile:
    """Read the previewed file again; raises ValidationError where it is no longer stored."""
    (upload,) = stored_uploads(purpose=PURPOSE, key=request.POST.get("upload", ""), user=request.user)
    return account_sheets.read_accounts(data=upload.content, sheet=request.POST.get("sheet_name", ""))


def _store_rejected(request: SignedInRequest, rows: list[account_sheets.AccountRow]) -> str:
    """Store the rows that were left out as a sheet of their own, and return its key."""
    upload = Upload(REJECTED_NAME, account_sheets.rejected_sheet(rows=rows))
    return store_uploads(purpose=PURPOSE, uploads=[upload], user=request.user)


def _file_response(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=CONTENT_TYPES[name.rsplit(".", 1)[1]])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def import_accounts(request: SignedInRequest) -> HttpResponse:
    """Take a file, and show what is wrong in each row before anything is saved.

    A stored file (`upload` is its key) is previewed again when another of its sheets is chosen.
    """
    _require_administrator(request)
    title = _("Import accounts")
    if request.method == "POST" and request.POST.get("upload"):
        try:
            return _preview(request, title, _stored_file(request), request.POST["upload"])
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return redirect("org_import_accounts")
    form = AccountSheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sheet = form.cleaned_data["sheet"]
        upload = Upload(sheet.name, sheet.read())
        try:
            file = account_sheets.read_accounts(data=upload.content)
        except SheetError as error:
            form.add_error("sheet", error)
        else:
            key = store_uploads(purpose=PURPOSE, uploads=[upload], user=request.user)
            return _preview(request, title, file, key)
    roles = [(role.label, ROLE_EXPLANATIONS[role]) for role in Role]
    return render(
        request, "org/admin/account_import.html", people_page(title, "upload", form=form, roles=roles)
    )


def _preview(
    request: SignedInRequest, title: str, file: account_sheets.AccountFile, key: str
) -> HttpResponse:
    chosen = request.POST.get("sheet_name", "")
    context = people_page(
        title,
        "upload",
        rows=_previewed(file.rows),
        hidden_count=max(0, len(file.rows) - MAX_PREVIEW_ROWS),
        columns=[column.label for column in account_sheets.LAYOUT.columns],
        good_count=len(file.good_rows),
        rejected_count=len(file.rejected_rows),
        upload_key=key,
        tables=file.table_file,
        sheet_name=chosen,
        sheet_choices=[
            {"name": name, "label": name or _("All sheets"), "active": name == chosen}
            for name in ("", *file.table_file.sheets)
        ],
    )
    return render(request, "org/admin/account_preview.html", context)


def _previewed(rows: list[account_sheets.AccountRow]) -> list[account_sheets.AccountRow]:
    """Return the rows that the preview shows, in their order: those with errors before any other."""
    first_rows = sorted(rows, key=lambda row: not row.errors)[:MAX_PREVIEW_ROWS]
    keys = set(map(id, first_rows))
    return [row for row in rows if id(row) in keys]


@never_cache
@require_POST
def run_import(request: SignedInRequest) -> HttpResponse:
    """Create the accounts of the good rows and show their links, this once."""
    _require_administrator(request)
    try:
        file = _stored_file(request)
        result = account_sheets.import_accounts(rows=file.rows, actor=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("org_import_accounts")
    if file.table_file.is_complete:
        delete_uploads(purpose=PURPOSE, key=request.POST["upload"], user=request.user)
    context = people_page(
        _("Accounts made"),
        "group",
        links=[(link, request.build_absolute_uri(link.path)) for link in result.links],
        rejected=result.rejected,
        shown_rejected=result.rejected[:MAX_PREVIEW_ROWS],
        hidden_count=max(0, len(result.rejected) - MAX_PREVIEW_ROWS),
        upload_key=_store_rejected(request, result.rejected) if result.rejected else "",
    )
    return render(request, "org/admin/account_import_done.html", context)


@require_POST
def rejected_rows(request: SignedInRequest) -> HttpResponse:
    """Answer with the rows that have errors, as a sheet to correct."""
    _require_administrator(request)
    try:
        file = _stored_file(request)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("org_import_accounts")
    content = account_sheets.rejected_sheet(rows=file.rejected_rows)
    return _file_response(content, REJECTED_NAME)


def template(request: SignedInRequest, file_format: str) -> HttpResponse:
    """Answer with the sheet to fill in."""
    _require_administrator(request)
    if file_format not in CONTENT_TYPES:
        raise Http404
    return _file_response(account_sheets.account_template(file_format=file_format), f"accounts.{file_format}")


@never_cache
@sensitive_post_parameters()
def password_link(request: SignedInRequest, pk: int) -> HttpResponse:
    """Issue a link for the password; the answer to the POST is the only page that shows it."""
    account = get_object_or_404(User, pk=pk)
    if not can_manage_account(request.user, account):
        raise PermissionDenied
    context = people_page(
        _("Link for the password"), "key", account=account, can_mail=bool(settings.HAS_MAIL)
    )
    if request.method == "POST":
        try:
            link = services.issue_password_link(user=account, actor=request.user)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            context |= {"link": link, "url": request.build_absolute_uri(link.path) if link.path else ""}
    return render(request, "org/admin/password_link.html", context)


def password_requests(request: SignedInRequest) -> HttpResponse:
    """List people who forgot the password and cannot be mailed."""
    _require_administrator(request)
    waiting = page_of(request.GET, open_password_requests(request.user), PER_PAGE)
    return render(
        request,
        "org/admin/password_requests.html",
        people_page(_("Password requests"), "key", waiting=waiting),
    )
