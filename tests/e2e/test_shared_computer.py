"""One computer, several people: what the next one finds of the last."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from inquiry.enums import Naming
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import QuestionFactory
from tests.factories.org import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

WORDS = "逾期一日未归，是否一律给予警告？"


@pytest.fixture
def person():
    return UserFactory(username="first-reader", roles=["analyst"])


@pytest.fixture
def signed_in(visitor, person):
    browser = visitor()
    browser.sign_in(person.username, PASSWORD)
    return browser


SIGN_OUT = "main form[action$='/logout/'] button"
SIGN_OUT_PAGE = "/accounts/logout/"


def sign_out(page: Page) -> None:
    page.goto("/me/")
    page.locator(SIGN_OUT).click()
    page.wait_for_url(lambda url: "/me/" not in url)


def kept(page: Page) -> list[str]:
    """Every value in the browser's storages that begins with the portal's name and holds words."""
    values = page.evaluate(
        "[localStorage, sessionStorage].flatMap(s => Object.keys(s).filter(k => /draft:|form:/.test(k)).map(k => s[k]))"
    )
    return [value for value in values if WORDS in json.dumps(json.loads(value), ensure_ascii=False)]


def test_back_after_signing_out_shows_nothing(signed_in, person):
    question = QuestionFactory(asker=person, naming=Naming.ANONYMOUS, text=WORDS)
    page = signed_in.page
    page.goto("/me/questions/")
    assert question.number in page.content()
    sign_out(page)
    for _ in range(3):
        page.go_back()
        assert question.number not in page.content()
        assert WORDS not in page.content()


def test_a_page_from_the_browsers_memory_is_loaded_anew(signed_in):
    page = signed_in.page
    page.goto("/me/questions/")
    page.evaluate("document.title = 'old'")
    with page.expect_navigation():
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert page.title() != "old"


def test_the_next_person_finds_neither_drafts_nor_questions(signed_in, visitor, person):
    session = TrainingSessionFactory()
    page = signed_in.page
    page.goto(reverse("inquiry:ask", args=[session.number]))
    page.locator("form.ask [name=text]").fill(WORDS)
    page.wait_for_selector("[data-draft-note]:not([hidden])")
    sign_out(page)
    # A page of its own says what will be deleted, and its button does it.
    assert page.url.endswith(SIGN_OUT_PAGE)
    assert len(kept(page)) == 1
    page.locator(SIGN_OUT).click()
    page.wait_for_url(lambda url: SIGN_OUT_PAGE not in url)
    assert kept(page) == []
    other = UserFactory(username="second-reader")
    signed_in.sign_in(other.username, PASSWORD)
    page.goto(reverse("inquiry:ask", args=[session.number]))
    assert page.locator("form.ask [name=text]").input_value() == ""


def test_form_starts_blank_after_sending_at_once(signed_in):
    """The draft is kept a moment after each key: sending faster than that must not leave it for the next question."""
    session = TrainingSessionFactory()
    page = signed_in.page
    page.goto(reverse("inquiry:ask", args=[session.number]))
    page.evaluate(
        """text => {
            const form = document.querySelector("form.ask");
            form.elements.text.value = text;
            form.elements.text.dispatchEvent(new Event("input", { bubbles: true }));
            /* The answer is here before the moment is over. */
            form.dispatchEvent(new CustomEvent("htmx:beforeOnLoad", { bubbles: true, detail: {
                elt: form, xhr: { getResponseHeader: () => "/" } } }));
            return new Promise(done => setTimeout(done, 350));
        }""",
        WORDS,
    )
    assert kept(page) == []


def test_staying_keeps_what_was_not_sent(signed_in):
    session = TrainingSessionFactory()
    page = signed_in.page
    page.goto(reverse("inquiry:ask", args=[session.number]))
    page.locator("form.ask [name=text]").fill(WORDS)
    page.wait_for_selector("[data-draft-note]:not([hidden])")
    sign_out(page)
    page.locator("main .button--quiet").click()
    page.wait_for_url(lambda url: SIGN_OUT_PAGE not in url)
    assert len(kept(page)) == 1


def test_signing_out_without_anything_typed_asks_nothing(signed_in):
    sign_out(signed_in.page)
    assert not signed_in.page.url.endswith(SIGN_OUT_PAGE)


def test_draft_of_somebody_else_stays_closed_and_dies_after_a_week(signed_in, visitor, person):
    """A session that ran out signs nobody out: the draft stays for its own person, for a week."""
    session = TrainingSessionFactory()
    page = signed_in.page
    page.goto(reverse("inquiry:ask", args=[session.number]))
    page.locator("form.ask [name=text]").fill(WORDS)
    page.wait_for_selector("[data-draft-note]:not([hidden])")
    page.goto("/me/")
    signed_in.context.clear_cookies()
    other = UserFactory(username="second-reader")
    signed_in.sign_in(other.username, PASSWORD)
    page.goto(reverse("inquiry:ask", args=[session.number]))
    assert page.locator("form.ask [name=text]").input_value() == ""
    assert len(kept(page)) == 1
    page.evaluate(
        "for (const key of Object.keys(localStorage).filter(key => key.startsWith('tongtang-draft:')))"
        " localStorage[key] = JSON.stringify({...JSON.parse(localStorage[key]), at: Date.now() - 8 * 864e5})"
    )
    page.goto("/cases/")
    assert kept(page) == []


def test_back_brings_the_typed_text_again(signed_in):
    page = signed_in.page
    question = QuestionFactory()
    page.goto(f"/desk/{question.number}/")
    page.fill(".work__form [name=text]", WORDS)
    page.goto("/questions/")
    page.go_back()
    page.wait_for_load_state("domcontentloaded")
    assert page.input_value(".work__form [name=text]") == WORDS
    # Opened anew, it is the form as the server gives it.
    page.goto(f"/desk/{question.number}/?queue=awaiting")
    assert page.input_value(".work__form [name=text]") != WORDS
