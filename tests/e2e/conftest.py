"""A real browser against a live server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import DEFAULT_DB_ALIAS, connections
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.conftest import CHROMIUM

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def _async_is_allowed() -> None:
    """Playwright's loop runs in this thread, where Django would refuse the database."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests. Playwright's loop would give Django a connection of its own, without what was
    serialized for rollbacks: every test after the first would find no departments."""
    ordinary = connections[DEFAULT_DB_ALIAS]
    with sync_playwright() as playwright:
        connections[DEFAULT_DB_ALIAS] = ordinary
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Visitor:
    """One person's browser: a context of its own, at a phone's or a desk's width.

    It asks for less motion, or a page would still be on its way to what has the focus when a test looks at it.
    """

    def __init__(self, browser: Browser, base_url: str, viewport: dict) -> None:
        self.context: BrowserContext = browser.new_context(
            base_url=base_url,
            viewport=viewport,
            locale="zh-CN",
            has_touch=viewport is PHONE,
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(10_000)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def sign_in(self, username: str, password: str) -> None:
        self.page.goto("/accounts/login/")
        self.page.fill("[name=login]", username)
        self.page.fill("[name=password]", password)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/login" not in url)


@pytest.fixture
def visitor(browser, live_server):
    """Opens a browser: `visitor(PHONE)`; all are closed at the end, and none may have seen a script error."""
    opened: list[Visitor] = []

    def open_one(viewport: dict = DESK) -> Visitor:
        opened.append(Visitor(browser, live_server.url, viewport))
        return opened[-1]

    yield open_one
    errors = [error for one in opened for error in one.errors]
    for one in opened:
        one.context.close()
    assert errors == []


# At the top, where nothing lies under a header that sticks, and with every change of looks over.
AT_REST = """() => {
  for (const part of document.querySelectorAll("*")) part.scrollTo({top: 0, behavior: "instant"});
  const ends = ({playState, effect}) => playState === "running" && effect.getComputedTiming().endTime < Infinity;
  return Promise.allSettled(document.getAnimations().filter(ends).map(animation => animation.finished));
}"""


def accessibility_faults(page: Page) -> list[str]:
    """Rules of axe (WCAG 2.2 A and AA) that the page breaks, with the elements."""
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    page.evaluate(AT_REST)
    found = Axe().run(page, options=options).response["violations"]
    return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]
