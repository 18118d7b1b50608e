"""Asking by keyboard alone: from the page of a session to the list of one's own questions, past what was asked before."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from inquiry.enums import Naming
from inquiry.models import Question
from search.engines.configured import get_engine
from search.indexing.rebuilding import rebuild
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.test_look import faults_of
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import QuestionFactory
from tests.factories.org import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

ASKED = "社区矫正对象夜里突发急病被送到邻市抢救，事后补办的外出审批手续算不算数？"
WORDS = "社区矫正对象突发急病被送到邻市抢救，家属第二天才报告，怎样补办手续？"
MAX_TABS = 80


@pytest.fixture
def session():
    return TrainingSessionFactory()


@pytest.fixture
def asked(session):
    question = QuestionFactory(session=session, text=ASKED, naming=Naming.ANONYMOUS)
    rebuild(get_engine())
    return question


@pytest.fixture
def person():
    return UserFactory(username="keyboard")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on what the selector names."""
    for _ in range(MAX_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def wait_for_focus(page: Page, selector: str) -> None:
    page.wait_for_function("selector => document.activeElement.matches(selector)", arg=selector)


def test_question_is_asked_by_keyboard_alone(visitor, session, asked, person):
    reader = visitor(DESK)
    reader.sign_in(person.username, PASSWORD)
    page = reader.page
    page.goto(session.get_absolute_url())
    assert not page.locator("form.ask").is_visible()
    tab_to(page, "[data-unfold]")
    page.keyboard.press("Enter")
    wait_for_focus(page, "#ask [name=text]")
    page.keyboard.type(WORDS)
    page.wait_for_selector("#ask-similar summary")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.matches('#ask-similar summary')")
    page.keyboard.press("Enter")
    tab_to(page, "[data-asking] button")
    page.keyboard.press("Enter")
    wait_for_focus(page, "[data-discard-draft]")
    assert asked.me_toos.count() == 1
    tab_to(page, "[data-raise-anyway]")
    page.keyboard.press("Enter")
    wait_for_focus(page, "form.ask .button--primary")
    page.keyboard.press("Enter")
    wait_for_focus(page, "#raised-title")
    question = Question.objects.get(text=WORDS)
    tab_to(page, "a[href='/me/questions/'].button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/me/questions/")
    assert page.locator(f"main a[href='{question.get_absolute_url()}']").count() == 1


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_line_stays_over_the_text_and_a_draft_can_be_discarded(visitor, session, asked, person, viewport):
    reader = visitor(viewport)
    reader.sign_in(person.username, PASSWORD)
    page = reader.page
    page.goto(f"/questions/ask/{session.number}/")
    assert faults_of(page, page.url) == []
    page.locator("[name=text]").press_sequentially(ASKED[:30])
    line = page.locator("#ask-similar summary")
    line.wait_for()
    assert page.locator("[data-naming]:visible").count() == 1
    # Above the text, where no keyboard of a phone covers it.
    assert line.bounding_box()["y"] < page.locator("[name=text]").bounding_box()["y"]
    line.click()
    page.locator("[name=text]").press_sequentially(ASKED[30:])
    page.wait_for_timeout(600)
    assert page.locator("#ask-similar details").get_attribute("open") is not None
    page.locator("[data-asking] button").click()
    page.locator("[data-discard-draft]").click()
    page.wait_for_url(f"**{asked.get_absolute_url()}")
    page.goto(f"/questions/ask/{session.number}/")
    assert page.locator("[name=text]").input_value() == ""
    assert Question.objects.count() == 1
