"""Searching in a real browser: the combobox by keyboard, touch and input method, filters on a phone, accessibility."""

from __future__ import annotations

import datetime as dt

import pytest

from search.engines.configured import get_engine
from search.indexing.rebuilding import rebuild
from tests.e2e.conftest import DESK, PHONE, accessibility_faults
from tests.factories.casebank import CaseFactory
from tests.factories.org import PASSWORD, UserFactory, department
from tests.factories.search import LoneQuestionFactory as QuestionFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
BOX = "#header-search"
LIST = "#header-search-list"
OPTIONS = f"{LIST} [role=option]"


@pytest.fixture
def records(db):
    made = [
        QuestionFactory(
            title=f"社区矫正对象外出之{number}",
            raised_on=dt.date(2025, 4 + number % 2, 1),
            department=department("court" if number % 2 else "prison"),
        )
        for number in range(12)
    ]
    made.append(CaseFactory(title="减刑幅度的把握"))
    rebuild(get_engine())
    return made


@pytest.fixture
def trainee(visitor, records):
    account = UserFactory(roles=["trainee"])

    def sign_in(viewport=DESK):
        person = visitor(viewport)
        person.sign_in(account.username, PASSWORD)
        return person.page

    return sign_in


def typed(page, text: str, *, box: str = BOX) -> None:
    page.locator(box).press_sequentially(text)
    page.locator(f"{box}-list [role=option]").first.wait_for()


def test_record_is_chosen_by_the_keyboard(trainee, records):
    page = trainee()
    page.goto("/law/")
    box = page.locator(BOX)
    assert box.get_attribute("role") == "combobox"
    assert box.get_attribute("aria-expanded") == "false"
    typed(page, "jxfd")
    assert box.get_attribute("aria-expanded") == "true"
    assert box.get_attribute("aria-activedescendant") is None
    page.keyboard.press("ArrowDown")
    chosen = page.locator(f"{LIST} [aria-selected=true]")
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    assert "减刑幅度的把握" in chosen.inner_text()
    assert page.locator(".header [role=status]").inner_text() == "有 1 条建议，可用上下键选择"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{records[-1].get_absolute_url()}")


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_suggestions_stand_under_their_field(trainee, viewport):
    page = trainee(viewport)
    page.goto("/search/")
    box = "#search-q" if viewport == PHONE else BOX
    typed(page, "社区矫正", box=box)
    field = page.locator(f"form:has({box})").bounding_box()
    offered = page.locator(f"{box}-list").bounding_box()
    assert (offered["x"], offered["width"]) == (field["x"], field["width"])
    assert 0 <= offered["y"] - field["y"] - field["height"] <= 8


def test_search_by_the_keyboard_alone(visitor, records):
    analyst = UserFactory(roles=["analyst"])
    person = visitor(DESK)
    person.sign_in(analyst.username, PASSWORD)
    page, focused = person.page, person.page.locator(":focus")
    page.goto("/law/")
    page.keyboard.press("/")
    assert focused.get_attribute("id") == "header-search"
    page.keyboard.type("社区矫正对象外出")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    # From the top of the page: the second link leads to the results, the next stop is the first of them.
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert focused.get_attribute("href") == "#results"
    assert focused.is_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused.get_attribute("name") == "keys"
    page.keyboard.press("Space")
    assert page.locator("[data-collect-count]").inner_text() == "已选 1 项"
    page.keyboard.press("Tab")
    address = focused.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")
    # A slash that is typed stays a slash.
    page.keyboard.press("/")
    page.keyboard.type("减刑/假释")
    assert page.locator(BOX).input_value() == "减刑/假释"


def test_single_keys_can_be_switched_off(visitor):
    page = visitor().page
    page.goto("/law/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.matches('[data-combobox] input')")
    page.locator(".footer button[name=single_keys][value=off]").click()
    page.wait_for_load_state()
    page.keyboard.press("/")
    assert not page.evaluate("document.activeElement.matches('input')")


def test_arrows_go_round_and_back_to_the_box(trainee):
    page = trainee()
    typed(page, "社区矫正对象外出之1")
    count = page.locator(OPTIONS).count()
    for _step in range(count + 1):
        page.keyboard.press("ArrowDown")
    assert page.locator(f"{LIST} [aria-selected=true]").count() == 0
    page.keyboard.press("ArrowUp")
    assert page.locator(OPTIONS).last.get_attribute("aria-selected") == "true"


def test_escape_closes_and_keeps_the_text(trainee):
    page = trainee()
    typed(page, "减刑")
    page.keyboard.press("Escape")
    assert page.locator(LIST).is_hidden()
    assert page.locator(BOX).input_value() == "减刑"
    page.keyboard.press("ArrowDown")
    page.locator(f"{OPTIONS}[aria-selected=true]").wait_for()
    assert page.locator(OPTIONS).first.get_attribute("aria-selected") == "true"


def test_arrow_before_there_is_a_list_chooses_when_it_comes(trainee):
    page = trainee()
    page.locator(BOX).fill("减刑")
    page.keyboard.press("ArrowDown")
    page.locator(f"{OPTIONS}[aria-selected=true]").wait_for()
    page.keyboard.press("ArrowUp")
    assert page.locator(f"{OPTIONS}[aria-selected=true]").count() == 0


def test_enter_searches_for_what_was_typed(trainee):
    page = trainee()
    typed(page, "减刑")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    assert page.locator("h1").inner_text() == "“减刑”"


def test_list_closes_when_the_box_is_left(trainee):
    page = trainee()
    typed(page, "减刑")
    page.keyboard.press("Tab")
    assert page.locator(LIST).is_hidden()


def test_input_method_is_left_alone_until_it_is_done(trainee):
    page = trainee()
    page.locator(BOX).focus()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/suggest/" in request.url else None)
    ime = page.context.new_cdp_session(page)
    ime.send("Input.imeSetComposition", {"text": "jian", "selectionStart": 4, "selectionEnd": 4})
    page.wait_for_timeout(400)
    assert asked == []
    ime.send("Input.insertText", {"text": "减刑"})
    page.locator(OPTIONS).first.wait_for()
    assert len(asked) == 1
    assert page.locator(BOX).input_value() == "减刑"


def test_only_the_last_answer_counts(trainee):
    page = trainee()

    def slowly(route):
        if "q=%E7%A4%BE" in route.request.url:
            page.wait_for_timeout(600)
        route.continue_()

    page.route("**/search/suggest/*", slowly)
    page.locator(BOX).fill("社区")
    page.wait_for_timeout(250)
    page.locator(BOX).fill("减刑")
    page.wait_for_timeout(1200)
    assert [text for text in page.locator(OPTIONS).all_inner_texts() if "社区" in text] == []
    assert page.locator(OPTIONS).count() == 1


def test_failing_suggestions_are_in_nobodys_way(trainee):
    page = trainee()
    page.route("**/search/suggest/*", lambda route: route.abort())
    page.locator(BOX).press_sequentially("减刑")
    page.wait_for_timeout(300)
    assert page.locator(LIST).is_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")


def test_queries_that_others_often_type_are_offered(trainee):
    page = trainee()
    answer = {
        "suggestions": [],
        "queries": [{"text": "减刑幅度", "url": "/search/?q=%E5%87%8F%E5%88%91%E5%B9%85%E5%BA%A6"}],
    }
    page.route("**/search/suggest/*", lambda route: route.fulfill(json=answer))
    typed(page, "减刑")
    page.locator(OPTIONS).first.click()
    page.wait_for_url("**/search/?q=*")
    assert page.locator(BOX).input_value() == "减刑幅度"


def test_record_is_chosen_by_touch_on_a_phone(trainee, records):
    page = trainee(PHONE)
    page.goto("/search/")
    typed(page, "jxfd", box="#search-q")
    option = page.locator("#search-q-list [role=option]").first
    assert option.bounding_box()["height"] >= 44
    option.tap()
    page.wait_for_url(f"**{records[-1].get_absolute_url()}")


def test_list_leaves_room_for_the_keyboard_of_a_phone(trainee):
    page = trainee(PHONE)
    page.goto("/search/")
    page.set_viewport_size({"width": 390, "height": 420})
    typed(page, "社区矫正", box="#search-q")
    box = page.locator("#search-q-list").bounding_box()
    assert page.locator("#search-q-list [role=option]").count() == 8
    assert box["y"] + box["height"] <= 420


def test_box_works_without_scripts(browser, live_server, records):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, viewport=DESK)
    page = context.new_page()
    page.goto("/")
    assert page.locator(BOX).get_attribute("role") is None
    page.fill(BOX, "减刑")
    page.press(BOX, "Enter")
    page.wait_for_url("**/search/?q=*")
    assert page.locator(".row__title").count() == 1
    context.close()


def test_filters_of_a_phone_are_in_the_sheet(trainee):
    page = trainee(PHONE)
    page.goto("/search/?q=外出")
    months = page.locator(".histogram--months").first
    assert months.is_hidden()
    page.locator(".sheet > summary").click()
    bar = months.locator("a.histogram__bar").first
    bar.scroll_into_view_if_needed()
    assert bar.bounding_box()["width"] >= 44
    bar.tap()
    page.wait_for_url("**month=2025-04")
    chip = page.locator(".chip")
    assert chip.inner_text().split() == ["去掉:", "月份", "2025年4月"]
    assert chip.bounding_box()["height"] >= 44
    chip.tap()
    page.wait_for_url(lambda url: "month" not in url)


def test_bars_are_reached_by_the_keyboard(trainee):
    page = trainee()
    page.goto("/search/?q=外出")
    page.locator(".histogram--months a.histogram__bar").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**month=2025-04")
    assert page.locator(".histogram__bar[aria-current=true]").count() == 1


def test_typed_fields_become_chips(trainee):
    page = trainee()
    page.locator(BOX).fill("外出 部门:法院 -类型:案例")
    page.keyboard.press("Enter")
    page.wait_for_url("**department=court")
    assert page.locator(BOX).input_value() == "外出 -类型:案例"
    assert page.locator(".chip__label").all_inner_texts() == ["法院", "典型案例"]
    page.locator(".chips__clear").click()
    page.wait_for_url(lambda url: "department" not in url)
    assert page.locator(BOX).input_value() == "外出"


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_search_pages_are_accessible(visitor, records, viewport, settings):
    analyst = UserFactory(roles=["analyst"])
    person = visitor(viewport)
    person.sign_in(analyst.username, PASSWORD)
    page = person.page
    page.emulate_media(color_scheme="light" if viewport == PHONE else "dark")
    paths = ["/search/?q=外出&kind=question", "/search/?q=jianxing", "/search/?q=查无此词 主题:没有"]
    found = []
    for path in paths:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        page.locator(".guide > summary").click()
        found += faults(page, path)
    if viewport == PHONE:
        page.goto(paths[0])
        page.locator(".sheet > summary").click()
        found += faults(page, "sheet")
    box = "#search-q" if viewport == PHONE else BOX
    page.goto("/search/")
    typed(page, "社区矫正", box=box)
    page.keyboard.press("ArrowDown")
    found += faults(page, "combobox")
    settings.SEARCH_INDEX_DIR = settings.SEARCH_INDEX_DIR / "none"
    assert page.goto("/search/?q=外出").status == 503
    found += faults(page, "unavailable")
    assert found == []


def faults(page, name: str) -> list[str]:
    width = page.evaluate("document.documentElement.scrollWidth")
    wide = [f"{name} is {width} wide"] if width > page.viewport_size["width"] else []
    return [f"{name}: {fault}" for fault in accessibility_faults(page)] + wide
