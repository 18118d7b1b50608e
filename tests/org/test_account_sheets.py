"""Accounts from a sheet."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import override
from openpyxl import load_workbook

from portal.foundation.sheets import SheetError, write_csv
from portal.org.models import User
from portal.org.services import account_sheets
from tests.factories.org import OfficeAliasFactory, OfficeFactory, UserFactory
from tests.foundation.workbooks import Sheet, workbook

pytestmark = pytest.mark.django_db
HEADER = ["username", "display_name", "office", "roles", "email"]


def sheet(*rows, header=HEADER):
    return write_csv(header, rows)


def read(*rows, **kwargs):
    return account_sheets.read_accounts(data=sheet(*rows, **kwargs)).rows


def fields(row):
    return [error.field for error in row.errors]


@pytest.fixture
def office():
    return OfficeFactory(name="宁川市中级人民法院减刑假释审判庭")


def test_good_row_has_no_errors(office):
    rows = read(["chen.lan", "陈岚", office.name, "analyst、editor", "c@example.org"])
    assert [fields(row) for row in rows] == [[]]


def test_office_is_found_by_alias(office):
    OfficeAliasFactory(office=office, name="宁川中院")
    assert fields(read(["chen.lan", "陈岚", "宁川中院", "", ""])[0]) == []


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (["", "陈岚", "{office}", "", ""], ["username"]),
        (["chen lan!", "陈岚", "{office}", "", ""], ["username"]),
        (["chen.lan", "", "{office}", "", ""], ["display_name"]),
        (["chen.lan", "陈岚", "没有的单位", "", ""], ["office"]),
        (["chen.lan", "陈岚", "{office}", "superuser", ""], ["roles"]),
        (["chen.lan", "陈岚", "{office}", "", "not-an-address"], ["email"]),
        (["chen.lan", "陈岚（机密★）", "{office}", "", ""], ["display_name"]),
        (["chen.lan", "", "", "", "x"], ["display_name", "office", "email"]),
    ],
)
def test_errors_are_listed_by_field(office, row, expected):
    assert fields(read([cell.format(office=office.name) for cell in row])[0]) == expected


def test_names_taken_or_twice_are_errors(office):
    UserFactory(username="taken")
    rows = read(*([name, "陈岚", office.name, "", ""] for name in ("Taken", "twice", "TWICE")))
    assert [fields(row) for row in rows] == [["username"]] * 3


def test_headers_and_roles_may_be_chinese_or_english(office):
    for language in ("zh-hans", "en"):
        with override(language):
            template = account_sheets.account_template(file_format="xlsx")
        found = account_sheets.read_accounts(data=template).rows
        assert fields(found[0]) == ["office"]


def test_import_makes_the_good_rows_and_keeps_the_rest(office):
    administrator = UserFactory(roles=["administrator"])
    rows = read(["chen.lan", "陈岚", office.name, "analyst", ""], ["bad", "", office.name, "", ""])
    result = account_sheets.import_accounts(rows=rows, actor=administrator)
    assert [link.user.username for link in result.links] == ["chen.lan"]
    assert [row.number for row in result.rejected] == [3]
    assert User.objects.get(username="chen.lan").office == office


def test_sent_twice_makes_nothing_twice(office):
    administrator = UserFactory(roles=["administrator"])
    rows = read(["chen.lan", "陈岚", office.name, "", ""])
    account_sheets.import_accounts(rows=rows, actor=administrator)
    again = account_sheets.import_accounts(rows=rows, actor=administrator)
    assert (again.links, len(again.rejected)) == ([], 1)


def test_rejected_rows_can_be_corrected_and_sent_again(office):
    rejected = [row for row in read(["chen.lan", "", office.name, "", ""]) if row.errors]
    book = load_workbook(io.BytesIO(account_sheets.rejected_sheet(rows=rejected)))
    book.active["B2"] = "陈岚"
    stream = io.BytesIO()
    book.save(stream)
    corrected = account_sheets.read_accounts(data=stream.getvalue()).rows
    assert [row.errors for row in corrected] == [()]


def test_sheet_without_a_needed_column_is_refused():
    with pytest.raises(SheetError):
        read(["chen.lan"], header=["username"])


def test_pages_preview_then_import(client, office):
    client.force_login(UserFactory(roles=["administrator"]))
    upload = SimpleUploadedFile(
        "a.csv", sheet(["chen.lan", "陈岚", office.name, "", ""], ["", "x", "y", "", ""])
    )
    preview = client.post(reverse("org_import_accounts"), {"sheet": upload})
    assert (preview.context["good_count"], preview.context["rejected_count"]) == (1, 1)
    assert not User.objects.filter(username="chen.lan").exists()
    done = client.post(reverse("org_run_account_import"), {"upload": preview.context["upload_key"]})
    assert [link.user.username for link, _url in done.context["links"]] == ["chen.lan"]
    rejected = client.post(reverse("org_rejected_accounts"), {"upload": done.context["upload_key"]})
    assert rejected["Content-Disposition"] == 'attachment; filename="accounts-rejected.xlsx"'


def test_previewed_sheet_is_imported_by_nobody_else_and_once(client, office):
    client.force_login(UserFactory(roles=["administrator"]))
    upload = SimpleUploadedFile("a.csv", sheet(["chen.lan", "陈岚", office.name, "", ""]))
    key = client.post(reverse("org_import_accounts"), {"sheet": upload}).context["upload_key"]
    client.force_login(UserFactory(roles=["administrator"]))
    other = client.post(reverse("org_run_account_import"), {"upload": key})
    assert other["Location"] == reverse("org_import_accounts")
    assert not User.objects.filter(username="chen.lan").exists()


def test_rejected_rows_of_an_import_are_offered_alone(client, office):
    client.force_login(UserFactory(roles=["administrator"]))
    rows = [["chen.lan", "陈岚", office.name, "", ""], ["", "周敏", office.name, "", ""]]
    preview = client.post(
        reverse("org_import_accounts"), {"sheet": SimpleUploadedFile("a.csv", sheet(*rows))}
    )
    done = client.post(reverse("org_run_account_import"), {"upload": preview.context["upload_key"]})
    rejected = client.post(reverse("org_rejected_accounts"), {"upload": done.context["upload_key"]})
    book = load_workbook(io.BytesIO(rejected.content))
    assert [line[1] for line in book.active.iter_rows(values_only=True)][1:] == ["周敏"]


def test_run_refuses_rows_that_were_not_previewed(client):
    client.force_login(UserFactory(roles=["administrator"]))
    response = client.post(reverse("org_run_account_import"), {"upload": "forged"})
    assert response["Location"] == reverse("org_import_accounts")
    assert User.objects.count() == 1


@pytest.mark.parametrize("role", ["trainee", "coordinator", "editor", "analyst", "signatory", "keeper"])
def test_pages_are_for_administrators(client, role):
    client.force_login(UserFactory(roles=[role]))
    account = UserFactory()
    names = ["org_import_accounts", "org_password_requests", "wagtailusers_users:index"]
    addresses = [reverse(name) for name in names] + [
        reverse("org_password_link", args=[account.pk]),
        reverse("org_account_template", args=["xlsx"]),
        reverse("wagtailusers_users:edit", args=[account.pk]),
    ]
    assert {client.get(address).status_code for address in addresses} == {302}
    assert {client.post(address).status_code for address in addresses} == {302}
    assert not account.notifications.exists()


def test_rows_of_several_sheets_are_checked_together(office):
    row = ["chen.lan", "陈岚", office.name]
    sheets = [Sheet([HEADER[:3], row], name) for name in ("法院", "检察院")]
    file = account_sheets.read_accounts(data=workbook(*sheets))
    assert [(row.sheet, fields(row)) for row in file.rows] == [
        ("法院", ["username"]),
        ("检察院", ["username"]),
    ]
    file = account_sheets.read_accounts(data=workbook(*sheets), sheet="法院")
    assert [(row.sheet, fields(row)) for row in file.rows] == [("法院", [])]


def test_roles_may_stand_in_quotation_marks(office):
    row = ["chen.lan", "陈岚", office.name, "'学员', “研究员”", ""]
    assert [fields(line) for line in read(row)] == [[]]


def test_cell_that_cannot_be_read_has_one_message(office):
    cells = ['<c r="A2"><f>LOWER("X")</f></c>', "陈岚", office.name]
    with override("en"):
        file = account_sheets.read_accounts(data=workbook(Sheet([HEADER[:3], cells])))
    assert [error.message for error in file.rows[0].errors] == [
        "The formula in A2 has no stored result. Paste its value instead."
    ]


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "usernames", "wrong"),
    [  # 分析员 is no role of the portal
        ("acc-dimension-rows.xlsx", ["zhou.min", "wu.lei"], ["roles"]),
        ("acc-wps-dimension.xlsx", ["zhou.min", "wu.lei"], ["roles"]),
        ("acc-title-row.xlsx", ["zhou.min"], []),
        ("acc-header-star.xlsx", ["zhou.min"], []),
        ("acc-instr-first-sheet.xlsx", ["zhou.min", "wu.lei"], ["roles"]),
        ("acc-merged-office.xlsx", ["zhou.min", "wu.lei"], []),
        ("acc-formula.xlsx", ['=LOWER("ZHOU")'], ["username"]),
        ("acc-semicolon.csv", ["zhou.min", "wu.lei"], []),
        ("acc-sep-line.csv", ["zhou.min"], []),
        ("acc-sniff-119123.csv", ["zhou.min", "wu.lei"], []),
    ],
)
def test_sheets_that_failed_once_are_read(shared_cases, name, usernames, wrong):
    OfficeFactory(name="临河县社区矫正中心")
    file = account_sheets.read_accounts(data=(shared_cases / "sheets" / name).read_bytes())
    assert [row.values["username"] for row in file.rows] == usernames
    assert sorted({error.field for row in file.rows for error in row.errors}) == wrong


def test_preview_offers_the_choice_of_a_sheet_and_only_that_one_is_imported(client, office):
    client.force_login(UserFactory(roles=["administrator"]))
    rows = {"法院": "chen.lan", "检察院": "zhou.min"}
    sheets = [Sheet([HEADER[:3], [name, "陈岚", office.name]], sheet) for sheet, name in rows.items()]
    file = SimpleUploadedFile("a.xlsx", workbook(Sheet([["说明"]], "说明"), *sheets))
    preview = client.post(reverse("org_import_accounts"), {"sheet": file})
    assert [row.sheet for row in preview.context["rows"]] == ["法院", "检察院"]
    assert [choice["name"] for choice in preview.context["sheet_choices"]] == ["", "法院", "检察院"]
    assert "未读取的工作表：说明" in preview.content.decode()
    data = {"upload": preview.context["upload_key"], "sheet_name": "检察院"}
    chosen = client.post(reverse("org_import_accounts"), data)
    assert [row.values["username"] for row in chosen.context["rows"]] == ["zhou.min"]
    assert "未读取的工作表：说明、法院" in chosen.content.decode()
    client.post(reverse("org_run_account_import"), data)
    assert (
        User.objects.filter(username__in=rows.values()).values_list("username", flat=True).get() == "zhou.min"
    )
    client.post(reverse("org_run_account_import"), data | {"sheet_name": "法院"})
    assert User.objects.filter(username="chen.lan").exists()
