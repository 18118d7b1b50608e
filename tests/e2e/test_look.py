"""The look in a real browser: accessible in both schemes, nothing wider than a phone, keyboard and sheets work."""

from __future__ import annotations

import pytest

from inquiry.services.holding import SubmissionHeld
from inquiry.services.identities import request_identity
from inquiry.services.questions import raise_question
from search.engines.configured import get_engine
from search.indexing.rebuilding import rebuild
from tests.e2e.conftest import DESK, PHONE, accessibility_faults
from tests.factories.courses import TrainingSessionFactory
from tests.factories.org import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def faults_of(page, path: str) -> list[str]:
    """What is wrong with a page: no answer, accessibility faults (a phone light, a desk dark), too wide."""
    page.emulate_media(color_scheme="light" if page.viewport_size == PHONE else "dark")
    status = page.goto(path).status
    page.wait_for_load_state("networkidle")
    found = [f"{path} {fault}" for fault in accessibility_faults(page)]
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > page.viewport_size["width"]:
        found.append(f"{path} is {width} wide")
    return found if status == 200 else [f"{path} answers {status}", *found]


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_public_pages_are_accessible(visitor, viewport):
    TrainingSessionFactory()
    page = visitor(viewport).page
    found = [fault for path in ("/styleguide/", "/", "/accounts/login/") for fault in faults_of(page, path)]
    assert found == []


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_of_a_trainee_are_accessible(visitor, viewport):
    trainee = UserFactory(roles=["trainee"])
    session = TrainingSessionFactory()
    question = raise_question(
        session=session,
        kind="question",
        text="事后补办外出审批的，算不算违规外出？",
        naming="office",
        actor=trainee,
    )
    rebuild(get_engine())
    person = visitor(viewport)
    person.sign_in(trainee.username, PASSWORD)
    paths = (
        "/",
        "/sessions/",
        session.get_absolute_url(),
        "/questions/",
        f"/questions/ask/{session.number}/",
        question.get_absolute_url(),
        "/cases/",
        "/law/",
        "/search/",
        "/me/",
        "/me/profile/",
        "/me/notifications/",
    )
    assert [fault for path in paths for fault in faults_of(person.page, path)] == []


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_of_a_keeper_and_a_reviewer_are_accessible(visitor, viewport):
    person = UserFactory(roles=["keeper", "reviewer"])
    session = TrainingSessionFactory()
    asked = {"session": session, "kind": "question", "naming": "anonymous", "actor": UserFactory()}
    question = raise_question(text="事后补办外出审批的，算不算违规外出？", **asked)
    with pytest.raises(SubmissionHeld) as caught:
        raise_question(text="案卷首页印有机密★10年，能否在课堂上讨论该案？", **asked)
    other = UserFactory(roles=["keeper"])
    waiting = request_identity(question=question, keeper=other, reason="需要联系提问人核实案号。")
    browser = visitor(viewport)
    browser.sign_in(person.username, PASSWORD)
    paths = (
        "/secrecy-review/",
        caught.value.submission.get_absolute_url(),
        "/identity-requests/",
        waiting.get_absolute_url(),
        f"{question.get_absolute_url()}identity/",
        "/me/assignments/",
    )
    assert [fault for path in paths for fault in faults_of(browser.page, path)] == []


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_of_an_analyst_are_accessible(visitor, viewport):
    analyst = UserFactory(roles=["analyst"])
    raise_question(
        session=TrainingSessionFactory(),
        kind="opinion",
        text="建议统一材料清单。",
        naming="office",
        actor=analyst,
    )
    person = visitor(viewport)
    person.sign_in(analyst.username, PASSWORD)
    paths = (
        "/",
        "/desk/",
        "/clusters/",
        "/clusters/new/",
        "/dossiers/",
        "/dossiers/new/",
        "/questions/import/",
    )
    assert [fault for path in paths for fault in faults_of(person.page, path)] == []


def test_theme_and_language_keep_the_page(visitor):
    page = visitor(DESK).page
    page.goto("/styleguide/?keep=1")
    page.locator(".footer button[name=theme][value=dark]").click()
    page.wait_for_load_state()
    page.locator(".footer .language__button").click()
    page.wait_for_load_state()
    root = page.locator("html")
    assert (root.get_attribute("data-theme"), root.get_attribute("lang")) == ("dark", "en")
    assert page.url.endswith("/styleguide/?keep=1")


def test_menu_closes_on_escape(visitor):
    trainee = UserFactory()
    person = visitor(DESK)
    person.sign_in(trainee.username, PASSWORD)
    summary = person.page.locator(".header .menu > summary")
    summary.click()
    assert person.page.locator(".menu__panel").is_visible()
    person.page.keyboard.press("Escape")
    assert not person.page.locator(".menu__panel").is_visible()
    assert summary.evaluate("element => element === document.activeElement")


def test_facets_open_in_a_sheet_on_a_phone(visitor):
    page = visitor(PHONE).page
    page.goto("/styleguide/")
    panel = page.locator("#rows .sheet__panel")
    assert not panel.is_visible()
    page.locator("#rows .sheet > summary").click()
    assert panel.is_visible()
    assert panel.evaluate("element => getComputedStyle(element).position") == "fixed"
    page.locator("#rows [data-sheet-close]").click()
    assert not panel.is_visible()


def test_facets_stand_beside_the_list_on_a_desk(visitor):
    page = visitor(DESK).page
    page.goto("/styleguide/")
    assert page.locator("#rows .sheet__panel").is_visible()
    assert not page.locator("#rows .sheet > summary").is_visible()


def test_dialog_opens_and_closes(visitor):
    page = visitor(DESK).page
    page.goto("/styleguide/")
    page.locator("[data-dialog=sample-dialog]").click()
    dialog = page.locator("#sample-dialog")
    assert dialog.is_visible()
    dialog.locator("[data-dialog-close]").click()
    assert not dialog.is_visible()


def test_skip_link_comes_first(visitor):
    page = visitor(DESK).page
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"


def test_bar_of_a_phone_has_five_places_of_44_pixels(visitor):
    page = visitor(PHONE).page
    page.goto("/")
    boxes = [link.bounding_box() for link in page.locator(".bar a").all()]
    assert len(boxes) == 5
    assert [box for box in boxes if box["height"] < 44 or box["width"] < 44] == []
