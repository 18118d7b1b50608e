"""Bringing in questions from a file, page by page."""

import io

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from inquiry.models import Question
from tests.factories.courses import TrainingSessionFactory
from tests.factories.org import UserFactory
from tests.foundation.workbooks import Sheet, workbook

pytestmark = pytest.mark.django_db

SHEET = (
    "内容,署名方式,姓名,类型\n外出三日以上由谁批准？,匿名,欧阳靖澜,\n逾期未归如何处理？,匿名,欧阳靖澜,谣言\n"
)


@pytest.fixture
def coordinator():
    return UserFactory(roles=["coordinator"])


@pytest.fixture
def private(tmp_path, settings):
    options = {**settings.STORAGES["private"]["OPTIONS"], "location": str(tmp_path / "private")}
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {**settings.STORAGES["private"], "OPTIONS": options},
    }
    return storages["private"]


@pytest.fixture
def send(client, coordinator, private):
    """Upload a sheet as a coordinator; the address of its preview."""

    def upload(text=SHEET, session=""):
        client.force_login(coordinator)
        file = SimpleUploadedFile("sheet.csv", text.encode())
        response = client.post(reverse("inquiry:import_questions"), {"file": file, "session": session})
        return response["Location"]

    return upload


def states(response):
    return [
        (row["number"], row["text"], row["state"], len(row["errors"])) for row in response.context["rows"]
    ]


def test_preview_says_what_becomes_of_each_row(client, send):
    response = client.get(send())
    assert [count for _label, count in response.context["counts"]] == [1, 0, 1]
    assert states(response) == [
        (2, "外出三日以上由谁批准？", "可导入", 0),
        (3, "逾期未归如何处理？", "退回", 1),
    ]
    assert "外出三日以上由谁批准？" in response.content.decode()
    assert "欧阳靖澜" not in response.content.decode()
    assert Question.objects.count() == 0


def test_row_with_a_mark_is_said_to_be_held_back(client, send, coordinator):
    coordinator.language = "en"
    coordinator.save()
    address = send("内容\n秘密★ 外出审批的材料清单由谁提供？\n外出三日以上由谁批准？\n")
    preview = client.get(address)
    assert [row["state"] for row in preview.context["rows"]] == ["Held back", "Can come in"]
    assert [count for _label, count in preview.context["counts"]] == [1, 1, 0, 0]
    page = client.post(address)
    assert [row["state"] for row in page.context["rows"]] == ["Held back", "Imported"]
    assert "1 row bears a mark of classification and waits for a secrecy reviewer." in page.content.decode()


def test_good_rows_come_in_once_under_their_session(client, send):
    session = TrainingSessionFactory()
    address = send(session=session.pk)
    response = client.post(address)
    assert [count for _label, count in response.context["counts"]] == [1, 0, 1]
    assert Question.objects.get().session == session
    assert [row["state"] for row in client.get(address).context["rows"]] == ["已有", "退回"]
    client.post(address)
    assert Question.objects.count() == 1


def test_rejected_rows_can_be_had_and_sent_again(client, send):
    address = send().partition("?")[0]
    content = client.get(f"{address}rejected.csv").content.decode("utf-8-sig")
    assert [line.split(",")[0] for line in content.splitlines()] == ["内容", "逾期未归如何处理？"]
    book = load_workbook(io.BytesIO(client.get(f"{address}rejected.xlsx").content))
    assert [row[0] for row in book.active.values] == ["内容", "逾期未归如何处理？"]
    response = client.get(send(content.replace("谣言", "问题")))
    assert [count for _label, count in response.context["counts"]] == [1, 0, 0]


def test_sheet_is_deleted_once_all_rows_are_imported(client, send, private):
    address = send(SHEET.replace("谣言", "问题"))
    assert len(private.listdir("uploads/questions")[0]) == 1
    client.post(address)
    assert private.listdir("uploads/questions")[0] == []


def test_sheet_is_given_back_to_nobody_else(client, send):
    address = send()
    client.force_login(UserFactory(roles=["analyst"]))
    assert client.get(address)["Location"] == reverse("inquiry:import_questions")
    assert client.post(address)["Location"] == reverse("inquiry:import_questions")
    assert Question.objects.count() == 0


@pytest.mark.parametrize("role", ["trainee", "editor", "signatory", "keeper", "administrator"])
def test_import_is_for_coordinators_and_analysts(client, private, role):
    client.force_login(UserFactory(roles=[role]))
    url = reverse("inquiry:import_questions")
    assert client.get(url).status_code == 403
    assert client.get(reverse("inquiry:import_template", args=["csv"])).status_code == 403
    assert client.post(url, {"file": SimpleUploadedFile("sheet.csv", SHEET.encode())}).status_code == 403
    assert not private.exists("intake") or private.listdir("intake")[1] == []


def three_sheets():
    head = ["类型", "内容", "备注"]
    names = ("法院", "检察院", "司法局")
    sheets = [Sheet([head, ["问题", f"{name}的问题？", "x"]], name) for name in names]
    return workbook(Sheet([["填表说明"]], "说明"), *sheets)


@pytest.fixture
def send_sheets(client, coordinator, private):
    client.force_login(coordinator)
    file = SimpleUploadedFile("sheets.xlsx", three_sheets())
    return client.post(reverse("inquiry:import_questions"), {"file": file, "session": ""})["Location"]


def test_preview_says_which_sheets_and_columns_are_read(client, send_sheets):
    response = client.get(send_sheets)
    page = response.content.decode()
    assert [row["sheet"] for row in response.context["rows"]] == ["法院", "检察院", "司法局"]
    for line in ("已读取的工作表：法院、检察院、司法局", "未读取的工作表：说明", "未读取的列：备注"):
        assert line in page


def test_preview_offers_the_choice_of_a_sheet_and_only_that_one_comes_in(client, send_sheets, private):
    tabs = client.get(send_sheets).context["sheet_tabs"]
    assert [(tab["label"], tab["active"]) for tab in tabs] == [
        ("全部工作表", True),
        ("法院", False),
        ("检察院", False),
        ("司法局", False),
    ]
    address = send_sheets + tabs[2]["url"]
    response = client.get(address)
    assert [row["text"] for row in response.context["rows"]] == ["检察院的问题？"]
    assert "未读取的工作表：说明、法院、司法局" in response.content.decode()
    client.post(address)
    assert Question.objects.get().text == "检察院的问题？"
    assert len(private.listdir("uploads/questions")[0]) == 1
    client.post(send_sheets)
    assert Question.objects.count() == 3
    assert private.listdir("uploads/questions")[0] == []


def test_sheet_that_the_file_lacks_leads_back(client, send_sheets):
    response = client.get(f"{send_sheets}?sheet=没有")
    assert response["Location"] == reverse("inquiry:import_questions")


def test_file_with_one_sheet_offers_no_choice(client, send):
    assert client.get(send()).context["sheet_tabs"] == []
