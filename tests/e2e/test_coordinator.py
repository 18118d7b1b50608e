"""A coordinator's journeys in a real browser: a session is planned and announced, and a sheet with mistakes imported."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from courses.enums import SessionStatus
from courses.models import TrainingSession
from inquiry.models import Question
from tests.e2e.conftest import DESK, PHONE, accessibility_faults
from tests.factories.org import PASSWORD, TopicFactory, UserFactory, department
from tests.inquiry.sheets import csv_file, row

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def coordinator() -> str:
    return UserFactory(username="coordinator", display_name="方敬之", roles=["coordinator"]).username


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_session_is_planned_and_announced_in_the_admin(visitor, coordinator, viewport):
    TopicFactory(name="外出审批")
    first_day = timezone.localdate() + dt.timedelta(days=30)
    person = visitor(viewport)
    person.sign_in(coordinator, PASSWORD)
    page = person.page
    page.goto("/admin/")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.click("#begin-content a >> nth=0")
    page.wait_for_selector(".tagit-new input[aria-label]")
    assert accessibility_faults(page) == []
    page.fill("#id_theme", "社区矫正对象外出审批")
    page.select_option("#id_host_department", str(department("court").pk))
    for field in ("#id_starts_on", "#id_ends_on"):
        # The calendar comes a moment after the focus, and goes with it: who leaves at once leaves it open over the page.
        page.focus(field)
        page.wait_for_selector(".xdsoft_datetimepicker >> visible=true")
        page.fill(field, first_day.isoformat())
        page.press(field, "Tab")
        page.wait_for_selector(".xdsoft_datetimepicker >> visible=true", state="hidden")
    page.fill("#id_place", "宁川市")
    # The English fields are folded away, and open.
    assert not page.is_visible("#id_theme_en")
    page.press(".english-panel summary >> nth=0", "Enter")
    page.fill("#id_theme_en", "Leave of people in community correction")
    page.click("form#w-editor-form footer button[type=submit]")
    page.wait_for_url("**/sessions/move/*/")
    session = TrainingSession.objects.get()
    assert (session.status, session.theme_en) == ("proposed", "Leave of people in community correction")
    for status in (SessionStatus.IN_CONSULTATION, SessionStatus.COUNTERSIGNED):
        page.goto(f"/admin/sessions/move/{session.pk}/")
        page.click(f'a[href="?to={status}"]')
        page.wait_for_url(f"**to={status}")
        if status == SessionStatus.COUNTERSIGNED:
            assert "访客在内" in page.inner_text(".move")
            assert accessibility_faults(page) == []
            page.check("[name=secrecy_checked]")
        page.click(".move button[type=submit]")
        page.wait_for_url(f"**/move/{session.pk}/")
    stranger = visitor(viewport)
    stranger.page.goto("/")
    assert stranger.page.inner_text(".session-groups h2 >> nth=0") == "即将开班"
    assert "社区矫正对象外出审批" in stranger.page.inner_text(".session-groups")


def upload(page: Page, content: bytes) -> None:
    page.goto("/questions/import/")
    page.set_input_files("[name=file]", {"name": "sheet.csv", "mimeType": "text/csv", "buffer": content})
    page.click("main form button[type=submit]")
    page.wait_for_url("**/questions/import/*/**")


def bring_in(page: Page) -> None:
    """Import the good rows of the file that was checked."""
    page.click("main form button[type=submit]")
    page.wait_for_selector('a.button--primary[href^="/questions/"]')


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_sheet_with_mistakes_is_corrected_and_imported(visitor, coordinator, viewport):
    person = visitor(viewport)
    person.sign_in(coordinator, PASSWORD)
    page = person.page
    upload(page, csv_file(row(), row(text="逾期未归的如何处理？", kind="谣言")))
    assert "类型：请填写“问题”“意见”或“建议”。" in page.inner_text("main table")
    assert Question.objects.count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert accessibility_faults(page) == []
    with page.expect_download() as download:
        page.click('a[href*="rejected.csv"]')
    rejected = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert ("谣言" in rejected, "外出三日以上由谁批准" in rejected) == (True, False)
    bring_in(page)
    assert Question.objects.count() == 1
    upload(page, rejected.replace("谣言", "问题").encode())
    bring_in(page)
    assert set(Question.objects.values_list("text", flat=True)) == {
        "外出三日以上由谁批准？",
        "逾期未归的如何处理？",
    }
    page.click('a.button--primary[href^="/questions/"]')
    page.wait_for_url("**/questions/**")
    assert "逾期未归的如何处理" in page.inner_text("main")
