"""Take the pictures of the README anew from a running demo: `./run python docs/screenshots.py [ADDRESS]`.

The demo is loaded afresh before (`./run demo`), so that the pictures show what the README tells.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ADDRESS = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
FOLDER = Path(__file__).parent / "screenshots"
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
GAP_PX = 16
PASSWORD = "tongtang-demo"
QUESTION = "/questions/Q-2026-000035/"
LAW = "临江省社区矫正对象外出管理办法"
FACETS_AT_DESK = "/search/?q=减刑+-类型:条文&session=TT-2025-02"
FACETS_ON_PHONE = "/search/?q=减刑+财产性判项&department=court"


def signed_in(browser: Browser, username: str, viewport: dict[str, int]) -> Page:
    """Return a page in Chinese of somebody who has signed in."""
    context: BrowserContext = browser.new_context(
        base_url=ADDRESS,
        viewport=viewport,
        locale="zh-CN",
        has_touch=viewport is PHONE,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    return page


def picture(page: Page, path: str = "") -> Image.Image:
    if path:
        page.goto(path)
    page.wait_for_load_state("networkidle")
    return Image.open(io.BytesIO(page.screenshot()))


def ask(page: Page) -> None:
    """Fill in the form of the first open session, up to the questions that are alike."""
    page.goto("/questions/ask/")
    page.locator("main a[href*='/questions/ask/']").first.click()
    page.fill("[name=text]", "社区矫正对象半夜急病跨市就医，第二天才补办外出审批，算不算违规外出？")
    page.wait_for_selector(".similar__item")
    page.locator("[name=text]").evaluate(
        "field => scrollTo(0, field.getBoundingClientRect().top + scrollY - 130)"
    )


def save(name: str, image: Image.Image) -> None:
    # 256 colours are enough for pages without photographs, and a third of the size.
    image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(FOLDER / name, optimize=True)


def take_desk(browser: Browser) -> None:
    trainee = signed_in(browser, "trainee.correction", DESK)
    save("home-zh-1280.png", picture(trainee, "/"))
    save("question-zh-1280.png", picture(trainee, QUESTION))
    trainee.goto("/law/")
    trainee.locator("main a", has_text=LAW).first.click()
    save("law-zh-1280.png", picture(trainee))
    save("search-zh-1280.png", picture(signed_in(browser, "analyst.court", DESK), FACETS_AT_DESK))


def take_phones(browser: Browser) -> None:
    page = signed_in(browser, "trainee.correction", PHONE)
    phones = [picture(page, "/")]
    ask(page)
    phones += [picture(page), picture(page, QUESTION), picture(page, FACETS_ON_PHONE)]
    width = len(phones) * PHONE["width"] + (len(phones) - 1) * GAP_PX
    row = Image.new("RGB", (width, PHONE["height"]), "#8d8c82")
    for index, phone in enumerate(phones):
        row.paste(phone, (index * (PHONE["width"] + GAP_PX), 0))
    save("phones.png", row)


with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    take_desk(chromium)
    take_phones(chromium)
    chromium.close()
