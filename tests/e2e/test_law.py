"""Reading the law in a real browser: versions keep the article, links are copied, citing records open."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from tests.e2e.conftest import DESK, PHONE, accessibility_faults
from tests.factories.norms import import_text
from tests.norms.samples import LEAVE, LEAVE_2023, LEAVE_2025

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def law() -> str:
    import_text(LEAVE_2023, f"{LEAVE}(2023-03-01).txt")
    return import_text(LEAVE_2025, f"{LEAVE}(2025-03-01).txt").get_absolute_url()


def test_changing_the_version_keeps_the_article(visitor, law):
    page = visitor(DESK).page
    page.goto(f"{law}#art-4")
    page.locator(".law-side .law-versions a").nth(1).click()
    page.wait_for_selector("#art-3:target")
    assert unquote(page.url).endswith("/2023-03-01/#art-3")


def test_citing_articles_open_where_they_are_counted(visitor, law):
    page = visitor(DESK).page
    page.goto(law)
    page.locator("#art-4 .law-cited summary").click()
    link = page.locator("#art-4 .law-cited__list a").first
    link.wait_for()
    assert unquote(link.get_attribute("href")) == f"{law}#art-5"


@pytest.mark.parametrize("clipboard", [True, False], ids=["clipboard", "without"])
def test_link_of_an_article_is_copied(visitor, law, clipboard):
    person = visitor(DESK)
    if clipboard:
        person.context.grant_permissions(["clipboard-read", "clipboard-write"])
    else:
        person.context.add_init_script("delete Navigator.prototype.clipboard")
    page = person.page
    page.goto(law)
    page.evaluate("document.addEventListener('copy', () => { window.copied = getSelection().toString() })")
    page.locator("#art-4 .law-tool").click()
    page.wait_for_selector("#art-4 .law-tool.is-copied")
    copied = page.evaluate("navigator.clipboard.readText()" if clipboard else "window.copied")
    assert unquote(copied).endswith(f"{law}#art-4")


def test_contents_lie_over_the_text_on_a_phone(visitor, law):
    page = visitor(PHONE).page
    page.goto(law)
    page.locator(".law-side summary").click()
    page.locator(".law-contents a", has_text="第二章").click()
    page.wait_for_function("location.hash !== ''")
    assert not page.locator(".law-contents").is_visible()


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_of_the_law_are_accessible(visitor, law, viewport):
    page = visitor(viewport).page
    faults = []
    for path in ("/law/", law, f"{law}compare/2023-03-01/2025-03-01/"):
        page.goto(path)
        faults += accessibility_faults(page)
        faults += [path] * (page.evaluate("document.documentElement.scrollWidth") > viewport["width"])
    assert faults == []
